import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AssociationClosed, Gap } from '../../clinical/relay/index.ts'
import { Unread } from './unread.ts'

const hashes = { sha256In: '', sha256Out: '' }
const closed = (id: string, openedAt: number, tapped = true): AssociationClosed => ({
  ...{ type: 'association-closed', id, link: 'ct', openedAt, at: openedAt + 10, outcome: 'closed', tapped },
  toUpstream: { ...hashes, bytesIn: 500, bytesOut: 500 },
  toModality: { ...hashes, bytesIn: 70, bytesOut: 70 },
})
const opened = (id: string, at: number) =>
  ({ type: 'association-opened', id, link: 'ct', remoteAddress: '', at }) as const

test('what an observer was not done with when it went away is a gap, and so is what a relay was cut in', () => {
  const gaps: Gap[] = []
  const unread = new Unread((gap) => gaps.push(gap))
  const told = () => gaps.splice(0).map(({ id, reason }) => `${id} ${reason}`)
  unread.ended(closed('read', 1))
  unread.done('read')
  unread.done('read before its end was told')
  unread.ended(closed('read before its end was told', 2))
  unread.ended(closed('a gap already', 3, false))
  unread.ended(closed('in its memory', 4))
  assert.equal(unread.count, 1)
  unread.observerGone(100)
  assert.deepEqual(gaps, [
    {
      type: 'gap',
      id: 'in its memory',
      link: 'ct',
      from: 4,
      to: 14,
      bytesToUpstream: 500,
      bytesToModality: 70,
      reason: 'gone',
    },
  ])
  told()
  // its end is told after that of the observer, and another one is there already
  unread.ended(closed('told late', 90))
  unread.ended(closed('of the next', 110))
  assert.deepEqual(told(), ['told late gone'])
  assert.equal(unread.count, 1)

  unread.began(opened('ended', 200), 7)
  unread.ended(closed('ended', 200))
  unread.began(opened('of another relay', 201), 8)
  unread.began(opened('cut', 202), 7)
  unread.relayGone(7, 300, () => ({ bytesToUpstream: 40, bytesToModality: 2 }))
  assert.deepEqual(gaps, [
    { type: 'gap', id: 'cut', link: 'ct', from: 202, to: 300, bytesToUpstream: 40, bytesToModality: 2, reason: 'cut' },
  ])
})
