import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { frame, MllpDeframer, type MllpPiece } from './index.ts'

const chunks = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [...new Set([0, ...cuts.map((one) => one % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return at.slice(1).map((end, index) => Buffer.from(bytes.subarray(at[index], end)))
}
const pieces = (some: readonly Buffer[], limit?: number): MllpPiece[] => {
  const deframer = new MllpDeframer(limit)
  return [...some.flatMap((chunk) => deframer.feed(chunk).map(copied)), ...deframer.end()]
}
/** bytes of a piece may lie in the chunk, which its owner may use again */
const copied = (piece: MllpPiece): MllpPiece =>
  'bytes' in piece ? { ...piece, bytes: Buffer.from(piece.bytes) } : piece
const told = (text: string, limit?: number) =>
  pieces([Buffer.from(text, 'latin1')], limit).map((one) =>
    [one.type, 'bytes' in one ? one.bytes.toString('latin1') : one.end - one.start, 'ending' in one ? one.ending : '']
      .join(' ')
      .trim(),
  )

test('frames come whole wherever the stream is cut, and between them is junk', () => {
  assert.deepEqual(told('\x0bone\x1c\r\x0btwo\x1c\r'), ['frame one FS CR', 'frame two FS CR'])
  assert.deepEqual(told('\x0bone\x1c\r\0\n\x0btwo\x1c\r'), ['frame one FS CR', 'junk 2', 'frame two FS CR'])
  assert.deepEqual(told('GET / HTTP'), ['junk 10'])
  assert.deepEqual(told('\x0b\x1c\r'), ['frame  FS CR'])
})

test('a VT inside a frame means that its end was lost: the two are never joined', () => {
  assert.deepEqual(told('\x0bone, cut sho\x0btwo\x1c\r'), ['cut one, cut sho', 'frame two FS CR'])
  assert.deepEqual(told('\x0b\x0btwo\x1c\r'), ['cut', 'frame two FS CR'])
  assert.deepEqual(told('\x0bnever ends'), ['cut never ends'])
})

test('other endings are taken and told', () => {
  assert.deepEqual(told('\x0bone\x1c\n\x0btwo\x1c\x0bthree\x1c'), ['frame one FS LF', 'frame two FS', 'frame three FS'])
  assert.deepEqual(told('\x0ba\x1cb\x1c\r'), ['frame a\x1cb FS CR'])
  const deframer = new MllpDeframer()
  assert.deepEqual(deframer.feed(Buffer.from('\x0bone\x1c')), [])
  assert.equal(deframer.answered()[0]?.type, 'frame')
  assert.deepEqual(
    deframer.feed(Buffer.from('\r\x0btwo\x1c\r')).map(({ type }) => type),
    ['junk', 'frame'],
  )
})

test('a frame over the limit is skipped, the next one is read', () => {
  assert.deepEqual(told('\x0btoo long for this\x1c\r\x0bshort\x1c\r', 8), ['skipped 20', 'frame short FS CR'])
})

test('every byte of any stream belongs to one piece, whatever the chunks', () => {
  const byte = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0x0b, 0x1c, 0x0d, 0x0a) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 255 }) },
  )
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 120 }), fc.array(fc.nat(120), { maxLength: 12 }), (stream, cuts) => {
      const bytes = Buffer.from(stream)
      const whole = pieces([bytes])
      const cut = pieces(chunks(bytes, cuts))
      for (const all of [whole, cut]) {
        let at = 0
        for (const piece of all) {
          assert.equal(piece.start, at)
          at = piece.end
          if (piece.type === 'frame' || piece.type === 'cut')
            assert.ok(bytes.subarray(piece.start + 1, piece.start + 1 + piece.bytes.length).equals(piece.bytes))
        }
        assert.equal(at, bytes.length)
      }
      const frames = (all: readonly MllpPiece[]) => all.filter(({ type }) => type !== 'junk')
      assert.deepEqual(frames(cut), frames(whole))
    }),
    { numRuns: 4000, seed: 4 },
  )
})

test('what is framed comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (some) => {
      const bytes = Buffer.from(some).map((one) => (one === 0x0b || one === 0x1c ? 0x20 : one))
      const [piece] = pieces([frame(bytes)])
      assert.ok(piece?.type === 'frame' && piece.bytes.equals(Buffer.from(bytes)))
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('a storm of one marker takes one pass', () => {
  assert.equal(pieces([Buffer.alloc(1_000_000, 0x0b)]).length, 1_000_000)
  assert.equal(pieces([Buffer.concat([Buffer.of(0x0b), Buffer.alloc(200_000, 0x1c)])]).length, 1)
})
