/** The ranges that belong to an observation: the maker's as sent, ours by sex, age, specimen and method, and the flag by ours. */
import type { Concept } from '../analytes/concepts.ts'
import { specimenKind } from '../analytes/specimen.ts'
import { compareDecimals, formatDecimal, parseDecimal, type Decimal } from '../decimal.ts'
import type { Comparator, Interpretation, ReferenceRange, StatedObservation } from '../observation.ts'
import type { UnificationTables } from '../tables.ts'
import type { RangeRow } from './range-table.ts'
import { RANGE_SOURCES } from './starter-ranges.ts'
import type { StatedRange } from './stated-range.ts'

const MAKER = 'as sent with the result'

/** @param ucum the unit of the value, which is that of its range, where it could be read */
export function makersRange(
  range: StatedRange,
  stated: StatedObservation,
  ucum: string | undefined,
): readonly ReferenceRange[] {
  const text = stated.range.trim()
  if (range.kind === 'none') return []
  if (range.kind !== 'interval') return [{ from: 'maker', kind: 'text', text, source: MAKER }]
  const { low, high, lowExclusive, highExclusive } = range
  return [
    {
      from: 'maker',
      kind: 'interval',
      ...(low ? { low: formatDecimal(low) } : {}),
      ...(high ? { high: formatDecimal(high) } : {}),
      ...(lowExclusive ? { lowExclusive } : {}),
      ...(highExclusive ? { highExclusive } : {}),
      ...(ucum ? { unit: ucum } : {}),
      text,
      source: MAKER,
    },
  ]
}

/** ours that nothing contradicts; those whose conditions are all known to hold come first */
export function ourRanges(
  concept: Concept | undefined,
  stated: StatedObservation,
  tables: UnificationTables,
): readonly ReferenceRange[] {
  const rows = (concept ? (tables.ranges.get(concept.code) ?? []) : []).filter((row) => !contradicts(row, stated))
  return rows
    .toSorted((a, b) => Number(applies(b, stated)) - Number(applies(a, stated)))
    .map(({ concept: _concept, line: _line, unverified: _unverified, source, ...range }) => ({
      ...range,
      source: RANGE_SOURCES[source] ?? source,
    }))
}

/** the ends of an interval; a side that is open is not there */
export interface FlaggingRange {
  readonly low: Decimal | undefined
  readonly high: Decimal | undefined
}

/**
 * The first interval of ours that is verified and whose every condition is known to hold: a range that depends on sex or age
 * flags nobody whose sex or age is not there.
 */
export function flaggingRange(
  concept: Concept | undefined,
  stated: StatedObservation,
  tables: UnificationTables,
): FlaggingRange | undefined {
  const rows = (concept && tables.ranges.get(concept.code)) || []
  const row = rows.find((one) => one.kind === 'interval' && !one.unverified && applies(one, stated))
  return row && { low: parseDecimal(row.low ?? ''), high: parseDecimal(row.high ?? '') }
}

/** @param value in the unit of the range */
export function interpret(
  value: Decimal,
  comparator: Comparator | undefined,
  range: FlaggingRange | undefined,
): Interpretation | undefined {
  if (!range) return undefined
  const { low, high } = range
  const below = low && compareDecimals(value, low) < 0
  const above = high && compareDecimals(value, high) > 0
  // `<5` may be anything below: it is low only where 5 is, and high never
  if (comparator === '<' || comparator === '<=') return low && compareDecimals(value, low) <= 0 ? 'L' : undefined
  if (comparator === '>' || comparator === '>=') return high && compareDecimals(value, high) >= 0 ? 'H' : undefined
  return below ? 'L' : above ? 'H' : 'N'
}

/** HL7 table 0078 and the arrows of analysers; undefined where they say nothing about low and high */
export function flagOf(flags: readonly string[]): Interpretation | undefined {
  for (const flag of flags) {
    if (/^(L|LL|<|↓|↓↓)$/.test(flag)) return 'L'
    if (/^(H|HH|>|↑|↑↑)$/.test(flag)) return 'H'
    if (flag === 'N') return 'N'
  }
  return undefined
}

/** whether something that is known speaks against a row */
export function contradicts(row: RangeRow, { subject, specimen, method }: StatedObservation): boolean {
  const age = subject?.ageYears
  return (
    (row.sex !== undefined && subject?.sex !== undefined && row.sex !== subject.sex) ||
    (age !== undefined && !inAge(row, age)) ||
    (row.specimen !== undefined && specimen !== undefined && !sameSpecimen(row.specimen, specimen)) ||
    (row.method !== undefined && method !== undefined && row.method !== method)
  )
}

/** whether every condition of a row is known to hold */
function applies(row: RangeRow, { subject, specimen, method }: StatedObservation): boolean {
  return (
    (row.sex === undefined || row.sex === subject?.sex) &&
    (row.ageYears === undefined || (subject?.ageYears !== undefined && inAge(row, subject.ageYears))) &&
    (row.specimen === undefined || (specimen !== undefined && sameSpecimen(row.specimen, specimen))) &&
    (row.method === undefined || row.method === method)
  )
}

const inAge = ({ ageYears }: RangeRow, age: number): boolean =>
  (ageYears?.from === undefined || age >= ageYears.from) && (ageYears?.below === undefined || age < ageYears.below)

function sameSpecimen(one: string, other: string): boolean {
  const [a, b] = [specimenKind(one), specimenKind(other)]
  return one === other || (a !== 'unknown' && a === b)
}
