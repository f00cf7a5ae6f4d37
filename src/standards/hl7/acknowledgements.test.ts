import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Acknowledgements, type AcknowledgementOutcome, type SentMessage } from './index.ts'

const sent = (controlID: string, more: Partial<SentMessage> = {}): SentMessage => ({
  ...{ ref: controlID, controlID, acceptAcknowledgement: '', applicationAcknowledgement: '', hash: controlID },
  ...more,
})
const said = (outcomes: readonly AcknowledgementOutcome[]): string[] =>
  outcomes.map((one) =>
    [
      one.type,
      'ref' in one ? one.ref : '',
      'code' in one ? one.code : '',
      'pairedByOrder' in one && one.pairedByOrder ? 'by order' : '',
    ]
      .filter(Boolean)
      .join(' '),
  )

test('original mode: one answer for each message, in whatever order, and late ones still find theirs', () => {
  const pairing = new Acknowledgements()
  for (const id of ['1', '2', '3']) assert.deepEqual(pairing.sent(sent(id)), [])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '2' })), ['accepted 2 AA'])
  assert.deepEqual(said(pairing.answered({ code: 'AE', controlID: '1' })), ['refused 1 AE'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '2' })), ['again AA'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '9' })), ['orphan AA'])
  assert.deepEqual(said(pairing.answered({ code: 'XX', controlID: '3' })), ['orphan XX'])
  assert.deepEqual(said(pairing.end()), ['unanswered 3'])
})

test('enhanced mode: the accept acknowledgement decides where one is asked for, else the application’s', () => {
  const pairing = new Acknowledgements()
  pairing.sent(sent('both', { acceptAcknowledgement: 'AL', applicationAcknowledgement: 'AL' }))
  assert.deepEqual(said(pairing.answered({ code: 'CA', controlID: 'both' })), ['accepted both CA', 'received both CA'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: 'both' })), ['again AA'])
  pairing.sent(sent('accept', { acceptAcknowledgement: 'AL', applicationAcknowledgement: 'NE' }))
  assert.deepEqual(said(pairing.answered({ code: 'CA', controlID: 'accept' })), ['accepted accept CA'])
  pairing.sent(sent('application', { acceptAcknowledgement: 'NE', applicationAcknowledgement: 'AL' }))
  assert.deepEqual(said(pairing.answered({ code: 'AR', controlID: 'application' })), ['refused application AR'])
  pairing.sent(sent('on error', { acceptAcknowledgement: 'ER', applicationAcknowledgement: 'AL' }))
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: 'on error' })), ['accepted on error AA'])
  pairing.sent(sent('refused', { acceptAcknowledgement: 'AL', applicationAcknowledgement: 'AL' }))
  assert.deepEqual(said(pairing.answered({ code: 'CR', controlID: 'refused' })), ['refused refused CR'])
  const none = pairing.sent(sent('none', { acceptAcknowledgement: 'NE', applicationAcknowledgement: 'NE' }))
  assert.deepEqual(said(none), ['none-expected none'])
  assert.equal(pairing.waiting, 0)
})

test('an answer that names nothing goes to the oldest that waits, and says so; a wrong name never does', () => {
  const pairing = new Acknowledgements()
  pairing.sent(sent('1'))
  pairing.sent(sent('2'))
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '' })), ['accepted 1 AA by order'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '7' })), ['orphan AA'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '2' })), ['accepted 2 AA'])
  assert.deepEqual(said(pairing.answered({ code: 'AA', controlID: '' })), ['orphan AA'])
})

test('the same message again is a repetition, another under its number a conflict', () => {
  const pairing = new Acknowledgements()
  pairing.sent(sent('1'))
  assert.deepEqual(said(pairing.sent(sent('1'))), ['repeated 1'])
  pairing.answered({ code: 'AA', controlID: '1' })
  pairing.answered({ code: 'AA', controlID: '1' })
  assert.deepEqual(said(pairing.sent(sent('1', { hash: 'other' }))), ['conflict 1'])
  assert.deepEqual(said(pairing.sent(sent('', { hash: 'a' }))), [])
  assert.deepEqual(said(pairing.sent(sent('', { hash: 'b' }))), [], 'messages without a number are not compared')
})

test('whoever never answers makes nothing grow without end', () => {
  const pairing = new Acknowledgements()
  let unanswered = 0
  for (let number = 0; number < 10_000; number++)
    unanswered += pairing.sent(sent(`${number}`)).filter(({ type }) => type === 'unanswered').length
  assert.equal(pairing.waiting, 4096)
  assert.equal(unanswered, 10_000 - 4096)
})
