import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedQueue } from './bounded-queue.ts'
import { FAULTS, Fault } from './faults.ts'
import { newId } from './ids.ts'

test('a full queue refuses and stays as it was', () => {
  const queue = new BoundedQueue<string>(5, (s) => s.length)
  assert.equal(queue.offer('abc'), true)
  assert.equal(queue.offer('def'), false)
  assert.equal(queue.weight, 3)
  assert.equal(queue.take(), 'abc')
  assert.equal(queue.offer('def'), true)
  assert.equal(queue.length, 1)
})

test('a fault says where, what and what to do', () => {
  const fault = new Fault('malformed', { path: '(0008,1140)[0]', offset: 132 })
  assert.equal(fault.message, 'The structure of the data set breaks PS3.5. (path (0008,1140)[0], offset 132)')
  assert.equal(fault.action, FAULTS.malformed.action)
})

test('ids sort by time', () => {
  assert.ok(newId(1) < newId(2_000_000_000_000))
  assert.equal(newId().length, 20)
})
