/**
 * LOINC codes: the check digit, and what each code of our subset measures. LOINC is copyright © Regenstrief Institute,
 * Inc. and the LOINC Committee; the notice stands in `docs/unification.md`. Codes and properties are unchanged.
 */
import { measureOf } from '../units/ucum.ts'

/** LOINC property (the second axis of a name), as the subset uses it */
export type LoincProperty = keyof typeof PROPERTY_UNITS

/** property → units it is measured in; a unit of another dimension contradicts the code */
const PROPERTY_UNITS = {
  SCnc: ['mol/L', 'eq/L'],
  MCnc: ['g/L'],
  NCnc: ['/L'],
  CCnc: ['U/L', '[iU]/L'],
  ACnc: ['[iU]/L', 'U/L', "[arb'U]/L"],
  NFr: ['1', '{ratio}'],
  VFr: ['1'],
  MFr: ['1'],
  SFr: ['1'],
  MRto: ['1', 'g/mol'],
  Rto: ['1', 'g/mol'],
  RelTime: ['1'],
  RelRto: ['1'],
  Time: ['s'],
  EntVol: ['L'],
  EntMass: ['g'],
  EntNum: ['1'],
  Vel: ['m/s'],
  Pres: ['Pa'],
  NRat: ['Hz'],
  Temp: ['K'],
  Mass: ['g'],
  Len: ['m'],
  VRat: ['L/s', 'L/s/{1.73_m2}'],
  Ratio: ['1', 'g/m2'],
  LsCnc: ['[pH]', '1'],
  PrThr: ['1'],
} as const satisfies Record<string, readonly string[]>

const DIMENSIONS = new Map(
  Object.entries(PROPERTY_UNITS).map(([property, units]) => [
    property,
    new Set(units.map((unit) => measureOf(unit)?.dimension)),
  ]),
)

export const isLoincProperty = (text: string): text is LoincProperty => text in PROPERTY_UNITS

/** whether a unit can be one of this property; `{annotations}` alone never contradict */
export function fitsProperty(property: LoincProperty, ucum: string): boolean {
  const dimension = measureOf(ucum)?.dimension
  return dimension === undefined || (DIMENSIONS.get(property)?.has(dimension) ?? false)
}

/**
 * The mod 10 check digit of a LOINC code (LOINC Users' Guide, appendix C): from the right, digits in odd places are read
 * as one number and doubled, the others are put in front, and all digits are added up.
 * @returns undefined where the text does not have the form of a LOINC code
 */
export function isLoincCode(code: string): boolean | undefined {
  const [, number = '', check] = /^(\d{1,7})-(\d)$/.exec(code) ?? []
  if (check === undefined) return undefined
  const digits = [...number].reverse()
  const odd = digits.filter((_, at) => at % 2 === 0).reverse()
  const even = digits.filter((_, at) => at % 2 === 1).reverse()
  const doubled = String(2n * BigInt(odd.join('') || '0'))
  const sum = [...(even.join('') + doubled)].reduce((total, digit) => total + Number(digit), 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}
