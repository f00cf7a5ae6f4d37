import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { RelayEvent } from './events.ts'
import { Splice } from './splice.ts'
import { Witness } from './witness.ts'
import { atEnd } from '../../../test/peers.ts'

const turn = () => new Promise<void>((done) => setImmediate(done))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

type Closed = Extract<RelayEvent, { type: 'association-closed' }>

/** a link of splices to an archive of ours; `isOwn` says of each whether its loop hashes it */
async function link(
  t: TestContext,
  onArchive: (socket: Socket) => void,
  onClosed: (event: Closed) => void,
  isOwn = () => false,
) {
  const archive = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => {})
    onArchive(socket)
  })
  await new Promise<void>((done) => archive.listen(0, '127.0.0.1', done))
  const witness = new Witness()
  await witness.ready
  const upstream = { host: '127.0.0.1', port: (archive.address() as AddressInfo).port }
  const onEvent = (event: RelayEvent) => {
    if (event.type === 'association-closed') onClosed(event)
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    const attention = { passed: () => {} }
    new Splice(socket, { name: 'link', upstream }, { witness, attention, onEvent, onEnd: () => {} }, isOwn())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, async () => {
    server.close()
    archive.close()
    await witness.stop()
  })
  const { port } = server.address() as AddressInfo
  const device = () => connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }).on('error', () => {})
  return { device, witness }
}

/** one splice between a device and an archive of ours */
async function spliced(t: TestContext, onArchive: (socket: Socket) => void, isOwn = false) {
  let told: (event: Closed) => void
  const closed = new Promise<Closed>((done) => (told = done))
  const { device } = await link(
    t,
    onArchive,
    (event) => told(event),
    () => isOwn,
  )
  return { device: device(), closed }
}

test('a head that waits for its rest passes with it, or alone, in its place, both ways', async (t) => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), fc.boolean(), async (sent, atOnce, isOwn) => {
      const { device, closed } = await spliced(t, (socket) => socket.pipe(socket), isOwn)
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

test('small pieces of many associations leave together, whole and proved, to archives that are slow or go away', async (t) => {
  const closed: Closed[] = []
  const onArchive = (socket: Socket) => {
    const sum = createHash('sha256')
    let bytes = 0
    let isEcho = true
    socket.on('data', (piece: Buffer) => {
      if (bytes === 0) isEcho = piece[0] !== 1
      bytes += piece.length
      sum.update(piece)
      // a slow one does not read before all buffers are full, so that what is kept is taken in part
      if (bytes === piece.length && piece[0] === 2) {
        socket.pause()
        setTimeout(() => socket.resume(), 1500)
      }
      if (isEcho) socket.write(sum.copy().digest().subarray(0, 20))
      else if (bytes > 100_000) socket.resetAndDestroy()
    })
    socket.on('end', () => socket.end(sum.digest()))
  }
  // of the 24 six are hashed by the loop, two of each kind
  let count = 0
  const line = await link(
    t,
    onArchive,
    (event) => closed.push(event),
    () => count++ % 4 === 0,
  )
  const { turn: shared } = line.witness
  const keep = shared.keep.bind(shared)
  let together = 0
  let partly = 0
  shared.keep = (kept) => {
    together++
    keep({
      pass: () => {
        const after = kept.pass()
        if (after) partly++
        return after
      },
    })
  }
  /** @param kind 0: reads at once · 1: goes away · 2: is slow */
  const send = async (kind: number, number: number) => {
    const device = line.device()
    const answers: Buffer[] = []
    device.on('data', (bytes: Buffer) => answers.push(bytes))
    const sum = createHash('sha256')
    const over = new Promise<void>((done) => device.once('close', done).once('end', done))
    let sent = 0
    for (let count = 0; count < (kind === 2 ? 1200 : 400) && !device.destroyed; count++) {
      const piece = Buffer.alloc(20 + ((count * 7919 + number * 104_729) % 23_000), number + count).fill(kind, 0, 1)
      sum.update(piece)
      sent += piece.length
      device.write(piece)
      await turn()
    }
    device.end()
    await over
    return { kind, sent, sum: sum.digest('hex'), answered: Buffer.concat(answers) }
  }
  const devices = await Promise.all(Array.from({ length: 24 }, (_, number) => send(number % 3, number)))
  while (closed.length < devices.length) await turn()
  assert.ok(together > 1000 && partly > 0, `${together} pieces were kept, ${partly} were taken in part`)
  for (const { kind, sent, sum, answered } of devices) {
    if (kind === 1) continue
    assert.equal(answered.subarray(-32).toString('hex'), sum)
    const proof = closed.find(({ toUpstream }) => toUpstream.sha256In === sum)
    assert.deepEqual(
      [proof?.toUpstream.bytesIn, proof?.toUpstream.bytesOut, proof?.toUpstream.sha256Out, proof?.toModality.sha256In],
      [sent, sent, sum, sha256(answered)],
    )
    assert.equal(proof?.toModality.sha256Out, sha256(answered))
  }
  const cutOff = closed.filter(({ outcome }) => outcome === 'reset')
  assert.equal(cutOff.length, 8)
  for (const { toUpstream } of cutOff) {
    assert.ok(toUpstream.sha256In && toUpstream.sha256Out && toUpstream.bytesOut <= toUpstream.bytesIn)
    assert.equal(toUpstream.sha256In === toUpstream.sha256Out, toUpstream.bytesIn === toUpstream.bytesOut)
  }
})
