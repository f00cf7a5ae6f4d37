import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFileSync, globSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { bytesOf, capture, start } from '../../../test/captures.ts'
import { atEnd, eventually, temporaryFolder } from '../../../test/peers.ts'
import { Fault } from '../../base/index.ts'
import { readFileMeta } from '../../standards/dicom/index.ts'
import { openQuarantined, openSpoolReader, openSpoolWriter, type InstanceStart, type MessageStart } from './index.ts'

test('captures that interleave anyhow come out whole, sealed or not', async (t) => {
  for (const key of [undefined, randomBytes(32)]) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4), fc.uint8Array({ minLength: 1, maxLength: 3000 })), { maxLength: 40 }),
        fc.nat(4),
        async (pieces, abandoned) => {
          const folder = temporaryFolder(t)
          const writer = await openSpoolWriter({ folder, ...(key ? { key } : {}) })
          const writers = Array.from({ length: 5 }, (_, n) => writer.begin(start(n)))
          const expected = Array.from({ length: 5 }, () => [] as Uint8Array[])
          // as data sets begin: at bytes of group 0002 what stands before them in a file would go on
          const begins = writers.map((_, n) => [n, Uint8Array.of(8, 0)] as const)
          for (const [n, piece] of [...begins, ...pieces]) {
            writers[n]?.write(piece)
            expected[n]?.push(piece)
          }
          await Promise.all(
            writers.map(async (one, n) => (n === abandoned ? one?.abandon('test') : one?.commit(0xb000))),
          )
          const reader = await openSpoolReader({ folder, ...(key ? { key } : {}) })
          const taken = await reader.take(10)
          assert.equal(taken.length, 4)
          for (const one of taken) {
            const n = Number((one.start as InstanceStart).SOPInstanceUID.slice(5))
            assert.deepEqual(bytesOf(one), Buffer.concat(expected[n] ?? []))
            assert.equal(one.status, 0xb000)
            assert.equal(readFileMeta(one.source).mediaStorageSOPInstanceUID, `2.25.${n}`)
          }
          await writer.close()
          await reader.close()
        },
      ),
      { numRuns: 15 },
    )
  }
})

test('a random read of a captured instance is the same as a slice of the whole', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder, key: Buffer.alloc(32, 1) })
  const bytes = randomBytes(300_000)
  const one = writer.begin(start(1))
  for (let at = 0; at < bytes.length; at += 16_372) one?.write(bytes.subarray(at, at + 16_372))
  await one?.commit(0)
  const reader = await openSpoolReader({ folder, key: Buffer.alloc(32, 1) })
  atEnd(t, () => reader.close())
  const [captured] = await reader.take(1)
  assert.ok(captured)
  const whole = Buffer.from(captured.source.read(0, captured.source.sizeBytes))
  fc.assert(
    fc.property(fc.nat(whole.length + 10), fc.nat(70_000), (offset, length) =>
      assert.ok(Buffer.from(captured.source.read(offset, length)).equals(whole.subarray(offset, offset + length))),
    ),
  )
  await writer.close()
})

test('with a key nothing can be read in the files', async (t) => {
  const folder = temporaryFolder(t)
  const words = Buffer.from('SURNAME^GIVEN')
  const writer = await capture(folder, Buffer.concat([words, Buffer.alloc(100)]), { key: Buffer.alloc(32, 7) })
  await writer.close()
  const all = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
  assert.equal(all.includes(words), false)
  assert.equal(all.includes('2.25.1'), false)
})

test('a tail torn at any byte loses nothing that was committed, and nothing half comes out', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder })
  const first = writer.begin(start(1))
  first?.write(Buffer.alloc(500, 1))
  await first?.commit(0)
  const [file] = globSync(join(folder, '*.open'))
  const whole = readFileSync(file ?? '').length
  const second = writer.begin(start(2))
  second?.write(Buffer.alloc(300, 2))
  await second?.commit(0)
  const all = readFileSync(file ?? '')
  const size = all.length
  for (let cut = whole; cut < size; cut++) {
    const other = temporaryFolder(t)
    writeFileSync(join(other, '0000000001.segment'), all.subarray(0, cut))
    const reader = await openSpoolReader({ folder: other })
    const taken = await reader.take(5)
    assert.deepEqual(
      taken.map(({ start }) => (start as InstanceStart).SOPInstanceUID),
      ['2.25.1'],
      `cut at ${cut}`,
    )
    await reader.close()
  }
  await writer.close()
})

test('damage inside a segment is noticed; what stands before it is used, sealed or not', async (t) => {
  for (const key of [undefined, randomBytes(32)]) await damaged(t, key ? { key } : {})
})

async function damaged(t: TestContext, sealing: { readonly key?: Uint8Array }): Promise<void> {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder, ...sealing })
  for (const n of [1, 2]) {
    const one = writer.begin(start(n))
    one?.write(Buffer.alloc(400, n))
    await one?.commit(0)
  }
  await writer.close()
  const [file = ''] = globSync(join(folder, '*.segment'))
  const bytes = readFileSync(file)
  bytes[bytes.length - 300] = (bytes[bytes.length - 300] ?? 0) ^ 1
  writeFileSync(file, bytes)
  const reader = await openSpoolReader({ folder, ...sealing })
  atEnd(t, () => reader.close())
  const taken = await reader.take(5)
  assert.deepEqual(
    taken.map(({ start }) => (start as InstanceStart).SOPInstanceUID),
    ['2.25.1'],
  )
  for (const one of taken) await one.settle({ outcome: 'archived' })
  await reader.take(5)
  assert.equal(globSync(join(folder, '*.segment')).length, 1, 'a damaged segment is kept for a person to look at')
}

test('what is settled is not given out again, and a settled segment is deleted', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder })
  for (const n of [1, 2, 3]) {
    const one = writer.begin(start(n))
    one?.write(Buffer.alloc(10, n))
    await one?.commit(0)
  }
  await writer.close()
  const first = await openSpoolReader({ folder })
  const [one] = await first.take(1)
  await one?.settle({ outcome: 'archived' })
  await one?.settle({ outcome: 'archived' })
  await first.close()
  // a torn journal line is as if it had not been written
  appendFileSync(globSync(join(folder, '*.settled'))[0] ?? '', '{"capture":2,"outc')
  const second = await openSpoolReader({ folder })
  const rest = await second.take(10)
  assert.deepEqual(
    rest.map(({ start }) => (start as InstanceStart).SOPInstanceUID),
    ['2.25.2', '2.25.3'],
  )
  for (const each of rest) await each.settle({ outcome: 'not-selected' })
  await second.take(1)
  assert.deepEqual(readdirSync(folder), [])
})

test('bytes given to a capture may be used again at once', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder })
  const one = writer.begin(start(1))
  const reused = Buffer.alloc(50_000)
  for (let n = 0; n < 5; n++) one?.write(reused.fill(n))
  reused.fill(99)
  await one?.commit(0)
  await writer.close()
  const reader = await openSpoolReader({ folder })
  atEnd(t, () => reader.close())
  const [captured] = await reader.take(1)
  assert.ok(captured)
  const expected = Buffer.concat([0, 1, 2, 3, 4].map((n) => Buffer.alloc(50_000, n)))
  assert.ok(bytesOf(captured).equals(expected))
})

test('an idle segment is closed so that it can be deleted, and a killed writer leaves nothing behind it', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await capture(folder, Buffer.alloc(100))
  await eventually('the segment was closed', () => globSync(join(folder, '*.segment')).length === 1, 5000)
  await writer.close()
  writeFileSync(join(folder, '0000000009.open'), '')
  const next = await openSpoolWriter({ folder })
  assert.equal(globSync(join(folder, '0000000009.segment')).length, 1)
  await next.close()
})

test('a full spool takes nothing more and says so; a failed disk is a fault', async (t) => {
  const folder = temporaryFolder(t)
  const full = await openSpoolWriter({ folder, minFreeFraction: 1.1 })
  assert.equal(full.begin(start(1)), undefined)
  assert.equal(full.state().full, true)
  await full.close()
  const writer = await openSpoolWriter({ folder })
  const one = writer.begin(start(1))
  await writer.close()
  one?.write(Buffer.alloc(10))
  await assert.rejects(
    async () => one?.commit(0),
    (error) => error instanceof Fault && error.code === 'disk-failed',
  )
})

test('a message comes back as it was sent, with what is known of it, beside instances', async (t) => {
  const folder = temporaryFolder(t)
  const key = Buffer.alloc(32, 7)
  const writer = await openSpoolWriter({ folder, key })
  const about: MessageStart = {
    ...{
      kind: 'hl7',
      associationId: 'a',
      link: 'lab',
      remoteAddress: '127.0.0.1',
      direction: 'to-upstream',
      sequence: 1,
    },
    ...{ answer: 'AA', pairedBy: 'control-id', repeated: 'no', at: 1 },
  }
  const text = 'MSH|^~\\&|A\rPID|1\n'
  for (const [what, bytes] of [
    [about, Buffer.from(text)],
    [start(1), Buffer.alloc(8)],
  ] as const) {
    const one = writer.begin(what)
    one?.write(bytes)
    await one?.commit(0)
  }
  const reader = await openSpoolReader({ folder, key })
  const [message, instance] = await reader.take(2)
  assert.ok(message && instance)
  assert.deepEqual(message.start, about)
  assert.equal(Buffer.from(message.source.read(0, message.source.sizeBytes)).toString(), text)
  assert.equal((instance.start as InstanceStart).SOPInstanceUID, '2.25.1')
  await message.settle({ outcome: 'quarantined', code: 'message-invalid' })
  const [kept] = await reader.quarantine()
  assert.equal(kept?.code, 'message-invalid')
  const sealed = await openQuarantined(folder, message.ref, key)
  assert.equal(Buffer.from(sealed.source.read(0, sealed.source.sizeBytes)).toString(), text)
  assert.deepEqual(sealed.about, { kind: 'captured', start: about })
  sealed.close()
  await reader.close()
  await writer.close()
})

test('a backlog of any length is given out from its beginning, once and in order, and little of it is opened', async (t) => {
  const folder = temporaryFolder(t)
  const CAPTURES = 12_000
  for (let at = 0; at < CAPTURES; at += 500) {
    const writer = await openSpoolWriter({ folder })
    await Promise.all(
      Array.from({ length: 500 }, async (_, more) => {
        const one = writer.begin(start(at + more))
        one?.write(Buffer.from('a data set'))
        await one?.commit(0)
      }),
    )
    await writer.close()
  }
  const segments = () => globSync(join(folder, '*.segment')).length
  const whole = segments()
  const reader = await openSpoolReader({ folder })
  atEnd(t, () => reader.close())
  const given = [...(await reader.take(1))]
  const open = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(folder)).length
  assert.ok(open < whole, `${open} of ${whole} segments and their journals are open`)
  assert.ok(Math.abs(reader.waiting() - CAPTURES) < CAPTURES / 4, String(reader.waiting()))
  for (let more = await reader.take(200); more.length > 0; more = await reader.take(200)) given.push(...more)
  assert.deepEqual(
    given.map((one) => (one.start as InstanceStart).SOPInstanceUID),
    Array.from({ length: CAPTURES }, (_, at) => `2.25.${at}`),
  )
  assert.equal(reader.waiting(), CAPTURES)
  await Promise.all(given.map((one) => one.settle({ outcome: 'archived' })))
  assert.deepEqual(await reader.take(1), [])
  assert.equal(`${reader.waiting()} ${segments()}`, '0 0')
})

const linkOf = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
