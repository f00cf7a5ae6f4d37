/** Captured bytes and their journal: files alone, durable before anything is claimed about them. */
export { openSpoolWriter, type SpoolCapture, type SpoolOptions, type SpoolState, type SpoolWriter } from './writer.ts'
export { openSpoolReader, type SpoolReader } from './reader.ts'
export type { Captured, Settlement, SpoolStart } from './captured.ts'
export { discardFromQuarantine, type Quarantined } from './quarantine.ts'
