import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAP, tapHeader, type TapFrameType } from '../../base/index.ts'
import { associateFields, encodeCommandSet, encodePdu, encodePdv, type Command } from '../../standards/dicom/index.ts'
import type { ObservedAssociation } from './association.ts'
import { FrameReader } from './frames.ts'
import { createObserver, type CaptureStart, type ObserverEvent } from './index.ts'

interface Kept {
  readonly start: CaptureStart
  bytes: string
  fate: string
}

/** an observer that remembers, fed with a script of both directions */
function observed(
  script: readonly (readonly [TapFrameType, Uint8Array])[],
  cut: (whole: Buffer) => Buffer[] = (whole) => [whole],
  room = true,
) {
  const kept: Kept[] = []
  const events: ObserverEvent[] = []
  const observer = createObserver({
    onEvent: (event) => events.push(event),
    sink: {
      begin: (start) => {
        if (!room) return undefined
        const one: Kept = { start, bytes: '', fate: 'open' }
        kept.push(one)
        return {
          write: (bytes) => (one.bytes += Buffer.from(bytes).toString('hex')),
          commit: (status) => (
            (one.fate = `captured ${status.toString(16)}`),
            Promise.resolve({ ref: 'r', bytes: one.bytes.length / 2 })
          ),
          abandon: (reason) => (one.fate = reason),
        }
      },
    },
  })
  const opening = Buffer.from(JSON.stringify({ id: 'a', link: 'link', remoteAddress: '127.0.0.1', at: 1 }))
  const frames = [[TAP.opened, opening] as const, ...script].map(([type, payload]) =>
    Buffer.concat([tapHeader(1, type, payload.length), payload]),
  )
  const reader = new FrameReader()
  const connections = new Map<number, ObservedAssociation>()
  for (const piece of cut(Buffer.concat(frames))) observer.feed(reader, connections, piece)
  return { kept, events, fates: kept.map(({ fate }) => fate) }
}

const CT = '1.2.840.10008.5.1.4.1.1.2'
const identity = {
  callingAETitle: 'CT01',
  calledAETitle: 'PACS',
  maximumLength: 16384,
  implementationClassUID: '2.25.1',
  implementationVersionName: 'X',
}
const up = (bytes: Uint8Array) => [TAP.toUpstream, bytes] as const
const down = (bytes: Uint8Array) => [TAP.toModality, bytes] as const
const negotiation = [
  up(
    encodePdu(
      'A-ASSOCIATE-RQ',
      associateFields(identity, [
        { presentationContextID: 1, abstractSyntaxUID: CT, transferSyntaxUIDs: ['1.2.840.10008.1.2'] },
      ]),
    ),
  ),
  down(
    encodePdu(
      'A-ASSOCIATE-AC',
      associateFields(identity, [{ presentationContextID: 1, result: 0, transferSyntaxUID: '1.2.840.10008.1.2' }]),
    ),
  ),
]
const command = (fields: Partial<Command>) =>
  encodePdv(
    1,
    { command: true, last: true },
    encodeCommandSet({
      CommandField: 1,
      messageID: 1,
      hasDataSet: true,
      SOPClassUID: CT,
      SOPInstanceUID: '2.25.9',
      ...fields,
    }),
  )
const request = (messageID: number) => command({ messageID })
const response = (messageID: number, Status: number) =>
  command({ CommandField: 0x8001, messageID, hasDataSet: false, Status })
const data = (hex: string, last = true) => encodePdv(1, { command: false, last }, Buffer.from(hex, 'hex'))
const closed = [TAP.closed, Buffer.from(JSON.stringify({ reason: 'closed', at: 2 }))] as const

test('what the archive accepted is captured, with a warning too; what it refused is not', () => {
  for (const [status, fate] of [
    [0x0000, 'captured 0'],
    [0xb000, 'captured b000'],
    [0x0107, 'captured 107'],
    [0xa700, 'refused'],
    [0x0122, 'refused'],
  ] as const) {
    const { kept, fates } = observed([
      ...negotiation,
      up(request(1)),
      up(data('0102')),
      down(response(1, status)),
      closed,
    ])
    assert.deepEqual(fates, [fate])
    assert.equal(kept[0]?.bytes, '0102')
    assert.ok(kept[0]?.start.kind === 'dicom' && kept[0].start.transferSyntaxUID === '1.2.840.10008.1.2')
  }
})

test('a stream cut anywhere is seen the same', () => {
  const script = [
    ...negotiation,
    up(request(1)),
    up(data('0102', false)),
    up(data('0304')),
    down(response(1, 0)),
    up(request(2)),
    up(data('05')),
    down(response(2, 0xa900)),
    closed,
  ]
  const whole = observed(script)
  assert.deepEqual(whole.fates, ['captured 0', 'refused'])
  for (let size = 1; size < 40; size++) {
    const pieces = observed(script, (bytes) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
    )
    assert.deepEqual(
      [pieces.fates, pieces.kept.map(({ bytes }) => bytes)],
      [whole.fates, whole.kept.map(({ bytes }) => bytes)],
      `pieces of ${size}`,
    )
  }
})

test('several outstanding operations are told apart by their message ids', () => {
  const { kept } = observed([
    ...negotiation,
    up(request(1)),
    up(data('01')),
    up(request(2)),
    up(data('02')),
    up(request(3)),
    up(data('03')),
    down(response(2, 0xa700)),
    down(response(3, 0)),
    down(response(1, 0)),
    closed,
  ])
  assert.deepEqual(
    kept.map(({ bytes, fate }) => [bytes, fate]),
    [
      ['01', 'captured 0'],
      ['02', 'refused'],
      ['03', 'captured 0'],
    ],
  )
})

test('the sub-operations of a C-GET run backwards and are captured', () => {
  const { kept } = observed([...negotiation, down(request(7)), down(data('0a0b')), up(response(7, 0)), closed])
  assert.equal(kept[0]?.start.direction, 'to-modality')
  assert.equal(kept[0]?.fate, 'captured 0')
})

test('nothing half is kept: abort, loss, an early answer, a new command in the middle', () => {
  const half = [...negotiation, up(request(1)), up(data('01', false))]
  assert.deepEqual(observed([...half, up(encodePdu('A-ABORT', { source: 0, reason: 0 }))]).fates, ['aborted'])
  assert.deepEqual(observed([...half, closed]).fates, ['closed'])
  assert.deepEqual(observed([...half, down(response(1, 0))]).fates, ['answered before its end'])
  assert.deepEqual(observed([...half, up(request(2)), up(data('02')), down(response(2, 0))]).fates, [
    'cut short',
    'captured 0',
  ])
})

test('no room and no negotiation are lost captures that are named', () => {
  const store = [up(request(1)), up(data('01')), down(response(1, 0)), closed]
  const full = observed([...negotiation, ...store], undefined, false)
  assert.ok(full.events.some((event) => event.type === 'abandoned' && event.reason === 'no room'))
  assert.ok(observed(store).events.some((event) => event.type === 'abandoned' && event.reason === 'not negotiated'))
})

test('garbage stops the observation of that association and names the place', () => {
  const bad = observed([...negotiation, up(Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff])), up(request(1))])
  assert.deepEqual(bad.events.at(-1), {
    type: 'stopped',
    id: 'a',
    code: 'limit-exceeded',
    offset: negotiation[0]?.[1].length,
  })
  assert.equal(bad.kept.length, 0)
  const badCommand = observed([
    ...negotiation,
    up(encodePdv(1, { command: true, last: true }, Buffer.from('ffff', 'hex'))),
  ])
  assert.ok(badCommand.events.some((event) => event.type === 'stopped' && event.code === 'command-invalid'))
})

test('any bytes at all: the observer survives', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 80 })), { maxLength: 20 }), (pieces) => {
      observed([...negotiation, ...pieces.map(([way, bytes]) => (way ? up(bytes) : down(bytes))), closed])
    }),
  )
})
