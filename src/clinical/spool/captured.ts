/** A captured instance as the spool gives it out, and what may become of it. */
import type { FaultCode } from '../../base/index.ts'
import type { ByteSource } from '../../standards/dicom/index.ts'

/** what is known when a C-STORE begins; the observer's CaptureStart has this shape */
export interface SpoolStart {
  readonly associationId: string
  readonly link: string
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly remoteAddress: string
  readonly transferSyntaxUID: string
  readonly SOPClassUID: string
  readonly SOPInstanceUID: string
  readonly at: number
}

export type Settlement =
  | { readonly outcome: 'archived' | 'not-selected' | 'conflict'; readonly projects?: readonly string[] }
  | { readonly outcome: 'quarantined'; readonly code: FaultCode; readonly path?: string; readonly project?: string }

export interface Captured {
  /** ours, unique in the spool */
  readonly ref: string
  readonly start: SpoolStart
  /** the archive's answer */
  readonly status: number
  readonly capturedAt: number
  /** a whole Part 10 file: own group 0002, zero preamble, the data set's bytes as they went over the wire */
  readonly source: ByteSource
  /** Says what became of it. Durable when it resolves; saying it twice is harmless. */
  settle(settlement: Settlement): Promise<void>
}
