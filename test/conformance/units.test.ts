/**
 * Units beside other people's work: the spellings of the federal directory of laboratory tests, each with the code that it
 * must become, and the validator of the US National Library of Medicine over every code that can come out.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { convert, formatDecimal, measureOf, parseDecimal, readUnit } from '../../src/research/unify/index.ts'
import { AMBIGUOUS, PHRASES, WORDS } from '../../src/research/unify/units/spellings.ts'

interface Validator {
  validateUnitString(unit: string): { status: 'valid' | 'invalid' | 'error' }
  convertUnitTo(from: string, value: number, to: string): { status: string; toVal: number }
}
const { UcumLhcUtils } = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as {
  UcumLhcUtils: { getInstance(): Validator }
}
const validator = UcumLhcUtils.getInstance()

/** FSLI (NSI OID 1.2.643.5.1.13.13.11.1080): spelling, how many analytes have it, what it means */
const FSLI = `
  кЕд/л	1192	kU/L
  кМЕ/л	984	k[iU]/L
  мкг/мл	915	ug/mL
  нг/мл	902	ng/mL
  мг/мл	723	mg/mL
  Ед/мл	614	U/mL
  мкг/г	596	ug/g
  нг/г	593	ng/g
  %	298	%
  мг/л	284	mg/L
  МЕ/мл	231	[iU]/mL
  мкг/л	188	ug/L
  1/мкл	168	/uL
  титр	144	{titer}
  мкмоль/л	128	umol/L
  пг/мл	101	pg/mL
  % в гейте	92	%
  копий/мл	64	{copies}/mL
  1/поле зр.	63	/{field}
  ммоль/л	63	mmol/L
  нмоль/л	60	nmol/L
  г/л	54	g/L
  мг/дл	39	mg/dL
  10^9/л	37	10*9/L
  1/поле зр. выс. ув.	33	/[HPF]
  1/поле зр. низ. ув.	31	/[LPF]
  ГЭ/мл	30	{GE}/mL
  lg копий/10^5 клеток	30	refused
  пмоль/л	29	pmol/L
  с	28	s
  нмоль/мл	28	nmol/mL
  мг/сут	25	mg/d
  Ед/л	24	U/L
  нг/л	24	ng/L
  мкг/сут	24	ug/d
  Титр	21	{titer}
  мкмоль/сут	21	umol/d
  МЕ/л	19	[iU]/L
  мин	17	min
  нмоль/сут	16	nmol/d
  безразм. ед.	15	1
  1/мл	14	/mL
  ммоль/сут	14	mmol/d
  нг/дл	14	ng/dL
  % от ОБМ	14	%
  БОЕ/мл	13	[PFU]/mL
  нг/сут	13	ng/d
  10^3/мкл	12	10*3/uL
  мМЕ/мл	12	m[iU]/mL
  lg ГЭ/10^5 клеток	10	refused
  Ед/мл эритроцитов	10	U/mL{RBC}
  ME/мл	9	[iU]/mL
  мм	9	mm
  10^3/л	9	10*3/L
  мкг/дл	8	ug/dL
  lg копий/мл	8	refused
  ЕД/мл	8	U/mL
  мл/мин	8	mL/min
  Ед/г гемоглобина	8	U/g{Hb}
  ед. Бетесда/мл	8	[beth'U]/mL
  КОЕ/мл	6	[CFU]/mL
  мкмоль /л/ч	6	umol/L/h
  Lg	6	refused
  10^6/л	5	10*6/L
  КОЕ/г	5	[CFU]/g
  КОЕ/см2	5	[CFU]/cm2
  пг	5	pg
  нмоль/мл/ч	5	nmol/mL/h
  Усл. ед.	5	[arb'U]
  ГЭ/образец	5	{GE}/{sample}
  Δlg	5	refused
  10^6/мл	4	10*6/mL
  мМЕ/л	4	m[iU]/L
  г/сут	4	g/d
  моль/л	4	mol/L
  нмоль/г	4	nmol/g
  мкм/мин	4	um/min
  мкм	4	um
  фл	4	fL
  мкМЕ/мл	3	u[iU]/mL
  73м^2	3	refused
  мл/мин/1	3	mL/min/{1.73_m2}
  мл	3	mL
  BAU/мл	3	refused
  мм.рт.ст.	3	mm[Hg]
  гем. ед./мл	3	refused
  мкмоль/мл	3	umol/mL
  1/500 клеток	3	/(500.{cells})
  ГЭ	3	{GE}
  ppm	3	[ppm]
  ФАЕ/л	2	refused
  10^12/л	2	10*12/L
  10^6/мкл	2	10*6/uL
  10^6/сут	2	10*6/d
  pH	2	[pH]
  г/дл	2	g/dL
  c	2	ambiguous
  ед/мл	2	U/mL
  Копий/10^5 клеток	2	{copies}/10*5{cells}
  ГЭ/10^5 клеток	2	{GE}/10*5{cells}
  копий/10^5 клеток	2	{copies}/10*5{cells}
  мЕд/мл	2	mU/mL
  пг/дл	2	pg/dL
  мл/сут	2	mL/d
  мкмоль/г	2	umol/g
  у.е.	2	[arb'U]
  нг/мл/ч	2	ng/mL/h
  нмоль/мл/мин	2	nmol/mL/min
  мкг/г креатинина	2	ug/g{creat}
  мкмоль/моль креатинина	2	umol/mol{creat}
  МЕ/кг	2	[iU]/kg
  10^6	2	10*6
  CH50/мл	2	refused
  log копий/10^5 клеток	2	refused
  см	2	cm
  ISU-E	1	refused
  10^5/сут	1	10*5/d
  PRU	1	refused
  ARU	1	refused
  °	1	ambiguous
  SI	1	refused
  FI	1	refused
  1/л	1	/L
  10^6 копий/мл	1	10*6.{copies}/mL
  КОЕ/л	1	[CFU]/L
  КОЕ/см3	1	[CFU]/cm3
  КОЕ/см4	1	refused
  шт	1	1
  % нейтрализации	1	%
  л	1	L
  л/сут	1	L/d
  мОсм/кг	1	mosm/kg
  мОсмоль/кг	1	mosm/kg
  Ед/кг	1	U/kg
  мкг/кг	1	ug/kg
  моль/кг	1	mol/kg
  Ст	1	St
  отн. ед.	1	1
  (нмоль/л)*мин	1	nmol/L.min
  нмоль*мин	1	nmol.min
  нмоль/л/ч	1	nmol/L/h
  мг/г креатинина	1	mg/g{creat}
  ммоль/моль	1	mmol/mol
  пг/сут	1	pg/d
  мкмоль/ммоль креатинина	1	umol/mmol{creat}
  Ед/10^9	1	U/10*9
  мЕд/л	1	mU/L
  норм. отн.	1	refused
  мкмоль/л/ч	1	umol/L/h
  нмоль/мл эритроцитов/сек	1	nmol/mL{RBC}/s
  г/кг	1	g/kg
  нмоль/ммоль креатинина	1	nmol/mmol{creat}
  мкЕд/мл	1	uU/mL
  МЕ/сут	1	[iU]/d
  мкмоль/ч	1	umol/h
  мг/12ч	1	mg/(12.h)
  пмоль/мл	1	pmol/mL
  ммоль/мл	1	mmol/mL
  моль/мл	1	mol/mL
  ч	1	h
  мОсмоль/л	1	mosm/L
  мкСм/см	1	uS/cm
  Ед. JDF/мл	1	refused
  Ме/мл	1	[iU]/mL
  % захвата	1	%
  мМе/мл	1	m[iU]/mL
  г	1	g
  мл/л	1	mL/L
  сут	1	d
  мкм/с	1	um/s
  кЕд/	1	refused
  мм/ч	1	mm/h
  % КВМ	1	%`

const fsli = FSLI.trim()
  .split('\n')
  .map((line) => line.trim().split('\t'))
  .map(([spelling = '', analytes = '', meaning = '']) => ({ spelling, analytes: Number(analytes), meaning }))

test('at least 98 % of the federal directory’s units by analyte are read, and none is read wrongly', () => {
  assert.equal(fsli.length, 173)
  let read = 0
  for (const { spelling, analytes, meaning } of fsli) {
    const reading = readUnit(spelling)
    assert.equal(reading.status === 'ok' ? reading.ucum : reading.status, meaning, spelling)
    if (reading.status === 'ok') read += analytes
  }
  const all = fsli.reduce((sum, { analytes }) => sum + analytes, 0)
  assert.ok(read / all >= 0.98, `${((100 * read) / all).toFixed(2)} %`)
})

test('every code that can come out is UCUM to the NLM’s validator, and to our own reader', () => {
  const codes = new Set([
    ...WORDS.values(),
    ...PHRASES.values(),
    ...[...AMBIGUOUS.values()].flat(),
    ...fsli.map(({ meaning }) => meaning).filter((meaning) => meaning !== 'refused' && meaning !== 'ambiguous'),
  ])
  assert.ok(codes.size > 150, `${codes.size} codes`)
  for (const code of codes) {
    assert.equal(validator.validateUnitString(code).status, 'valid', code)
    assert.ok(measureOf(code), code)
  }
})

test('conversions agree with the NLM’s to its last digits, and are exact where it is not', () => {
  const pairs = [
    ['6.5', '10*3/uL', '10*9/L'],
    ['88', 'umol/L', 'mol/L'],
    ['13.8', 'g/dL', 'g/L'],
    ['120', 'mm[Hg]', 'Pa'],
    ['36.6', 'Cel', 'K'],
    ['98.6', '[degF]', 'K'],
    ['17', 'cm[H2O]', 'Pa'],
    ['72', '/min', 'Hz'],
    ['2.5', 'ukat/L', 'U/L'],
    ['1.8', 'L/d', 'mL/min'],
    ['70', 'kg', 'g'],
    ['43.1', '%', '1'],
  ] as const
  for (const [value, from, to] of pairs) {
    const theirs = validator.convertUnitTo(from, Number(value), to)
    assert.equal(theirs.status, 'succeeded', `${from} to ${to}`)
    const ours = convert(parseDecimal(value) ?? assert.fail(), from, to) ?? assert.fail(`${from} to ${to}`)
    assert.ok(
      Math.abs(Number(formatDecimal(ours)) / theirs.toVal - 1) < 1e-3,
      `${value} ${from}: ${theirs.toVal} ${to}`,
    )
  }
  const exact = convert(parseDecimal('6.5') ?? assert.fail(), '10*3/uL', '10*9/L') ?? assert.fail()
  assert.equal(formatDecimal(exact), '6.5')
})
