import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { atEnd, eventually, temporaryFolder } from '../../../test/peers.ts'
import { createRelay, type RelayEvent } from './index.ts'
import { Outlet } from './outlet.ts'
import { AssociationHashes } from './proof.ts'
import { RingWriter } from './ring.ts'

type Closed = Extract<RelayEvent, { type: 'association-closed' }>

/** what nobody can do anything with, as when the system has no memory left */
const POISON = 'poison'

/** From now on until the test ends a method fails where it is given that. */
function failing(t: TestContext, of: object, method: string): void {
  const known = of as Record<string, (...args: unknown[]) => unknown>
  const before = known[method] as (...args: unknown[]) => unknown
  known[method] = function (this: unknown, ...args: unknown[]) {
    if (args.some((one) => one instanceof Uint8Array && Buffer.from(one).includes(POISON)))
      throw new RangeError('Array buffer allocation failed')
    return before.apply(this, args)
  }
  atEnd(t, () => (known[method] = before))
}

/** a relay before an archive that says everything again */
async function echoed(t: TestContext) {
  const archive = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(archive, 'listening')
  atEnd(t, () => archive.close())
  const events: RelayEvent[] = []
  const relay = createRelay({ onEvent: (event) => events.push(event) })
  const upstream = { host: '127.0.0.1', port: (archive.address() as AddressInfo).port }
  const { port } = await relay.serve({ name: 'link', upstream }, { host: '127.0.0.1', port: 0 })
  const path = join(temporaryFolder(t), 'tap.sock')
  let copied = 0
  const tap = createServer((socket) => socket.on('error', () => {}).on('data', ({ length }) => (copied += length)))
  tap.listen(path)
  await once(tap, 'listening')
  relay.setTap(path)
  await eventually('the tap', () => relay.stats().isTapped)
  atEnd(t, async () => {
    await relay.drain(0)
    tap.close()
  })
  const device = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    atEnd(t, () => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  const ends = (count: number) =>
    eventually(`${count} ended`, () => {
      const found = events.filter((event): event is Closed => event.type === 'association-closed')
      return found.length === count ? found : undefined
    })
  return { device, ends, events, copied: () => copied }
}

async function say(socket: Socket, text: string): Promise<string> {
  let heard = ''
  const listen = (chunk: Buffer) => (heard += chunk.toString())
  socket.on('data', listen).write(text)
  await eventually('the answer', () => heard.length >= text.length)
  socket.off('data', listen)
  return heard
}

test('an error of ours while a piece is passed on ends that association and no other', async (t) => {
  const { device, ends } = await echoed(t)
  const [one, other] = [await device(), await device()]
  assert.equal(await say(other, 'before that'), 'before that')
  failing(t, Outlet.prototype, 'write')
  const reset = new Promise<string | undefined>((done) => {
    one.on('error', ({ code }: NodeJS.ErrnoException) => done(code)).on('close', () => done(undefined))
  })
  one.write(`twenty bytes and ${POISON}`)
  assert.equal(await reset, 'ECONNRESET')
  assert.equal(await say(other, 'and after that'), 'and after that')
  const [failed] = await ends(1)
  assert.equal(failed?.outcome, 'failed')
  other.end()
  const text = 'before thatand after that'
  const closed = (await ends(2)).find(({ outcome }) => outcome === 'closed')
  assert.equal(closed?.toUpstream.sha256Out, createHash('sha256').update(text).digest('hex'))
})

test('an error of ours in the proof or the copy costs these, and the line notices nothing', async (t) => {
  const { device, ends, events, copied } = await echoed(t)
  failing(t, RingWriter.prototype, 'write')
  failing(t, RingWriter.prototype, 'put')
  failing(t, AssociationHashes.prototype, 'see')
  const [one, other] = [await device(), await device()]
  for (const text of ['before that', `twenty bytes and ${POISON}`, 'and after that'])
    for (const socket of [one, other]) {
      const said = socket === one ? text : text.replace(POISON, 'no harm')
      assert.equal(await say(socket, said), said)
    }
  one.end()
  other.end()
  const closed = await ends(2)
  assert.deepEqual(
    closed.map(({ outcome }) => outcome),
    ['closed', 'closed'],
  )
  assert.deepEqual(closed.map(({ toUpstream }) => toUpstream.sha256In.length).sort(), [0, 64])
  const gaps = events.filter((event) => event.type === 'gap')
  assert.deepEqual(
    gaps.map(({ reason }) => reason),
    ['gone'],
  )
  assert.ok(copied() > 0)
})
