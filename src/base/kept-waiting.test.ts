import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptWaiting, ownTimes, type Times } from './kept-waiting.ts'

const MS = 1e6

test('kept waiting is who waited for a processor more than twice as long as it had one', () => {
  let times: Times = { ran: 5 * MS, waited: 7 * MS }
  const kept = new KeptWaiting(() => times)
  const after = (ran: number, waited: number) => {
    times = { ran: times.ran + ran * MS, waited: times.waited + waited * MS }
    return kept.ask()
  }
  assert.equal(after(10, 39), false, 'too little of both to be judged')
  assert.equal(after(1, 0), true, 'that counts too: 11 and 39')
  assert.equal(after(30, 60), false, 'just twice as long')
  assert.equal(after(30, 61), true)
  assert.equal(after(100, 20), false)
})

test('where the system does not tell, a thread is taken as kept waiting', () => {
  assert.equal(new KeptWaiting(() => undefined).ask(), true)
})

test('the system tells of the thread that asks', { skip: ownTimes() ? false : 'the system does not tell' }, () => {
  const before = ownTimes()?.ran ?? 0
  const end = process.cpuUsage().user + 60_000
  while (process.cpuUsage().user < end);
  assert.ok((ownTimes()?.ran ?? 0) - before > 30 * MS)
})
