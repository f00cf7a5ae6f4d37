/** Of this process's own first thread and one more. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { test, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { mayGoFirst, ownTimes, PRIORITY, stepBack } from '../../base/index.ts'
import { atEnd, eventually } from '../../../test/peers.ts'
import { Place } from './place.ts'

const skip = mayGoFirst() && ownTimes() ? false : 'needs the right to go before other programs'
const ORDINARY = [0, 0]
const FIRST = [PRIORITY.relay, PRIORITY.witness]

/** a thread that tells its number and waits */
const SECOND = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', () => {})
import('${new URL('../../base/index.ts', import.meta.url).href}').then(({ ownThread }) => parentPort.postMessage(ownThread()))`

async function placed(t: TestContext, staysMs?: number) {
  const keptWaiting = { is: false, ask: () => keptWaiting.is }
  const place = new Place(keptWaiting, staysMs)
  atEnd(t, () => (place.stop(), stepBack()))
  assert.equal(getPriority(), PRIORITY.relay, 'while it starts')
  const worker = new Worker(SECOND, { eval: true })
  atEnd(t, () => worker.terminate())
  const [second] = (await once(worker, 'message')) as [number]
  place.follow(second)
  return { place, second, keptWaiting, priorities: () => [getPriority(process.pid), getPriority(second)] }
}

test(
  'the relay is a program like any other until it is kept waiting, and goes first for a time then',
  { skip },
  async (t) => {
    const { keptWaiting, priorities } = await placed(t, 1000)
    assert.deepEqual(priorities(), ORDINARY)
    keptWaiting.is = true
    await eventually('it goes first', () => priorities().join() === FIRST.join())
    // as long as it is kept waiting, however long
    await new Promise((done) => setTimeout(done, 1500))
    assert.deepEqual(priorities(), FIRST)
    keptWaiting.is = false
    await eventually('it steps back', () => priorities().join() === ORDINARY.join())
  },
)

test('the relay goes first where its second thread does not keep up', { skip }, async (t) => {
  const { place, priorities } = await placed(t)
  place.look(8 * 1024 * 1024 - 1)
  assert.deepEqual(priorities(), ORDINARY)
  place.look(8 * 1024 * 1024)
  assert.deepEqual(priorities(), FIRST)
})

test(
  'the relay does not go first without its second thread, and one that takes the place of another is put where that was',
  { skip },
  async (t) => {
    const { place, second, priorities } = await placed(t)
    place.follow(undefined)
    place.look(8 * 1024 * 1024)
    assert.deepEqual(priorities(), ORDINARY, 'the loop does not go first alone')
    place.follow(second)
    assert.deepEqual(priorities(), FIRST)
  },
)
