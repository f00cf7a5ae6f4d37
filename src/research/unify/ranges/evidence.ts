/** What the maker's own range says about the unit, beside ours for the same analyte. */
import type { Concept } from '../analytes/concepts.ts'
import { formatDecimal, type Decimal } from '../decimal.ts'
import type { StatedObservation } from '../observation.ts'
import { unifyQuantity } from '../quantities.ts'
import type { UnificationTables } from '../tables.ts'
import { contradicts } from './attach.ts'
import type { RangeRow } from './range-table.ts'
import { sameScale, scaleBetween } from './scale.ts'
import type { StatedRange } from './stated-range.ts'

/** whether the maker's range, read in this unit, is about one of ours */
export function fitsRange(
  range: StatedRange,
  ucum: string,
  concept: Concept,
  stated: StatedObservation,
  tables: UnificationTables,
): boolean {
  const theirs = inUnifiedUnit(range, ucum, concept)
  return theirs !== undefined && comparable(concept, stated, tables).some((ours) => sameScale(theirs, ours))
}

/** @returns how many times ours the maker's range would be in this unit, where that is 10, 100 or 1000 */
export function suspectUnit(
  range: StatedRange,
  ucum: string,
  concept: Concept | undefined,
  stated: StatedObservation,
  tables: UnificationTables,
): string | undefined {
  const theirs = concept && inUnifiedUnit(range, ucum, concept)
  const ours = concept ? comparable(concept, stated, tables) : []
  if (!theirs || ours.length === 0) return undefined
  const scales = ours.map((row) => scaleBetween(theirs, row))
  return scales.every((scale) => scale !== undefined) ? scales[0] : undefined
}

const comparable = (concept: Concept, stated: StatedObservation, tables: UnificationTables): readonly RangeRow[] =>
  (tables.ranges.get(concept.code) ?? []).filter((row) => row.kind === 'interval' && !contradicts(row, stated))

function inUnifiedUnit(
  range: StatedRange,
  ucum: string,
  concept: Concept,
): { low?: string; high?: string } | undefined {
  if (range.kind !== 'interval') return undefined
  const side = (value: Decimal | undefined): string | undefined => {
    const unified = value && unifyQuantity(value, ucum, concept)
    return unified && !('refused' in unified) ? formatDecimal(unified.value) : undefined
  }
  const [low, high] = [side(range.low), side(range.high)]
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}
