import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatedCode, StatedObservation } from '../observation.ts'
import { STARTER_TABLE } from '../ranges/starter-ranges.ts'
import { unificationTables } from '../tables.ts'
import { unifyObservation } from '../unify.ts'
import { measureOf } from '../units/ucum.ts'
import { CONCEPTS, conceptsNamed, LOINC_SUBSET } from './concepts.ts'
import { identify } from './identify.ts'
import { isLoincCode } from './loinc.ts'
import { addUnmapped } from './waiting.ts'

const stated = (codes: readonly StatedCode[], more: Partial<StatedObservation> = {}): StatedObservation => ({
  place: 'OBX[1]',
  codes,
  valueType: 'NM',
  value: '5.0',
  unit: '%',
  range: '',
  flags: [],
  resultStatus: 'F',
  ...more,
})
const ln = (code: string, text: string): StatedCode => ({ code, text, system: 'LN' })
const local = (code: string, text = ''): StatedCode => ({ code, text, system: '99LAB' })
const tables = unificationTables()
const findings = (codes: readonly StatedCode[]) => identify(stated(codes), tables).findings.map(({ code }) => code)

test('a LOINC code with a wrong check digit is flagged and not believed', () => {
  for (const bad of ['6790-2', '33154-7', '33155-4', '21482-6']) {
    assert.equal(isLoincCode(bad), false, bad)
    assert.deepEqual(findings([ln(bad, 'WBC')]), ['loinc-check-digit'])
    assert.deepEqual(identify(stated([ln(bad, '')]), tables).candidates, [])
  }
  assert.equal(isLoincCode('6690-2'), true)
  assert.equal(isLoincCode('WBC'), undefined)
})

test('a LOINC code under the name of another analyte is flagged, and the name is kept', () => {
  for (const [code, text, concept] of [
    ['736-9', 'MID%', 'mid-cells-fraction'],
    ['770-8', 'LYM%', 'lymphocytes-fraction'],
  ] as const) {
    const identified = identify(stated([ln(code, text)]), tables)
    assert.deepEqual(
      identified.findings.map((one) => one.code),
      ['loinc-name'],
    )
    assert.deepEqual(
      identified.candidates.map((one) => one.code),
      [concept],
    )
    assert.equal(unifyObservation(stated([ln(code, text)]), tables).status, 'assumed')
  }
})

test('the starter table raises no false alarm by code, name and unit', () => {
  const [header = '', ...rows] = STARTER_TABLE.trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
  assert.equal(rows.length, 67)
  for (const row of rows) {
    const cell = (name: string) => row[header.indexOf(name)] ?? ''
    const concept = CONCEPTS.get(cell('analyte')) ?? assert.fail(cell('analyte'))
    for (const name of [concept.name.en, concept.name.ru]) {
      const code = ln(concept.loinc ?? assert.fail(concept.code), name)
      const unified = unifyObservation(
        stated([code], {
          value: cell('low') || cell('high'),
          unit: cell('unit'),
          range: `${cell('low') || 0}-${cell('high') || 999}`,
        }),
        tables,
      )
      assert.deepEqual(unified.findings, [], `${concept.code} ${name}`)
      assert.equal(unified.status, 'ok')
      assert.equal(unified.concept?.code, concept.code)
    }
  }
})

test('the table of analytes holds together: units are UCUM, LOINC codes are codes, names lead back', () => {
  for (const concept of CONCEPTS.values()) {
    assert.ok(concept.unit === 'ordinal' || measureOf(concept.unit), concept.code)
    for (const name of concept.names) assert.ok(conceptsNamed(name).includes(concept), `${concept.code}: ${name}`)
  }
  for (const code of LOINC_SUBSET.keys()) assert.equal(isLoincCode(code), true, code)
  const entries = [...CONCEPTS.values()].flatMap(({ loincCodes }) => [...loincCodes.keys()])
  assert.equal(new Set(entries).size, entries.length, 'a LOINC code means one thing')
})

test('a local code, a Russian name, a LOINC code behind a local one and a federal code are one concept', () => {
  const federal = unificationTables({ fsli: new Map([['1017056', 'creatinine']]) })
  for (const codes of [
    [local('КРЕА', 'Креатинин')],
    [local('X17', 'creatinine')],
    [local('CREA')],
    [local('X17'), ln('2160-0', '')],
    [ln('14682-9', 'Creatinine')],
    [{ code: '1017056', text: '', system: '1.2.643.5.1.13.13.11.1080' }],
  ])
    assert.deepEqual(
      identify(stated(codes), federal).candidates.map(({ code }) => code),
      ['creatinine'],
    )
  assert.deepEqual(findings([local('Lmps', 'ly'), ln('736-9', 'Lmps')]), [])
})

test('one name for two analytes is told apart by the unit, and urine is not blood', () => {
  const concept = (text: string, unit: string, specimen?: string) =>
    unifyObservation(stated([local('X', text)], { unit, ...(specimen ? { specimen } : {}) }), tables).concept?.code
  assert.equal(concept('Лимфоциты', '%'), 'lymphocytes-fraction')
  assert.equal(concept('Лимфоциты', '10^9/л'), 'lymphocytes')
  assert.equal(concept('PCT', 'нг/мл'), 'procalcitonin')
  assert.equal(concept('PCT', '%'), 'plateletcrit')
  assert.equal(concept('Лейкоциты', '1/мкл', 'кровь'), 'leukocytes')
  assert.equal(concept('Лейкоциты', '1/мкл', 'UR'), undefined)
})

test('a site’s mapping decides before everything else, the more particular row first', () => {
  const mapped = unificationTables({
    mappings: [
      { code: '42', analyte: 'glucose' },
      { code: '42', analyte: 'hematocrit', device: 'ANALYSER-2', unit: '1' },
    ],
  })
  const of = (device: string, unit: string) =>
    unifyObservation(stated([local('42', 'Креатинин')], { device, unit, value: '0.45' }), mapped)
  assert.equal(of('ANALYSER-1', 'г/л').concept?.code, 'glucose')
  const second = of('ANALYSER-2', '')
  assert.deepEqual(
    [second.concept?.code, second.status, second.value],
    ['hematocrit', 'ok', { kind: 'quantity', value: '0.45', unit: '1' }],
  )
})

test('what is not mapped waits in a queue that counts messages, not results', () => {
  const unknown = unifyObservation(stated([local('ZZ1', 'Новый тест')], { unit: 'ммоль/л' }), tables)
  assert.deepEqual(
    unknown.findings.map(({ code }) => code),
    ['analyte-unmapped'],
  )
  // the prefix is certain whatever was measured
  assert.deepEqual([unknown.status, unknown.value], ['ok', { kind: 'quantity', value: '0.0050', unit: 'mol/L' }])
  const known = unifyObservation(stated([local('HGB')], { unit: 'g/L' }), tables)
  const queue = [[unknown, unknown, known], [unknown], [known]].reduce(addUnmapped, [])
  assert.deepEqual(
    queue.map(({ code, messages }) => [code, messages]),
    [['ZZ1', 2]],
  )
})
