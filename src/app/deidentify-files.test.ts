import assert from 'node:assert/strict'
import fs, {
  fstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { instanceFile } from '../../test/conformance/dicomweb-world.ts'
import { atEnd, temporaryFolder } from '../../test/peers.ts'
import { temporaryKeys } from '../deidentify/index.ts'
import { memorySource, openDataSet } from '../standards/dicom/index.ts'

/** what the disk is told to keep: files and folders, by descriptor */
const synced: { readonly path: string; readonly folder: boolean; readonly bytes: number }[] = []
/** how many calls from now on say that the disk failed */
let failing = 0
const fsync = fs.fsync
fs.fsync = ((fd: number, done: fs.NoParamCallback) => {
  const found = fstatSync(fd)
  synced.push({ path: readlinkSync(`/proc/self/fd/${fd}`), folder: found.isDirectory(), bytes: found.size })
  if (failing-- > 0) done(Object.assign(new Error('the disk failed'), { code: 'EIO' }))
  else fsync(fd, done)
}) as typeof fs.fsync
syncBuiltinESMExports()
const { deidentifyFiles } = await import('./deidentify-files.ts')
const { filesBelow } = await import('./files.ts')

const project = {
  name: 'p',
  profile: 'basic' as const,
  options: { dates: 'removed' as const, patientCharacteristics: false },
}

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
  for await (const report of deidentifyFiles(filesBelow(input), output, project, temporaryKeys(new Uint8Array(32))))
    assert.equal(report.outcome, 'de-identified')
  assert.equal(synced.filter(({ folder }) => !folder).length, 3)
  const folders = readdirSync(output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  assert.equal(folders.length, 4)
  const told = synced.filter(({ folder }) => folder).map(({ path }) => path)
  assert.deepEqual(told.sort(), [output, ...folders].sort())
})

/** an instance whose pixel data, its last attribute, goes on with zeros */
function largeFile(path: string, pixelBytes: number): void {
  const file = Buffer.from(instanceFile(0, 1))
  const { valueOffset = 0, length = 0 } = openDataSet(memorySource(file)).attributes.byTag.get(0x7fe00010) ?? {}
  assert.equal(valueOffset + length, file.length)
  file.writeUInt32LE(pixelBytes, valueOffset - 4)
  writeFileSync(path, file)
  truncateSync(path, valueOffset + pixelBytes)
}

test('a large file is synced while it is written and once more at its end; a disk that failed early is heard', async (t) => {
  const home = realpathSync(temporaryFolder(t))
  const [input, output] = [join(home, 'large.dcm'), join(home, 'out')]
  largeFile(input, 70 << 20)
  synced.length = 0
  const cleared = async () => {
    const names: string[] = []
    for await (const { output: name } of deidentifyFiles([input], output, project, temporaryKeys(new Uint8Array(32))))
      names.push(name ?? '')
    return names
  }
  const [name = ''] = await cleared()
  const sizes = synced.filter(({ folder }) => !folder).map(({ bytes }) => bytes)
  assert.equal(sizes.length, 2)
  assert.ok((sizes[0] ?? 0) < (sizes[1] ?? 0))
  assert.equal(sizes[1], statSync(join(output, name)).size)
  fs.rmSync(join(output, name))
  failing = 1
  await assert.rejects(cleared(), { code: 'output-failed', where: { what: 'EIO' } })
  assert.deepEqual(readdirSync(dirname(join(output, name))), [], 'nothing half is left')
  assert.equal(fs.existsSync(join(output, name)), false)
})

test('links are followed, each folder once; what cannot be read is quarantined and keeps nothing back', async (t) => {
  const home = realpathSync(temporaryFolder(t))
  const [input, elsewhere, output] = [join(home, 'in'), join(home, 'elsewhere'), join(home, 'out')]
  for (const folder of [input, join(elsewhere, 'deep')]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(input, 'a.dcm'), instanceFile(0, 1))
  writeFileSync(join(elsewhere, 'deep', 'b.dcm'), instanceFile(0, 2))
  symlinkSync(elsewhere, join(input, 'folder'))
  symlinkSync(input, join(elsewhere, 'deep', 'back'))
  symlinkSync(join(elsewhere, 'deep', 'b.dcm'), join(input, 'link.dcm'))
  symlinkSync('nowhere', join(input, 'lost.dcm'))
  const files = filesBelow(input)
  assert.deepEqual(
    files.map((file) => file.slice(input.length + 1)),
    ['a.dcm', 'folder/deep/b.dcm', 'link.dcm', 'lost.dcm'],
  )
  // a file that becomes shorter while it is read
  const large = join(input, 'large.dcm')
  largeFile(large, 3 << 20)
  const reading = fs.readSync
  fs.readSync = ((fd: number, ...rest: unknown[]) => {
    if (readlinkSync(`/proc/self/fd/${fd}`) === large && fstatSync(fd).size > 2 << 20) truncateSync(large, 2 << 20)
    return (reading as (...all: unknown[]) => number)(fd, ...rest)
  }) as typeof fs.readSync
  syncBuiltinESMExports()
  atEnd(t, () => {
    fs.readSync = reading
    syncBuiltinESMExports()
  })
  const reports = []
  for await (const report of deidentifyFiles([...files, large], output, project, temporaryKeys(new Uint8Array(32))))
    reports.push(report)
  assert.deepEqual(
    reports.map(({ outcome, code, what, offset }) => [code ?? outcome, what, offset]),
    [
      ...Array<unknown[]>(3).fill(['de-identified', undefined, undefined]),
      ['file-unreadable', 'ENOENT', undefined],
      ['file-unreadable', undefined, 2 << 20],
    ],
  )
  const written = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.equal(written.length, 2, 'nothing half, and the same instance once')
})
