import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Acknowledgements, awaits, type Paired, type SentMessage } from './index.ts'

const BOUNDS = { openMessages: 3, openBytes: 1000, remembered: 10 }
const sent = (controlId: string, rest: Partial<SentMessage<string>> = {}): SentMessage<string> => ({
  ...{ connection: 'a', controlId, digest: controlId, awaits: 'application', elsewhere: false },
  ...{ sizeBytes: 10, payload: rest.digest ?? controlId },
  ...rest,
})
const ack = (controlId: string, code = 'AA', connection = 'a') => ({ controlId, code, connection })
const brief = (paired: Paired<string>) =>
  [
    paired.outcome,
    'message' in paired ? `${paired.message.payload} by ${paired.pairedBy}${paired.elsewhere ? ' elsewhere' : ''}` : '',
    'accepted' in paired ? String(paired.accepted) : '',
  ]
    .filter(Boolean)
    .join(' ')

test('an acknowledgement answers the message that it names, in any order', () => {
  const all = new Acknowledgements<string>(BOUNDS)
  for (const id of ['1', '2', '3']) all.sent(sent(id))
  assert.equal(brief(all.acknowledged(ack('2'))), 'accepted 2 by control-id')
  assert.equal(brief(all.acknowledged(ack('3', 'AE'))), 'refused 3 by control-id')
  assert.equal(brief(all.acknowledged(ack('1'))), 'accepted 1 by control-id')
  assert.equal(all.waiting, 0)
})

test('a late, a missing, a second and a strange acknowledgement are told apart; none is given to another message', () => {
  const all = new Acknowledgements<string>(BOUNDS)
  all.sent(sent('1'))
  assert.deepEqual(
    all.gone('a').map(({ payload }) => payload),
    ['1'],
  )
  all.sent(sent('2', { connection: 'b' }))
  assert.equal(brief(all.acknowledged(ack('1', 'AA', 'b'))), 'late true')
  assert.equal(brief(all.acknowledged(ack('9', 'AA', 'b'))), 'orphan')
  assert.equal(brief(all.acknowledged(ack('2', 'XX', 'b'))), 'unclear')
  assert.equal(brief(all.acknowledged(ack('2', 'AA', 'b'))), 'accepted 2 by control-id')
  assert.equal(brief(all.acknowledged(ack('2', 'AA', 'b'))), 'further true')
  assert.equal(brief(all.acknowledged(ack('2', 'AE', 'b'))), 'further false')
})

test('without MSA-2 order decides where one message alone can be meant, and says so', () => {
  const all = new Acknowledgements<string>(BOUNDS)
  all.sent(sent('1'))
  assert.equal(brief(all.acknowledged(ack(''))), 'accepted 1 by order')
  all.sent(sent('2'))
  all.sent(sent('3'))
  assert.equal(brief(all.acknowledged(ack(''))), 'orphan')
})

test('sent again is told from the same number with other contents', () => {
  const all = new Acknowledgements<string>(BOUNDS)
  assert.equal(all.sent(sent('1')).repeated, 'no')
  assert.equal(all.sent(sent('1')).repeated, 'retransmission')
  assert.equal(all.waiting, 1)
  assert.equal(all.sent(sent('1', { digest: 'other' })).repeated, 'conflict')
  assert.equal(brief(all.acknowledged(ack('1'))), 'accepted 1 by order')
  assert.equal(brief(all.acknowledged(ack('1'))), 'accepted other by control-id')
})

test('enhanced mode: 0, 1 or 2 acknowledgements, on this connection or another', () => {
  assert.deepEqual(awaits('', ''), { awaits: 'application', elsewhere: false })
  assert.deepEqual(awaits('AL', 'NE'), { awaits: 'accept', elsewhere: false })
  assert.deepEqual(awaits('AL', 'AL'), { awaits: 'accept', elsewhere: false })
  assert.deepEqual(awaits('NE', 'AL'), { awaits: 'application', elsewhere: true })
  assert.deepEqual(awaits('ER', 'AL'), { awaits: 'application', elsewhere: true })
  assert.deepEqual(awaits('NE', 'NE'), { awaits: 'none', elsewhere: false })
  assert.deepEqual(awaits('ER', 'NE'), { awaits: 'error-only', elsewhere: false })

  const all = new Acknowledgements<string>(BOUNDS)
  all.sent(sent('two steps', { awaits: 'accept' }))
  assert.equal(brief(all.acknowledged(ack('two steps', 'CA'))), 'accepted two steps by control-id')
  assert.equal(brief(all.acknowledged(ack('two steps', 'AA', 'z'))), 'further true')

  all.sent(sent('elsewhere', { elsewhere: true }))
  assert.deepEqual(all.gone('a'), [])
  assert.equal(brief(all.acknowledged(ack('elsewhere', 'AA', 'z'))), 'accepted elsewhere by control-id elsewhere')

  all.sent(sent('silence', { awaits: 'none' }))
  assert.equal(all.waiting, 0)
  all.sent(sent('errors', { awaits: 'error-only' }))
  assert.deepEqual(
    all.silent('a').map(({ payload }) => payload),
    ['errors'],
  )
})

test('what waits is bounded: the oldest are given up', () => {
  const all = new Acknowledgements<string>(BOUNDS)
  for (const id of ['1', '2', '3']) all.sent(sent(id))
  assert.deepEqual(
    all.sent(sent('4')).givenUp.map(({ payload }) => payload),
    ['1'],
  )
  assert.deepEqual(all.sent(sent('5', { sizeBytes: 2000 })).givenUp.length, 4)
  assert.deepEqual(all.clear(), [])
})
