import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Blocks } from './blocks.ts'

function takeAll(blocks: Blocks, found: Buffer[]): void {
  for (let taken = blocks.take(); taken.length > 0; taken = blocks.take()) {
    found.push(...taken.map((block) => Buffer.from(block)))
    blocks.giveBack(taken)
  }
  assert.equal(blocks.bytes, 0)
}

test('blocks give out what was added, in order, though their memory and that of the giver are used again', () => {
  const sizes = fc.oneof(fc.nat(50), fc.integer({ min: 500_000, max: 1_600_000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(sizes, fc.boolean()), { maxLength: 8 }), (steps) => {
      const blocks = new Blocks()
      const [expected, found]: [Buffer[], Buffer[]] = [[], []]
      for (const [at, [size, drain]] of steps.entries()) {
        const part = Buffer.alloc(size, at + 1)
        expected.push(Buffer.from(part))
        blocks.add(part)
        part.fill(0)
        if (!drain) continue
        takeAll(blocks, found)
      }
      takeAll(blocks, found)
      assert.ok(Buffer.concat(found).equals(Buffer.concat(expected)))
    }),
    { numRuns: 25 },
  )
})
