import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atEnd, eventually } from '../../../test/peers.ts'
import { Keeper } from './keeper.ts'

test('a process that the system has no room for is started when there is', async (t) => {
  const program = process.execPath
  atEnd(t, () => (process.execPath = program))
  process.execPath = '/nowhere/node'
  let started = 0
  const keeper = new Keeper({ role: 'operate', onStart: () => started++, onMessage: () => {} })
  atEnd(t, () => keeper.stop(5000))
  await eventually('it is tried again', () => keeper.restarts >= 2)
  assert.deepEqual([started, keeper.state, keeper.pid], [0, 'stopped', 0])
  process.execPath = program
  await eventually('it is there', () => keeper.pid > 0)
  assert.equal(started, 1)
})
