import assert from 'node:assert/strict'
import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/peers.ts'
import { InHand } from './in-hand.ts'

test('who starts after a death knows what was in hand, and how often; what was survived is no suspect', (t) => {
  const folder = temporaryFolder(t)
  const first = new InHand(folder)
  first.begin(['1-1', '1-2'])
  first.begin(['1-3'])
  first.end(['1-1', '1-2'])
  first.begin(['1-4'])
  // it dies here
  const second = new InHand(folder)
  assert.deepEqual(
    ['1-1', '1-2', '1-3', '1-4'].map((ref) => second.deathsOf(ref)),
    [0, 0, 1, 1],
  )
  second.begin(['1-3'])
  second.end(['1-3'])
  second.begin(['1-4'])
  const third = new InHand(folder)
  assert.deepEqual([third.deathsOf('1-3'), third.deathsOf('1-4')], [0, 2])
  third.begin(['1-4', '2-1'])
  third.stop()
  const fourth = new InHand(folder)
  assert.deepEqual([fourth.deathsOf('1-4'), fourth.deathsOf('2-1')], [2, 0], 'who was told to stop did not die of it')
})

test('what is written down stays small, and a torn line harms nothing', (t) => {
  const folder = temporaryFolder(t)
  const one = new InHand(folder)
  one.begin(['kept'])
  for (let at = 0; at < 20_000; at++) {
    one.begin([`1-${at}`])
    one.end([`1-${at}`])
  }
  assert.ok(statSync(join(folder, 'in-hand')).size < 70_000)
  appendFileSync(join(folder, 'in-hand'), '+ to')
  assert.equal(new InHand(folder).deathsOf('kept'), 1)
  assert.equal(new InHand(folder).deathsOf('to'), 0)
})
