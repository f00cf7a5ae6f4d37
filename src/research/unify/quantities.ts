/** How a quantity becomes the unified one: the same dimension by UCUM, another by what the analyte's table row allows. */
import { Recent } from '../../base/index.ts'
import { divideRatios, multiplyRatios, parseDecimal, ratioOf, times, type Decimal, type Ratio } from './decimal.ts'
import type { Concept } from './analytes/concepts.ts'
import { SUBSTANCES } from './substances/substances.ts'
import { converter, dimensionOf, measureOf, type Measure } from './units/ucum.ts'

export type Unified =
  | { readonly value: Decimal; readonly unit: string; readonly rule: string; readonly assumed: boolean }
  | { readonly refused: 'unit-dimension' | 'conversion-refused' }

/**
 * Units of quantities whose analyte is not known: by dimension. Amounts are moles in a litre; what has no amount keeps
 * the unit that medicine counts it in.
 */
const CANONICAL = `
  mol/L mol mol/d mol/kg g/L g g/d 10*9/L U/L U [iU]/L [iU] [arb'U]/L [arb'U] osm/kg osm/L
  m m2 Pa K s L mL/min/{1.73_m2} 1 deg [pH] kg/m2 {titer} {score} [CFU]/L [PFU]/L {copies}/L {GE}/L
  /[HPF] /[LPF] /{field} mol/s/L g/mol eq/L`
const CANONICAL_BY_DIMENSION = new Map(
  CANONICAL.trim()
    .split(/\s+/)
    .map((unit) => [measureOf(unit)?.dimension ?? unit, unit]),
)
// clearances, beats and sedimentation keep the time that everybody reads them in
for (const unit of ['mL/min', '/min', 'mm/h']) CANONICAL_BY_DIMENSION.set(measureOf(unit)?.dimension ?? unit, unit)

/** the unified unit of a quantity without a known analyte */
export const canonicalUnit = (ucum: string): string =>
  CANONICAL_BY_DIMENSION.get(measureOf(ucum)?.dimension ?? '') ?? ucum

/** 1 international unit of insulin is 6.00 nmol (consensus of 2010, human insulin by mass spectrometry) */
const INSULIN_MOL_PER_IU: Ratio = { over: 6n, under: 10n ** 9n }
const ONE: Ratio = { over: 1n, under: 1n }

/** How a unit becomes the unified one of an analyte, whatever the number is. */
export type Conversion =
  | {
      readonly unit: string
      readonly rule: string
      readonly assumed: boolean
      /** equal where the same number becomes the same number */
      readonly same: string
      of(value: Decimal): Decimal
    }
  | { readonly refused: 'unit-dimension' | 'conversion-refused' }

/**
 * @param value and @param from as measured, UCUM
 * @param concept the analyte; without one only the prefix changes
 */
export function unifyQuantity(value: Decimal, from: string, concept?: Concept): Unified {
  const conversion = conversionOf(from, concept)
  if ('refused' in conversion) return conversion
  const { unit, rule, assumed } = conversion
  return { value: conversion.of(value), unit, rule, assumed }
}

const conversions = new Recent<Conversion>(5000)

/** @param from UCUM */
export const conversionOf = (from: string, concept?: Concept): Conversion =>
  conversions.of(`${concept?.code ?? ''} ${from}`, () => newConversion(from, concept))

function newConversion(from: string, concept: Concept | undefined): Conversion {
  const unit = concept?.unit ?? canonicalUnit(from)
  if (concept?.only && !concept.only.some((one) => one === from)) return { refused: 'unit-dimension' }
  const direct = converter(from, unit)
  if (direct) return { unit, rule: from === unit ? 'unit.same' : 'unit.convert', assumed: false, ...direct }
  const source = measureOf(from)
  const target = measureOf(unit)
  if (!concept || !source || !target) return { refused: 'unit-dimension' }
  for (const { measured, rule, assumed, ...bridge } of bridges(concept)) {
    const factor = across(source, target, bridge)
    if (!factor) continue
    const same = `${factor.over}/${factor.under}`
    return { unit, rule, assumed, same, of: (value) => times(value, factor, measured) }
  }
  const massAndAmount =
    across(source, target, { ...MASS_TO_AMOUNT, ratio: ONE }) ?? across(source, target, AMOUNT_TO_MASS)
  return { refused: massAndAmount ? 'conversion-refused' : 'unit-dimension' }
}

interface Bridge {
  readonly from: string
  readonly to: string
  /** how much of `to` one of `from` is */
  readonly ratio: Ratio
  readonly rule: string
  /** the ratio is itself a measured number */
  readonly measured: boolean
  readonly assumed: boolean
}

const MASS_TO_AMOUNT: Omit<Bridge, 'ratio'> = { from: 'g', to: 'mol', rule: '', measured: true, assumed: false }
const AMOUNT_TO_MASS: Bridge = { from: 'mol', to: 'g', ratio: ONE, rule: '', measured: true, assumed: false }

function bridges(concept: Concept): Bridge[] {
  const list: Bridge[] = []
  const mass = concept.substance && SUBSTANCES.get(concept.substance)?.molarMass
  if (mass) {
    const ratio = divideRatios(ONE, ratioOf(mass))
    list.push({ ...MASS_TO_AMOUNT, ratio, rule: `molar.${concept.substance}` })
  }
  if (concept.charge)
    list.push({
      from: 'eq',
      to: 'mol',
      ratio: { over: 1n, under: BigInt(concept.charge) },
      rule: 'charge',
      measured: false,
      assumed: false,
    })
  const same = { ratio: ONE, measured: false }
  // the international unit of an enzyme is the unit of its catalytic activity, 1 µmol/min (IUB 1964); that is mol1.s-1
  if (concept.units === 'enzyme') list.push({ from: '[iU]', to: 'U', ...same, rule: 'unit.enzyme-iu', assumed: false })
  if (concept.units === 'arbitrary')
    list.push({ from: 'U', to: '[iU]', ...same, rule: 'unit.of-standard', assumed: true })
  if (concept.units === 'insulin') {
    const insulin = { ratio: INSULIN_MOL_PER_IU, measured: true }
    list.push({ from: '[iU]', to: 'mol', ...insulin, rule: 'iu.insulin', assumed: false })
    list.push({ from: 'U', to: 'mol', ...insulin, rule: 'iu.insulin', assumed: true })
  }
  return list
}

/** the factor of a unit whose one base is another in the unified unit; undefined where more than that differs */
function across(
  source: Measure,
  target: Measure,
  { from, to, ratio }: Pick<Bridge, 'from' | 'to' | 'ratio'>,
): Ratio | undefined {
  const [fromUnit, toUnit] = [measureOf(from), measureOf(to)]
  if (!fromUnit || !toUnit) return undefined
  const bases: Record<string, number> = { ...source.bases }
  for (const [base, exponent] of Object.entries(fromUnit.bases)) bases[base] = (bases[base] ?? 0) - exponent
  for (const [base, exponent] of Object.entries(toUnit.bases)) bases[base] = (bases[base] ?? 0) + exponent
  if (dimensionOf(bases) !== target.dimension) return undefined
  const changed = multiplyRatios(divideRatios(source.factor, fromUnit.factor), multiplyRatios(ratio, toUnit.factor))
  return divideRatios(changed, target.factor)
}

/** a decimal of a table that is known to be one */
export function decimalOf(text: string): Decimal {
  const read = parseDecimal(text)
  if (!read) throw new TypeError(`${text} is no decimal`)
  return read
}
