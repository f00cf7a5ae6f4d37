import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { atEnd, eventually, freePort, peerTest, temporaryFolder } from '../../../test/peers.ts'
import { createRelay, type Relay, type RelayEvent } from './index.ts'

type Closed = Extract<RelayEvent, { type: 'association-closed' }>

async function upstream(t: TestContext, onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, () => server.close())
  return (server.address() as AddressInfo).port
}

async function relayTo(
  t: TestContext,
  port: number,
  tap?: string,
): Promise<{ relay: Relay; port: number; events: RelayEvent[]; closed(): Promise<Closed> }> {
  const events: RelayEvent[] = []
  const relay = createRelay({ onEvent: (event) => events.push(event) })
  if (tap) relay.setTap(tap)
  const link = { name: 'link', upstream: { host: '127.0.0.1', port }, connectTimeoutMs: 500 }
  const served = await relay.serve(link, { host: '127.0.0.1', port: 0 })
  atEnd(t, () => relay.drain(0))
  const closed = () =>
    eventually('the association closed', () =>
      events.find((event): event is Closed => event.type === 'association-closed'),
    )
  return { relay, port: served.port, events, closed }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('any bytes in any pieces pass unchanged both ways, and the proof says so', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 4000 }), { maxLength: 12 }),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 4000 }), { maxLength: 12 }),
      async (out, back) => {
        const received: Buffer[] = []
        const port = await upstream(t, (socket) => {
          socket.on('data', (chunk: Buffer) => received.push(chunk))
          for (const piece of back) socket.write(piece)
          socket.on('end', () => socket.end())
        })
        const relayed = await relayTo(t, port)
        const answers: Buffer[] = []
        await new Promise<void>((done) => {
          const device = connect({ port: relayed.port, allowHalfOpen: true })
          for (const piece of out) device.write(piece)
          device.end()
          device.on('data', (chunk: Buffer) => answers.push(chunk)).on('close', () => done())
        })
        assert.deepEqual(Buffer.concat(received), Buffer.concat(out))
        assert.deepEqual(Buffer.concat(answers), Buffer.concat(back))
        const { toUpstream, toModality, outcome } = await relayed.closed()
        assert.equal(outcome, 'closed')
        assert.deepEqual(
          [toUpstream.sha256In, toUpstream.sha256Out],
          [sha256(Buffer.concat(out)), sha256(Buffer.concat(out))],
        )
        assert.deepEqual(
          [toModality.sha256In, toModality.sha256Out],
          [sha256(Buffer.concat(back)), sha256(Buffer.concat(back))],
        )
      },
    ),
    { numRuns: 25 },
  )
})

test('who brings short pieces and is alone on its link is hashed where it is read, and proved like the others', async (t) => {
  const port = await upstream(t, (socket) => socket.pipe(socket))
  const { relay, port: relayed, events } = await relayTo(t, port)
  let ended = 0
  /** @returns whether copies waited for the thread meanwhile */
  const send = async (pieceBytes: number, count: number): Promise<boolean> => {
    const pieces = Array.from({ length: count }, () => randomBytes(pieceBytes))
    const all = Buffer.concat(pieces)
    const device = connect({ port: relayed, allowHalfOpen: true, noDelay: true })
    let most = 0
    let back = 0
    device.on('data', (bytes: Buffer) => {
      back += bytes.length
      most = Math.max(most, relay.stats().tapBufferedBytes)
    })
    for (const [at, piece] of pieces.entries()) {
      device.write(piece)
      await eventually('the answer', () => back === (at + 1) * pieceBytes)
    }
    device.end()
    await once(device, 'end')
    ended++
    const closed = () => events.filter((event): event is Closed => event.type === 'association-closed')
    await eventually('the association closed', () => closed().length === ended)
    const proofs = closed().flatMap(({ toUpstream, toModality }) => [toUpstream, toModality])
    for (const sum of proofs.slice(-2).flatMap(({ sha256In, sha256Out }) => [sha256In, sha256Out]))
      assert.equal(sum, sha256(all))
    // a whole piece, or nothing but what is told of an association
    assert.ok(most > 5000 || most < 1000, `${most} bytes waited`)
    return most > 5000
  }
  assert.equal(await send(5000, 20), true, 'nothing is known of the link yet')
  assert.equal(await send(5000, 20), false)
  assert.equal(await send(100, 3), false, 'so few bytes say nothing about the next')
  assert.equal(await send(300_000, 2), false, 'what nobody expected is proved too')
  assert.equal(await send(5000, 20), true, 'the last one was a bulk')
  assert.equal(await send(5000, 20), false)

  const held = connect({ port: relayed })
  await eventually('it is open', () => relay.stats().associations.length === 1)
  assert.equal(await send(5000, 20), true, 'not alone')
  held.destroy()
})

test('an answer still arrives after the device has half-closed', async (t) => {
  const port = await upstream(t, (socket) =>
    socket.on('end', () => setTimeout(() => socket.end('late answer'), 50)).resume(),
  )
  const relayed = await relayTo(t, port)
  const answer = await new Promise<string>((done) => {
    let text = ''
    const device = connect({ port: relayed.port, allowHalfOpen: true })
    device.end('question')
    device.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => done(text))
  })
  assert.equal(answer, 'late answer')
})

test('an archive that is down refuses the device within two seconds', async (t) => {
  const relayed = await relayTo(t, await freePort())
  const device = connect(relayed.port)
  const code = await new Promise<string>((done) =>
    device.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? '')).on('close', () => done('closed')),
  )
  assert.equal(code, 'ECONNRESET')
  assert.equal((await relayed.closed()).outcome, 'upstream-refused')
})

test('a reset of one side becomes a reset of the other', async (t) => {
  for (const who of ['device', 'archive'] as const) {
    let archive: Socket | undefined
    let archiveError: string | undefined
    const port = await upstream(t, (socket) => {
      archive = socket
      socket.resume().on('error', (error: NodeJS.ErrnoException) => (archiveError = error.code))
    })
    const relayed = await relayTo(t, port)
    const device = connect({ port: relayed.port })
    let deviceError: string | undefined
    device.on('error', (error: NodeJS.ErrnoException) => (deviceError = error.code))
    device.write('hello')
    await eventually('both ends are connected', () => archive?.bytesRead === 5)
    if (who === 'device') device.resetAndDestroy()
    else archive?.resetAndDestroy()
    assert.equal((await relayed.closed()).outcome, 'reset')
    if (who === 'device') await eventually('the archive saw a reset', () => archiveError === 'ECONNRESET')
    else await eventually('the device saw a reset', () => deviceError === 'ECONNRESET')
  }
})

test('a slow archive slows the device, not the memory of the relay', async (t) => {
  let archive: Socket | undefined
  const port = await upstream(t, (socket) => (archive = socket.pause()))
  const relayed = await relayTo(t, port)
  const device = connect(relayed.port)
  const chunk = Buffer.alloc(1 << 20)
  let accepted = 0
  const push = () => {
    while (accepted < 256 && device.write(chunk)) accepted++
  }
  device.on('drain', push).on('connect', push)
  await new Promise((done) => setTimeout(done, 700))
  assert.ok(accepted < 64, `${accepted} MiB went into a line that nobody reads`)
  const [live] = relayed.relay.stats().associations
  assert.ok((live?.bytesToUpstream ?? 0) < 16 << 20)
  archive?.resume()
  device.destroy()
})

test('without a reader of the tap traffic passes and the gap is recorded', async (t) => {
  const port = await upstream(t, (socket) =>
    socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end()),
  )
  const relayed = await relayTo(t, port)
  const device = connect({ port: relayed.port, allowHalfOpen: true })
  device.end('12345')
  await new Promise((done) => device.resume().on('close', done))
  const gap = await eventually('a gap', () => relayed.events.find((event) => event.type === 'gap'))
  assert.equal(gap.reason, 'off')
  assert.deepEqual([gap.bytesToUpstream, gap.bytesToModality], [5, 5])
  assert.equal((await relayed.closed()).tapped, false)
})

test('what a relay serves first is copied already: it looks for who reads the copies before it serves', async (t) => {
  const port = await upstream(t, (socket) => socket.resume().on('end', () => socket.end()))
  const path = join(temporaryFolder(t), 'tap.sock')
  const observer = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((done) => observer.listen(path, done))
  atEnd(t, () => observer.close())
  for (let count = 0; count < 20; count++) {
    const relayed = await relayTo(t, port, path)
    connect({ port: relayed.port, allowHalfOpen: true }).resume().end('12345')
    assert.equal((await relayed.closed()).tapped, true)
  }
  const nobodyReads = await relayTo(t, port, `${path}.gone`)
  connect({ port: nobodyReads.port, allowHalfOpen: true }).resume().end('12345')
  assert.equal((await nobodyReads.closed()).tapped, false)
})

test('a tap that is full or gone is left behind with a gap, and traffic goes on', async (t) => {
  for (const reason of ['tap-full', 'gone'] as const) {
    const port = await upstream(t, (socket) => socket.resume().on('end', () => socket.end()))
    const relayed = await relayTo(t, port)
    const path = join(temporaryFolder(t), 'tap.sock')
    let reader: Socket | undefined
    const observer = createServer((socket) => (reader = socket.pause()))
    await new Promise<void>((done) => observer.listen(path, done))
    atEnd(t, () => observer.close())
    relayed.relay.setTap(path)
    await eventually('the tap is connected', () => reader !== undefined && relayed.relay.stats().isTapped)

    const payload = randomBytes(48 << 20)
    const device = connect({ port: relayed.port, allowHalfOpen: true })
    if (reason === 'tap-full') {
      // no faster than the witness sees it, or its ring would be full first on a busy machine
      const bytes = 4 << 20
      for (let at = 0; at < payload.length; at += bytes) {
        device.write(payload.subarray(at, at + bytes))
        await eventually('all of it was seen', () => {
          const { associations, tapBufferedBytes } = relayed.relay.stats()
          return associations[0]?.bytesToUpstream === at + bytes && tapBufferedBytes === 0
        })
      }
      device.end()
    } else {
      device.write(payload.subarray(0, 1000))
      await eventually('the association runs', () => relayed.relay.stats().associations[0]?.bytesToUpstream === 1000)
      reader?.destroy()
      await eventually('the tap is gone', () => relayed.relay.stats().associations[0]?.tapped === false)
      device.end(payload.subarray(1000))
    }
    await new Promise((done) => device.resume().on('close', done))
    const closed = await relayed.closed()
    assert.equal(closed.toUpstream.sha256Out, sha256(payload))
    const gap = relayed.events.find((event) => event.type === 'gap')
    assert.equal(gap?.reason, reason)
    assert.ok((gap?.bytesToUpstream ?? 0) > 1 << 20)
    reader?.destroy()
  }
})

test('a drain lets running associations finish and cuts what stays too long', async (t) => {
  const port = await upstream(t, (socket) =>
    socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end()),
  )
  const relayed = await relayTo(t, port)
  const quick = connect({ port: relayed.port, allowHalfOpen: true })
  const slow = connect({ port: relayed.port, allowHalfOpen: true }).on('error', () => {})
  quick.write('a')
  slow.write('b')
  await eventually('both run', () => relayed.relay.stats().associations.length === 2)
  const drained = relayed.relay.drain(400)
  setTimeout(() => quick.end(), 100)
  await drained
  const outcomes = relayed.events
    .filter((event): event is Closed => event.type === 'association-closed')
    .map(({ outcome }) => outcome)
  assert.deepEqual(outcomes.sort(), ['closed', 'cut-by-drain'])
})

/** by the ends of a connection, what its next timer is, and in how many hundredths of a second: `/proc/net/tcp` */
function timerOf(local: number, remote: number): { readonly kind: number; readonly inHundredths: number } | undefined {
  for (const row of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, from = '', to = '', , , timer = ''] = row.trim().split(/\s+/)
    const port = (end: string) => Number.parseInt(end.slice(-4), 16)
    if (port(from) !== local || port(to) !== remote) continue
    const [kind = '', hundredths = ''] = timer.split(':')
    return { kind: Number.parseInt(kind, 16), inHundredths: Number.parseInt(hundredths, 16) }
  }
  return undefined
}
const KEEP_ALIVE = 2

test('keep-alive looks for a dead device and a dead archive', { skip: !existsSync('/proc/net/tcp') }, async (t) => {
  let archive: Socket | undefined
  const port = await upstream(t, (socket) => (archive = socket.resume()))
  const relayed = await relayTo(t, port)
  const device = connect({ port: relayed.port, host: '127.0.0.1' }).on('error', () => {})
  await eventually('both ends are connected', () => archive?.remotePort && device.localPort)
  const ends = [
    [relayed.port, device.localPort ?? 0],
    [archive?.remotePort ?? 0, port],
  ] as const
  for (const [local, remote] of ends) {
    // a keep-alive runs as soon as nothing else waits: an acknowledgement may for a moment
    const timer = await eventually('the timer runs', () => {
      const one = timerOf(local, remote)
      return one?.kind === KEEP_ALIVE && one.inHundredths > 1000 && one
    })
    assert.ok(timer.inHundredths <= 6000, `in ${timer.inHundredths / 100} s`)
  }
})

/** asks sockets that it was given for TCP_NODELAY, and tells their ports */
const ASK = `
import json, socket, sys
for fd in map(int, sys.argv[1:]):
    try:
        one = socket.socket(fileno=fd)
        if one.family == socket.AF_UNIX: continue
        local, remote = one.getsockname()[1], one.getpeername()[1]
        print(json.dumps([local, remote, one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)]))
    except OSError:
        pass
`

peerTest('no socket of the relay delays small pieces: TCP_NODELAY on both sides', ['python3'], async (t) => {
  let archive: Socket | undefined
  const port = await upstream(t, (socket) => (archive = socket.resume()))
  const relayed = await relayTo(t, port)
  const device = connect({ port: relayed.port, host: '127.0.0.1' }).on('error', () => {})
  atEnd(t, () => device.destroy())
  await eventually('both ends are connected', () => archive?.remotePort && device.localPort)
  const sockets = readdirSync('/proc/self/fd').filter((fd) => isSocket(fd))
  // a child has the same sockets under numbers of its own, and may ask the kernel about them
  const child = spawn('python3', ['-c', ASK, ...sockets.map((_, at) => String(at + 3))], {
    stdio: ['ignore', 'pipe', 'inherit', ...sockets.map(Number)],
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  const answers = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [local: number, remote: number, noDelay: number])
  const noDelay = (from: number, to: number) => answers.find(([local, remote]) => local === from && remote === to)?.[2]
  assert.equal(noDelay(relayed.port, device.localPort ?? 0), 1, 'to the device')
  assert.equal(noDelay(archive?.remotePort ?? 0, port), 1, 'to the archive')
  assert.equal(noDelay(device.localPort ?? 0, relayed.port), 0, 'the device of this test has not asked for it')
})

function isSocket(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
  } catch {
    return false
  }
}
