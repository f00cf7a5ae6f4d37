import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interaction, resultsOf, v3Answer } from '../../../test/v3-messages.ts'
import { TAP, tapHeader, type TapFrameType } from '../../base/index.ts'
import { astmFrames } from '../../standards/astm/index.ts'
import { frame } from '../../standards/hl7/index.ts'
import { FrameReader } from './frames.ts'
import { createObserver, type CaptureStart, type ObserverEvent } from './index.ts'

type Said = readonly [connection: number, type: TapFrameType, payload: Uint8Array]

const message = (id: string, rest = '') =>
  Buffer.from(`MSH|^~\\&|LAB|H|LIS|H|20260714||ORU^R01|${id}|P|2.3.1||${rest}\rPID|1||17\rOBX|1|NM|WBC||5.1\r`)
const answer = (id: string, code = 'AA') => Buffer.from(`MSH|^~\\&|LIS||LAB||2026||ACK|x|P|2.3.1\rMSA|${code}|${id}\r`)
const open = (connection: number, protocol = 'mllp'): Said => [
  connection,
  TAP.opened,
  Buffer.from(JSON.stringify({ id: String(connection), protocol, link: 'lab', remoteAddress: '10.0.0.7', at: 1 })),
]
const close = (connection: number, reason = 'closed'): Said => [
  connection,
  TAP.closed,
  Buffer.from(JSON.stringify({ reason, at: 2 })),
]
const up = (bytes: Uint8Array, connection = 1): Said => [connection, TAP.toUpstream, bytes]
const down = (bytes: Uint8Array, connection = 1): Said => [connection, TAP.toModality, bytes]

async function observed(script: readonly Said[], room = true) {
  const kept: { start: Extract<CaptureStart, { kind: 'hl7' | 'astm' }>; bytes: string }[] = []
  const events: ObserverEvent[] = []
  const observer = createObserver({
    onEvent: (event) => events.push(event),
    sink: {
      begin: (start) => {
        if (!room || start.kind === 'dicom') return undefined
        const one = { start, bytes: '' }
        kept.push(one)
        return {
          write: (bytes) => (one.bytes += Buffer.from(bytes).toString()),
          commit: () => Promise.resolve({ ref: 'r', bytes: one.bytes.length }),
          abandon: () => {},
        }
      },
    },
  })
  const reader = new FrameReader()
  const connections = new Map()
  for (const [connection, type, payload] of script)
    observer.feed(reader, connections, Buffer.concat([tapHeader(connection, type, payload.length), payload]))
  await Promise.resolve()
  const counts: Record<string, number> = {}
  for (const event of events)
    if (event.type === 'counted') counts[event.what] = (counts[event.what] ?? 0) + event.by
    else if (event.type !== 'introduced') counts[event.type] = (counts[event.type] ?? 0) + 1
  return { kept, events, counts, answers: kept.map(({ start }) => `${start.answer} ${start.pairedBy}`) }
}

test('a message is captured when its receiver has said that it took it', async () => {
  const { kept, counts, events } = await observed([
    open(1),
    up(frame(message('1'))),
    down(frame(answer('1'))),
    up(frame(message('2'))),
    down(frame(answer('2', 'AE'))),
    up(frame(message('3'))),
    close(1),
  ])
  assert.deepEqual(
    kept.map(({ bytes, start }) => [bytes, start.sequence, start.answer, start.direction]),
    [[message('1').toString(), 1, 'AA', 'to-upstream']],
  )
  assert.deepEqual(counts, { message: 3, acknowledgement: 2, captured: 1, refused: 1, unanswered: 1 })
  assert.deepEqual(
    events.find(({ type }) => type === 'introduced'),
    { type: 'introduced', id: '1', sender: 'LAB', receiver: 'LIS' },
  )
})

test('enhanced mode, silence by agreement, and answers elsewhere', async () => {
  const { answers } = await observed([
    open(1),
    up(frame(message('1', '|AL|NE'))),
    down(frame(answer('1', 'CA'))),
    up(frame(message('2', '|NE|NE'))),
    up(frame(message('3', '|ER|NE'))),
    up(frame(message('4', '|NE|AL'))),
    close(1),
    open(2),
    down(frame(answer('4')), 2),
    close(2),
  ])
  assert.deepEqual(answers, ['CA control-id', 'none none', 'none none', 'AA control-id'])
})

test('an answer with contents acknowledges the query and is captured itself', async () => {
  const query = Buffer.from('MSH|^~\\&|LAB||LIS||2026||QRY^Q02|7|P|2.3.1\rQRD|2026|R|D|1|||RD|0155|OTH\r')
  const found = Buffer.from('MSH|^~\\&|LIS||LAB||2026||DSR^Q03|9|P|2.3.1\rMSA|AA|7\rDSP|1||17\r')
  const { kept } = await observed([open(1), up(frame(query)), down(frame(found)), close(1)])
  assert.deepEqual(
    kept.map(({ start, bytes }) => [start.direction, start.answer, bytes.includes('DSR')]),
    [
      ['to-upstream', 'AA', false],
      ['to-modality', 'none', true],
    ],
  )
})

test('what nobody can read, or was cut, is kept as it came, and the next message is read', async () => {
  const { kept, counts } = await observed([
    open(1),
    up(Buffer.from('noise')),
    up(frame(Buffer.from('not a message'))),
    up(Buffer.from('\x0bMSH|^~\\&|LAB||half of a mess')),
    up(frame(message('2'))),
    down(frame(answer('2'))),
    close(1),
  ])
  assert.deepEqual(
    kept.map(({ start }) => start.unreadable ?? start.answer),
    ['message-invalid', 'message-cut', 'AA'],
  )
  assert.deepEqual([counts['junk-bytes'], counts.unreadable, counts.cut], [5, 1, 1])
})

test('a thousand messages without waiting keep their order; what comes again is told', async () => {
  const ids = Array.from({ length: 1000 }, (_, at) => String(at))
  const { kept, counts } = await observed([
    open(1),
    up(Buffer.concat(ids.map((id) => frame(message(id))))),
    down(Buffer.concat(ids.map((id) => frame(answer(id))))),
    up(frame(message('5'))),
    down(frame(answer('5'))),
    up(frame(message('5', 'other'))),
    down(frame(answer('5'))),
    down(frame(answer('never sent'))),
    close(1),
  ])
  assert.deepEqual(
    kept.map(({ start }) => start.sequence),
    Array.from({ length: 1002 }, (_, at) => at + 1),
  )
  assert.deepEqual(
    kept.slice(-2).map(({ start }) => start.repeated),
    ['retransmission', 'conflict'],
  )
  assert.equal(counts.orphan, 1)
})

test('an ASTM session is captured when every frame was acknowledged and it ended', async () => {
  const text = 'H|\\^&|||A\rP|1||7\rO|1|0155\rR|1|^^^GLU|5.4|mmol/L\rL|1|N\r'
  const [ENQ, ACK, EOT, NAK] = [Buffer.of(5), Buffer.of(6), Buffer.of(4), Buffer.of(21)]
  const session = (last: Buffer): Said[] => [
    up(ENQ),
    down(ACK),
    ...astmFrames(Buffer.from(text), 20).flatMap((one): Said[] => [up(one), down(ACK)]),
    up(last),
  ]
  const { kept, counts } = await observed([
    open(1, 'astm'),
    ...session(EOT),
    up(ENQ),
    down(NAK),
    ...session(ENQ).slice(0, 3),
    close(1, 'reset'),
  ])
  assert.deepEqual(
    kept.map(({ start, bytes }) => [start.kind, start.answer, bytes]),
    [['astm', 'EOT', text]],
  )
  assert.deepEqual([counts.refused, counts.unanswered ?? counts.cut], [1, 1])
})

test('XML of HL7 v3 is captured by the same rules: its acknowledgement names it by root and extension', async () => {
  const v3 = (id: string, accept = 'AL') =>
    Buffer.from(interaction('POLB_IN224200UV01', id, resultsOf('17'), { accept }))
  const said = (id: string, code = 'CA', isElement = false) => down(frame(Buffer.from(v3Answer(id, code, isElement))))
  const { answers, counts, events, kept } = await observed([
    open(1),
    up(frame(v3('1'))),
    up(frame(v3('2'))),
    said('2', 'AA', true),
    said('1'),
    up(frame(v3('3'))),
    said('3', 'AE'),
    up(frame(v3('4', 'NE'))),
    up(frame(v3('5'))),
    close(1),
  ])
  assert.deepEqual(answers, ['AA control-id', 'CA control-id', 'none none'])
  assert.deepEqual(counts, { message: 5, acknowledgement: 3, captured: 3, refused: 1, unanswered: 1 })
  assert.ok(kept[1]?.bytes === v3('1').toString())
  assert.deepEqual(
    events.find(({ type }) => type === 'introduced'),
    { type: 'introduced', id: '1', sender: 'MIS', receiver: 'LIS' },
  )
})

test('a document without a number is answered by whatever is said while it alone waits', async () => {
  const document = up(frame(Buffer.from('<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>')))
  const { answers, counts } = await observed([
    open(1),
    document,
    down(frame(Buffer.of(0x06))),
    document,
    down(frame(answer('a number of its own'))),
    document,
    down(frame(Buffer.of(0x15))),
    up(frame(message('7'))),
    down(frame(answer('7'))),
    document,
    down(frame(answer('7'))),
    close(1),
  ])
  assert.deepEqual(answers, ['CA order', 'AA order', 'AA control-id'])
  assert.deepEqual([counts.refused, counts.further, counts.unanswered, counts['by-order']], [1, 1, 1, 3])
})

test('XML that is nothing of HL7 v3, or would have entities, is kept as it came with its reason', async () => {
  const { kept } = await observed([
    open(1),
    ...['<Bundle xmlns="http://hl7.org/fhir"/>', '<!DOCTYPE a [<!ENTITY b "c">]><a/>', '<POLB_IN224200><id></a>'].map(
      (text) => up(frame(Buffer.from(text))),
    ),
    close(1),
  ])
  assert.deepEqual(
    kept.map(({ start }) => start.unreadable),
    ['not-cda', 'xml-doctype', 'xml-malformed'],
  )
})

test('without room nothing is kept, and it is said', async () => {
  const { counts } = await observed([open(1), up(frame(message('1'))), down(frame(answer('1'))), close(1)], false)
  assert.equal(counts.abandoned, 1)
})
