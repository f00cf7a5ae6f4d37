import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { atEnd, eventually } from '../../test/peers.ts'
import { acceptInto, behind, HEAD_BYTES, readInto, type OnPiece } from './read-into.ts'

/** both ends of a connection, each with what it does with a piece; the accepted one reads already */
async function line(t: TestContext, onAccepted: OnPiece, onConnected: OnPiece): Promise<readonly [Socket, Socket]> {
  const server = createServer({ pauseOnConnect: true })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const accepted = new Promise<Socket>((done) =>
    server.once('connection', (one) => done(acceptInto(one, {}, onAccepted))),
  )
  const { port } = server.address() as AddressInfo
  const connected = connect({ port, host: '127.0.0.1', onread: readInto(onConnected) })
  const other = (await accepted).resume()
  atEnd(t, () => (connected.destroy(), other.destroy(), server.close()))
  return [other, connected]
}

const collected = (): readonly [Buffer[], OnPiece] => {
  const pieces: Buffer[] = []
  return [pieces, (piece) => void pieces.push(Buffer.from(piece))]
}

test('sockets of one thread read into one memory and see their own bytes', async (t) => {
  const lines = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const [there, onAccepted] = collected()
      const [back, onConnected] = collected()
      return {
        there,
        back,
        ends: await line(t, onAccepted, onConnected),
        sent: [randomBytes(3e6), randomBytes(2e6)] as const,
      }
    }),
  )
  for (const { ends, sent } of lines) {
    ends[1].write(sent[0])
    ends[0].write(sent[1])
  }
  const has = (pieces: readonly Buffer[], sent: Buffer) => Buffer.concat(pieces).equals(sent)
  await eventually('all of it arrived', () =>
    lines.every(({ there, back, sent }) => has(there, sent[0]) && has(back, sent[1])),
  )
})

test('less is read while pieces have to wait, and much again when they need not', async (t) => {
  const lengths: number[] = []
  const [accepted, connected] = await line(
    t,
    (piece) => {
      lengths.push(piece.length)
      return lengths.length < 5 ? 'waits' : undefined
    },
    () => {},
  )
  accepted.pause()
  connected.write(Buffer.alloc(8e6))
  const sum = () => lengths.reduce((all, length) => all + length, 0)
  await eventually('the kernel holds more than is read at once', () => connected.bytesWritten === 8e6)
  accepted.resume()
  await eventually('all of it arrived', () => sum() === 8e6)
  assert.ok(
    lengths.slice(1, 5).every((length) => length <= 65_536),
    String(lengths),
  )
  assert.ok(
    lengths.slice(5).some((length) => length > 65_536),
    String(lengths),
  )
})

test('a head stands in front of what came after it, in the same memory where there is room', async (t) => {
  const head = Buffer.from('0123456789')
  const whole: string[] = []
  const [, connected] = await line(
    t,
    (piece) => void whole.push(Buffer.from(behind(head, piece)).toString()),
    () => {},
  )
  connected.write('abc')
  await eventually('it came', () => whole.length === 1)
  assert.deepEqual(whole, ['0123456789abc'])
  assert.ok(head.length <= HEAD_BYTES)
  assert.equal(Buffer.from(behind(head, Buffer.from('def'))).toString(), '0123456789def')
})
