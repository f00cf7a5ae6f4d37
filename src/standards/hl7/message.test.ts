import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../base/index.ts'
import {
  escaped,
  fieldAt,
  fieldsOf,
  messagesIn,
  parseMessage,
  parsePath,
  rangeAt,
  rangesAt,
  repetitionsOf,
  segmentsNamed,
  splice,
  textOf,
  type Message,
} from './index.ts'

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const at = (message: Message, path: string): string => {
  const parsed = parsePath(path)
  return parsed ? textOf(message, rangeAt(message, parsed), utf8) : 'no path'
}
const oru = (lines: readonly string[], end = '\r'): Buffer => Buffer.from(lines.map((line) => line + end).join(''))
const SAMPLE = [
  'MSH|^~\\&|BA400|LAB|LIS|H|20190312081500||ORU^R01^ORU_R01|7|P|2.5.1|||AL|NE||UNICODE UTF-8',
  'PID|1||118826^^^clinic^MR~112-233-445 95^^^snils||Иванов^Иван&jr^Петрович||19541130|M',
  'OBR|1|||BIO^Биохимия',
  'OBX|1|NM|2160-0^Креатинин^LN||88,4|мкмоль/л|62-115|N|||F',
  'OBX|2|ST|NOTE||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X4A4B\\g\\.br\\h\\H\\bold\\N\\ \\Q\\ odd||||||F',
  'OBX|3|ST|NULL||""||||||F',
]

test('fields, repetitions, components and escapes are read where they stand', () => {
  const message = parseMessage(oru(SAMPLE))
  assert.deepEqual(
    message.segments.map(({ name }) => name),
    ['MSH', 'PID', 'OBR', 'OBX', 'OBX', 'OBX'],
  )
  assert.equal(at(message, 'MSH.1'), '|')
  assert.equal(at(message, 'MSH.2'), '^~\\&')
  assert.equal(at(message, 'MSH.9.2'), 'R01')
  assert.equal(at(message, 'MSH-10'), '7')
  assert.equal(at(message, 'PID.5.1'), 'Иванов')
  assert.equal(at(message, 'PID.5.2.1'), 'Иван')
  assert.equal(at(message, 'PID.5.2.2'), 'jr')
  assert.equal(at(message, 'PID.3.1'), '118826')
  assert.equal(at(message, 'PID.3[2].4'), 'snils')
  assert.equal(at(message, 'OBX[2].3'), 'NOTE')
  assert.equal(at(message, 'OBX[2].5'), 'a|b^c&d~e\\fJKg\nhbold \\Q\\ odd')
  assert.equal(at(message, 'OBX[3].5'), '""')
  assert.equal(at(message, 'OBX[4].5'), '')
  assert.equal(at(message, 'PID.99.1'), '')
  assert.equal(rangesAt(message, parsePath('PID.3.1') as never).length, 2)
  assert.equal(rangesAt(message, parsePath('OBX.3') as never).length, 3)
  for (const wrong of ['', 'PID', 'pid.1', 'PID.0', 'OBX[0].1', 'PID.5.0', 'PID.1.1.1.1'])
    assert.equal(parsePath(wrong), undefined, wrong)
})

test('segments end as the sender ends them: CR, LF, both, or at the end of the message', () => {
  for (const end of ['\r', '\n', '\r\n'])
    assert.equal(parseMessage(oru(SAMPLE, end)).segments.length, 6, JSON.stringify(end))
  const bare = parseMessage(Buffer.from('MSH|^~\\&|a\rNTE|1||line\nof the same field'))
  assert.equal(at(bare, 'NTE.3'), 'line\nof the same field')
  const marked = parseMessage(Buffer.from('\ufeff \r\nFHS|^~\\&|x\rBHS|^~\\&|y\rMSH|^~\\&|a\rPID|1\r'))
  assert.deepEqual(
    marked.segments.map(({ name }) => name),
    ['MSH', 'PID'],
  )
})

test('delimiters are those of MSH; one that is not there is off', () => {
  const odd = parseMessage(Buffer.from('MSH#*!%@#a*b@c*d!e#f%Fg\rPID#1\r'))
  assert.equal(at(odd, 'MSH.3.2.2'), 'c')
  assert.equal(at(odd, 'MSH.3[2].1'), 'e')
  assert.equal(at(odd, 'MSH.4'), 'f%Fg')
  assert.equal(at(parseMessage(Buffer.from('MSH#*!%@#f%F%g\r')), 'MSH.3'), 'f#g')
  const short = parseMessage(Buffer.from('MSH|^|a^b~c\\F\\d\r'))
  assert.equal(at(short, 'MSH.3.2'), 'b~c\\F\\d')
  const doubled = parseMessage(Buffer.from('MSH|^~\\\\&|a&b\\T\\c\r'))
  assert.equal(at(doubled, 'MSH.3.1.2'), 'b&c')
  const bad = [
    '',
    'PID|1\r',
    'MSH',
    'MSH|',
    'MSHA^~\\&|',
    'MSH|^^\\&|',
    'MSH||||',
    'MSH|^~\\&#@|',
    'MSH|ABCD|',
    'MSH|^~\0&|',
    '\u000b',
  ]
  for (const [index, text] of bad.entries()) {
    const refusal = (): unknown => parseMessage(Buffer.from(text))
    // a header that names its field separator and nothing else is short, not wrong
    if (text === 'MSH|' || text === 'MSH||||') assert.doesNotThrow(refusal, text)
    else assert.throws(refusal, (error) => error instanceof Fault && error.code === 'message-invalid', `${index}`)
  }
})

test('a change leaves every other byte as it was', () => {
  const message = parseMessage(oru(SAMPLE, '\r\n'))
  assert.deepEqual(splice(message, []), message.bytes)
  const name = rangeAt(message, parsePath('PID.5') as never) as { start: number; end: number }
  const value = rangeAt(message, parsePath('OBX[1].5') as never) as { start: number; end: number }
  const changed = splice(message, [
    { ...value, bytes: Buffer.from('0') },
    { ...name, bytes: Buffer.from('P-1') },
  ])
  assert.equal(
    changed.toString(),
    message.bytes.toString().replace('Иванов^Иван&jr^Петрович', 'P-1').replace('88,4', '0'),
  )
  assert.throws(
    () =>
      splice(message, [
        { ...name, bytes: Buffer.of() },
        { ...name, bytes: Buffer.of() },
      ]),
    RangeError,
  )
})

test('text that is escaped reads back as it was', () => {
  const { delimiters } = parseMessage(oru(SAMPLE))
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = [...text]
        .filter((one) => one === '\n' || (one >= ' ' && one !== '\x7f' && one.isWellFormed()))
        .join('')
      const message = parseMessage(Buffer.from(`MSH|^~\\&|${escaped(text.toWellFormed(), delimiters)}\r`))
      const expected = [...text.toWellFormed()].filter((one) => one === '\n' || (one >= ' ' && one !== '\x7f')).join('')
      assert.equal(at(message, 'MSH.3'), expected, clean)
      assert.equal(repetitionsOf(message, fieldAt(message, message.segments[0] as never, 3) as never).length, 1)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('a batch is taken apart at its MSH, with or without headers', () => {
  const one = SAMPLE.join('\r')
  const batch = Buffer.from(`FHS|^~\\&|x\rBHS|^~\\&|y\r${one}\r${one}\rBTS|2\rFTS|1\r`)
  const found = messagesIn(batch)
  assert.equal(found.length, 2)
  for (const { start, end } of found) {
    const message = parseMessage(batch.subarray(start, end))
    assert.equal(segmentsNamed(message, 'OBX').length, 3)
    assert.equal(segmentsNamed(message, 'BTS').length, 0)
  }
  assert.equal(messagesIn(Buffer.from(`${one}\r${one}`)).length, 2)
  assert.equal(messagesIn(Buffer.from('nothing')).length, 0)
})

test('whatever a message is turned into, nothing but a fault is thrown, and no edit leaves it as it was', () => {
  const source = oru(SAMPLE)
  let parsed = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(source.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(3)), {
        minLength: 1,
        maxLength: 12,
      }),
      (mutations) => {
        let bytes = Buffer.from(source)
        for (const [place, value, how] of mutations) {
          const at = Math.min(place, bytes.length)
          if (how === 0) bytes[at] = value
          else if (how === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)])
          else if (how === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
          else bytes = bytes.subarray(0, Math.max(1, at))
        }
        let message: Message
        try {
          message = parseMessage(bytes)
        } catch (error) {
          assert.ok(error instanceof Fault)
          return
        }
        parsed++
        assert.deepEqual(splice(message, []), bytes)
        for (const segment of message.segments)
          for (const field of fieldsOf(message, segment)) textOf(message, field, utf8)
        for (const path of ['PID.5.1', 'PID.3[2].4.1', 'OBX[3].5', 'MSH.9.1']) at(message, path)
      },
    ),
    { numRuns: 5000, seed: 7 },
  )
  assert.ok(parsed > 2000)
})

const CORPUS = process.env.SLUICE_CORPUS ?? '../shared/corpus'
test(
  'every message of the corpus is read, and is itself again without an edit',
  { skip: existsSync(`${CORPUS}/hl7`) ? false : 'needs the corpus' },
  () => {
    let messages = 0
    for (const file of globSync(`${CORPUS}/hl7/**/*.{hl7,txt,mllp}`)) {
      const bytes = readFileSync(file)
      for (const { start, end } of messagesIn(bytes)) {
        const message = parseMessage(bytes.subarray(start, end))
        assert.deepEqual(splice(message, []), bytes.subarray(start, end), file)
        assert.ok(message.segments.length >= 1, file)
        messages++
      }
    }
    assert.ok(messages > 100, `${messages}`)
  },
)
