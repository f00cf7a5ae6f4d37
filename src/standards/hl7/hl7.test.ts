import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode } from '../character-sets/index.ts'
import { Fault } from '../../base/index.ts'
import {
  code,
  componentsOf,
  escape,
  fieldName,
  fieldsOf,
  find,
  isExplicitNull,
  messageType,
  parsePath,
  readDecoded,
  readMessage,
  repetitionsOf,
  splice,
  splitBatch,
  subcomponentsOf,
  textsOf,
  unescapeBytes,
  type Message,
  type Segment,
} from './index.ts'

const corpus = process.env.SLUICE_CORPUS ?? '../shared/corpus'
const folder = join(corpus, 'hl7')
const corpusFiles = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.hl7')) : []

const HEAD = 'MSH|^~\\&|LAB|H|LIS|H|20260714080000||ORU^R01|77|P|2.3.1||||||UNICODE\r'
const message = (text: string, encoding: 'latin1' | 'utf8' = 'utf8') => readMessage(Buffer.from(text, encoding))
const at = (text: string, path: string) => textsOf(message(text)).at(path)
const reasonOf = (bytes: Buffer): unknown => {
  try {
    readMessage(bytes)
    return 'read'
  } catch (error) {
    return error instanceof Fault ? (error.where.reason ?? error.code) : error
  }
}

/** every range of a message put together again: what a reader of all values would see */
function rebuilt(read: Message): Buffer {
  const { field, component, repetition, subcomponent } = read.delimiters
  const join = (pieces: Buffer[], by: number) =>
    Buffer.concat(pieces.flatMap((one, index) => (index ? [Buffer.of(by), one] : [one])))
  let at = 0
  const out: Buffer[] = []
  for (const segment of read.segments) {
    out.push(read.bytes.subarray(at, segment.start))
    const isHeader = segment.name === 'MSH'
    const fields = fieldsOf(read, segment).slice(isHeader ? 2 : 0)
    const before = isHeader
      ? read.bytes.subarray(segment.start, find(read, 'MSH.2')[0]?.end)
      : Buffer.from(segment.name)
    const whole = fields.map((range) =>
      join(
        repetitionsOf(read, range).map((one) =>
          join(
            componentsOf(read, one).map((part) =>
              join(
                subcomponentsOf(read, part).map(({ start, end }) => read.bytes.subarray(start, end)),
                subcomponent,
              ),
            ),
            component,
          ),
        ),
        repetition,
      ),
    )
    out.push(segment.name === '' ? read.bytes.subarray(segment.start, segment.end) : join([before, ...whole], field))
    at = segment.end
  }
  out.push(read.bytes.subarray(at))
  return Buffer.concat(out)
}

test('paths lead to fields, repetitions, components and sub-components, counted from 1', () => {
  const text = `${HEAD}PID|1||17^^^H^MR~18&x&y^^^G||ИВАНОВ^ИВАН\rOBX|1|NM|WBC||5.1\rOBX|2|NM|RBC||4.4|10^9/L\r`
  assert.equal(at(text, 'PID.5.1'), 'ИВАНОВ')
  assert.equal(at(text, 'PID-5'), 'ИВАНОВ^ИВАН')
  assert.equal(at(text, 'PID.3[2].1.2'), 'x')
  assert.equal(at(text, 'PID.3[2].4'), 'G')
  assert.equal(at(text, 'OBX[2].5'), '4.4')
  assert.equal(at(text, 'OBX[2].6.2'), '9/L')
  assert.equal(at(text, 'OBX[3].5'), undefined)
  assert.equal(at(text, 'MSH.1'), '|')
  assert.equal(at(text, 'MSH.2'), '^~\\&')
  assert.equal(at(text, 'MSH.10'), '77')
  const read = message(text)
  assert.equal(messageType(read), 'ORU^R01')
  assert.deepEqual(
    find(read, 'OBX[*].3').map(({ start, end }) => read.bytes.toString('latin1', start, end)),
    ['WBC', 'RBC'],
  )
  assert.equal(find(read, 'PID.3[*].1').length, 2)
  assert.equal(fieldName('PID', 5), 'Patient Name')
  for (const no of ['PID.0', 'pid.5', 'PID.', 'PID.5.1.1.1', 'OBX[0].5', 'PIDX.5', ''])
    assert.equal(parsePath(no), undefined, no)
})

test('delimiters are those of MSH: others, fewer, five', () => {
  const custom = 'MSH#*!%@#A#B###2026##ORU*R01#9#P#2.5\rPID#1##5@6*7!8##A%F%B%S%C\r'
  assert.equal(at(custom, 'PID.3.1.2'), '6')
  assert.equal(at(custom, 'PID.3[2]'), '8')
  assert.equal(at(custom, 'PID.5'), 'A#B*C')
  const short = message('MSH|^~|A|B|||2026||ORU^R01|S1|P|2.1\rPID|1||1&2^MO\rOBX|1|ST|X||a\\F\\b\r')
  assert.deepEqual(short.flags, ['delimiters-few'])
  assert.equal(textsOf(short).at('PID.3.1'), '1&2')
  assert.equal(textsOf(short).at('OBX.5'), 'a\\F\\b')
  assert.deepEqual(message('MSH|^~\\&#|A\rPID|1#2\r').flags, [])
  assert.deepEqual(message('MSH|^^\\&|A\rPID|1\r').flags, ['delimiters-repeated'])
})

test('what cannot be divided is refused with offset and reason', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'no MSH'],
    ['MSH', 'no MSH'],
    ['MSH|', 'no MSH'],
    ['random words', 'no MSH'],
    ['PID|1\rMSH|^~\\&|A\r', 'no MSH'],
    ['MSH||||\r', 'delimiters'],
    ['MSHx^~\\&xA\r', 'delimiters'],
    ['MSH|ab\0c|A\r', 'delimiters'],
    ['MSH|\r', 'delimiters'],
  ]
  for (const [text, reason] of cases) assert.equal(reasonOf(Buffer.from(text)), reason, JSON.stringify(text))
})

test('segments end with CR where there is one, else with LF; a lone LF in a CR message is data', () => {
  const names = (text: string) => message(text).segments.map(({ name }) => name)
  assert.deepEqual(names('MSH|^~\\&|A\nPID|1\nOBX|1\n'), ['MSH', 'PID', 'OBX'])
  assert.deepEqual(names('MSH|^~\\&|A\r\nPID|1\r\n'), ['MSH', 'PID'])
  assert.equal(at('MSH|^~\\&|A\rNTE|1||one\ntwo\rPID|1', 'NTE.3'), 'one\ntwo')
  assert.deepEqual(message('MSH|^~\\&|A\r\nPID|1').flags, ['last-segment-open', 'terminator-both'])
  assert.deepEqual(names('\ufeff \r\nFHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|A\rPID|1\rBTS|1\r'), ['MSH', 'PID'])
  // a segment shorter than its name
  assert.deepEqual(names('MSH|^~\\&|A\rZ\r|\rPI\rpid|1\r'), ['MSH', 'Z', '', 'PI', ''])
})

test('every escape is undone, unknown ones and unterminated ones stay', () => {
  const { delimiters } = message(HEAD)
  const undone = (text: string) => Buffer.from(unescapeBytes(Buffer.from(text), delimiters)).toString()
  assert.equal(undone('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f'), 'a|b^c&d~e\\f')
  assert.equal(undone('\\X0D0A\\\\XC2B5\\'), '\r\nµ')
  assert.equal(undone('one\\.br\\two \\H\\bold\\N\\'), 'one\ntwo bold')
  assert.equal(undone('bad \\Q\\ \\.in+4\\ open \\F'), 'bad \\Q\\ \\.in+4\\ open \\F')
  assert.equal(undone('C:\\dir one\\F\\'), 'C:\\dir one|')
  assert.equal(undone('\\X..\\ \\XABC\\ \\X\\'), '\\X..\\ \\XABC\\ \\X\\')
  for (const text of ['|^&~\\', 'plain', '\r\n\u0001', 'Ω|']) assert.equal(undone(escape(text, delimiters)), text)
})

test('an explicit null is told from an empty field', () => {
  const read = message(`${HEAD}PID|1||""||\r`)
  const [three] = find(read, 'PID.3')
  const [five] = find(read, 'PID.5')
  assert.ok(three && five)
  assert.deepEqual([isExplicitNull(read, three), isExplicitNull(read, five)], [true, false])
})

test('a change is a splice: every other byte stays', () => {
  const read = message(`${HEAD}PID|1||17||ИВАНОВ^ИВАН\nx||19800101\r\n`, 'utf8')
  const [id] = find(read, 'PID.3')
  const [name] = find(read, 'PID.5')
  assert.ok(id && name)
  const changed = splice(read, [
    { range: name, bytes: Buffer.from('P-1') },
    { range: id, bytes: Buffer.alloc(0) },
  ])
  assert.equal(changed.toString(), `${HEAD}PID|1||||P-1||19800101\r\n`)
  assert.deepEqual(splice(read, []), read.bytes)
  assert.throws(() =>
    splice(read, [
      { range: name, bytes: Buffer.alloc(0) },
      { range: { start: name.start + 1, end: name.end }, bytes: Buffer.alloc(0) },
    ]),
  )
})

test('character sets: the bytes decide, for every value of the message', () => {
  const pid = Buffer.from([0xc8, 0xe2, 0xe0, 0xed, 0xee, 0xe2, 0xe0])
  const bytes = Buffer.concat([
    Buffer.from(`${HEAD}PID|1||7||`),
    pid,
    Buffer.from('^'),
    Buffer.from([0xcc, 0xe0, 0xf0, 0xe8, 0xff]),
    Buffer.from('\r'),
  ])
  const texts = textsOf(readMessage(bytes))
  assert.equal(texts.at('PID.5.1'), 'Иванова')
  assert.equal(texts.at('PID.5'), 'Иванова^Мария')
  assert.deepEqual(texts.characterSet, { declared: 'UNICODE', encoding: 'windows-1251', status: 'detected' })
  assert.equal(textsOf(message(HEAD)).characterSet.status, 'ascii')
  // hexadecimal data in an escape is in the message's character set as well
  assert.equal(at('MSH|^~\\&|A||||||ORU^R01|1|P|2.5\rNTE|1||\\XCFF0E8E2E5F2\\ \\XE2F1E5EC\\\r', 'NTE.3'), 'Привет всем')
})

test('GBK is decoded before it is divided, and is not spliced', () => {
  // second bytes that are a reverse solidus and a vertical line
  const bytes = Buffer.concat([
    Buffer.from('MSH|^~\\&|A||||||ORU^R01|1|P|2.5||||||GB18030\rPID|1||7||'),
    Buffer.from([0x81, 0x5c, 0xbf, 0x7c, 0xd6, 0xd0]),
    Buffer.from('|x\r'),
  ])
  const { message: read, hidden } = readDecoded(bytes)
  assert.equal(read.original, false)
  const texts = textsOf(read, hidden)
  assert.equal(texts.at('PID.5')?.length, 3)
  assert.equal(texts.at('PID.5')?.at(-1), '中')
  assert.equal(texts.at('PID.6'), 'x')
  assert.equal(texts.characterSet.encoding, 'gb18030')
  assert.throws(() => splice(read, []), { code: 'message-not-spliceable' })
})

test('GBK that nobody declared is found out by its characters, and no Russian text is taken for it', () => {
  const undeclared = (text: Uint8Array) =>
    readDecoded(Buffer.concat([Buffer.from('MSH|^~\\&|A||||||ORU^R01|1|P|2.5\rNTE|1||'), text, Buffer.from('\r')]))
  // 血液分析结果正常
  const chinese = Buffer.from('d1aad2bab7d6cef6bde1b9fbd5fdb3a3', 'hex')
  const { message: read, hidden } = undeclared(chinese)
  assert.deepEqual(hidden, { declared: '', encoding: 'gb18030', status: 'detected' })
  assert.equal(textsOf(read, hidden).at('NTE.3'), '血液分析结果正常')
  for (const encoding of ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'] as const) {
    const russian = encode('Проба гемолизирована, повторите забор крови', encoding) ?? Buffer.of()
    assert.equal(undeclared(russian).hidden, undefined, encoding)
  }
})

test('a batch is divided where MSH begins, with headers or without', () => {
  const one = 'MSH|^~\\&|A\rPID|1\r'
  const two = splitBatch(Buffer.from(one + one))
  assert.deepEqual([two.messages.length, two.enveloped], [2, false])
  const text = `FHS|^~\\&\rBHS|^~\\&\r${one}${one}BTS|3\rFTS|1\r`
  const batch = splitBatch(Buffer.from(text))
  assert.deepEqual([batch.messages.length, batch.enveloped, batch.statedMessages], [2, true, 3])
  for (const { start, end } of batch.messages) assert.equal(text.slice(start, end), one)
  assert.equal(splitBatch(Buffer.from('nothing')).messages.length, 0)
})

test('every corpus message is taken apart and put together byte for byte', { skip: corpusFiles.length === 0 }, () => {
  assert.ok(corpusFiles.length > 50)
  for (const name of corpusFiles) {
    const bytes = readFileSync(join(folder, name))
    for (const { start, end } of splitBatch(bytes).messages) {
      const read = readMessage(bytes.subarray(start, end))
      assert.ok(rebuilt(read).equals(read.bytes), name)
      const changes = read.segments.flatMap((segment) =>
        fieldsOf(read, segment).map((range) => ({ range, bytes: read.bytes.subarray(range.start, range.end) })),
      )
      assert.ok(splice(read, changes).equals(read.bytes), name)
      textsOf(read)
    }
  }
})

test('Russian corpus files are read right, or what is lost is not invented', { skip: corpusFiles.length === 0 }, () => {
  for (const name of corpusFiles.filter((one) => one.startsWith('syn__ru_'))) {
    const { message: read, hidden } = readDecoded(readFileSync(join(folder, name)))
    const family = textsOf(read, hidden).at('PID.5.1')
    assert.match(family ?? 'absent', /^[А-ЯЁ][а-яёА-ЯЁ-]+$/, name)
  }
})

test('whatever the bytes, reading ends with a message or a fault of the table', () => {
  const seeds = [`${HEAD}PID|1||7^^^H&1&ISO~8||Ив^И\\F\\|\rOBX|1|NM|a^b^LN||5.1|10^9/L|4-9|N~A|||F\r`]
  const bytes = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 12 }), fc.nat(400))
    .map(([seed, changes, length]) => {
      const out = Buffer.from(seed)
      for (const [place, byte] of changes) out[place % out.length] = byte
      return out.subarray(0, Math.max(4, length))
    })
  fc.assert(
    fc.property(bytes, (some) => {
      try {
        const { message: read, hidden } = readDecoded(some)
        const texts = textsOf(read, hidden)
        for (const path of ['PID.5.1', 'OBX[*].5', 'MSH.18', 'PID.3[2].4.2']) texts.at(path)
        assert.ok(rebuilt(read).equals(read.bytes))
        code(read, 'MSH.10')
      } catch (error) {
        assert.ok(error instanceof Fault, String(error))
      }
    }),
    { numRuns: 3000, seed: 7 },
  )
})

test('a million of anything is read in one pass', () => {
  const many = (piece: string) => Buffer.from(`${HEAD}OBX|1|TX|x||${piece.repeat(1_000_000)}\r`)
  for (const piece of ['~', '^', '&', '\\', '\\X', '\\.in9999999\\']) {
    const texts = textsOf(readMessage(many(piece)))
    assert.ok(texts.at('OBX.5') !== undefined || texts.at('OBX.2') === 'TX', piece)
  }
  assert.throws(() => readMessage(Buffer.from(HEAD + 'Z\r'.repeat(1_000_000))), { code: 'limit-exceeded' })
  const more = readMessage(Buffer.from(`${HEAD}OBX${'|'.repeat(3_000_000)}\r`))
  assert.throws(() => fieldsOf(more, more.segments.at(-1) as Segment), { code: 'limit-exceeded' })
})
