import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { RelayEvent } from './events.ts'
import { Splice } from './splice.ts'
import { Witness } from './witness.ts'

const turn = () => new Promise<void>((done) => setImmediate(done))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** a splice between a device and an archive of ours */
async function spliced(t: TestContext, onArchive: (socket: Socket) => void) {
  const archive = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => {})
    onArchive(socket)
  })
  await new Promise<void>((done) => archive.listen(0, '127.0.0.1', done))
  const witness = new Witness()
  await witness.ready
  let told: (event: RelayEvent) => void
  const closed = new Promise<Extract<RelayEvent, { type: 'association-closed' }>>(
    (done) => (told = (event) => event.type === 'association-closed' && done(event)),
  )
  const link = { name: 'link', upstream: { host: '127.0.0.1', port: (archive.address() as AddressInfo).port } }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    const attention = { passed: () => {} }
    new Splice(socket, link, { witness, attention, onEvent: (event) => told(event), onEnd: () => {} })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(async () => {
    server.close()
    archive.close()
    await witness.stop()
  })
  const { port } = server.address() as AddressInfo
  const device = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }).on('error', () => {})
  return { device, closed }
}

test('a head that waits for its rest passes with it, or alone, in its place, both ways', async (t) => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (sent, atOnce) => {
      const { device, closed } = await spliced(t, (socket) => socket.pipe(socket))
      const answers: Buffer[] = []
      const ended = new Promise((done) => device.on('data', (bytes: Buffer) => answers.push(bytes)).on('end', done))
      for (const piece of sent) {
        device.write(piece)
        if (!atOnce) await turn()
      }
      device.end()
      await ended
      const all = Buffer.concat(sent)
      assert.deepEqual(Buffer.concat(answers), all)
      const { toUpstream, toModality } = await closed
      const sums = [toUpstream, toModality].flatMap(({ sha256In, sha256Out }) => [sha256In, sha256Out])
      assert.deepEqual(new Set(sums), new Set([sha256(all)]))
    }),
    { numRuns: 40 },
  )
})

test('a head alone is answered, and one in front of a reset is in the proof', async (t) => {
  const seen: Buffer[] = []
  const { device, closed } = await spliced(t, (socket) =>
    socket.on('data', (bytes) => {
      seen.push(bytes)
      socket.write('an answer that is longer than a head')
    }),
  )
  device.write('0123456789')
  await new Promise((done) => device.once('data', done))
  device.write('abcdefghij')
  await turn()
  device.resetAndDestroy()
  const { toUpstream, outcome } = await closed
  assert.equal(outcome, 'reset')
  const passed = Buffer.from('0123456789abcdefghij'.slice(0, toUpstream.bytesIn))
  assert.equal(toUpstream.sha256In, sha256(passed))
  assert.equal(Buffer.concat(seen).toString().startsWith('0123456789'), true)
})
