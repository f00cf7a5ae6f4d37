/** Reads the tap's copy of both directions and captures what the archive accepted. */
export { createObserver, type Observer } from './observer.ts'
export type { CaptureSink, CaptureStart, CaptureWriter, MessageCount, MessageStart, ObserverEvent } from './events.ts'
