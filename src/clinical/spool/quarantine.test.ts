/** What is sealed outside of segments: quarantine and uploads. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { capture, start } from '../../../test/captures.ts'
import { atEnd, temporaryFolder } from '../../../test/peers.ts'
import {
  discardFromQuarantine,
  leftUploads,
  listQuarantine,
  noteAgain,
  openQuarantined,
  openSpoolReader,
  openSpoolWriter,
  takeUpload,
} from './index.ts'
import { openSealed, writeSealed } from './sealed-file.ts'

test('quarantine keeps the bytes and the reason, and frees the segment', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await capture(folder, Buffer.alloc(1000, 3))
  await writer.close()
  const reader = await openSpoolReader({ folder })
  atEnd(t, () => reader.close())
  const [one] = await reader.take(1)
  await one?.settle({ outcome: 'quarantined', code: 'malformed', path: '(0008,1140)[0]', project: 'head-ct' })
  await reader.take(1)
  const [kept] = await reader.quarantine()
  assert.deepEqual(
    { code: kept?.code, path: kept?.path, project: kept?.project },
    { code: 'malformed', path: '(0008,1140)[0]', project: 'head-ct' },
  )
  assert.equal(globSync(join(folder, '*.segment')).length, 0)
  assert.equal(globSync(join(folder, 'quarantine/*.bytes')).length, 1)
  await assert.rejects(discardFromQuarantine(folder, '../1-1'))
  await discardFromQuarantine(folder, kept?.ref ?? '')
  assert.deepEqual(await reader.quarantine(), [])
  assert.equal(globSync(join(folder, 'quarantine/*')).length, 0)
})

test('what is in quarantine can be opened with its origin, and says how often the gate has looked at it', async (t) => {
  const folder = temporaryFolder(t)
  const key = Buffer.alloc(32, 7)
  const writer = await openSpoolWriter({ folder, key })
  const bytes = Buffer.alloc(700_000, 'identified')
  const one = writer.begin(start(1))
  one?.write(bytes)
  await one?.commit(0)
  await writer.close()
  const reader = await openSpoolReader({ folder, key })
  atEnd(t, () => reader.close())
  const [captured] = await reader.take(1)
  await captured?.settle({ outcome: 'quarantined', code: 'not-deidentified', project: 'head-ct' })
  const ref = captured?.ref ?? ''
  await noteAgain(folder, ref, { outcome: 'quarantined', code: 'malformed', project: 'head-ct' })
  const { source, about, reason, close } = await openQuarantined(folder, ref, key)
  assert.deepEqual(about, { kind: 'captured', start: start(1) })
  assert.equal(`${reason.code} ${reason.attempts} ${reason.sizeBytes}`, `malformed 2 ${source.sizeBytes}`)
  assert.ok(Buffer.from(source.read(source.sizeBytes - bytes.length, bytes.length)).equals(bytes))
  close()
  assert.equal(readFileSync(join(folder, 'quarantine', `${ref}.bytes`)).includes('identified'), false)
  await assert.rejects(openQuarantined(folder, ref, Buffer.alloc(32, 8)), /checksum/)
})

test('an upload is durable before the gate looks, survives a stop, and is gone or in quarantine afterwards', async (t) => {
  const folder = temporaryFolder(t)
  const key = Buffer.alloc(32, 7)
  const pieces = Array.from({ length: 40 }, (_, at) => Buffer.alloc(50_000, at))
  const body = async function* (): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield await Promise.resolve(piece)
  }
  await takeUpload(folder, 'head-ct', body(), { key, mostBytes: 10_000_000 })
  const [left] = await leftUploads(folder, key)
  assert.equal(left?.project, 'head-ct')
  assert.ok(Buffer.concat(pieces).equals(left.source.read(0, left.source.sizeBytes)))
  assert.ok(Buffer.concat(pieces).subarray(260_000, 270_000).equals(left.source.read(260_000, 10_000)))
  await left.settle({ outcome: 'quarantined', code: 'not-deidentified' })
  assert.deepEqual(await leftUploads(folder, key), [])
  const [kept] = await listQuarantine(folder)
  assert.equal(kept?.sizeBytes, 2_000_000)
  const { about, close } = await openQuarantined(folder, kept.ref, key)
  assert.deepEqual(about, { kind: 'upload', project: 'head-ct' })
  close()
  await assert.rejects(takeUpload(folder, 'head-ct', body(), { key, mostBytes: 1_000_000 }), /limit/)
  assert.deepEqual(readdirSync(join(folder, 'uploads')), [], 'what is too large leaves nothing')
})

test('a sealed file with a piece changed, missing or moved is not believed', async (t) => {
  const path = join(temporaryFolder(t), 'sealed')
  const key = Buffer.alloc(32, 7)
  await writeSealed(path, {}, [randomBytes(600_000)], key)
  const whole = readFileSync(path)
  const readAll = () => {
    const { source, close } = openSealed(path, key)
    try {
      source.read(0, source.sizeBytes)
    } finally {
      close()
    }
  }
  readAll()
  const piece = 20 + 28 + 262_144
  const first = whole.indexOf('SLR1', 4)
  const damages = {
    changed: Buffer.from(whole.map((byte, at) => (at === 1000 ? byte ^ 1 : byte))),
    missing: Buffer.concat([whole.subarray(0, first), whole.subarray(first + piece)]),
    moved: Buffer.concat([
      whole.subarray(0, first),
      whole.subarray(first + piece, first + 2 * piece),
      whole.subarray(first, first + piece),
      whole.subarray(first + 2 * piece),
    ]),
    torn: whole.subarray(0, -10),
  }
  for (const [what, bytes] of Object.entries(damages)) {
    writeFileSync(path, bytes)
    assert.throws(readAll, /checksum/, what)
  }
})

test('quarantine lists thousands with few open files, and what changed since', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'quarantine'))
  const put = (ref: string, code: string, at: number) =>
    writeFileSync(join(folder, 'quarantine', `${ref}.json`), JSON.stringify({ ref, at, code, sizeBytes: 1 }))
  for (let at = 0; at < 2000; at++) put(`1-${at}`, 'malformed', at)
  const listing = `import { listQuarantine } from './src/clinical/spool/index.ts'
    console.log((await listQuarantine(process.env.FOLDER)).length)`
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 120; exec "$0" --input-type=module-typescript -e "$1"', process.execPath, listing],
    { env: { FOLDER: folder }, encoding: 'utf8' },
  )
  assert.equal(stdout, '2000\n', stderr)

  assert.equal((await listQuarantine(folder))[0]?.ref, '1-1999')
  await noteAgain(folder, '1-7', { outcome: 'quarantined', code: 'identifiers-missing' })
  await discardFromQuarantine(folder, '1-8')
  put('2-1', 'internal', 3000)
  const listed = await listQuarantine(folder)
  const codeOf = (ref: string) => listed.find((one) => one.ref === ref)?.code
  assert.deepEqual(
    [listed.length, codeOf('1-7'), codeOf('1-8'), codeOf('2-1'), listed[0]?.ref],
    [2000, 'identifiers-missing', undefined, 'internal', '2-1'],
  )
  // a folder at rest is not read again; one that changed is, whoever changed it
  const past = new Date(Date.now() - 60_000)
  utimesSync(join(folder, 'quarantine'), past, past)
  assert.equal(await listQuarantine(folder), await listQuarantine(folder))
  rmSync(join(folder, 'quarantine', '2-1.json'))
  assert.equal((await listQuarantine(folder)).length, 1999)
})
