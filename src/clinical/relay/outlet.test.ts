import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/peers.ts'
import type * as Module from './outlet.ts'

type Way = typeof Module

/** the module as it is where the runtime gives no write requests away; a query makes it another instance */
async function withoutRequests(): Promise<Way> {
  const { binding } = process as unknown as { binding: unknown }
  Object.assign(process, { binding: undefined })
  try {
    return (await import(new URL('./outlet.ts?without-requests', import.meta.url).href)) as Way
  } finally {
    Object.assign(process, { binding })
  }
}

/** a connection whose other end reads nothing yet */
async function line(t: TestContext): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer({ pauseOnConnect: true })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const accepted = new Promise<Socket>((done) => server.once('connection', done))
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  await new Promise((done) => near.once('connect', done))
  const far = (await accepted).on('error', () => {})
  t.after(() => (near.destroy(), far.destroy(), server.close()))
  return { near, far }
}

const ways: readonly (readonly [string, () => Promise<Way>])[] = [
  ['past the stream', () => import('./outlet.ts')],
  ['through the stream, where the runtime gives no write requests,', withoutRequests],
]

for (const [name, load] of ways) {
  test(`${name} what is taken at once and what had to wait are told, and arrive in order`, async (t) => {
    const { Outlet } = await load()
    const { near, far } = await line(t)
    let later = 0
    const outlet = new Outlet(near, (rest) => (later += rest.length))
    const pieces = Array.from({ length: 200 }, () => randomBytes(100_000))
    let atOnce = 0
    for (const piece of pieces) atOnce += outlet.write(piece)
    assert.ok(atOnce > 0)
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

  test(`${name} memory that is said to be taken may be used again at once, while others wait before it`, async (t) => {
    const { Outlet } = await load()
    const { near, far } = await line(t)
    const spare: Buffer[] = []
    const outlet = new Outlet(near, ({ buffer }) => void spare.push(Buffer.from(buffer as ArrayBuffer)))
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
    let memory: Buffer = Buffer.allocUnsafeSlow(192 * 1024)
    let total = 0
    for (let number = 0; number < 600; number++) {
      const length = 1000 + ((number * 7919) % (memory.length - 1000))
      const piece = memory.subarray(0, length).fill(number % 251)
      sent.update(piece)
      total += length
      if (outlet.write(piece) < length) memory = spare.pop() ?? Buffer.allocUnsafeSlow(192 * 1024)
      if (number % 3 === 0) await new Promise((turn) => setImmediate(turn))
    }
    await eventually('everything arrived', () => arrived === total)
    assert.equal(received.digest('hex'), sent.digest('hex'))
  })

  test(`${name} a connection that goes leaves nothing waiting for ever`, async (t) => {
    const { Outlet } = await load()
    const { near, far } = await line(t)
    const outlet = new Outlet(near, () => {})
    while (outlet.write(randomBytes(1_000_000)) === 1_000_000);
    assert.ok(outlet.waiting > 0)
    far.resetAndDestroy()
    await eventually('the outlet knows', () => outlet.gone)
    await eventually('nothing waits', () => outlet.waiting === 0)
    assert.equal(outlet.write(Buffer.from('late')), 0)
  })
}
