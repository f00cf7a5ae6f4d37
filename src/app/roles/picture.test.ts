import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Picture } from './picture.ts'

const links = [
  {
    ...{ name: 'link', protocol: 'mllp' as const, listen: '127.0.0.1:1', upstream: '127.0.0.1:2' },
    connectTimeoutMs: 1,
  },
]
const opened = { type: 'association-opened' as const, id: 'a', link: 'link', remoteAddress: '10.0.0.1', at: 1 }

test('what the observer tells before the relay has told of the association is not lost', () => {
  const picture = new Picture()
  picture.observer({ type: 'introduced', id: 'a', sender: 'HEMA', receiver: 'LIS' })
  for (let n = 0; n < 3; n++) {
    picture.observer({ type: 'counted', id: 'a', what: 'message', by: 1 })
    picture.observer({ type: 'captured', id: 'a', ref: `${n}`, bytes: 1, status: 0, at: 2 })
  }
  picture.relay(opened)
  picture.observer({ type: 'counted', id: 'a', what: 'message', by: 1 })
  const { associations, links: shown } = picture.snapshot(links, [])
  assert.equal(associations.length, 1)
  assert.deepEqual(
    [associations[0]?.sender, associations[0]?.captured, associations[0]?.messages?.message],
    ['HEMA', 3, 4],
  )
  assert.equal(shown[0]?.messages?.message, 4)
})

test('what is told of associations that nobody opens is bounded', () => {
  const picture = new Picture()
  for (let n = 0; n < 5000; n++) picture.observer({ type: 'refused', id: `${n}`, status: 'AE' } as never)
  picture.relay({ ...opened, id: '0' })
  picture.relay({ ...opened, id: '4999' })
  assert.deepEqual(
    picture.snapshot(links, []).associations.map(({ id, refused }) => [id, refused]),
    [
      ['4999', 1],
      ['0', 0],
    ],
  )
})

test('a proof that was given up is not shown as one', () => {
  const picture = new Picture()
  const way = (hash: string, out = hash) => ({ bytesIn: 1, bytesOut: 1, sha256In: hash, sha256Out: out })
  const cases = [
    [way('a'), way('b'), true],
    [way('a', 'x'), way('b'), false],
    [way(''), way(''), undefined],
    [way('a'), way(''), undefined],
  ] as const
  for (const [at, [toUpstream, toModality, identical]] of cases.entries()) {
    const of = { ...opened, id: String(at) }
    picture.relay(of)
    const closed = { type: 'association-closed' as const, openedAt: 1, outcome: 'closed' as const, tapped: false }
    picture.relay({ ...of, ...closed, toUpstream, toModality })
    const shown = picture.snapshot(links, []).associations.find(({ id }) => id === of.id)
    assert.deepEqual([shown?.outcome, shown?.identical], ['closed', identical])
  }
})
