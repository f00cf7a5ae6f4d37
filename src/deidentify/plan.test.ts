import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunks, memorySource } from '../standards/dicom/index.ts'
import { Plan } from './plan.ts'

test('a plan reads as its pieces in order, from any offset, large ranges of the source without a copy', () => {
  const bytes = new Uint8Array(300_000).map((_, at) => at * 31)
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6000 }),
    fc.record({ from: fc.nat(300_000), length: fc.oneof(fc.nat(40), fc.nat(90_000)) }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(400_000), fc.nat(100_000), (pieces, offset, length) => {
      const plan = new Plan(memorySource(bytes))
      const expected = Buffer.concat(
        pieces.map((one) => {
          if (one instanceof Uint8Array) {
            plan.write(one)
            return one
          }
          const end = Math.min(bytes.length, one.from + one.length)
          plan.copy(one.from, end - one.from)
          return bytes.subarray(one.from, end)
        }),
      )
      assert.equal(plan.sizeBytes, expected.length)
      assert.ok(Buffer.concat([...chunks(plan)]).equals(expected))
      const at = Math.min(offset, expected.length)
      assert.ok(Buffer.from(plan.read(at, length)).equals(expected.subarray(at, at + length)))
    }),
    { numRuns: 60 },
  )
  const plan = new Plan(memorySource(bytes))
  plan.write(Uint8Array.of(1, 2, 3))
  plan.copy(10, 100_000)
  plan.copy(100_010, 100_000)
  assert.equal(plan.run(3), 200_000)
  assert.equal(plan.read(3, plan.run(3)).buffer, bytes.buffer)
})
