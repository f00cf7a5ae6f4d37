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
export { unifyObservation } from './unify.ts'
export { unifyMessage, unifyRead, type UnifiedMessage, type UnifiedReport } from './messages.ts'
export { unificationTables, type Mapping, type SiteTables, type UnificationTables } from './tables.ts'
export { CONCEPTS, conceptsNamed, type Concept } from './analytes/concepts.ts'
export { isLoincCode } from './analytes/loinc.ts'
export { addUnmapped, isMappedNow, unmappedKey, unmappedOf, type Unmapped } from './analytes/waiting.ts'
export { loadRanges, RANGE_COLUMNS, type RangeRow, type TableProblem } from './ranges/range-table.ts'
export { STARTER_RANGES } from './ranges/starter-ranges.ts'
export { formatDecimal, parseDecimal, type Decimal } from './decimal.ts'
export { canonicalUnit, unifyQuantity, type Unified } from './quantities.ts'
export { joinedUnit, readUnit, type UnitReading, type UnitRule } from './units/read-unit.ts'
export { commensurable, convert, measureOf, type Measure } from './units/ucum.ts'
export { loadFederalTests, loadFederalUnits, type FederalTests, type FederalUnits } from './catalogues/federal.ts'
export { statedInDocument } from './documents/stated-in-document.ts'
export { unifyDocument, type DocumentReport } from './documents/unify-document.ts'
