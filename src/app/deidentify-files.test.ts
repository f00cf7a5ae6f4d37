import assert from 'node:assert/strict'
import fs, { fstatSync, mkdirSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { instanceFile } from '../../test/conformance/dicomweb-world.ts'
import { temporaryFolder } from '../../test/peers.ts'
import { temporaryKeys } from '../deidentify/index.ts'

/** what the disk is told to keep: files and folders, by descriptor */
const synced: { readonly path: string; readonly folder: boolean }[] = []
const fsync = fs.fsync
fs.fsync = ((fd: number, done: fs.NoParamCallback) => {
  synced.push({ path: readlinkSync(`/proc/self/fd/${fd}`), folder: fstatSync(fd).isDirectory() })
  fsync(fd, done)
}) as typeof fs.fsync
syncBuiltinESMExports()
const { deidentifyFiles, filesBelow } = await import('./deidentify-files.ts')

test('what deidentify wrote is synced, and every folder that a name was made in', async (t) => {
  const home = realpathSync(temporaryFolder(t))
  const [input, output] = [join(home, 'in'), join(home, 'out')]
  mkdirSync(input)
  for (const [at, [number, index]] of (
    [
      [0, 1],
      [0, 2],
      [1, 1],
    ] as const
  ).entries())
    writeFileSync(join(input, `${at}.dcm`), instanceFile(number, index))
  const project = {
    name: 'p',
    profile: 'basic' as const,
    options: { dates: 'removed' as const, patientCharacteristics: false },
  }
  for await (const report of deidentifyFiles(
    await filesBelow(input),
    output,
    project,
    temporaryKeys(new Uint8Array(32)),
  ))
    assert.equal(report.outcome, 'de-identified')
  assert.equal(synced.filter(({ folder }) => !folder).length, 3)
  const folders = readdirSync(output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  assert.equal(folders.length, 4)
  const told = synced.filter(({ folder }) => folder).map(({ path }) => path)
  assert.deepEqual(told.sort(), [output, ...folders].sort())
})
