import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { instanceFile } from '../../test/conformance/dicomweb-world.ts'
import { temporaryFolder } from '../../test/peers.ts'
import { filesBelow, type FileReport } from './deidentify-files.ts'
import { deidentifyInThreads } from './deidentify-in-threads.ts'

const project = {
  name: 'p',
  profile: 'basic' as const,
  options: { dates: 'shifted' as const, patientCharacteristics: false },
}

test('threads give the same files and reports in the same order as one does', async (t) => {
  const home = temporaryFolder(t)
  const input = join(home, 'in')
  mkdirSync(input)
  for (let at = 0; at < 70; at++) {
    const name = join(input, `${String(at).padStart(2, '0')}.dcm`)
    writeFileSync(name, at % 9 === 4 ? 'no DICOM file' : instanceFile(at % 3, at % 20))
  }
  const files = await filesBelow(input)
  const [one, three] = await Promise.all(
    [1, 3].map(async (jobs) => {
      const output = join(home, `out-${jobs}`)
      const reports: FileReport[] = []
      for await (const report of deidentifyInThreads(files, output, project, new Uint8Array(32), { jobs }))
        reports.push({ ...report, durationMs: 0 })
      const written = readdirSync(output, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
      return { reports, names: written.map((name) => name.slice(output.length)), written }
    }),
  )
  assert.equal(one?.reports.length, 70)
  assert.equal(one?.reports.filter(({ outcome }) => outcome === 'quarantined').length, 8)
  assert.deepEqual(three?.reports, one?.reports)
  assert.deepEqual(three?.names, one?.names)
  for (const [at, name] of (one?.written ?? []).entries())
    assert.ok(readFileSync(name).equals(readFileSync(three?.written[at] ?? '')))
})

test('what ends a thread ends the whole, with its reason', async (t) => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'no folder'), '')
  const files = Array.from({ length: 40 }, (_, at) => join(home, `${at}.dcm`))
  for (const file of files) writeFileSync(file, instanceFile(0, 1))
  await assert.rejects(async () => {
    for await (const report of deidentifyInThreads(files, join(home, 'no folder'), project, undefined, { jobs: 2 }))
      assert.fail(report.outcome)
  }, /ENOTDIR/)
})
