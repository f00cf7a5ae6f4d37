import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StatedObservation } from './observation.ts'
import { unificationTables } from './tables.ts'
import { unifyObservation } from './unify.ts'

const tables = unificationTables()
const unify = (text: string, value: string, unit: string, range = '', more: Partial<StatedObservation> = {}) =>
  unifyObservation(
    {
      place: 'OBX[1]',
      codes: [{ code: 'X1', text, system: '99LAB' }],
      valueType: 'NM',
      value,
      unit,
      range,
      flags: [],
      resultStatus: 'F',
      ...more,
    },
    tables,
  )
const said = (...args: Parameters<typeof unify>) => {
  const { status, rule, value } = unify(...args)
  return [
    status,
    rule,
    value?.kind === 'quantity' ? `${value.comparator ?? ''}${value.value} ${value.unit}` : value?.value,
  ]
}

test('a certain unit gives an exact value in mol/L, with the original beside', () => {
  const unified = unify('Креатинин', '88', 'мкмоль/л', '62-106', { flags: ['N'], subject: { sex: 'M', ageYears: 50 } })
  assert.deepEqual(unified.value, { kind: 'quantity', value: '0.000088', unit: 'mol/L' })
  assert.deepEqual(unified.measured, { value: '88', unit: 'umol/L' })
  assert.equal(unified.stated.unit, 'мкмоль/л')
  assert.deepEqual(
    [unified.concept?.code, unified.concept?.loinc, unified.interpretation],
    ['creatinine', '14682-9', 'N'],
  )
  const [maker, ours] = unified.ranges
  assert.deepEqual([maker?.from, maker?.low, maker?.unit, maker?.text], ['maker', '62', 'umol/L', '62-106'])
  assert.deepEqual([ours?.from, ours?.high, ours?.kind, ours?.sex], ['ours', '0.000106', 'interval', 'M'])
  assert.ok(ours?.source)
  assert.deepEqual(said('Глюкоза', '5,60', 'ммоль/л'), ['ok', 'unit.convert', '0.00560 mol/L'])
  assert.deepEqual(said('Глюкоза', '>33,3', 'ммоль/л'), ['ok', 'unit.convert', '>0.0333 mol/L'])
  assert.deepEqual(said('Креатинин', '1.0', 'mg/dL'), ['ok', 'molar.creatinine', '0.00008840 mol/L'])
})

test('an ambiguous unit is decided by the analyte or by the maker’s range, and says so', () => {
  assert.deepEqual(said('Гемоглобин', '140', 'Г/л'), ['assumed', 'unit.by-analyte', '140 g/L'])
  assert.deepEqual(said('Лейкоциты', '6,2', 'Г/л'), ['assumed', 'unit.by-analyte', '6.2 10*9/L'])
  assert.deepEqual(said('Эритроциты', '4,5', 'Т/л'), ['assumed', 'unit.by-analyte', '4.5 10*12/L'])
  assert.deepEqual(said('АЧТВ', '30', 'c'), ['assumed', 'unit.by-analyte', '30 s'])
  assert.deepEqual(said('Новый тест', '6,2', 'Г/л'), ['ambiguous', 'unit.ambiguous', undefined])
  assert.deepEqual(said('Новый тест', '30', 'c'), ['ambiguous', 'unit.ambiguous', undefined])
})

test('no unit: the maker’s range says whether a haematocrit is a fraction or per cent', () => {
  assert.deepEqual(said('HCT', '0.431', '', '0.370-0.540'), ['assumed', 'unit.by-range', '0.431 1'])
  assert.deepEqual(said('HCT', '43.1', '', '37.0-54.0'), ['assumed', 'unit.by-range', '0.431 1'])
  assert.deepEqual(said('HCT', '0.431', ''), ['ambiguous', 'unit.missing', undefined])
  assert.deepEqual(said('Глюкоза', '5,6', '', '3,9-6,1 ммоль/л'), ['assumed', 'unit.in-range', '0.0056 mol/L'])
  assert.deepEqual(said('Глюкоза', '98', '', '70-105'), ['assumed', 'unit.by-range', '0.005440 mol/L'])
  assert.deepEqual(said('МНО', '1,1', ''), ['assumed', 'unit.only', '1.1 1'])
})

test('a unit that the maker’s own range contradicts 10, 100 or 1000 times is not believed', () => {
  for (const [text, value, unit, range] of [
    ['Креатинин', '88', 'ммоль/л', '62-124'],
    ['Мочевая кислота', '300', 'ммоль/л', '200-420'],
    ['HCT', '0.431', '%', '0.370-0.540'],
    ['Гемоглобин', '13.8', 'г/л', '13.0-16.0'],
  ] as const) {
    const unified = unify(text, value, unit, range)
    assert.deepEqual([unified.status, unified.rule, unified.value], ['ambiguous', 'unit.scale', undefined], text)
    assert.ok(unified.findings.some(({ code }) => code === 'unit-scale'))
    assert.equal(unified.ranges[0]?.text, range, 'the maker’s range is kept')
  }
})

test('what cannot be is refused and keeps its original', () => {
  assert.deepEqual(said('Общий белок', '70', 'мкмоль/л'), ['refused', 'conversion-refused', undefined])
  assert.deepEqual(said('АСТ', '0,4', 'ммоль/л'), ['refused', 'unit-dimension', undefined])
  assert.deepEqual(said('Глюкоза', '5,6', 'стаканов'), ['refused', 'unit.unknown', undefined])
  assert.deepEqual(said('Глюкоза', 'много', 'ммоль/л'), ['refused', 'value.unreadable', undefined])
  assert.deepEqual(said('Глюкоза', '', 'ммоль/л'), ['refused', 'value.none', undefined])
  assert.equal(unify('Глюкоза', 'много', 'ммоль/л').stated.value, 'много')
})

test('a unit that divides by nothing is unknown, and none is so odd that it is never decided', () => {
  for (const unit of ['10^9/000л', 'г/0', '0 ммоль/л', '10^9/(0л)', 'мг/0.0дл'])
    assert.deepEqual(said('Тромбоциты', '180', unit), ['refused', 'unit.unknown', undefined], unit)
  const parts = fc.constantFrom(
    ...'0 00 1 10 10* 9 ^ * / . ( ) - % л L dL г g мг ммоль mol Ед [iU] {a} к 10^9'.split(' '),
  )
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 8 }),
      fc.constantFrom('Тромбоциты', 'Глюкоза', 'никто'),
      (unit, analyte) => {
        const { status, value } = unify(analyte, '5,6', unit.join(''))
        assert.equal(value !== undefined, status === 'ok' || status === 'assumed')
      },
    ),
    { numRuns: 2000 },
  )
})

test('words become grades where they are, and stay words where they are not', () => {
  const words = (value: string, range = '') => said('HBsAg', value, '', range, { valueType: 'ST' })
  assert.deepEqual(words('отрицательно', 'отрицательно'), ['ok', 'value.ordinal', 'negative'])
  assert.deepEqual(words('Не обнаружено'), ['ok', 'value.ordinal', 'negative'])
  assert.deepEqual(words('Positive'), ['ok', 'value.ordinal', 'positive'])
  assert.deepEqual(words('++'), ['ok', 'value.ordinal', '2+'])
  assert.deepEqual(words('выраженный хилёз'), ['ok', 'value.text', 'выраженный хилёз'])
  assert.deepEqual(
    unify('HBsAg', 'отрицательно', '', 'отрицательно', { valueType: 'ST' }).ranges[0]?.text,
    'отрицательно',
  )
})

test('a range that depends on sex or age flags nobody whose sex or age is not known', () => {
  const flag = (text: string, value: string, unit: string, subject?: StatedObservation['subject']) =>
    unify(text, value, unit, '', subject ? { subject } : {}).interpretation
  assert.equal(flag('Креатинин', '200', 'мкмоль/л'), undefined)
  assert.equal(flag('Креатинин', '200', 'мкмоль/л', { sex: 'M' }), undefined)
  assert.equal(flag('Креатинин', '200', 'мкмоль/л', { sex: 'M', ageYears: 50 }), 'H')
  assert.equal(flag('Креатинин', '50', 'мкмоль/л', { sex: 'M', ageYears: 50 }), 'L')
  assert.equal(flag('Креатинин', '50', 'мкмоль/л', { sex: 'F', ageYears: 50 }), 'N')
  assert.equal(flag('ALP', '340', 'Ед/л', { sex: 'F', ageYears: 10 }), 'N')
  // nobody has compared this range with a publication yet
  assert.equal(flag('ТТГ', '9', 'мМЕ/л', { sex: 'F', ageYears: 40 }), undefined)
  const differs = unify('Креатинин', '80', 'мкмоль/л', '', { flags: ['H'], subject: { sex: 'M', ageYears: 50 } })
  assert.deepEqual(
    differs.findings.map(({ code }) => code),
    ['flag-differs'],
  )
  assert.deepEqual(differs.stated.flags, ['H'])
})

test('a maker’s range that is upside down is kept and flagged', () => {
  const unified = unify('Гемоглобин', '116', 'г/л', '117-115')
  assert.deepEqual(
    unified.findings.map(({ code }) => code),
    ['range-order'],
  )
  assert.deepEqual([unified.status, unified.ranges[0]?.kind, unified.ranges[0]?.text], ['ok', 'text', '117-115'])
})
