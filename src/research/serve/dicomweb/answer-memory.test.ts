import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { FastifyReply } from 'fastify'
import { memoryFor } from './answer-memory.ts'
import { atEnd } from '../../../../test/peers.ts'

const reply = () => ({ raw: new EventEmitter() }) as unknown as FastifyReply

test('memory is used again once its answer has gone, and not while it may still be read', () => {
  const [first, second, third] = [reply(), reply(), reply()]
  const one = memoryFor(first, 100_000)
  assert.equal(one.length, 100_000)
  assert.notEqual(memoryFor(second, 100_000).buffer, one.buffer)
  // cut off: the socket may hold it
  second.raw.emit('close')
  first.raw.emit('finish')
  assert.equal(memoryFor(third, 90_000).buffer, one.buffer)
  assert.notEqual(memoryFor(reply(), 90_000).buffer, one.buffer)
})

test('clients that read late get their own bytes, whoever else asks meanwhile', async (t) => {
  const server = createServer((request, answer) => {
    const memory = memoryFor({ raw: answer } as unknown as FastifyReply, 3_000_000)
    answer.end(memory.fill(Number(request.url?.slice(1))))
  })
  atEnd(t, () => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const one = async (number: number) => {
    const [answer] = (await once(get({ port, path: `/${number}` }), 'response')) as [IncomingMessage]
    // so much is in flight that most answers wait in their sockets
    await new Promise((done) => setTimeout(done, (number % 4) * 20))
    let bytes = 0
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length
      assert.ok(piece.every((byte) => byte === number))
    }
    assert.equal(bytes, 3_000_000)
  }
  for (let round = 0; round < 3; round++)
    await Promise.all(Array.from({ length: 8 }, (_, number) => one(round * 8 + number)))
})
