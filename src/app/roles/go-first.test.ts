/** Whose processes go before others, and that the traffic does not depend on it. */
import assert from 'node:assert/strict'
import { fork, spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { availableParallelism, getPriority } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { mayGoFirst, PRIORITY } from '../../base/index.ts'
import { atEnd, eventually, peerTest } from '../../../test/peers.ts'
import { prioritiesOf } from '../../../test/priorities.ts'
import { bindListeningSocket } from './listening.ts'
import type { ToRelay } from './relay.ts'

const RELAY = join(import.meta.dirname, 'relay.ts')
const skip = mayGoFirst() ? false : 'needs the right to go before other programs'

async function serving(t: TestContext, relay: ChildProcess): Promise<{ pid: number; ask(): Promise<void> }> {
  atEnd(t, () => relay.kill('SIGKILL'))
  const listening = bindListeningSocket('127.0.0.1', 0)
  atEnd(t, () => listening.close())
  const archive = createServer((socket) => socket.on('error', () => {}).end('answer')).listen(0, '127.0.0.1')
  atEnd(t, () => archive.close())
  await once(archive, 'listening')
  const upstream = { host: '127.0.0.1', port: (archive.address() as AddressInfo).port }
  relay.send({ type: 'serve', link: { name: 'link', upstream } } satisfies ToRelay, listening.handle)
  await once(relay, 'message')
  const ask = async () => {
    const [answer] = (await once(connect(listening.port, '127.0.0.1'), 'data')) as [Buffer]
    assert.equal(answer.toString(), 'answer')
  }
  await ask()
  return { pid: relay.pid ?? 0, ask }
}

test('the relay goes before other programs that keep it waiting', { skip }, async (t) => {
  const relay = fork(RELAY, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const { pid, ask } = await serving(t, relay)
  const busy = Array.from({ length: 4 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  atEnd(t, () => busy.forEach((each) => each.kill('SIGKILL')))
  await eventually('it goes first', async () => {
    await ask()
    return getPriority(pid) === PRIORITY.relay && prioritiesOf(pid).includes(PRIORITY.witness)
  })
})

test('the observer goes before the relay', { skip }, async (t) => {
  const observer = fork(join(import.meta.dirname, 'observer.ts'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  atEnd(t, () => observer.kill('SIGKILL'))
  await eventually('it goes first', () => getPriority(observer.pid) === -14)
})

peerTest('a relay that may not go first serves all the same', ['setpriv'], async (t) => {
  const args = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice', process.execPath, RELAY]
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] satisfies StdioOptions
  // who may not anyway may not give that up either
  const relay = mayGoFirst() ? spawn('setpriv', args, { stdio }) : fork(RELAY, { stdio })
  assert.equal(getPriority((await serving(t, relay)).pid), getPriority())
})

test('whether a process may go first is found out without a trace', () => {
  const before = getPriority()
  mayGoFirst()
  assert.equal(getPriority(), before)
})
