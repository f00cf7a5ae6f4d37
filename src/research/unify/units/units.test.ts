import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinedUnit, readUnit } from './read-unit.ts'
import { commensurable, measureOf } from './ucum.ts'

/** written | meant */
const VECTORS = `
  10*9/L | 10*9/L
  10^9/L | 10*9/L
  10^9/л | 10*9/L
  x10^9/л | 10*9/L
  х10^9/л | 10*9/L
  ×10⁹/л | 10*9/L
  10⁹/л | 10*9/L
  10E9/L | 10*9/L
  10е9/л | 10*9/L
  10(9)/л | 10*9/L
  10^3/μL | 10*3/uL
  10**12/л | 10*12/L
  млн/мкл | 10*6/uL
  тыс/мкл | 10*3/uL
  тыс. в мкл | 10*3/uL
  тыс. кл/мкл | 10*3.{cells}/uL
  K/uL | 10*3/uL
  Gpt/l | 10*9/L
  1/мкл | /uL
  кл/мкл | {cells}/uL
  г/л | g/L
  г%  | g/dL
  мг% | mg/dL
  мг/дл | mg/dL
  MG/DL | mg/dL
  Mg/dL | mg/dL
  mcg/mL | ug/mL
  нг/мл | ng/mL
  нг/мl | ng/mL
  PG | pg
  фл | fL
  мкмоль/л | umol/L
  МКМОЛЬ/Л | umol/L
  mмоль/л | mmol/L
  ммoль/л | mmol/L
  ммоль/л | mmol/L
  µmol/L | umol/L
  μmol/l | umol/L
  umol/l | umol/L
  mM | mmol/L
  мэкв/л | meq/L
  Ед/л | U/L
  Ед./л | U/L
  ЕД/Л | U/L
  МЕ/мл | [iU]/mL
  ME/мл | [iU]/mL
  мкМЕ/мл | u[iU]/mL
  mIU/L | m[iU]/L
  MIU/L | m[iU]/L
  мккат/л | ukat/L
  % | %
  сек | s
  с | s
  мм/ч | mm/h
  мм/час | mm/h
  мл/мин/1,73м^2 | mL/min/{1.73_m2}
  мл/мин/1.73 кв.м | mL/min/{1.73_m2}
  mL/min/1.73m2 | mL/min/{1.73_m2}
  мм рт.ст. | mm[Hg]
  мм.рт.ст. | mm[Hg]
  mmHg | mm[Hg]
  кПа | kPa
  °C | Cel
  гр. C | Cel
  г/сут | g/d
  ммоль/24ч | mmol/d
  мг/ммоль креатинина | mg/mmol{creat}
  нмоль/(л·ч) | nmol/(L.h)
  мОсм/кг | mosm/kg
  кг/м2 | kg/m2
  в п/зр. | /{field}
  1 в п/зр | /{field}
  МНО | 1
  pH | [pH]
`

test('units as they are written in Russian, Latin, mixed and torn become UCUM', () => {
  const vectors = VECTORS.trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
  assert.ok(vectors.length >= 57)
  for (const [written = '', meant] of vectors) {
    const reading = readUnit(written)
    assert.equal(reading.status === 'ok' ? reading.ucum : reading.status, meant, written)
  }
})

test('what means several things is refused with its meanings, and what means nothing is refused', () => {
  for (const written of ['Г/л', 'Т/л', 'c', 'Ед', 'м', '°', 'мЕ/л', '109/л', '10 9/л'])
    assert.equal(readUnit(written).status, 'ambiguous', written)
  for (const written of [
    '',
    'abc',
    'lg копий/мл',
    'КОЕ/см4',
    '73м^2',
    'кЕд/',
    'BAU/мл',
    'мг/л FEU',
    'л г',
    '/',
    'x'.repeat(99),
  ])
    assert.equal(readUnit(written).status, 'refused', written)
})

test('10^9/L that the component separator tore apart is joined again', () => {
  assert.equal(joinedUnit(['10', '9/L']), '10^9/L')
  assert.equal(joinedUnit(['x10', '12/л']), 'x10^12/л')
  assert.equal(joinedUnit(['mmol/L', 'millimole per litre', 'UCUM']), 'mmol/L')
  assert.equal(joinedUnit([]), '')
})

test('an amount is no number, and one arbitrary unit is not another', () => {
  assert.ok(commensurable('mg/dL', 'g/L') && commensurable('U/L', 'nkat/L') && commensurable('{cells}/uL', '10*9/L'))
  for (const [one, other] of [
    ['mol/L', '/L'],
    ['[iU]/L', 'U/L'],
    ["[arb'U]", '1'],
    ['mL/min', 'mL/min/{1.73_m2}'],
    ['meq/L', 'mmol/L'],
  ] as const)
    assert.ok(!commensurable(one, other), `${one} ${other}`)
  for (const broken of ['mol/', '/', '', 'mol//L', 'Mg', 'G/L', '(g', 'g)', 'mol/L.', '10*99'])
    assert.equal(measureOf(broken), undefined, broken)
})
