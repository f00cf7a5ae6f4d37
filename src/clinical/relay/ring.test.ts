import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { TAP } from '../../base/index.ts'
import { NOTE } from './notes.ts'
import { newRing, RingReader, RingWriter, type PutRecord } from './ring.ts'

const stepsOfARing = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 900 })), { maxLength: 300 })

test('what goes into the ring comes out in order, around its end and over, and never more than it holds', () => {
  fc.assert(
    fc.property(stepsOfARing, fc.constantFrom(4096, 3072, 2080), (steps, end) => {
      const memory = newRing(4096)
      const beyond = Buffer.from(memory).subarray(512 + end + 16)
      const writer = new RingWriter(memory, end)
      const reader = new RingReader(memory)
      const expected: { connection: number; payload: Buffer }[] = []
      let count = 0
      const readOne = () => {
        const record = reader.next()
        const wanted = expected.shift()
        assert.equal(record?.connection, wanted?.connection)
        if (!record || !wanted) return
        assert.ok(wanted.payload.equals(record.payload))
        assert.equal(record.frame.length, record.payload.length + 9)
      }
      const letGoOfTheLast = () => reader.next() === undefined
      for (const [isWrite, length] of steps) {
        if (!isWrite) readOne()
        else {
          const payload = Buffer.alloc(length, ++count)
          const write = () => writer.write(NOTE.passed, count, TAP.toUpstream, payload)
          // the reader still holds what it read last, until it asks for the next
          if (write() || (expected.length === 0 && letGoOfTheLast() && write()))
            expected.push({ connection: count, payload })
          else assert.ok(expected.length > 0, 'an empty ring takes a record')
          assert.ok(writer.filled <= writer.capacity)
          const unread = expected.reduce((sum, one) => sum + ((16 + one.payload.length + 15) & ~15), 0)
          assert.ok(writer.waiting >= unread && writer.waiting <= unread + 1024, 'what was skipped does not wait')
        }
      }
      while (expected.length) readOne()
      assert.equal(reader.next(), undefined)
      assert.ok(
        beyond.every((byte) => byte === 0),
        'what lies behind the end is not touched',
      )
    }),
    {
      numRuns: 200,
      // everything is read, but the last record is still held, and with the skipped rest there is no room for another
      examples: [
        [
          [
            [true, 209],
            [true, 897],
            [false, 0],
            [false, 0],
            [true, 897],
          ],
          2080,
        ],
      ],
    },
  )
})

const stepsOfPutting = fc.array(
  fc.tuple(fc.constantFrom('put', 'publish', 'read'), fc.integer({ min: 0, max: 900 }), fc.boolean()),
  { maxLength: 300 },
)

test('a record that was put is read once it is published, with the note it has by then', () => {
  fc.assert(
    fc.property(stepsOfPutting, (steps) => {
      const memory = newRing(4096)
      const [writer, reader] = [new RingWriter(memory), new RingReader(memory)]
      const put: { record: PutRecord; note: number; payload: Buffer }[] = []
      const published: typeof put = []
      let count = 0
      const readOne = () => {
        const record = reader.next()
        const wanted = published.shift()
        assert.equal(record === undefined, wanted === undefined)
        assert.equal(record?.note, wanted?.note)
        assert.ok(!record || !wanted || wanted.payload.equals(record.payload))
      }
      const publish = () => {
        writer.publish()
        published.push(...put.splice(0))
      }
      for (const [step, length, isChanged] of steps) {
        if (step === 'publish') publish()
        else if (step === 'read') readOne()
        else {
          const payload = Buffer.alloc(length, ++count)
          const record = writer.put(NOTE.passed, count, TAP.toUpstream, payload)
          assert.ok(writer.filled <= writer.capacity)
          if (!record) continue
          const { from } = record
          assert.ok(payload.equals(record.memory.subarray(from, from + record.length)))
          if (isChanged) record.note = NOTE.read
          put.push({ record, note: isChanged ? NOTE.read : NOTE.passed, payload })
        }
      }
      publish()
      while (published.length) readOne()
      assert.equal(reader.next(), undefined)
    }),
    { numRuns: 200 },
  )
})

test('a full ring is waited for no longer than told', () => {
  const writer = new RingWriter(newRing(1024))
  while (writer.write(NOTE.passed, 1, TAP.toUpstream, Buffer.alloc(100)));
  const startedAt = performance.now()
  assert.equal(writer.waitUntil(100, 30), false)
  assert.ok(performance.now() - startedAt >= 29)
  assert.equal(writer.waitForRoom(100, 30), false)
  assert.ok(performance.now() - startedAt >= 59)
})

test('what was skipped at the end of the ring is not waited for, where little waits', () => {
  const memory = newRing(4096)
  const [writer, reader] = [new RingWriter(memory, 2048), new RingReader(memory)]
  const payload = Buffer.alloc(1000)
  assert.ok(
    writer.write(NOTE.passed, 1, TAP.toUpstream, payload) && writer.write(NOTE.passed, 2, TAP.toUpstream, payload),
  )
  reader.next()
  reader.next()
  assert.ok(writer.write(NOTE.passed, 3, TAP.toUpstream, payload))
  assert.deepEqual([writer.filled, writer.waiting], [4096 - 1024 + 1024, 2048])
  assert.deepEqual([reader.filled, reader.waiting], [4096, 2048])
  assert.equal(writer.waitUntil(2048, 0), true)
  assert.equal(writer.waitUntil(2047, 0), false)
  reader.next()
  assert.deepEqual([reader.filled, reader.waiting], [1024, 1024])
})

test('a skip that is not published yet makes nothing wait for the reader', () => {
  const memory = newRing(4096)
  const [writer, reader] = [new RingWriter(memory, 2048), new RingReader(memory)]
  for (let count = 0; count < 2; count++)
    assert.ok(writer.write(NOTE.passed, count, TAP.toUpstream, Buffer.alloc(1000)) && reader.next())
  assert.ok(writer.put(NOTE.passed, 3, TAP.toUpstream, Buffer.alloc(1000)))
  assert.deepEqual([writer.waiting, reader.waiting], [2048, 0])
  writer.publish()
  assert.equal(reader.waiting, 2048)
})

test('a ring that began anew has room once the reader has come to where it did', () => {
  const memory = newRing(8 << 20)
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)]
  const payload = Buffer.alloc(100_000, 7)
  const write = () => writer.write(NOTE.passed, 1, TAP.toUpstream, payload)
  for (let count = 0; count < 21; count++) assert.ok(write() && reader.next())
  assert.equal(reader.next(), undefined)
  // all that was read is skipped no more, and the rest of the ring is until the reader has seen that
  let unread = 0
  while (write()) unread++
  assert.ok(writer.waiting < 2.2 * (1 << 20) && writer.capacity - writer.filled < 100_016)
  assert.equal(writer.waitForRoom(100_000, 0), false)
  assert.ok(reader.next() && reader.next())
  assert.equal(writer.waitForRoom(3_000_000, 0), true)
  for (; write(); unread++);
  assert.ok(unread > 70, `${unread} records`)
})

test('an empty ring begins anew, so that a quiet line uses little of it', () => {
  const memory = newRing(8 << 20)
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)]
  const payload = Buffer.alloc(100_000, 7)
  let furthest = 0
  for (let count = 1; count <= 500; count++) {
    assert.ok(writer.write(NOTE.passed, count, TAP.toUpstream, payload))
    assert.ok(writer.waiting <= 100_016)
    const record = reader.next()
    assert.equal(record?.connection, count)
    furthest = Math.max(furthest, record.payload.byteOffset)
    assert.equal(reader.next(), undefined)
    assert.equal(writer.waiting, 0)
  }
  assert.ok(furthest < 2.2 * (1 << 20), `${furthest} bytes of it were used`)
})

for (const [what, wait] of [
  ['has caught up', (writer: RingWriter) => writer.waitUntil(1000, 10_000) && writer.waiting <= 1000],
  ['has made room', (writer: RingWriter) => writer.waitForRoom(900_000, 10_000) && writer.filled <= 148_000],
] as const)
  test(`a writer that waits goes on when the reader, in another thread, ${what}`, async () => {
    const memory = newRing(1 << 20)
    const writer = new RingWriter(memory)
    while (writer.write(NOTE.passed, 1, TAP.toUpstream, Buffer.alloc(10_000)));
    const program = `import { workerData, parentPort } from 'node:worker_threads'
    const { RingReader } = await import(workerData.module)
    const reader = new RingReader(workerData.memory)
    parentPort.postMessage('ready')
    while (!reader.next());
    while (reader.next());`
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    const module = new URL('./ring.ts', import.meta.url).href
    const thread = new Worker(url, { workerData: { memory, module } })
    await new Promise((done) => thread.once('message', done))
    assert.ok(wait(writer))
    await thread.terminate()
  })
