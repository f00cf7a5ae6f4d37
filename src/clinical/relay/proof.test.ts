import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { NOTE } from './notes.ts'
import { DirectionHashes } from './proof.ts'

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

test('pieces of any size are proved as they came, taken at once or later, and whenever it is asked', () => {
  const piece = fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 700, size: 'max' }),
    takenLater: fc.boolean(),
    isAsked: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const [both, whole] = [new DirectionHashes(), createHash('sha256')]
      // a relay uses the memory of a piece again
      const memory = new Uint8Array(700)
      for (const { bytes, takenLater, isAsked } of pieces) {
        whole.update(bytes)
        memory.set(bytes)
        const seen = memory.subarray(0, bytes.length)
        for (const note of takenLater ? [NOTE.read, NOTE.taken] : [NOTE.passed]) both.see(note, seen)
        memory.fill(0)
        if (!isAsked) continue
        const sha256 = whole.copy().digest('hex')
        assert.deepEqual(both.get(), { sha256In: sha256, sha256Out: sha256 })
      }
      const sha256 = whole.digest('hex')
      assert.deepEqual(both.get(), { sha256In: sha256, sha256Out: sha256 })
    }),
  )
})
