/** Unified messages as FHIR R4 resources: pure functions, from what unification says to what the archive keeps and serves. */
export { recordsOf } from './records.ts'
export { interval } from './time.ts'
export { LOINC, OURS, UCUM, type MessageContext, type UnifiedEncounter, type UnifiedReport } from './context.ts'
