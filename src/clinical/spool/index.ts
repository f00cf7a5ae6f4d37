/** Captured bytes and their journal: files alone, durable before anything is claimed about them. */
export { openSpoolWriter, type SpoolCapture, type SpoolOptions, type SpoolState, type SpoolWriter } from './writer.ts'
export { openSpoolReader, type SpoolReader, type Waiting } from './reader.ts'
export { InHand } from './in-hand.ts'
export {
  isMessage,
  type Captured,
  type InstanceStart,
  type MessageStart,
  type Settlement,
  type SpoolStart,
} from './captured.ts'
export {
  discardFromQuarantine,
  listQuarantine,
  noteAgain,
  openQuarantined,
  type Origin,
  type Quarantined,
} from './quarantine.ts'
export { leftUploads, takeUpload, type Upload } from './uploads.ts'
