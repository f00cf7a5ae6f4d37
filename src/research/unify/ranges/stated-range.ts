/** Reads reference ranges as makers and laboratories write them (OBX-7; HL7 v2.5.1 §7.4.2.7). */
import { compareDecimals, parseDecimal, type Decimal } from '../decimal.ts'

export type StatedRange =
  | {
      readonly kind: 'interval'
      readonly low?: Decimal
      readonly high?: Decimal
      readonly lowExclusive?: true
      readonly highExclusive?: true
      /** what stands behind the numbers, where a unit may be */
      readonly unit: string
    }
  | { readonly kind: 'text' }
  /** low above high: nothing can be concluded from it */
  | { readonly kind: 'disordered' }
  | { readonly kind: 'none' }

const NUMBER = String.raw`[+-]?\d+(?:[.,]\d+)?`
const UNIT = String.raw`\s*(?<unit>[^\d\s<>=-].*)?`
const INTERVAL = new RegExp(
  String.raw`^[[(]?(?:от\s+)?(?<low>${NUMBER})\s*(?:[-–—−]{1,2}|\.{2,3}|…|~|\sдо\s|\sto\s)\s*(?<high>\+?\d+(?:[.,]\d+)?)[\])]?${UNIT}$`,
  'i',
)
const ONE_SIDED = new RegExp(String.raw`^(?<sign>[^\d+-]+?)\s*(?<value>${NUMBER})${UNIT}$`, 'i')

/** words and signs of one-sided ranges: side, and whether the bound itself is outside */
const SIGNS: readonly (readonly [RegExp, 'low' | 'high', boolean])[] = [
  [/^(<=|≤|=<|⩽|до|не более|не выше|up to|max|максимум)$/i, 'high', false],
  [/^(<|менее|меньше|ниже|less than|below)$/i, 'high', true],
  [/^(>=|≥|=>|⩾|от|не менее|не ниже|min|минимум)$/i, 'low', false],
  [/^(>|более|больше|свыше|выше|more than|above)$/i, 'low', true],
]

/**
 * @param text `4,00-10,00`, `3,9 - 6,1`, `до 41`, `<140`, `>= 60 мл/мин`, `отрицательно`
 * @returns numbers with the digits they were written with; what has none is text
 */
export function readRange(text: string): StatedRange {
  const plain = text.trim().replaceAll(/\s+/g, ' ')
  if (plain === '' || plain === '-' || plain === '""') return { kind: 'none' }
  const interval = INTERVAL.exec(plain)?.groups
  if (interval) return ordered(parseDecimal(interval.low ?? ''), parseDecimal(interval.high ?? ''), interval.unit ?? '')
  const { sign = '', value = '', unit = '' } = ONE_SIDED.exec(plain)?.groups ?? {}
  const bound = parseDecimal(value)
  const [, side, exclusive] = SIGNS.find(([pattern]) => pattern.test(sign.trim())) ?? []
  if (!bound || !side) return { kind: 'text' }
  return side === 'high'
    ? { kind: 'interval', high: bound, unit, ...(exclusive ? { highExclusive: true } : {}) }
    : { kind: 'interval', low: bound, unit, ...(exclusive ? { lowExclusive: true } : {}) }
}

function ordered(low: Decimal | undefined, high: Decimal | undefined, unit: string): StatedRange {
  if (!low || !high) return { kind: 'text' }
  return compareDecimals(low, high) > 0 ? { kind: 'disordered' } : { kind: 'interval', low, high, unit }
}
