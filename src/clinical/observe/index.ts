/** Reads the tap's copy of both directions and captures what the archive accepted. */
export { createObserver, type Observer } from './observer.ts'
export type { CaptureSink, CaptureStart, CaptureWriter, ObserverEvent } from './events.ts'
