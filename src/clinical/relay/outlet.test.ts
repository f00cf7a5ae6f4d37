import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { atEnd, eventually } from '../../../test/peers.ts'
import { Outlet } from './outlet.ts'

/** a connection whose other end reads nothing yet */
async function line(t: TestContext): Promise<{ readonly near: Socket; readonly far: Socket }> {
  return await lineTo(await listening(t), t)
}

async function listening(t: TestContext): Promise<Server> {
  const server = createServer({ pauseOnConnect: true })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, () => server.close())
  return server
}

async function lineTo(server: Server, t: TestContext): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const accepted = new Promise<Socket>((done) => server.once('connection', done))
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  await new Promise((done) => near.once('connect', done))
  const far = (await accepted).on('error', () => {})
  atEnd(t, () => (near.destroy(), far.destroy()))
  return { near, far }
}

/** as where the runtime does not tell it */
const withoutDescriptor = (near: Socket) =>
  void Object.defineProperty((near as unknown as { _handle: object })._handle, 'fd', { value: undefined })

const ways: readonly (readonly [string, (near: Socket) => void])[] = [
  ['past the stream', () => {}],
  ['through the stream, where the runtime tells no descriptor,', withoutDescriptor],
]

for (const [name, prepare] of ways) {
  test(`${name} what is taken at once and what had to wait are told, and arrive in order`, async (t) => {
    const { near, far } = await line(t)
    prepare(near)
    let later = 0
    const outlet = new Outlet(near, (rest) => (later += rest.length))
    const pieces = Array.from({ length: 200 }, () => randomBytes(100_000))
    let atOnce = 0
    for (const piece of pieces) atOnce += outlet.write(piece)
    if (prepare !== withoutDescriptor) assert.ok(atOnce > 0)
    assert.equal(outlet.waiting, 20_000_000 - atOnce)
    assert.ok(outlet.waiting > 0, 'nobody reads: not all of it was taken')
    assert.equal(outlet.gone, false)

    const received: Buffer[] = []
    far.on('data', (chunk: Buffer) => received.push(chunk)).resume()
    await eventually('everything was taken', () => outlet.waiting === 0)
    near.end()
    await new Promise((done) => far.once('end', done))
    assert.equal(atOnce + later, 20_000_000)
    assert.ok(Buffer.concat(received).equals(Buffer.concat(pieces)))
  })

  test(`${name} the memory of a piece may be used again at once, whatever waits`, async (t) => {
    const { near, far } = await line(t)
    prepare(near)
    const taken = createHash('sha256')
    let later = 0
    const outlet = new Outlet(near, (rest) => (later += taken.update(rest) && rest.length))
    const received = createHash('sha256')
    const sent = createHash('sha256')
    let arrived = 0
    far.on('data', (chunk: Buffer) => {
      received.update(chunk)
      arrived += chunk.length
      // in steps, so that the kernel takes what waits a part at a time
      far.pause()
      setTimeout(() => far.resume(), 1)
    })
    far.resume()
    const memory = Buffer.allocUnsafeSlow(400 * 1024)
    let total = 0
    for (let number = 0; number < 600; number++) {
      const length = 1000 + ((number * 7919) % (memory.length - 1000))
      const piece = memory.subarray(0, length).fill(number % 251)
      sent.update(piece)
      total += length
      // a relay waits for what waits; who copies for a tap does not
      if (number % 40 === 0) await eventually('everything before was taken', () => outlet.waiting === 0)
      const atOnce = outlet.write(piece)
      taken.update(piece.subarray(0, atOnce))
      later += atOnce
      memory.fill(255)
      if (number % 3 === 0) await new Promise((turn) => setImmediate(turn))
    }
    await eventually('everything arrived', () => arrived === total && outlet.waiting === 0)
    const whole = sent.digest('hex')
    assert.equal(received.digest('hex'), whole)
    assert.equal(later, total)
    assert.equal(taken.digest('hex'), whole, 'what was told as taken is what was sent, in order')
  })

  test(`${name} an end comes after all that waits`, async (t) => {
    const { near, far } = await line(t)
    prepare(near)
    const outlet = new Outlet(near, () => {})
    const pieces = Array.from({ length: 80 }, () => randomBytes(300_000))
    for (const piece of pieces) outlet.write(piece)
    assert.ok(outlet.waiting > 0)
    let ended = false
    outlet.end(() => (ended = true))
    const received: Buffer[] = []
    far.on('data', (chunk: Buffer) => received.push(chunk)).resume()
    await new Promise((done) => far.once('end', done))
    await eventually('the end was told', () => ended)
    assert.equal(outlet.waiting, 0)
    assert.ok(Buffer.concat(received).equals(Buffer.concat(pieces)))
  })

  test(`${name} a connection that goes leaves nothing waiting for ever`, async (t) => {
    const { near, far } = await line(t)
    prepare(near)
    const outlet = new Outlet(near, () => {})
    do outlet.write(randomBytes(1_000_000))
    while (outlet.waiting === 0)
    assert.ok(outlet.waiting > 0)
    far.resetAndDestroy()
    await eventually('the outlet knows', () => outlet.gone)
    await eventually('nothing waits', () => outlet.waiting === 0)
    assert.equal(outlet.write(Buffer.from('late')), 0)
  })
}

const descriptorOf = (socket: Socket) => (socket as unknown as { _handle: { fd: number } | null })._handle?.fd

for (const [title, go] of [
  ['nothing is written to the connection that has the number of one that was closed', (near) => near.destroy()],
  ['nothing is written to the connection that has the number of one that was reset', (near) => near.resetAndDestroy()],
] as readonly (readonly [string, (near: Socket) => Socket])[])
  test(title, async (t) => {
    const server = await listening(t)
    const { near, far } = await lineTo(server, t)
    const outlet = new Outlet(near, () => {})
    assert.equal(outlet.write(Buffer.from('first')), 5)
    const number = descriptorOf(near)
    go(near)
    assert.equal(outlet.write(Buffer.from('late')), 0, 'in the same step')
    await new Promise((done) => far.resume().once('close', done))
    // numbers are given out anew, the lowest first
    const ends: Socket[] = []
    while (ends.length < 16 && !ends.some((end) => descriptorOf(end) === number))
      ends.push(...Object.values(await lineTo(server, t)))
    assert.ok(ends.some((end) => descriptorOf(end) === number))
    const received: Buffer[] = []
    for (const end of ends) end.on('data', (chunk: Buffer) => received.push(chunk)).resume()
    assert.equal(outlet.write(Buffer.from('late')), 0)
    await new Promise((done) => setTimeout(done, 50))
    assert.equal(Buffer.concat(received).length, 0)
  })
