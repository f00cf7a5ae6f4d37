/**
 * Substances with a defined molar mass: the only ones whose mass and amount are converted. The mass is computed from the
 * formula. Proteins without a defined mass (ferritin, CRP, lipoprotein(a), hormones measured against a standard) are not
 * here on purpose: they are refused.
 */
import { addDecimals, parseDecimal, type Decimal } from '../decimal.ts'
import { ATOMIC_WEIGHTS } from './atomic-weights.ts'

export interface Substance {
  readonly code: string
  readonly formula: string
  /** g/mol */
  readonly molarMass: Decimal
  /** where medicine counts something else than its name says */
  readonly convention: string
}

const TABLE = `
  glucose            C6H12O6
  creatinine         C4H7N3O
  creatine           C4H9N3O2
  urea               CH4N2O
  urea-nitrogen      N2              both nitrogen atoms of urea: the result is the amount of urea
  urate              C5H4N4O3        as uric acid
  bilirubin          C33H36N4O6
  cholesterol        C27H46O
  triglycerides      C57H104O6       as triolein
  calcium            Ca
  magnesium          Mg
  phosphate          P               as phosphorus
  iron               Fe
  copper             Cu
  zinc               Zn
  sodium             Na
  potassium          K
  chloride           Cl
  lithium            Li
  lead               Pb
  selenium           Se
  lactate            C3H6O3          as lactic acid
  ammonia            NH3             as ammonia
  cortisol           C21H30O5
  aldosterone        C21H28O5
  testosterone       C19H28O2
  estradiol          C18H24O2
  progesterone       C21H30O2
  dhea               C19H28O2
  androstenedione    C19H26O2
  thyroxine          C15H11I4NO4
  triiodothyronine   C15H12I3NO4
  calcidiol          C27H44O2        as 25-hydroxyvitamin D3
  cobalamin          C63H88CoN14O14P as cyanocobalamin
  folate             C19H19N7O6      as folic acid
  homocysteine       C4H9NO2S
  digoxin            C41H64O14
  ethanol            C2H6O
  acetone            C3H6O
  citrate            C6H8O7          as citric acid
`

export const SUBSTANCES: ReadonlyMap<string, Substance> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => /^\s*(\S+)\s+(\S+)\s*(.*)$/.exec(line)?.slice(1) ?? [])
    .map(([code = '', formula = '', convention = '']) => [
      code,
      { code, formula, molarMass: molarMass(formula), convention },
    ]),
)

/**
 * @param formula of one kind of molecule without brackets: `C6H12O6`
 * @returns g/mol, the sum of the standard atomic weights
 * @throws TypeError for an element that is not in the table
 */
export function molarMass(formula: string): Decimal {
  let sum: Decimal = { digits: 0n, exponent: 0 }
  for (const [, element = '', count = ''] of formula.matchAll(/([A-Z][a-z]?)(\d*)/g)) {
    const weight = parseDecimal(ATOMIC_WEIGHTS[element] ?? '')
    if (!weight) throw new TypeError(`no atomic weight of ${element}`)
    sum = addDecimals(sum, { digits: weight.digits * BigInt(count || 1), exponent: weight.exponent })
  }
  return sum
}
