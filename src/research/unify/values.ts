/** Reads the value of an observation: a number, perhaps with a comparator; a grade; or words that stay words. */
import { parseDecimal, type Decimal } from './decimal.ts'
import type { Comparator, Ordinal } from './observation.ts'

export type StatedValue =
  | { readonly kind: 'number'; readonly value: Decimal; readonly comparator?: Comparator }
  | { readonly kind: 'ordinal'; readonly value: Ordinal }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }

const COMPARATORS: Readonly<Record<string, Comparator>> = {
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '≤': '<=',
  '≥': '>=',
  '=<': '<=',
  '=>': '>=',
}

const GRADES: ReadonlyMap<string, Ordinal> = new Map(
  Object.entries({
    negative:
      'отрицательно отрицательный отрицательная отриц отр необнаружено необнаружен необнаружены невыявлено невыявлены отсутствует отсутствуют negative neg notdetected nonreactive absent nd',
    trace: 'следы trace traces tr ± +/- +-',
    positive:
      'положительно положительный положительная полож пол обнаружено обнаружен обнаружены выявлено выявлены positive pos detected reactive present +',
    '1+': '1+ +1',
    '2+': '2+ +2 ++',
    '3+': '3+ +3 +++',
    '4+': '4+ +4 ++++',
  } satisfies Record<Ordinal, string>).flatMap(([grade, words]) =>
    words.split(' ').map((word) => [word, grade as Ordinal] as const),
  ),
)

const NUMERIC_TYPES = new Set(['NM', 'PQ', 'SN', 'INT', 'REAL'])

/** @param valueType `NM`, `SN`, `PQ` must be numbers; other types may be, and are read as one where they are */
export function readValue(text: string, valueType: string): StatedValue {
  const plain = text.trim()
  if (plain === '' || plain === '""') return { kind: 'none' }
  const whole = parseDecimal(plain)
  if (whole) return { kind: 'number', value: whole }
  const [, sign = '', number = ''] = /^([<>=≤≥]{0,2})\s*([+-]?[\d.,eE+-]+)$/.exec(plain) ?? []
  const value = parseDecimal(number)
  const comparator = COMPARATORS[sign]
  if (value && (sign === '' || sign === '=' || comparator))
    return comparator ? { kind: 'number', value, comparator } : { kind: 'number', value }
  const grade = GRADES.get(
    plain.toLowerCase().replaceAll(/[\s.\-_]/g, (sign) => (sign === '-' && plain.length < 4 ? sign : '')),
  )
  if (grade) return { kind: 'ordinal', value: grade }
  return NUMERIC_TYPES.has(valueType) && valueType !== 'SN' ? { kind: 'unreadable' } : { kind: 'text', value: plain }
}
