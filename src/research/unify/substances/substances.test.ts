import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONCEPTS } from '../analytes/concepts.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { unifyQuantity } from '../quantities.ts'
import { molarMass, SUBSTANCES } from './substances.ts'

/** molar mass as computed elsewhere: from the formula with the weights of IUPAC 2021 */
const MASSES = `
  glucose 180.156 creatinine 113.120 urea 60.056 urea-nitrogen 28.014 urate 168.112 bilirubin 584.673
  cholesterol 386.664 triglycerides 885.453 calcium 40.078 magnesium 24.305 phosphate 30.974 iron 55.845 copper 63.546
  zinc 65.380 lactate 90.078 ammonia 17.031 cortisol 362.466 aldosterone 360.450 testosterone 288.431 estradiol 272.388
  progesterone 314.469 dhea 288.431 androstenedione 286.415 thyroxine 776.872 triiodothyronine 650.976 calcidiol 400.647
  cobalamin 1355.388 folate 441.404 homocysteine 135.181 creatine 131.135 digoxin 780.949 ethanol 46.069 acetone 58.080
  citrate 192.123`

/**
 * Published factors: chemistry journal table of Chung Shan Medical University (w3.csmu.edu.tw) and the conversion table of
 * elephantcare.org. Misprints of other tables are not here: creatinine 83.3, cholesterol 0.26, urea nitrogen 0.7140.
 */
const FACTORS = `
  glucose mg/dL mmol/L 0.05551
  creatinine mg/dL umol/L 88.4
  urea-nitrogen mg/dL mmol/L 0.357
  bilirubin-total mg/dL umol/L 17.1
  cholesterol mg/dL mmol/L 0.02586
  calcium mg/dL mmol/L 0.2495
  magnesium mg/dL mmol/L 0.4114
  phosphate mg/dL mmol/L 0.3229
  lactate mg/dL mmol/L 0.111
  ammonia ug/dL umol/L 0.587
  cortisol ug/dL nmol/L 27.59
  aldosterone ng/dL nmol/L 0.02774
  estradiol pg/mL pmol/L 3.671
  dhea ng/mL nmol/L 3.467
  androstenedione ng/dL nmol/L 0.03492
  creatine mg/dL umol/L 76.26
  digoxin ng/mL nmol/L 1.281
  ethanol mg/dL mmol/L 0.217
  acetone mg/dL mmol/L 0.1722
  citrate mg/dL umol/L 52.05`

test('every molar mass is that of its formula', () => {
  const masses = [...MASSES.matchAll(/(\S+) ([\d.]+)/g)]
  assert.equal(masses.length, 34)
  for (const [, code = '', mass] of masses) {
    const substance = SUBSTANCES.get(code) ?? assert.fail(code)
    assert.deepEqual(substance.molarMass, molarMass(substance.formula))
    assert.ok(Math.abs(Number(formatDecimal(substance.molarMass)) / Number(mass) - 1) < 1e-4, code)
  }
  assert.throws(() => molarMass('Xx2'), TypeError)
})

test('mass becomes amount by a factor within 0.05 % of the published ones', () => {
  for (const line of FACTORS.trim().split('\n')) {
    const [analyte = '', from = '', to = '', published = ''] = line.trim().split(' ')
    const concept = CONCEPTS.get(analyte) ?? assert.fail(analyte)
    const one = parseDecimal('1.00000') ?? assert.fail()
    const ours = unifyQuantity(one, from, concept)
    const theirs = unifyQuantity(parseDecimal(published) ?? assert.fail(), to, concept)
    if ('refused' in ours || 'refused' in theirs) return assert.fail(line)
    assert.equal(ours.unit, 'mol/L')
    const ratio = Number(formatDecimal(ours.value)) / Number(formatDecimal(theirs.value))
    assert.ok(Math.abs(ratio - 1) <= 5e-4, `${line}: ${formatDecimal(ours.value)}`)
  }
})

test('what has no defined mass is refused, and so are units that only look alike', () => {
  const refused = (code: string, unit: string) => {
    const unified = unifyQuantity(parseDecimal('70') ?? assert.fail(), unit, CONCEPTS.get(code) ?? assert.fail(code))
    return 'refused' in unified ? unified.refused : formatDecimal(unified.value)
  }
  for (const protein of ['ferritin', 'crp', 'protein-total', 'albumin', 'fibrinogen', 'psa-total', 'hemoglobin'])
    assert.equal(refused(protein, 'umol/L'), 'conversion-refused', protein)
  // HbA1c by IFCC and by NGSP are two scales with an offset between them
  assert.equal(refused('hba1c', 'mmol/mol'), 'unit-dimension')
  assert.equal(refused('hba1c-ifcc', '%'), 'unit-dimension')
  assert.equal(refused('glucose', 'U/L'), 'unit-dimension')
  assert.equal(refused('vitamin-d', '[iU]/L'), 'unit-dimension')
})

test('units of activity are what they are for this analyte: an enzyme’s, a standard’s, an amount of insulin', () => {
  const unified = (code: string, value: string, unit: string) => {
    const result = unifyQuantity(parseDecimal(value) ?? assert.fail(), unit, CONCEPTS.get(code))
    return 'refused' in result
      ? assert.fail(result.refused)
      : `${formatDecimal(result.value)} ${result.unit} ${result.rule}`
  }
  assert.equal(unified('alt', '30', '[iU]/L'), '30 U/L unit.enzyme-iu')
  assert.equal(unified('alt', '0.50', 'ukat/L'), '30.0 U/L unit.convert')
  assert.equal(unified('tsh', '2.5', 'uU/mL'), '2.5 m[iU]/L unit.of-standard')
  assert.equal(unified('insulin', '10', 'u[iU]/mL'), '6.000e-11 mol/L iu.insulin')
  assert.equal(unified('calcium', '8', 'meq/L'), '0.004 mol/L charge')
  assert.equal(unified('systolic-pressure', '120', 'mm[Hg]'), '15998.64 Pa unit.convert')
  assert.equal(unified('body-height', '180', 'cm'), '1.80 m unit.convert')
  assert.equal(unified('body-temperature', '36.6', 'Cel'), '309.75 K unit.convert')
})
