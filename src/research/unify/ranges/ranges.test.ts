import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal } from '../decimal.ts'
import { loadRanges } from './range-table.ts'
import { readRange } from './stated-range.ts'
import { STARTER_RANGES } from './starter-ranges.ts'

const HEADER = 'analyte\tunit\tsex\tage_from\tlow\thigh\tkind\tsource\tconfirmed'
const load = (...rows: string[]) => loadRanges([HEADER, ...rows].join('\n'), STARTER_RANGES)

test('ranges as makers write them are read with the digits they have', () => {
  for (const [text, low, high, more] of [
    ['4,00-10,00', '4.00', '10.00', ''],
    ['3,9 - 6,1', '3.9', '6.1', ''],
    ['4,0–9,0', '4.0', '9.0', ''],
    ['0.370-0.540', '0.370', '0.540', ''],
    ['от 3 до 5', '3', '5', ''],
    ['[3.5 - 5.5]', '3.5', '5.5', ''],
    ['-2 - +2', '-2', '2', ''],
    ['3.9-6.1 ммоль/л', '3.9', '6.1', 'ммоль/л'],
    ['до 41', '', '41', ''],
    ['не более 5,0 ммоль/л', '', '5.0', 'ммоль/л'],
    ['<140', '', '140', 'exclusive'],
    ['менее 10', '', '10', 'exclusive'],
    ['≤ 5', '', '5', ''],
    ['>= 60', '60', '', ''],
    ['> 1.0', '1.0', '', 'exclusive'],
  ] as const) {
    const range = readRange(text)
    if (range.kind !== 'interval') return assert.fail(`${text}: ${range.kind}`)
    assert.equal(range.low ? formatDecimal(range.low) : '', low, text)
    assert.equal(range.high ? formatDecimal(range.high) : '', high, text)
    assert.equal(range.lowExclusive || range.highExclusive ? 'exclusive' : range.unit, more, text)
  }
  for (const text of ['отрицательно', 'М: 62-106; Ж: 44-80', 'см. комментарий', '1:80'])
    assert.equal(readRange(text).kind, 'text')
  assert.equal(readRange('117-115').kind, 'disordered')
  for (const text of ['', '-', ' ', '""']) assert.equal(readRange(text).kind, 'none')
})

test('the loader rejects an interval that cannot be and a unit that does not fit, with the line', () => {
  const { rows, problems } = load(
    'hemoglobin\tг/л\tF\t18\t117\t115\tinterval\tGB9',
    'protein-total\tмкмоль/л\t*\t18\t65\t85\tinterval\tGP1',
    'leukocytes\tГ/л\t*\t18\t4\t9\tinterval\tlab',
    'leukocytes\t10*9/L\tX\t18\t4\t9\tinterval\tlab',
    'leukocytes\t10*9/L\t*\t18\t4\t9\tnorm\tlab',
    'leukocytes\t10*9/L\t*\t18\t4\t9\tinterval\t',
    'leukocytes\t10*9/L\t*\t18\t\t\tinterval\tlab',
    'leukocytes\t10*9/L\t*\tteen\t4\t9\tinterval\tlab',
    'leucocytes\t10*9/L\t*\t18\t4\t9\tinterval\tlab',
    'leukocytes\t10*9/L\t*\t18\tfour\t9\tinterval\tlab',
  )
  assert.deepEqual(rows, [])
  assert.deepEqual(
    problems.map(({ line, severity }) => [line, severity]),
    Array.from({ length: 10 }, (_, at) => [at + 2, 'mistake']),
  )
  assert.deepEqual(loadRanges('analyte\tlow\thigh').problems.length, 1)
})

test('a factor of 1000 beside what we have is suspect and stays out until it is confirmed', () => {
  const creatinine = 'creatinine\tммоль/л\tM\t18\t62\t124\tinterval\tGP1'
  const { rows, problems } = load(creatinine, 'urate\tммоль/л\t*\t18\t200\t420\tinterval\tGP1')
  assert.deepEqual(rows, [])
  assert.deepEqual(
    problems.map(({ severity }) => severity),
    ['suspect', 'suspect'],
  )
  assert.match(problems[0]?.message ?? '', /1000/)
  assert.equal(load(`${creatinine}\tyes`).rows.length, 1)
})

test('a laboratory’s own list is loaded in any unit that fits, each row with its source and kind', () => {
  const { rows, problems } = load(
    '# approved 2026-01-12',
    '',
    '14749-6\tmg/dL\t*\t18\t70\t105\tinterval\tlaboratory list 3',
    'glucose\tммоль/л\t*\t18\t\t6,1\tdecision-limit\tlaboratory list 3',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(
    rows.map(({ line, low, high, unit, kind, source }) => ({ line, low, high, unit, kind, source })),
    [
      { line: 4, low: '0.003886', high: '0.0058283', unit: 'mol/L', kind: 'interval', source: 'laboratory list 3' },
      { line: 5, low: undefined, high: '0.0061', unit: 'mol/L', kind: 'decision-limit', source: 'laboratory list 3' },
    ],
  )
  for (const row of STARTER_RANGES) assert.ok(row.source && (row.kind === 'interval' || row.kind === 'decision-limit'))
})
