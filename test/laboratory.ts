/** A laboratory system of ours that acknowledges, and a device that sends: real sockets, every byte remembered. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { astmFrames } from '../src/standards/astm/index.ts'
import { looksLikeXml, readTransmission } from '../src/standards/cda/index.ts'
import { acknowledges, code, controlId, frame, MllpDeframer, readMessage } from '../src/standards/hl7/index.ts'
import { v3Answer } from './v3-messages.ts'
import { atEnd } from './peers.ts'

export interface Laboratory {
  readonly port: number
  /** all that came, and all that was answered, over all connections in the order they came */
  received(): Buffer
  sent(): Buffer
}

/** Acknowledges every message it can read with AA, XML of HL7 v3 with CA, and ASTM sessions frame by frame. */
export async function startLaboratory(t: TestContext, protocol: 'mllp' | 'astm'): Promise<Laboratory> {
  const received: Buffer[] = []
  const sent: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const say = (bytes: Buffer): void => {
      sent.push(bytes)
      socket.write(bytes)
    }
    const deframer = new MllpDeframer()
    socket
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        received.push(chunk)
        if (protocol === 'mllp')
          for (const piece of deframer.feed(chunk)) if (piece.type === 'frame') acknowledge(piece.bytes, say)
        if (protocol === 'astm' && (chunk[0] === 0x05 || chunk.at(-1) === 0x0a)) say(Buffer.of(0x06))
      })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, received: () => Buffer.concat(received), sent: () => Buffer.concat(sent) }
}

function acknowledge(bytes: Buffer, say: (bytes: Buffer) => void): void {
  try {
    if (looksLikeXml(bytes)) return say(frame(answerToXml(bytes)))
    const message = readMessage(bytes)
    if (acknowledges(message)?.alone) return
    const type = code(message, 'MSH.9.2')
    const id = controlId(message)
    say(frame(Buffer.from(`MSH|^~\\&|LIS|H|LAB|H|20260714||ACK^${type}|A${id}|P|2.5\rMSA|AA|${id}\r`)))
  } catch {
    // as a laboratory does that cannot read it: nothing
  }
}

/** a message of HL7 v3 by its number; a document has none, and is committed as MLLP Release 2 has it */
function answerToXml(bytes: Buffer): Buffer {
  const { id } = readTransmission(bytes)
  return id ? Buffer.from(v3Answer(id.split(' ')[1] ?? '')) : Buffer.of(0x06)
}

/** Sends pieces one after the other and waits after each for as many bytes of answer as are wanted. */
export async function talk(port: number, pieces: readonly Buffer[], answered = true): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let answers = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => (answers = Buffer.concat([answers, chunk])))
  for (const piece of pieces) {
    const before = answers.length
    socket.write(piece)
    if (answered) while (answers.length === before) await once(socket, 'data')
  }
  socket.end()
  await once(socket, 'close')
  return answers
}

/** An ASTM session as its sender's side speaks it, a piece an answer; the last piece is not answered. */
export const astmSession = (text: string | Buffer): readonly Buffer[] => [
  Buffer.of(0x05),
  ...astmFrames(Buffer.from(text)),
]
