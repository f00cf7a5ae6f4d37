import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hold } from './hold.ts'

const MIB = 1024 * 1024

test('a thread that did not catch up is waited for again once it has read what 1 Gbit/s brings meanwhile', () => {
  const ring = { readAt: 0xffffffff - MIB }
  const hold = new Hold(ring)
  let waits = 0
  let hasCaughtUp = true
  const until = () => hold.until(() => (waits++, hasCaughtUp))

  assert.deepEqual([until(), until(), waits], [true, true, 2])
  hasCaughtUp = false
  assert.deepEqual([hold.isVain, until(), until(), waits], [false, false, false, 3])
  assert.ok(hold.isVain)
  // positions count bytes modulo 2^32
  ring.readAt = MIB - 2
  assert.deepEqual([until(), waits], [false, 3])
  ring.readAt = MIB + 2
  assert.deepEqual([hold.isVain, until(), waits], [false, false, 4])
  hasCaughtUp = true
  ring.readAt = 3 * MIB + 2
  assert.deepEqual([until(), hold.isVain, until(), waits], [true, false, true, 6])
})
