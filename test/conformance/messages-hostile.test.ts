/** Hostile and broken messages through a real relay, tap and observer: they pass, they are told, the next one is captured. */
import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { createObserver, type ObserverEvent } from '../../src/clinical/observe/index.ts'
import { createRelay } from '../../src/clinical/relay/index.ts'
import { frame } from '../../src/standards/hl7/index.ts'
import { startLaboratory } from '../laboratory.ts'
import { atEnd, eventually, temporaryFolder } from '../peers.ts'

const HEAD = (id: string, rest = '') => `MSH|^~\\&|LAB||LIS||2026||ORU^R01|${id}|P|2.5${rest}`
const ORU = (id: string, body = 'PID|1||17\rOBX|1|NM|WBC||5.1\r') => Buffer.from(`${HEAD(id)}\r${body}`)
const framed = (text: string | Buffer) => frame(Buffer.from(text))
const ACK = (id: string) => framed(`MSH|^~\\&|LAB||LIS||2026||ACK|x|P|2.5\rMSA|AA|${id}\r`)
const raw = (text: string) => Buffer.from(text, 'latin1')
const storm = (piece: string, times: number) => framed(ORU('S', `OBX|1|TX|x||${piece.repeat(times)}\r`))
const MANY = 300_000

/** what is sent, and what the observer must have counted of it, at least */
const CASES: readonly (readonly [row: string, sent: Buffer, counted: Readonly<Record<string, number>>])[] = [
  ['H1 random bytes', raw('\x00\xff\x80 GET / \x7f'), { 'junk-bytes': 11 }],
  ['H1 empty frame', framed(''), { unreadable: 1 }],
  ['H1 a start alone', raw('\x0b'), {}],
  ['H2 no start', Buffer.concat([ORU('1'), raw('\x1c\r')]), { 'junk-bytes': 1 }],
  ['H2 double start', Buffer.concat([raw('\x0b'), framed(ORU('2'))]), { message: 1 }],
  ['H2 markers inside', framed(ORU('2a', 'NTE|1||a\x1cb\r')), { message: 1 }],
  [
    'H2 end without CR',
    Buffer.concat([framed(ORU('3')).subarray(0, -1), framed(ORU('4'))]),
    { message: 2, 'odd-ending': 1 },
  ],
  [
    'H2 cut, then the next',
    Buffer.concat([framed(ORU('5')).subarray(0, 40), framed(ORU('6'))]),
    { cut: 1, message: 1 },
  ],
  ['H4 MSH alone', framed('MSH|'), { unreadable: 1 }],
  ['H4 MSH-2 empty', framed('MSH||||\r'), { unreadable: 1 }],
  ['H4 MSH-1 a letter', framed('MSHx^~\\&xA\r'), { unreadable: 1 }],
  ['H4 NUL in MSH-2', framed('MSH|^~\0&|A\r'), { unreadable: 1 }],
  ['H4 no MSH', framed('PID|1||17\r'), { unreadable: 1 }],
  ['H5 line feeds', framed(ORU('7').toString().replaceAll('\r', '\n')), { message: 1 }],
  ['H5 both', framed(ORU('8').toString().replaceAll('\r', '\r\n')), { message: 1 }],
  ['H5 none', framed(HEAD('9')), { message: 1 }],
  ['H6 segments', framed(ORU('10', 'Z\r'.repeat(MANY))), { unreadable: 1 }],
  ['H6 repetitions', storm('~', MANY), { message: 1 }],
  ['H6 components', storm('^', MANY), { message: 1 }],
  ['H6 a large OBX-5', storm('QUJD', 2_000_000), { message: 1 }],
  ['H7 escapes', storm('\\X..\\\\.in9999999\\\\', MANY / 10), { message: 1 }],
  [
    'H8 character set against its bytes',
    framed(
      Buffer.concat([
        Buffer.from(`${HEAD('11', '||||||UNICODE UTF-8')}\rPID|1||17||`),
        Buffer.from([0xc8, 0xe2, 0xe0, 0xed, 0xee, 0xe2]),
        Buffer.from('\r'),
      ]),
    ),
    { message: 1 },
  ],
  ['H8 byte-order mark', framed(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), ORU('12')])), { message: 1 }],
  ['H9 double segments, no PID, OBX without OBR', framed(ORU('13', 'OBX|1\rOBX|1\rOBX\r')), { message: 1 }],
  ['H10 MSH-10 empty', framed(ORU('')), { message: 1 }],
  ['H10 MSH-10 of a megabyte', framed(ORU('9'.repeat(1_000_000))), { message: 1 }],
  [
    'H10 reused',
    Buffer.concat([framed(ORU('14')), framed(ORU('14')), framed(ORU('14', 'PID|1||18\r'))]),
    { retransmission: 1, conflict: 1 },
  ],
  ['H11 acknowledgements of nothing', Buffer.concat([ACK('none'), ACK('none'), ACK('')]), { orphan: 3 }],
  [
    'H12 a thousand without waiting',
    Buffer.concat(Array.from({ length: 1000 }, (_, at) => framed(ORU(`p${at}`)))),
    { message: 1000 },
  ],
  [
    'H13 a batch with wrong counts',
    framed(`FHS|^~\\&\rBHS|^~\\&\r${ORU('15').toString()}BTS|7\rFTS|3\r`),
    { message: 1 },
  ],
  [
    'H14 injections',
    framed(ORU('16', "PID|1||<script>alert(1)</script>||'; DROP--^${jndi:ldap://x}^=cmd|'/c'\x1b[31m\r")),
    { message: 1 },
  ],
  ['H14 a message inside a field', framed(ORU('17', `NTE|1||text\r\n${ORU('18').toString()}`)), { message: 1 }],
  [
    'H15 H16 documents in OBX-5',
    framed(ORU('19', 'OBX|1|ED|x||^^^^<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>\r')),
    { message: 1 },
  ],
  ['H17 JSON in OBX-5', framed(ORU('20', 'OBX|1|ST|x||{"__proto__":{"x":1e999}}\r')), { message: 1 }],
  [
    'H18 patients against each other',
    framed(ORU('21', 'PID|1||17\rMRG|18\rMRG|17\rPV1|1|I|||||||||||||||||18\r')),
    { message: 1 },
  ],
]

test('hostile messages pass byte for byte, are told for what they are, and the next message is captured', async (t) => {
  const laboratory = await startLaboratory(t, 'mllp')
  const events: ObserverEvent[] = []
  const observer = createObserver({
    onEvent: (event) => events.push(event),
    sink: {
      // the message itself is the name under which it was kept: each case waits for its own
      begin: () => {
        let bytes = ''
        return {
          write: (piece) => (bytes += Buffer.from(piece).toString('latin1')),
          commit: () => Promise.resolve({ ref: bytes, bytes: bytes.length }),
          abandon: () => {},
        }
      },
    },
  })
  const tap = join(temporaryFolder(t), 'tap')
  const server = createServer({ pauseOnConnect: true }, (socket) => observer.accept(socket))
  await new Promise<void>((done) => server.listen(tap, done))
  const relay = createRelay({ onEvent: () => {} })
  atEnd(t, async () => {
    await relay.drain(100)
    server.close()
  })
  const { port } = await relay.serve(
    { name: 'lab', protocol: 'mllp', upstream: { host: '127.0.0.1', port: laboratory.port } },
    { host: '127.0.0.1', port: 0 },
  )
  relay.setTap(tap)
  await eventually('the tap is there', async () => {
    await send(port, [framed(ORU('warm up'))])
    return events.some(({ type }) => type === 'captured')
  })

  let number = 0
  for (const [row, sent, counted] of CASES) {
    const before = laboratory.received().length
    const message = ORU(`next ${number++}`)
    const next = framed(message)
    await send(port, [sent, next])
    const arrived = await eventually(row, () => {
      const bytes = laboratory.received().subarray(before)
      return bytes.length >= sent.length + next.length ? bytes : undefined
    })
    assert.ok(arrived.equals(Buffer.concat([sent, next])), row)
    const { id } = await eventually(`${row}: captured`, () =>
      events.find((event) => event.type === 'captured' && event.ref === message.toString('latin1')),
    )
    const told = events.filter((event) => event.id === id)
    const counts: Record<string, number> = {}
    for (const event of told) if (event.type === 'counted') counts[event.what] = (counts[event.what] ?? 0) + event.by
    for (const [what, least] of Object.entries(counted))
      assert.ok((counts[what] ?? 0) >= least, `${row}: ${what} ${counts[what]} of ${least}, ${JSON.stringify(counts)}`)
    assert.equal(
      told.some(({ type }) => type === 'stopped'),
      false,
      row,
    )
  }
})

/** Sends everything, takes what is answered for a moment after the last answer, and ends. */
async function send(port: number, pieces: readonly Buffer[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let answeredAt = 0
  let answers = ''
  socket.on('data', (chunk: Buffer) => {
    answeredAt = Date.now()
    answers = (answers + chunk.toString('latin1')).slice(-400)
  })
  for (const piece of pieces) socket.write(piece)
  const last = /ORU\^R01\|([^|]*)\|P/.exec(pieces.at(-1)?.toString('latin1') ?? '')?.[1] ?? ''
  await eventually(
    'the last one is answered',
    () => answers.includes(`MSA|AA|${last}\r`) && Date.now() - answeredAt > 20,
  )
  socket.end()
  await once(socket, 'close')
}
