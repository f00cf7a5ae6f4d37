/** What every module may use, and nothing else: failures, time, ids, the log, bounded queue and memory, sockets, priorities. */
export { FAULTS, Fault, type FaultCode } from './faults.ts'
export { log, type Fields } from './log.ts'
export { newId } from './ids.ts'
export { KIB, MIB, type Limit } from './limits.ts'
export { goFirst, mayGoFirst, ownThread, PRIORITY, stepBack } from './go-first.ts'
export { KeptWaiting, ownTimes, type Times } from './kept-waiting.ts'
export { writeAtOnce } from './write-at-once.ts'
export { acceptInto, behind, HEAD_BYTES, readInto, type OnPiece } from './read-into.ts'
export { BoundedQueue } from './bounded-queue.ts'
export { Recent } from './recent.ts'
export {
  TAP,
  TAP_HEADER_BYTES,
  tapHeader,
  type TapFrameType,
  type TapOpening,
  type TapClosing,
  type LinkProtocol,
} from './tap-frames.ts'
export type { Zoned } from './zone.ts'
