import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { textsOf } from '../hl7/index.ts'
import { astmFrames, AstmLine, CONTROL, readRecords, splitRecords, type AstmPiece, type Side } from './index.ts'

const { ENQ, EOT, ACK, NAK } = CONTROL
const TEXT =
  'H|\\^&|||Analyser^1||||||||1394-97|20260714080000\rP|1||||ИВАНОВ^ИВАН\rO|1|0155||^^^GLU\rR|1|^^^GLU|5,4|ммоль/л|4,1^5,9|N\rL|1|N\r'
const DEVICE: Side = 'to-upstream'
const HOST: Side = 'to-modality'
type Said = readonly [Side, Buffer | number]

function told(script: readonly Said[], orderly = true, cut = (bytes: Buffer) => [bytes]): AstmPiece[] {
  const line = new AstmLine()
  const pieces = script.flatMap(([side, said]) =>
    cut(typeof said === 'number' ? Buffer.of(said) : said).flatMap((bytes) => line.feed(side, bytes)),
  )
  return [...pieces, ...line.end(orderly)]
}
const frames = astmFrames(Buffer.from(TEXT), 60)
const session = (sent: readonly Buffer[] = frames): Said[] => [
  [DEVICE, ENQ],
  [HOST, ACK],
  ...sent.flatMap((one): Said[] => [
    [DEVICE, one],
    [HOST, ACK],
  ]),
  [DEVICE, EOT],
]
const rest = (pieces: readonly AstmPiece[]) => pieces.filter((one) => !(one.type === 'counted' && one.what === 'frame'))
const one = (pieces: readonly AstmPiece[]) => {
  const [message, ...more] = pieces.filter(({ type }) => type === 'message')
  assert.equal(more.length, 0)
  return message?.type === 'message'
    ? { text: message.bytes.toString(), loose: message.loose, frames: message.frames }
    : undefined
}

test('frames that were acknowledged one by one become one message when the sender ends', () => {
  assert.ok(frames.length > 2)
  assert.deepEqual(
    rest(told(session())).map(({ type }) => type),
    ['message'],
  )
  assert.deepEqual(one(told(session())), { text: TEXT, loose: false, frames: frames.length })
})

test('the stream may be cut anywhere', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), (size) => {
      const cut = (bytes: Buffer) =>
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
      assert.equal(one(told(session(), true, cut))?.text, TEXT)
    }),
    { numRuns: 20 },
  )
})

test('a frame that was not taken comes again and is not taken twice', () => {
  const [first, second, ...others] = frames as [Buffer, Buffer, ...Buffer[]]
  const wrong = Buffer.from(first)
  wrong[10] = 0x21
  const script: Said[] = [
    ...session().slice(0, 2),
    [DEVICE, wrong],
    [HOST, NAK],
    [DEVICE, first],
    [HOST, ACK],
    [DEVICE, second],
    [HOST, ACK],
    // the acknowledgement was not heard
    [DEVICE, second],
    [HOST, ACK],
    ...others.flatMap((frame): Said[] => [
      [DEVICE, frame],
      [HOST, ACK],
    ]),
    [DEVICE, EOT],
  ]
  const pieces = told(script)
  assert.equal(one(pieces)?.text, TEXT)
  assert.deepEqual(
    rest(pieces).map((piece) => ('what' in piece ? piece.what : piece.type)),
    ['checksum', 'frame', 'again', 'message'],
  )
})

test('what was not acknowledged, or not ended, is not taken', () => {
  const open = told([...session().slice(0, -2), [DEVICE, EOT]])
  assert.deepEqual(
    rest(open).map((piece) => ('reason' in piece ? piece.reason : piece.type)),
    ['not acknowledged'],
  )
  const reset = told(session().slice(0, -1), false)
  assert.deepEqual(
    rest(reset).map((piece) => ('reason' in piece ? piece.reason : piece.type)),
    ['cut'],
  )
  assert.deepEqual(
    rest(
      told([
        [DEVICE, ENQ],
        [HOST, NAK],
      ]),
    ),
    [{ type: 'refused', side: DEVICE, what: 'session' }],
  )
})

test('analysers that leave out ENQ, EOT or the checksum are read, and it is told', () => {
  assert.deepEqual(one(told(session().slice(2)))?.loose, true)
  assert.deepEqual(one(told(session().slice(0, -1)))?.loose, true)
  const bare = Buffer.from(`\x021${TEXT}\x03\r\n`)
  assert.deepEqual(one(told(session([bare]))), { text: TEXT, loose: true, frames: 1 })
})

test('both sides may send in turn, contention is counted, junk as well', () => {
  const host: Said[] = session().map(([side, said]) => [side === DEVICE ? HOST : DEVICE, said])
  const pieces = told([...session(), ...host])
  assert.deepEqual(
    pieces.flatMap((piece) => (piece.type === 'message' ? [piece.side] : [])),
    [DEVICE, HOST],
  )
  assert.deepEqual(
    rest(
      told([
        [DEVICE, ENQ],
        [HOST, ENQ],
      ]),
    ),
    [{ type: 'counted', side: HOST, what: 'contention' }],
  )
  assert.deepEqual(rest(told([[DEVICE, Buffer.from('GET /')]])), [{ type: 'junk', side: DEVICE, sizeBytes: 5 }])
})

test('records are a view with the delimiters of H', () => {
  const read = readRecords(Buffer.from(TEXT))
  assert.deepEqual(
    read.segments.map(({ name }) => name),
    ['H', 'P', 'O', 'R', 'L'],
  )
  const texts = textsOf(read)
  assert.equal(texts.at('P.5.1'), 'ИВАНОВ')
  assert.equal(texts.at('R.2.4'), 'GLU')
  assert.equal(texts.at('R.4'), 'ммоль/л')
  assert.equal(texts.at('H.5'), 'Analyser^1')
  assert.throws(() => readRecords(Buffer.from('R|1|x\r')), { code: 'message-invalid' })
  assert.equal(splitRecords(Buffer.from(TEXT + TEXT)).length, 2)
})

test('whatever the bytes, the line is read on', () => {
  const control = fc.constantFrom(...Object.values(CONTROL), 0x31, 0x48, 0x7c)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.array(control, { maxLength: 20 })), { maxLength: 30 }), (script) => {
      told(script.map(([device, bytes]) => [device ? DEVICE : HOST, Buffer.from(bytes)]))
    }),
    { numRuns: 2000, seed: 3 },
  )
})
