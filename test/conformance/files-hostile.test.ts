/** What `sluice deidentify` and STOW-RS make of hostile files: a clear refusal or a cleared instance, and never a value. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { DicomJson } from '../../src/standards/dicom/index.ts'
import { run, temporaryFolder } from '../peers.ts'
import { valueOf, world } from './dicomweb-world.ts'
import { CANARY, CANARY_ID, headOfHuge, hostileFiles, ordinaryFile } from './hostile-files.ts'

interface Line {
  readonly input: number
  readonly outcome: string
  readonly code?: string
  readonly path?: string
  readonly offset?: number
  readonly output?: string
  readonly parsed?: number
  readonly kept?: number
  readonly changed?: number
  readonly removed?: number
}

const files = hostileFiles()

async function deidentifyAll(home: string, inputs: readonly Buffer[]) {
  mkdirSync(join(home, 'in'))
  for (const [at, bytes] of inputs.entries()) writeFileSync(join(home, 'in', String(at).padStart(6, '0')), bytes)
  const done = await run(resolve('bin/sluice'), ['deidentify', 'in', 'out'], { cwd: home })
  const lines = done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  assert.equal(lines.length, inputs.length, done.stderr)
  return { ...done, lines }
}

test(
  'every hostile file is cleared or refused with what and where, and never with a value',
  { timeout: 300_000 },
  async (t) => {
    const home = temporaryFolder(t)
    const { lines, stdout, stderr, status } = await deidentifyAll(
      home,
      files.map(({ bytes }) => bytes),
    )
    assert.equal(status, 1, 'something was refused')
    const wrong = files.flatMap(({ group, what, becomes }, at) => {
      const became = lines[at]?.code ?? (lines[at]?.outcome === 'de-identified' ? 'cleared' : '?')
      return became === becomes ? [] : [`${group} ${what}: ${became} instead of ${becomes}`]
    })
    assert.deepEqual(wrong, [])
    for (const [at, { outcome, path, offset, code, parsed, kept = 0, changed = 0, removed = 0 }] of lines.entries()) {
      const { group, what } = files[at] ?? { group: '', what: '' }
      if (outcome === 'de-identified') assert.equal(parsed, kept + changed + removed, `${group} ${what}`)
      // a file that is none, or lacks an identifier, has no place to name
      else if (code === 'malformed' || code === 'truncated' || code === 'limit-exceeded')
        assert.ok(path ?? offset, `${group} ${what} says where`)
    }
    for (const said of [stdout, stderr])
      for (const word of [CANARY, CANARY_ID]) assert.equal(said.includes(word), false)
    const out = join(home, 'out')
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
      // no name comes from what was sent
      assert.match(entry.name, /^2\.25\.\d+(\.dcm)?$/)
      if (!entry.isFile()) continue
      const written = readFileSync(join(entry.parentPath, entry.name))
      assert.ok(
        written.subarray(0, 128).every((byte) => byte === 0),
        'the preamble is ours',
      )
      for (const word of [CANARY, CANARY_ID, 'Щукин']) assert.equal(written.includes(word), false, entry.name)
    }
  },
)

test(
  'a file that is cut off at any of its bytes is refused, or is whole up to there',
  { timeout: 300_000 },
  async (t) => {
    const whole = ordinaryFile()
    const cuts = Array.from({ length: Math.min(whole.length, 1024) }, (_, length) => whole.subarray(0, length))
    const { lines } = await deidentifyAll(temporaryFolder(t), cuts)
    const cleared = lines.filter(({ outcome }) => outcome === 'de-identified')
    // an element that ends where the file ends: nobody can know that more was meant
    assert.ok(cleared.length < 20, `${cleared.length} were cleared`)
    for (const { parsed, kept = 0, changed = 0, removed = 0 } of cleared) assert.equal(parsed, kept + changed + removed)
    for (const { outcome, code } of lines) if (outcome !== 'de-identified') assert.notEqual(code, 'internal')
  },
)

test('an element of 3 GiB is stepped over without being read', { timeout: 300_000 }, async (t) => {
  const home = temporaryFolder(t)
  const head = headOfHuge(3 * 2 ** 30)
  writeFileSync(join(home, 'huge'), head)
  // a hole in the file: nothing of it stands on the disk
  truncateSync(join(home, 'huge'), head.length + 3 * 2 ** 30)
  const done = await run(resolve('bin/sluice'), ['deidentify', 'huge', 'out'], { cwd: home })
  const line = JSON.parse(done.stdout) as Line
  assert.equal(line.outcome, 'de-identified')
  assert.ok(readFileSync(join(home, 'out', line.output ?? '')).length < 10_000)
})

test('STOW-RS answers the same about each part, by its number', { timeout: 300_000 }, async (t) => {
  const w = await world(t)
  // one of each class is enough here; the bytes take the same way behind the multipart
  const some = files.filter(
    ({ group, bytes }, at) =>
      bytes.length < 1_000_000 &&
      files.findIndex((one) => one.group === group && one.becomes === files[at]?.becomes) === at,
  )
  const refused = some.filter(({ becomes }) => becomes !== 'cleared')
  const body = Buffer.concat([
    ...refused.flatMap(({ bytes }) => [
      Buffer.from('--B\r\nContent-Type: application/dicom\r\n\r\n'),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--B--\r\n'),
  ])
  const answer = await w.ask('/dicom-web/studies', {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B' },
    body,
  })
  const text = await answer.text()
  assert.equal(answer.status, 409)
  const others = (JSON.parse(text) as DicomJson)['0008119A']?.Value as DicomJson[]
  assert.equal(others.length, refused.length)
  for (const [at, { becomes, group }] of refused.entries())
    assert.match(String(valueOf(others[at], '00000902')), new RegExp(`^part ${at + 1}: ${becomes}`), group)
  for (const word of [CANARY, CANARY_ID]) assert.equal(text.includes(word), false)
})
