import assert from 'node:assert/strict'
import { test } from 'node:test'
import { framed, MllpReader, type MllpEvent } from './index.ts'

const read = (pieces: readonly Buffer[]): MllpEvent[] => {
  const reader = new MllpReader()
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
}
const told = (events: readonly MllpEvent[]): string[] =>
  events.map((event) => {
    if (event.type === 'message') return `${event.bytes.toString('latin1')}${event.odd ? ' (odd)' : ''}`
    return `${event.type} ${event.length}`
  })
const one = framed(Buffer.from('ID1'))
const two = framed(Buffer.from('ID2'))
const byteByByte = (bytes: Buffer): Buffer[] => [...bytes].map((byte) => Buffer.of(byte))

/** what plausible senders do, and what is to be understood */
const FRAMING: readonly (readonly [what: string, pieces: readonly Buffer[], told: readonly string[]])[] = [
  ['two messages in one piece', [Buffer.concat([one, two])], ['ID1', 'ID2']],
  ['two in sequence', [one, two], ['ID1', 'ID2']],
  ['byte by byte', byteByByte(Buffer.concat([one, two])), ['ID1', 'ID2']],
  ['FS and CR in separate pieces', [one.subarray(0, -1), one.subarray(-1), two], ['ID1', 'ID2']],
  ['one and a half, then the other half', [Buffer.concat([one, two.subarray(0, 3)]), two.subarray(3)], ['ID1', 'ID2']],
  ['NUL between frames', [Buffer.concat([one, Buffer.of(0), two])], ['ID1', 'junk 1', 'ID2']],
  ['LF between frames', [Buffer.concat([one, Buffer.from('\n'), two])], ['ID1', 'junk 1', 'ID2']],
  ['a cut frame, then the next', [Buffer.concat([one.subarray(0, 3), two])], ['truncated 3', 'ID2']],
  ['two starts', [Buffer.concat([Buffer.of(0x0b), one])], ['truncated 1', 'ID1']],
  ['FS without CR, then the next', [Buffer.concat([one.subarray(0, -1), two])], ['ID1 (odd)', 'ID2']],
  ['FS and LF', [Buffer.concat([one.subarray(0, -1), Buffer.from('\n'), two])], ['ID1 (odd)', 'ID2']],
  ['FS inside the text', [framed(Buffer.from('a\x1cb'))], ['a\x1cb']],
  ['an empty frame', [framed(Buffer.of())], ['']],
  ['the end inside a frame', [one.subarray(0, 3)], ['truncated 3']],
  ['the end after FS', [one.subarray(0, -1)], ['ID1 (odd)']],
  ['no start', [Buffer.from('ID1\x1c\r'), two], ['junk 5', 'ID2']],
]

for (const [what, pieces, expected] of FRAMING)
  test(`framing: ${what}`, () => assert.deepEqual(told(read(pieces)), expected))

test('a stream means the same wherever it is cut, and every byte is told once', () => {
  let seed = 11
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >> 8) % below
  }
  const alphabet = [0x0b, 0x0b, 0x1c, 0x1c, 0x0d, 0x0d, 0x0a, 0x00, 0x41, 0x42, 0x43, 0x7c, 0xd0]
  for (let stream = 0; stream < 4000; stream++) {
    const bytes = Buffer.from(Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)] as number))
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const length = 1 + random(7)
      pieces.push(bytes.subarray(at, at + length))
      at += length
    }
    const whole = read([bytes])
    const joined = (events: readonly MllpEvent[]) =>
      // junk is told as it comes
      told(events.filter(({ type }) => type !== 'junk'))
    assert.deepEqual(joined(read(pieces)), joined(whole))
    for (const events of [whole, read(pieces)]) {
      let at = 0
      for (const event of events) {
        assert.equal(event.offset, at)
        // a message: VT, itself, FS and, unless another VT or the end came, one byte more
        if (event.type === 'message') {
          at += 2 + event.bytes.length
          if (event.odd ? bytes[at] === 0x0a : true) at++
        } else at += event.length
      }
      assert.equal(at, bytes.length)
    }
  }
})
