import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../../base/index.ts'
import { associateFields, readAnswer, readProposal } from './associate.ts'
import { encodePdu, encodePdv, PduDecoder, type PduEvent } from './pdu.ts'
import { step, TRANSITIONS, type Event, type State } from './state-machine.ts'

const identity = {
  callingAETitle: 'CT01',
  calledAETitle: 'PACS',
  maximumLength: 16384,
  implementationClassUID: '2.25.1',
  implementationVersionName: 'X',
}
const contexts = [
  {
    presentationContextID: 1,
    abstractSyntaxUID: '1.2.840.10008.1.1',
    transferSyntaxUIDs: ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'],
  },
  {
    presentationContextID: 3,
    abstractSyntaxUID: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUIDs: ['1.2.840.10008.1.2.1'],
  },
]

test('every cell of Table 9-10 leads to a state, and only given actions lead anywhere', () => {
  const rows = TRANSITIONS.trim().split('\n').slice(1)
  assert.equal(rows.length, 19)
  let actions = 0
  for (const row of rows) {
    const [event, ...cells] = row.trim().split(/\s+/)
    for (let state = 1; state <= 13; state++) {
      const next = step(`Sta${state}` as State, event as Event, 'acceptor')
      assert.equal(next !== undefined, cells[state - 1] !== '.', `${event} in Sta${state}`)
      if (next) actions++
    }
  }

  assert.equal(actions, 123)
})

test('a release collision leads each role its own way', () => {
  assert.equal(step('Sta7', 'Evt12', 'requestor')?.state, 'Sta9')
  assert.equal(step('Sta7', 'Evt12', 'acceptor')?.state, 'Sta10')
})

test('association PDUs are read back as they were written', () => {
  const rq = encodePdu('A-ASSOCIATE-RQ', associateFields(identity, contexts))
  const [event] = new PduDecoder().feed(Buffer.from(rq))
  assert.ok(event?.name === 'A-ASSOCIATE-RQ')
  assert.deepEqual(readProposal(event.fields), {
    callingAETitle: 'CT01',
    calledAETitle: 'PACS',
    maximumLength: 16384,
    contexts,
  })
  const answered = [{ presentationContextID: 1, result: 0, transferSyntaxUID: '1.2.840.10008.1.2' }]
  const [ac] = new PduDecoder().feed(Buffer.from(encodePdu('A-ASSOCIATE-AC', associateFields(identity, answered))))
  assert.ok(ac?.name === 'A-ASSOCIATE-AC')
  assert.deepEqual(readAnswer(ac.fields).contexts, answered)
})

/** pieces put together again, so that streams cut in different places can be compared */
const assembled = (events: readonly PduEvent[]): unknown[] => {
  const out: unknown[] = []
  let data = ''
  for (const event of events) {
    if (event.name !== 'P-DATA-TF') out.push(event)
    else {
      data += Buffer.from(event.bytes).toString('hex')
      if (event.last) {
        out.push([event.presentationContextID, event.command, data])
        data = ''
      }
    }
  }
  return out
}

test('a stream cut anywhere gives the same PDUs', () => {
  const stream = Buffer.concat([
    encodePdu('A-ASSOCIATE-RQ', associateFields(identity, contexts)),
    encodePdv(1, { command: true, last: true }, Buffer.from('0102', 'hex')),
    encodePdv(1, { command: false, last: false }, Buffer.alloc(40, 5)),
    Buffer.from([0x99, 0, 0, 0, 0, 3, 1, 2, 3]),
    encodePdv(1, { command: false, last: true }, Buffer.alloc(7, 6)),
    encodePdu('A-RELEASE-RQ', {}),
  ])
  const whole = assembled(new PduDecoder().feed(stream))
  for (let cut = 1; cut < stream.length; cut++) {
    const decoder = new PduDecoder()
    assert.deepEqual(
      assembled([...decoder.feed(stream.subarray(0, cut)), ...decoder.feed(stream.subarray(cut))]),
      whole,
      `cut at ${cut}`,
    )
  }
  const dribble = new PduDecoder()
  assert.deepEqual(assembled([...stream].flatMap((byte) => dribble.feed(Buffer.from([byte])))), whole)
})

test('hostile lengths and garbage end in a fault or in unknown PDUs, never in memory', () => {
  const refused = (bytes: number[]) => {
    assert.throws(() => new PduDecoder().feed(Buffer.from(bytes)), Fault, bytes.join(' '))
  }
  refused([1, 0, 0xff, 0xff, 0xff, 0xff])
  refused([4, 0, 0xff, 0xff, 0xff, 0xff])
  refused([5, 0, 0x7f, 0xff, 0xff, 0xff])
  refused([4, 0, 0, 0, 0, 10, 0, 0, 0, 200, 1, 3])
  refused([4, 0, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xfc, 1, 3])
  refused([4, 0, 0, 0, 0, 10, 0, 0, 0, 1, 1, 3])
  assert.equal(new PduDecoder().feed(Buffer.from('GET / HTTP/1.1\r\n'))[0]?.name, 'unknown')
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (pieces) => {
      const decoder = new PduDecoder()
      try {
        for (const piece of pieces) decoder.feed(Buffer.from(piece))
      } catch (error) {
        assert.ok(error instanceof Fault)
      }
    }),
  )
})

test('two hundred thousand PDVs of two bytes are read in a straight line', () => {
  const one = Buffer.from([0, 0, 0, 2, 1, 2])
  const header = Buffer.from([4, 0, 0, 0, 0, 0])
  header.writeUInt32BE(one.length * 200_000, 2)
  const events = new PduDecoder().feed(Buffer.concat([header, ...Array.from({ length: 200_000 }, () => one)]))
  assert.equal(events.length, 200_000)
})
