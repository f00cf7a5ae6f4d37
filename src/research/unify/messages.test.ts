import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readMessage, textsInUTF8 } from '../../standards/hl7/index.ts'
import { unificationTables, unifyMessage, unifyRead } from './index.ts'

const tables = unificationTables()
const subject = { sex: 'M', ageYears: 54 } as const

test('a message of HL7 gives its reports, with every result in the unified unit and the original beside', () => {
  const text = [
    'MSH|^~\\&|BA400||||20190312||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8',
    'PID|1||P-1||P-1|||M',
    'PV1|1|I|||||||||||||||||VISIT1|||||||||||||||||||||||||20190311|20190315',
    'OBR|1|A|B|BIO^Биохимия|||201903120800|||||||201903120810|&сыворотка|||||||20190312090000|||F',
    'NTE|1||Образец без особенностей',
    'OBX|1|NM|2160-0^Креатинин^LN||88,4|мкмоль/л|62-115|N|||F|||20190312083000',
    'OBX|2|NM|6690-2^WBC^LN||6.5|10^9/L|4-10|H~A|||C',
    'OBX|3|ST|X^Неизвестное^99X||отрицательно||||||F',
  ].join('\r')
  const { reports, encounter } = unifyMessage({ kind: 'hl7', text, subject }, tables)
  assert.equal(reports.length, 1)
  const [report] = reports
  assert.equal(report?.place, 'OBR[1]')
  assert.equal(report?.conclusion, 'Образец без особенностей')
  assert.equal(report?.specimen?.type, 'сыворотка')
  const [creatinine, leucocytes, unknown] = report?.observations ?? []
  assert.equal(creatinine?.concept?.code, 'creatinine')
  assert.deepEqual(creatinine?.value, { kind: 'quantity', value: '0.0000884', unit: 'mol/L' })
  assert.equal(creatinine?.stated.value, '88,4')
  assert.equal(creatinine?.stated.observedAt, '20190312083000')
  assert.equal(leucocytes?.stated.unit, '10^9/L')
  assert.equal(leucocytes?.status, 'ok')
  assert.deepEqual(leucocytes?.stated.flags, ['H', 'A'])
  assert.equal(leucocytes?.stated.observedAt, '201903120800', 'without a time of its own a result has the specimen’s')
  assert.deepEqual(unknown?.value, { kind: 'ordinal', value: 'negative' })
  assert.deepEqual(encounter, { number: 'VISIT1', patientClass: 'I', start: '20190311', end: '20190315' })
})

test('a result means the same as a text that passed the gate and as the bytes of it, the first time and again', () => {
  const part = fc.constantFrom(
    ...[
      '718-7',
      'Гемоглобин',
      'LN',
      '',
      ' ',
      'г/л',
      'ммоль/л',
      '10',
      '9/л',
      '120-160',
      '7,5',
      '<5',
      'N',
      'H',
      'F',
      '\\T\\',
      'NM',
      'SN',
      'ED',
      '20190312',
    ],
  )
  const line = fc
    .array(fc.tuple(part, fc.constantFrom('|', '|', '|', '|', '^', '&', '~')), { maxLength: 24 })
    .map((parts) => `OBX|1|${parts.flat().join('')}`)
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      const text = ['MSH|^~\\&|X||||20190312||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8', 'OBR|1||A|B', ...lines, ''].join(
        '\r',
      )
      const message = readMessage(Buffer.from(text))
      const asBytes = unifyRead({ kind: 'hl7', message, texts: textsInUTF8(message), subject }, tables)
      assert.deepEqual(unifyMessage({ kind: 'hl7', text, subject }, tables), asBytes)
      assert.deepEqual(unifyMessage({ kind: 'hl7', text, subject }, tables), asBytes)
    }),
    { numRuns: 1000 },
  )
})

test('records of an analyser give the same', () => {
  const text =
    'H|\\^&|7||BA400\rP|1|P-1\rO|1|N||^^^2160-0^Креатинин|R||20190312|||||||201903120810|сыворотка\rR|1|^^^2160-0^Креатинин|1,0|мг/дл|0,7-1,3|N||F||||20190312083000\rC|1|I|гемолиз|G\rL|1|N\r'
  const { reports } = unifyMessage({ kind: 'astm', text, subject }, tables)
  const [one] = reports[0]?.observations ?? []
  assert.equal(one?.concept?.code, 'creatinine')
  assert.equal(one?.value?.kind === 'quantity' && one.value.unit, 'mol/L')
  assert.equal(one?.stated.observedAt, '20190312083000')
  assert.equal(reports[0]?.conclusion, 'гемолиз')
})
