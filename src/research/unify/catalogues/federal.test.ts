import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDelimited } from './delimited.ts'
import { loadFederalTests, loadFederalUnits } from './federal.ts'

test('a table with quotes, semicolons and ends of lines inside cells keeps its line numbers', () => {
  const { columns, rows } = readDelimited('\uFEFFID;NAME\r\n1;"a; ""b""\nc"\r\n\r\n2;d')
  assert.deepEqual(columns, ['id', 'name'])
  assert.deepEqual(
    rows.map((row) => [row.line, row.cell('ID'), row.cell('name'), row.cell('none')]),
    [
      [2, '1', 'a; "b"\nc', ''],
      [5, '2', 'd', ''],
    ],
  )
})

test('the federal catalogue of tests maps codes to concepts by LOINC, else by a name that means one in its unit', () => {
  const { fsli, rows, problems } = loadFederalTests(
    [
      'ID\tLOINC\tFULLNAME\tUNIT',
      '1\t14682-9\tЧто угодно\tмкмоль/л',
      '2\t0\tМочевина\tммоль/л',
      '3\t0\tЛимфоциты\t%',
      '4\t0\tЛимфоциты\t10^9/л',
      '5\t0\tЛимфоциты\t',
      '6\t6790-2\tНеизвестное\t',
    ].join('\n'),
  )
  assert.equal(rows, 6)
  assert.deepEqual(Object.fromEntries(fsli), {
    1: 'creatinine',
    2: 'urea',
    3: 'lymphocytes-fraction',
    4: 'lymphocytes',
  })
  assert.deepEqual(problems, [{ line: 7, severity: 'mistake', message: '6790-2 is not a LOINC code' }])
  assert.equal(loadFederalTests('NAME\nx').problems.length, 1)
})

test('the federal catalogue of units adds spellings, and what contradicts ours is a problem with its line', () => {
  const { units, problems } = loadFederalUnits(
    'ID;FULLNAME;SHORTNAME;UCUM\n7;Миллимоль на литр;ммоль/л;mmol/L\n8;Нечто;нчт;umol/L\n9;Грамм;г/л;mol/L\n10;Пусто;пст;',
  )
  assert.equal(units.get('нчт'), 'umol/L')
  assert.equal(units.get('7'), 'mmol/L')
  assert.equal(units.get('г/л'), undefined)
  assert.deepEqual(
    problems.map(({ line }) => line),
    [4],
  )
  assert.equal(loadFederalUnits('ID;NAME\n1;x').problems.length, 1)
})
