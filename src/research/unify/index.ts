/** One vocabulary for research: units, analytes, ranges. Pure; the original always stands beside (docs/unification.md). */
export {
  FINDINGS,
  type Comparator,
  type ConceptReference,
  type Finding,
  type FindingCode,
  type Interpretation,
  type Ordinal,
  type Quantity,
  type ReferenceRange,
  type StatedCode,
  type StatedObservation,
  type Subject,
  type UnificationStatus,
  type UnifiedObservation,
  type UnifiedValue,
} from './observation.ts'
export { formatDecimal, parseDecimal, type Decimal } from './decimal.ts'
export { joinedUnit, readUnit, type UnitReading, type UnitRule } from './units/read-unit.ts'
export { commensurable, convert, measureOf, type Measure } from './units/ucum.ts'
