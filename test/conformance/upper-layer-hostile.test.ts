/**
 * Hostile and broken upper layers (cases U1 to U32) on the clinical side: the bytes pass unchanged both ways, whatever
 * they are; the observer survives, says where it stopped and why, and sees the next association as if nothing had been.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createObserver, type ObserverEvent } from '../../src/clinical/observe/index.ts'
import { createRelay, type RelayEvent } from '../../src/clinical/relay/index.ts'
import {
  associateFields,
  encodeCommandSet,
  encodePdu,
  encodePdv,
  type Command,
} from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, temporaryFolder } from '../peers.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const IMPLICIT = '1.2.840.10008.1.2'
const MIB = 1 << 20
const identity = {
  ...{ callingAETitle: 'CT01', calledAETitle: 'PACS', maximumLength: 16384 },
  ...{ implementationClassUID: '2.25.1', implementationVersionName: 'X' },
}
const proposal = (id: number, abstractSyntaxUID = CT, transferSyntaxUIDs: readonly string[] = [IMPLICIT]) => ({
  ...{ presentationContextID: id, abstractSyntaxUID, transferSyntaxUIDs },
})
const rq = (contexts = [proposal(1)], who: Partial<typeof identity> = {}) =>
  Buffer.from(encodePdu('A-ASSOCIATE-RQ', associateFields({ ...identity, ...who }, contexts)))
const ac = (ids: readonly number[] = [1], who: Partial<typeof identity> = {}) =>
  Buffer.from(
    encodePdu(
      'A-ASSOCIATE-AC',
      associateFields(
        { ...identity, ...who },
        ids.map((presentationContextID) => ({ presentationContextID, result: 0, transferSyntaxUID: IMPLICIT })),
      ),
    ),
  )
const pdu = (type: number, length: number, body: Uint8Array = Buffer.alloc(0)) => {
  const header = Buffer.alloc(6)
  header[0] = type
  header.writeUInt32BE(length, 2)
  return Buffer.concat([header, body])
}
const item = (type: number, body: Uint8Array, length = body.length) =>
  Buffer.concat([Buffer.from([type, 0, length >> 8, length & 255]), body])
const command = (fields: Partial<Command>, context = 1) =>
  encodePdv(
    context,
    { command: true, last: true },
    encodeCommandSet({
      ...{ CommandField: 1, messageID: 1, hasDataSet: true, SOPClassUID: CT, SOPInstanceUID: '2.25.9' },
      ...fields,
    }),
  )
const data = (bytes: Uint8Array, last = true, context = 1) => encodePdv(context, { command: false, last }, bytes)
const stored = (Status = 0, messageID = 1) => command({ CommandField: 0x8001, hasDataSet: false, Status, messageID })
/** an A-ASSOCIATE-RQ whose user information is these bytes */
const rqWithUser = (user: Uint8Array, length = user.length) => {
  const whole = rq()
  const at = whole.indexOf(Buffer.from([0x50, 0]), 74)
  const body = Buffer.concat([whole.subarray(6, at), item(0x50, user, length)])
  return pdu(1, body.length, body)
}
const identityItem = (type: number, primary: Uint8Array, length = primary.length) =>
  item(0x58, Buffer.concat([Buffer.from([type, 0, length >> 8, length & 255]), primary, Buffer.from([0, 0])]))
const text = (value: string) => Buffer.from(value, 'latin1')
const repeated = (piece: Uint8Array, times: number) => Buffer.concat(Array.from({ length: times }, () => piece))

/** what the device (`up`) and the archive (`down`) say in turn; each waits until the other has everything */
type Step = { readonly up: Uint8Array; readonly times?: number } | { readonly down: Uint8Array }

interface Case {
  readonly id: string
  readonly what: string
  readonly steps: readonly Step[]
  /** how the device ends: half-close, or a reset */
  readonly reset?: true
  /** what the observer must have told of it: kinds of its events, with the code of a stop and the reason of a loss */
  readonly told: readonly string[]
}

const opened: readonly Step[] = [{ up: rq() }, { down: ac() }]
const one = (id: string, what: string, up: Uint8Array, ...told: readonly string[]): Case => ({
  ...{ id, what, steps: [{ up }], told },
})
const open = (id: string, what: string, up: Uint8Array, ...told: readonly string[]): Case => ({
  ...{ id, what, steps: [...opened, { up }], told: ['negotiated', ...told] },
})
const inEach = (id: string, what: string, ups: readonly Uint8Array[], ...told: readonly string[]) =>
  ups.map((up, at) => one(id, `${what} (${at + 1})`, up, ...told))

const LENGTHS = [0, 1, 3, 0x7fffffff, 0x80000000, 0xfffffff5]
const CONTROL = { 1: 'A-ASSOCIATE-RQ', 2: 'A-ASSOCIATE-AC', 3: 'A-ASSOCIATE-RJ', 4: 'P-DATA-TF', 5: 'A-RELEASE-RQ' }

const CASES: readonly Case[] = [
  { id: 'U1', what: 'a connection that says nothing', steps: [], told: [] },
  { id: 'U2', what: 'a connection and an end', steps: [], told: [] },
  { id: 'U2', what: 'a connection and a reset', steps: [], reset: true, told: [] },
  {
    id: 'U3',
    what: 'a proposal byte by byte',
    steps: [...rq()].map((byte) => ({ up: Buffer.from([byte]) })),
    told: [],
  },
  {
    ...{ id: 'U4', what: 'a PDU of 4 GiB that streams on', told: ['stopped limit-exceeded'] },
    steps: [{ up: pdu(4, 0xffffffff) }, { up: Buffer.alloc(MIB, 7), times: 20 }],
  },
  ...Object.keys(CONTROL).flatMap((type) =>
    LENGTHS.filter((length) => length > 64).flatMap((length) =>
      one('U5', `PDU ${type} of ${length} bytes`, pdu(Number(type), length), 'stopped limit-exceeded'),
    ),
  ),
  ...[2, 3, 4, 5, 6, 7].map((type) =>
    one(
      'U5',
      `PDU ${type} of 0 to 3 bytes`,
      Buffer.concat([pdu(type, 0), pdu(type, 1, text('x'))]),
      'stopped pdu-invalid',
    ),
  ),
  one('U6', 'a web browser', text('GET / HTTP/1.1\r\nHost: pacs\r\n\r\n'), 'unknown-pdu'),
  one('U6', 'TLS', Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), 'unknown-pdu'),
  one('U6', 'SSH', text('SSH-2.0-OpenSSH_9.2\r\n'), 'unknown-pdu'),
  one(
    'U7',
    'PDU types nobody knows',
    Buffer.concat([pdu(0, 2, text('ab')), pdu(8, 0), pdu(255, 1, text('x'))]),
    'unknown-pdu',
  ),
  {
    ...{
      id: 'U7',
      what: 'a type nobody knows inside an association, and it goes on',
      told: ['negotiated', 'unknown-pdu', 'captured'],
    },
    steps: [
      ...opened,
      { up: Buffer.concat([pdu(0x42, 3, text('abc')), command({}), data(text('ab'))]) },
      { down: stored() },
    ],
  },
  one('U8', 'data before any proposal', data(text('xx'))),
  one('U8', 'a release before any proposal', pdu(5, 4, Buffer.alloc(4))),
  open('U8', 'a second proposal', rq()),
  open('U9', 'a PDV longer than its PDU', pdu(4, 6, Buffer.from([0, 0, 0, 99, 1, 3])), 'stopped pdu-invalid'),
  open('U9', 'a PDV of no bytes', pdu(4, 6, Buffer.from([0, 0, 0, 0, 1, 3])), 'stopped pdu-invalid'),
  open('U9', 'a PDV of one byte', pdu(4, 6, Buffer.from([0, 0, 0, 1, 1, 3])), 'stopped pdu-invalid'),
  open('U10', 'a PDV whose length wraps', pdu(4, 6, Buffer.from([255, 255, 255, 252, 1, 3])), 'stopped pdu-invalid'),
  open('U11', 'a P-DATA-TF without any PDV', pdu(4, 0)),
  open('U12', '200,000 empty PDVs', pdu(4, 1_200_000, repeated(Buffer.from([0, 0, 0, 2, 1, 0]), 200_000))),
  {
    ...{ id: 'U13', what: 'a data set that never ends', told: ['negotiated', 'abandoned closed'] },
    steps: [...opened, { up: command({}) }, { up: data(Buffer.alloc(MIB - 12, 1), false), times: 20 }],
  },
  open(
    'U14',
    'two commands interleaved with data',
    Buffer.concat([command({}), data(text('ab'), false), command({ messageID: 2 }), data(text('cd')), command({})]),
    'abandoned cut short',
  ),
  open('U14', 'a data set before its command', Buffer.concat([data(text('ab')), command({})]), 'abandoned closed'),
  ...[0, 2, 255, 7].map((id) =>
    open(
      'U15',
      `presentation context ${id}`,
      Buffer.concat([command({}, id), data(text('a'), true, id)]),
      'abandoned not negotiated',
    ),
  ),
  one(
    'U15',
    '256 contexts, the same twice, none',
    Buffer.concat([rq(Array.from({ length: 256 }, (_, id) => proposal(id & 254)))]),
  ),
  one('U15', 'no context', rq([])),
  {
    ...{ id: 'U16', what: '128 contexts of 38 transfer syntaxes', told: ['negotiated'] },
    steps: [
      { up: rq(Array.from({ length: 128 }, (_, at) => proposal(2 * at + 1, CT, Array<string>(38).fill(IMPLICIT)))) },
      { down: ac(Array.from({ length: 128 }, (_, at) => 2 * at + 1)) },
    ],
  },
  ...inEach('U17', 'names of a context', [
    rq([proposal(1, CT, [])]),
    rq([proposal(1, `1.2.\0abc${'9'.repeat(90)}`)]),
    rq([proposal(1, '1'.repeat(60_000))]),
  ]),
  one('U18', 'a sub-item that ends too late', rqWithUser(item(0x51, Buffer.alloc(4), 400)), 'stopped pdu-invalid'),
  one(
    'U18',
    'user information that ends too late',
    rqWithUser(item(0x51, Buffer.alloc(4)), 4000),
    'stopped pdu-invalid',
  ),
  one(
    'U18',
    'more sub-items than can be meant',
    rqWithUser(repeated(item(0x54, Buffer.alloc(0)), 12_000)),
    'stopped limit-exceeded',
  ),
  ...[0, 1, 5, 255].map((type) =>
    one('U19', `user identity of type ${type}`, rqWithUser(identityItem(type, text('%n%s \u001b[31m')))),
  ),
  one('U19', 'a user identity that announces 65,535 bytes', rqWithUser(identityItem(2, text('ab'), 65_535))),
  one('U19', 'a token without signature', rqWithUser(identityItem(5, text('eyJhbGciOiJub25lIn0.e30.')))),
  ...[0, 1, 7, 0xffffffff].map((maximumLength) =>
    one('U20', `a maximum length of ${maximumLength}`, rq(undefined, { maximumLength })),
  ),
  one(
    'U21',
    'a window of 65,535 operations',
    rqWithUser(Buffer.concat([item(0x51, Buffer.alloc(4)), item(0x53, Buffer.alloc(4, 255))])),
  ),
  ...['', '../../../etc/pa', "'; DROP TABLE--", '%s%n\r\n\0\u001b[31m', 'КТ'].map((callingAETitle): Case => ({
    ...{ id: 'U22', what: `a title ${JSON.stringify(callingAETitle)}`, told: ['negotiated'] },
    steps: [{ up: rq(undefined, { callingAETitle, calledAETitle: callingAETitle }) }, { down: ac() }],
  })),
  ...['', '../../../../etc/passwd', '1.2.\0', '9'.repeat(65)].map((SOPInstanceUID): Case => ({
    ...{ id: 'U23', what: `an instance ${JSON.stringify(SOPInstanceUID)}`, told: ['negotiated', 'captured'] },
    steps: [
      ...opened,
      { up: Buffer.concat([command({ SOPInstanceUID }), data(text('ab'))]) },
      { down: stored(0x0117 & 0) },
    ],
  })),
  open('U24', 'a query of a megabyte', Buffer.concat([command({ CommandField: 0x20 }), data(Buffer.alloc(MIB, '*'))])),
  open(
    'U25',
    'a C-MOVE to nowhere',
    Buffer.concat([command({ CommandField: 0x21, hasDataSet: true }), data(text('127.0.0.1'))]),
  ),
  open(
    'U26',
    '5,000 cancels of nothing',
    repeated(command({ CommandField: 0xfff, hasDataSet: false, messageID: 9 }), 5000),
  ),
  open(
    'U27',
    'a commitment of unknown instances',
    Buffer.concat([command({ CommandField: 0x130 }), data(repeated(text('2.25.1'), 100_000))]),
  ),
  ...Array.from({ length: 40 }, (): Case => ({
    ...{
      id: 'U28',
      what: 'a proposal and an abort',
      steps: [{ up: Buffer.concat([rq(), pdu(7, 4, Buffer.alloc(4))]) }],
      reset: true as const,
      told: [],
    },
  })),
  {
    ...{ id: 'U29', what: 'a message id twice', told: ['negotiated', 'captured'] },
    steps: [
      ...opened,
      { up: Buffer.concat([command({}), data(text('a')), command({}), data(text('b'))]) },
      { down: stored() },
    ],
  },
  {
    ...{ id: 'U30', what: 'releases that collide', told: ['negotiated'] },
    steps: [
      ...opened,
      { up: pdu(5, 4, Buffer.alloc(4)) },
      { down: pdu(5, 4, Buffer.alloc(4)) },
      { up: pdu(6, 4, Buffer.alloc(4)) },
    ],
  },
  {
    ...{ id: 'U31', what: 'an association in pieces of one byte', told: ['negotiated', 'captured'] },
    steps: [
      ...opened,
      ...[...Buffer.concat([command({}), data(text('abcdef'))])].map((byte) => ({ up: Buffer.from([byte]) })),
      { down: stored() },
    ],
  },
]

test(
  'hostile upper layers pass unchanged, and the observer survives and names what it saw',
  { timeout: 300_000 },
  async (t) => {
    const world = await hospital(t)
    for (const each of CASES) {
      const title = `${each.id}, ${each.what}`
      const before = process.memoryUsage().rss
      const { id, up, down } = await world.play(each.steps, each.reset)
      assert.deepEqual(up.seen, up.said, `${title}: what the archive has`)
      assert.deepEqual(down.seen, down.said, `${title}: what the device has`)
      const missing = () => each.told.filter((kind) => !world.told(id).includes(kind))
      await eventually(`${title}: told`, () => missing().length === 0).catch(() => {})
      assert.deepEqual(missing(), [], `${title}: not told, only ${world.told(id).join(', ')}`)
      if (!each.told.some((kind) => kind.startsWith('stopped')))
        assert.deepEqual(
          world.told(id).filter((kind) => kind.startsWith('stopped')),
          [],
          title,
        )
      assert.ok(process.memoryUsage().rss - before < 200 * MIB, `${title}: memory`)
    }
    const after = await world.play([
      ...opened,
      { up: Buffer.concat([command({}), data(text('ab'))]) },
      { down: stored() },
    ])
    await eventually('the next association is captured', () => world.told(after.id).includes('captured'))
    await eventually('nothing is held', () => world.observer.associations === 0)
    assert.ok(CASES.length > 90)
  },
)

test('U32: a dialogue cut at every offset passes unchanged and is seen the same', { timeout: 300_000 }, async (t) => {
  const world = await hospital(t)
  const up = Buffer.concat([command({}), data(text('abcdef'))])
  for (let at = 1; at < up.length; at += 1) {
    const played = await world.play([
      ...opened,
      { up: up.subarray(0, at) },
      { up: up.subarray(at) },
      { down: stored() },
    ])
    assert.deepEqual(played.up.seen, played.up.said)
    await eventually(`captured, cut at ${at}`, () => world.told(played.id).includes('captured'))
  }
})

/** what went one way: bytes and their SHA-256 */
class Way {
  #bytes = 0
  readonly #hash = createHash('sha256')
  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    this.#hash.update(bytes)
  }
  get bytes(): number {
    return this.#bytes
  }
  get sum(): string {
    return `${this.#bytes} ${this.#hash.copy().digest('hex')}`
  }
}

/** a relay with an observer at its tap, and an archive that says what a case has it say */
async function hospital(t: TestContext) {
  const events = new Map<string, Set<string>>()
  const relayEvents: RelayEvent[] = []
  const observer = createObserver({
    onEvent: (event) => {
      const so = events.get(event.id) ?? new Set()
      events.set(event.id, so.add(wordsOf(event)))
    },
    sink: {
      begin: () => ({
        write: () => {},
        commit: () => Promise.resolve({ ref: 'r', bytes: 0 }),
        abandon: () => {},
      }),
    },
  })
  const path = join(temporaryFolder(t), 'tap.sock')
  const tap = createServer({ pauseOnConnect: true }, (socket) => observer.accept(socket)).listen(path)
  const archives: Socket[] = []
  const archive = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    archives.push(socket.on('error', () => {})),
  )
  archive.listen(0, '127.0.0.1')
  await Promise.all([once(tap, 'listening'), once(archive, 'listening')])
  const relay = createRelay({ onEvent: (event) => relayEvents.push(event) })
  const upstream = { host: '127.0.0.1', port: (archive.address() as AddressInfo).port }
  const { port } = await relay.serve({ name: 'link', upstream }, { host: '127.0.0.1', port: 0 })
  relay.setTap(path)
  await eventually('the tap', () => relay.stats().isTapped)
  atEnd(t, async () => {
    await relay.drain(0)
    tap.close()
    archive.close()
  })

  const play = async (steps: readonly Step[], reset = false) => {
    const count = relayEvents.length
    const device = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }).on('error', () => {})
    const pacs = await eventually('the archive is reached', () => archives.shift())
    const [upSaid, upSeen, downSaid, downSeen] = [new Way(), new Way(), new Way(), new Way()]
    pacs.on('data', (bytes) => upSeen.add(bytes))
    device.on('data', (bytes) => downSeen.add(bytes))
    const said = async (from: Socket, to: Socket, bytes: Uint8Array, what: Way, seen: Way) => {
      what.add(bytes)
      from.write(bytes)
      while (seen.bytes < what.bytes) await once(to, 'data')
    }
    for (const step of steps)
      if ('down' in step) await said(pacs, device, step.down, downSaid, downSeen)
      else for (let n = 0; n < (step.times ?? 1); n++) await said(device, pacs, step.up, upSaid, upSeen)
    const ended = Promise.all([pacs, device].map((end) => new Promise((done) => end.on('close', done))))
    if (reset) device.resetAndDestroy()
    else {
      pacs.on('end', () => pacs.end())
      device.end()
    }
    pacs.resume()
    device.resume()
    await ended
    const closed = await eventually('the association ended', () =>
      relayEvents.slice(count).find((event) => event.type === 'association-closed'),
    )
    assert.equal(closed.toUpstream.sha256In, closed.toUpstream.sha256Out)
    return {
      ...{
        id: closed.id,
        up: { said: upSaid.sum, seen: upSeen.sum },
        down: { said: downSaid.sum, seen: downSeen.sum },
      },
    }
  }
  return { play, observer, told: (id: string) => [...(events.get(id) ?? [])] }
}

function wordsOf(event: ObserverEvent): string {
  if (event.type === 'stopped') return `stopped ${event.code}`
  return event.type === 'abandoned' ? `abandoned ${event.reason}` : event.type
}
