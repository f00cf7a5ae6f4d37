/** What the hospital sees when a relay process is killed, or the reader of the tap hangs. */
import assert from 'node:assert/strict'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { bindListeningSocket } from '../../src/app/roles/listening.ts'
import type { FromRelay, ToRelay } from '../../src/app/roles/relay.ts'
import { atEnd, eventually, temporaryFolder } from '../peers.ts'

const ROLE = join(import.meta.dirname, '../../src/app/roles/relay.ts')
const KILLS = Number(process.env.SLUICE_KILLS ?? 20)

async function echoServer(t: TestContext): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, () => server.close())
  return (server.address() as AddressInfo).port
}

function startRelay(
  t: TestContext,
  listening: ReturnType<typeof bindListeningSocket>,
  upstreamPort: number,
  tap?: string,
): ChildProcess {
  const child = fork(ROLE, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  atEnd(t, () => child.kill('SIGKILL'))
  if (tap) child.send({ type: 'tap', path: tap } satisfies ToRelay)
  child.send(
    { type: 'serve', link: { name: 'link', upstream: { host: '127.0.0.1', port: upstreamPort } } } satisfies ToRelay,
    listening.handle,
  )
  return child
}

/** one question and its answer through the relay */
const ask = (port: number) =>
  new Promise<'answered' | 'reset' | 'refused'>((done) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => socket.write('x'))
    socket.on('data', () => (socket.destroy(), done('answered')))
    socket.on('close', () => done('reset'))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'))
  })

test('killing the relay refuses no new connection', { timeout: 300_000 + KILLS * 6000 }, async (t) => {
  const listening = bindListeningSocket('127.0.0.1', 0)
  atEnd(t, () => listening.close())
  const upstream = await echoServer(t)
  let child = startRelay(t, listening, upstream)
  await eventually('the relay answers', async () => (await ask(listening.port)) === 'answered')
  const outcomes = { answered: 0, reset: 0, refused: 0 }
  let killing = true
  const askers = Array.from({ length: 4 }, async () => {
    while (killing) {
      outcomes[await ask(listening.port)]++
      await new Promise((done) => setTimeout(done, 5))
    }
  })
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((done) => setTimeout(done, 50))
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = startRelay(t, listening, upstream)
    assert.equal(await ask(listening.port), 'answered')
  }
  killing = false
  await Promise.all(askers)
  t.diagnostic(JSON.stringify({ kills: KILLS, ...outcomes }))
  assert.equal(outcomes.refused, 0)
  assert.ok(outcomes.answered > KILLS)
})

test('several relays share the socket of a link', async (t) => {
  const listening = bindListeningSocket('127.0.0.1', 0)
  atEnd(t, () => listening.close())
  const upstream = await echoServer(t)
  const served = new Map<ChildProcess, number>()
  for (let n = 0; n < 2; n++) {
    const child = startRelay(t, listening, upstream)
    child.on('message', (message: FromRelay) => {
      if (message.type === 'events') served.set(child, (served.get(child) ?? 0) + message.events.length)
    })
    await eventually(
      'it serves',
      () =>
        new Promise<boolean>((done) => child.once('message', (message: FromRelay) => done(message.type === 'serving'))),
    )
  }
  for (let round = 0; round < 40; round++) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(listening.port)))
    assert.ok(answers.every((answer) => answer === 'answered'))
  }
  await eventually('both relays took connections', () => served.size === 2)
})

test(
  'a hanging, killed or closed reader of the tap fails none of a hundred running associations',
  { timeout: 300_000 },
  async (t) => {
    const listening = bindListeningSocket('127.0.0.1', 0)
    atEnd(t, () => listening.close())
    const upstream = await echoServer(t)
    const path = join(temporaryFolder(t), 'tap.sock')
    const startReader = async () => {
      const program = `require('net').createServer((s)=>s.resume()).listen(${JSON.stringify(path)},()=>process.stdout.write('up'))`
      const reader = spawn(
        process.execPath,
        ['-e', `try{require('fs').unlinkSync(${JSON.stringify(path)})}catch{};${program}`],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      )
      atEnd(t, () => reader.kill('SIGKILL'))
      await once(reader.stdout, 'data')
      return reader
    }
    let reader = await startReader()
    const relay = startRelay(t, listening, upstream, path)
    const reasons: string[] = []
    relay.on('message', (message: FromRelay) => {
      if (message.type === 'events')
        for (const event of message.events) if (event.type === 'gap') reasons.push(event.reason)
    })
    await eventually('the relay answers', async () => (await ask(listening.port)) === 'answered')
    await new Promise((done) => setTimeout(done, 400))

    let failed = 0
    let echoed = 0
    let answered = 0
    let running = true
    // or a failure in between would leave them echoing for ever
    atEnd(t, () => (running = false))
    const block = Buffer.alloc(8 * 1024, 7)
    const associations = Array.from({ length: 100 }, async () => {
      const socket = connect({ port: listening.port, host: '127.0.0.1' })
      socket.on('error', () => failed++)
      socket.once('data', () => answered++)
      socket.on('data', (chunk) => (echoed += chunk.length))
      let sent = 0
      while (running || sent === 0) {
        if (!socket.write(block)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
        sent += block.length
        await new Promise((done) => setTimeout(done, 20))
      }
      await eventually('everything came back', () => socket.bytesRead === sent)
      socket.destroy()
      return sent
    })
    await eventually('all hundred run', () => answered === 100)
    reader.kill('SIGSTOP')
    const before = echoed
    await eventually('the full tap is left behind', () => echoed > before + (64 << 20), 120_000)
    reader.kill('SIGKILL')
    reader = await startReader()
    await new Promise((done) => setTimeout(done, 500))
    running = false
    const sent = await Promise.all(associations)
    assert.equal(failed, 0)
    assert.equal(
      echoed,
      sent.reduce((sum, bytes) => sum + bytes, 0),
    )
    await eventually('a gap for each association', () => reasons.length >= 100).catch((error: unknown) => {
      throw new Error(`${reasons.length} gaps`, { cause: error })
    })
    t.diagnostic(
      `gaps: ${JSON.stringify(Object.fromEntries([...new Set(reasons)].map((r) => [r, reasons.filter((x) => x === r).length])))}`,
    )
  },
)

test('what is wrong in the relay beside an association ends none', async (t) => {
  const listening = bindListeningSocket('127.0.0.1', 0)
  atEnd(t, () => listening.close())
  const child = startRelay(t, listening, await echoServer(t))
  await eventually('the relay answers', async () => (await ask(listening.port)) === 'answered')
  const running = connect(listening.port, '127.0.0.1')
  atEnd(t, () => running.destroy())
  running.write('before')
  await once(running, 'data')
  // a message that its handler cannot take
  child.send(null as never)
  await new Promise((done) => setTimeout(done, 300))
  assert.equal(child.exitCode, null)
  running.write('after')
  const [said] = (await once(running, 'data')) as [Buffer]
  assert.equal(said.toString(), 'after')
  assert.equal(await ask(listening.port), 'answered')
})

test('a relay that has no more open files refuses, blames nobody, and goes on when there are', async (t) => {
  const upstream = await echoServer(t)
  const outcomes: string[] = []
  // with one of the two a device is taken with the last file, and none is left for its archive
  for (const files of [64, 65]) {
    const listening = bindListeningSocket('127.0.0.1', 0)
    atEnd(t, () => listening.close())
    const child = spawn('sh', ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, ROLE], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    atEnd(t, () => child.kill('SIGKILL'))
    child.on('message', (message: FromRelay) => {
      if (message.type === 'events')
        for (const event of message.events) if (event.type === 'association-closed') outcomes.push(event.outcome)
    })
    const link = { name: 'link', upstream: { host: '127.0.0.1', port: upstream } }
    child.send({ type: 'serve', link } satisfies ToRelay, listening.handle)
    await eventually('the relay answers', async () => (await ask(listening.port)) === 'answered')
    const held = Array.from({ length: 60 }, () => {
      const socket = connect(listening.port, '127.0.0.1').on('error', () => {})
      return socket.on('connect', () => socket.write('x'))
    })
    await eventually('some were refused', () => held.filter(({ destroyed }) => destroyed).length > 10)
    await new Promise((done) => setTimeout(done, 300))
    assert.ok(held.filter(({ destroyed, bytesRead }) => !destroyed && bytesRead === 1).length > 5)
    for (const socket of held) socket.destroy()
    await eventually('it answers again', async () => (await ask(listening.port)) === 'answered')
  }
  await eventually('it is told', () => outcomes.includes('failed'))
  assert.ok(!outcomes.includes('upstream-refused'), 'the archive has refused nobody')
})
