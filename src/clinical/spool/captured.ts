/** A captured instance as the spool gives it out, and what may become of it. */
import type { FaultCode } from '../../base/index.ts'
import type { ByteSource } from '../../standards/dicom/index.ts'

/** what is known when a capture begins; the observer's CaptureStart has this shape */
export type SpoolStart = InstanceStart | MessageStart

/** an instance of a C-STORE */
export interface InstanceStart {
  /** absent in records that were written before there were messages */
  readonly kind?: 'dicom'
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

/** a message of HL7, v2 or v3, or of ASTM E1394, taken by its receiver; the observer's MessageStart says what each field is */
export interface MessageStart {
  readonly kind: 'hl7' | 'astm'
  readonly associationId: string
  readonly link: string
  readonly remoteAddress: string
  readonly direction: 'to-upstream' | 'to-modality'
  readonly sequence: number
  readonly answer: string
  readonly pairedBy: 'control-id' | 'order' | 'none'
  readonly repeated: 'no' | 'retransmission' | 'conflict'
  readonly unreadable?: Extract<
    FaultCode,
    'message-invalid' | 'message-cut' | 'limit-exceeded' | 'not-cda' | 'xml-doctype' | 'xml-malformed' | 'xml-encoding'
  >
  readonly at: number
}

export const isMessage = (start: SpoolStart): start is MessageStart => start.kind === 'hl7' || start.kind === 'astm'

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
  /**
   * of an instance a whole Part 10 file: own group 0002, zero preamble, the data set's bytes as they went over the wire;
   * of a message its bytes, without frame
   */
  readonly source: ByteSource
  /** Says what became of it. Durable when it resolves; saying it twice is harmless. */
  settle(settlement: Settlement): Promise<void>
}
