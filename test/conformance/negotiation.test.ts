/** What an association may propose beyond the usual, as a real archive sees it: directly, and through the relay. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createRelay, type RelayEvent } from '../../src/clinical/relay/index.ts'
import {
  encodeCommandSet,
  encodeDataSet,
  encodePdu,
  encodePdv,
  transferSyntax,
} from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, freePort, peerTest, portAnswers, temporaryFolder } from '../peers.ts'

const PRIVATE_CLASS = '1.2.826.0.1.3680043.10.1561.5'
const STORAGE_SERVICE = '1.2.840.10008.4.2'
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'

const uint16 = (value: number) => Buffer.from([value >> 8, value & 255])
const sized = (value: Uint8Array | string) => {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([uint16(bytes.length), bytes])
}
const item = (type: number, ...parts: readonly (Uint8Array | string)[]) =>
  Buffer.concat([Buffer.of(type, 0), sized(Buffer.concat(parts.map((part) => Buffer.from(part as string))))])

/** A-ASSOCIATE-RQ by hand: PS3.8 Annex D and PS3.7 D.3.3 with every kind of sub-item, and a private SOP class */
function proposal(): Buffer {
  const body = Buffer.concat([
    Buffer.of(0, 1, 0, 0),
    Buffer.from('PACS'.padEnd(16) + 'DEVICE'.padEnd(16)),
    Buffer.alloc(32),
    item(0x10, '1.2.840.10008.3.1.1.1'),
    item(0x20, Buffer.of(1, 0, 0, 0), item(0x30, PRIVATE_CLASS), item(0x40, IMPLICIT_LITTLE_ENDIAN)),
    item(
      0x50,
      item(0x51, Buffer.of(0, 0, 0x40, 0)),
      item(0x52, '2.25.77001'),
      item(0x53, uint16(4), uint16(1)),
      item(0x54, sized(PRIVATE_CLASS), Buffer.of(1, 0)),
      item(0x55, 'BY_HAND_1'),
      item(0x56, sized(PRIVATE_CLASS), Buffer.of(1, 0, 2, 0, 1, 0xff)),
      item(0x57, sized(PRIVATE_CLASS), sized(STORAGE_SERVICE), sized('')),
      item(0x58, Buffer.of(2, 1), sized('surgeon'), sized('a passcode')),
    ),
  ])
  const header = Buffer.of(1, 0, 0, 0, 0, 0)
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

function storeOf(instance: string): Buffer {
  const syntax = transferSyntax(IMPLICIT_LITTLE_ENDIAN)
  assert.ok(syntax)
  const command = encodeCommandSet({
    ...{ CommandField: 0x0001, messageID: 1, hasDataSet: true, SOPClassUID: PRIVATE_CLASS, SOPInstanceUID: instance },
  })
  const object = encodeDataSet(
    [
      { tag: 0x00080016, vr: 'UI', value: PRIVATE_CLASS },
      { tag: 0x00080018, vr: 'UI', value: instance },
      { tag: 0x00100020, vr: 'LO', value: 'SYNTHETIC' },
      { tag: 0x0020000d, vr: 'UI', value: '2.25.77002' },
      { tag: 0x0020000e, vr: 'UI', value: '2.25.77003' },
    ],
    syntax,
  )
  return Buffer.concat([
    encodePdv(1, { command: true, last: true }, command),
    encodePdv(1, { command: false, last: true }, object),
  ])
}

/** Sends each PDU after the answer to the last. @returns the answers, as they came */
async function converse(port: number, sent: readonly Uint8Array[]): Promise<Buffer[]> {
  const socket = connect(port, '127.0.0.1')
  let bytes = Buffer.alloc(0)
  socket.on('error', () => {}).on('data', (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk])))
  const whole = () => bytes.length >= 6 && bytes.length >= 6 + bytes.readUInt32BE(2) && bytes
  const answers: Buffer[] = []
  for (const pdu of sent) {
    socket.write(pdu)
    answers.push(await eventually('an answer', whole))
    bytes = Buffer.alloc(0)
  }
  socket.end()
  return answers
}

/** storescp that takes any SOP class and says what it was proposed, byte by byte. */
async function talkative(t: TestContext, folder: string) {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const child = spawn('storescp', ['-d', '-pm', '-od', folder, String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TCP_NODELAY: '1' },
  })
  atEnd(t, () => child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  await portAnswers(port)
  const proposals = () =>
    [...said.matchAll(/PDU Type: Associate Request[\s\S]*?END A-ASSOCIATE-RQ/g)].map(([text]) => text)
  return { port, proposals }
}

peerTest(
  'extended negotiation, roles, user identity and a private SOP class reach the archive, and its answers the device, unchanged',
  ['storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    const archive = await talkative(t, join(folder, 'archive'))
    const events: RelayEvent[] = []
    const relay = createRelay({ onEvent: (event) => events.push(event) })
    const link = { name: 'link', upstream: { host: '127.0.0.1', port: archive.port } }
    const relayed = await relay.serve(link, { host: '127.0.0.1', port: 0 })
    atEnd(t, () => relay.drain(0))

    const release = encodePdu('A-RELEASE-RQ', {})
    const pdus = (instance: string) => [proposal(), storeOf(instance), release]
    const stored = () => {
      const [file = ''] = readdirSync(join(folder, 'archive'))
      const bytes = readFileSync(join(folder, 'archive', file))
      rmSync(join(folder, 'archive', file))
      return bytes
    }
    const direct = await converse(archive.port, pdus('2.25.77010'))
    const storedDirect = stored()
    const through = await converse(relayed.port, pdus('2.25.77010'))
    const storedThrough = stored()

    assert.deepEqual(through, direct)
    assert.deepEqual(
      through.map(([type]) => type),
      [0x02, 0x04, 0x06],
    )
    const [first, second] = await eventually(
      'both proposals',
      () => archive.proposals().length === 2 && archive.proposals(),
    )
    assert.equal(second, first)
    // the archive prints the PDU as it came: what was written by hand is all there
    const printed =
      (first ?? '')
        .match(/(?:\b[0-9a-f]{2}\s+){1,16}/g)
        ?.join('')
        .replace(/\s/g, '') ?? ''
    for (const part of [item(0x58, Buffer.of(2, 1), sized('surgeon'), sized('a passcode')), Buffer.from(PRIVATE_CLASS)])
      assert.ok(printed.includes(part.toString('hex')))
    assert.ok(storedThrough.includes(PRIVATE_CLASS) && storedThrough.equals(storedDirect))
  },
)
