import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAP } from '../../base/index.ts'
import { NOTE } from './notes.ts'
import { DirectionHashes } from './proof.ts'
import { newRing, RingReader, RingWriter } from './ring.ts'

test('what goes into the ring comes out in order, around its end and over, and never more than it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 900 })), { maxLength: 300 }), (steps) => {
      const memory = newRing(4096)
      const writer = new RingWriter(memory)
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
      for (const [write, length] of steps) {
        if (!write) readOne()
        else {
          const payload = Buffer.alloc(length, ++count)
          if (writer.write(NOTE.passed, count, TAP.toUpstream, payload, 0))
            expected.push({ connection: count, payload })
          else assert.ok(expected.length > 0, 'an empty ring takes a record')
          assert.ok(writer.filled <= writer.capacity)
        }
      }
      while (expected.length) readOne()
      assert.equal(reader.next(), undefined)
    }),
    { numRuns: 200 },
  )
})

test('a full ring is waited for no longer than told', () => {
  const writer = new RingWriter(newRing(1024))
  while (writer.write(NOTE.passed, 1, TAP.toUpstream, Buffer.alloc(100), 0));
  const startedAt = performance.now()
  assert.equal(writer.write(NOTE.passed, 1, TAP.toUpstream, Buffer.alloc(100), 30), false)
  assert.ok(performance.now() - startedAt >= 29)
})

test('the hashes of the two sides are those of what each side saw', () => {
  const whole = (...pieces: string[]) => createHash('sha256').update(pieces.join('')).digest('hex')
  const both = new DirectionHashes()
  both.passed(Buffer.from('a'))
  assert.deepEqual(both.get(), { sha256In: whole('a'), sha256Out: whole('a') })
  both.read(Buffer.from('b'))
  both.read(Buffer.from('c'))
  both.taken(Buffer.from('b'))
  assert.deepEqual(both.get(), { sha256In: whole('a', 'b', 'c'), sha256Out: whole('a', 'b') })
  both.taken(Buffer.from('c'))
  both.passed(Buffer.from('d'))
  assert.deepEqual(both.get(), { sha256In: whole('a', 'b', 'c', 'd'), sha256Out: whole('a', 'b', 'c', 'd') })

  const changed = new DirectionHashes()
  changed.read(Buffer.from('b'))
  changed.taken(Buffer.from('x'))
  changed.passed(Buffer.from('d'))
  assert.deepEqual(changed.get(), { sha256In: whole('b', 'd'), sha256Out: whole('x', 'd') })
})
