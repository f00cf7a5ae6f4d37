/** What the observer tells, and what it needs of whoever keeps what it sees. Never a value of a data set. */
import type { TapOpening } from '../../base/index.ts'

export type CaptureStart = InstanceStart | MessageStart

/** a C-STORE that begins */
export interface InstanceStart {
  readonly kind: 'dicom'
  readonly associationId: string
  readonly link: string
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly remoteAddress: string
  /** whose C-STORE it is: the device's, or the archive's own on a C-GET */
  readonly direction: 'to-upstream' | 'to-modality'
  readonly abstractSyntaxUID: string
  readonly transferSyntaxUID: string
  readonly SOPClassUID: string
  readonly SOPInstanceUID: string
  readonly messageID: number
  /** milliseconds since the epoch */
  readonly at: number
}

/** a message that its receiver took, or that nobody can read */
export interface MessageStart {
  readonly kind: 'hl7' | 'astm'
  readonly associationId: string
  readonly link: string
  readonly remoteAddress: string
  readonly direction: 'to-upstream' | 'to-modality'
  /** its place among the messages of this direction of the connection, from 1 */
  readonly sequence: number
  /** MSA-1 of what decided, or typeCode of HL7 v3; `EOT` of an ASTM session; `none` where no answer was awaited */
  readonly answer: string
  /** by order: the answer named no message, or this one has no number, and only this one could be meant */
  readonly pairedBy: 'control-id' | 'order' | 'none'
  /** whether the link saw it before: the same bytes, or other bytes under the same number */
  readonly repeated: 'no' | 'retransmission' | 'conflict'
  /** why nobody can read it, where nobody can */
  readonly unreadable?:
    'message-invalid' | 'message-cut' | 'limit-exceeded' | 'not-cda' | 'xml-doctype' | 'xml-malformed' | 'xml-encoding'
  /** milliseconds since the epoch, when its last byte was seen */
  readonly at: number
}

export interface CaptureWriter {
  /** The bytes may be used after the call: the writer copies what it wants to keep. */
  write(bytes: Uint8Array): void
  /** @returns when the capture is durable; rejects when it never will be */
  commit(status: number): Promise<{ readonly ref: string; readonly bytes: number }>
  abandon(reason: string): void
}

export interface CaptureSink {
  /** @returns undefined when there is no room */
  begin(start: CaptureStart): CaptureWriter | undefined
}

export type ObserverEvent =
  /** bytes that no PDU of the standard begins with: another protocol, or another edition */
  | { readonly type: 'unknown-pdu'; readonly id: string; readonly pduType: number }
  | {
      readonly type: 'negotiated'
      readonly id: string
      readonly callingAETitle: string
      readonly calledAETitle: string
      readonly accepted: number
    }
  | {
      readonly type: 'captured'
      readonly id: string
      readonly ref: string
      readonly bytes: number
      readonly status: number
      readonly at: number
    }
  /** a DIMSE status, or MSA-1, or NAK */
  | { readonly type: 'refused'; readonly id: string; readonly status: number | string }
  /** an instance that passed and is not in the spool: a gap, with the bytes of its data set that were seen */
  | {
      readonly type: 'abandoned'
      readonly id: string
      readonly reason: string
      readonly from: number
      readonly to: number
      readonly bytesToUpstream: number
      readonly bytesToModality: number
    }
  /** this association is looked at no further; its traffic goes on */
  | { readonly type: 'stopped'; readonly id: string; readonly code: string; readonly offset: number }
  | { readonly type: 'command'; readonly id: string; readonly name: string }
  /** the peers of a connection, as its first message calls them: MSH-3 and MSH-5, the devices of HL7 v3 */
  | { readonly type: 'introduced'; readonly id: string; readonly sender: string; readonly receiver: string }
  | { readonly type: 'counted'; readonly id: string; readonly what: MessageCount; readonly by: number }
  /** its copy was read to its end, and all that is kept of it is durable */
  | { readonly type: 'ended'; readonly id: string }

/** What is counted of messages on their way; docs/messages.md says what each means. */
export type MessageCount =
  | 'message'
  | 'acknowledgement'
  | 'by-order'
  | 'further'
  | 'late'
  | 'orphan'
  | 'unclear'
  | 'unanswered'
  | 'retransmission'
  | 'conflict'
  | 'unreadable'
  | 'cut'
  | 'too-large'
  | 'odd-ending'
  | 'junk-bytes'
  | 'frame'
  | 'again'
  | 'checksum'
  | 'number'
  | 'contention'
  | 'interrupt'
  | 'loose'

/** A connection whose copy is read; whatever the bytes are, nothing is thrown. */
export interface ObservedConnection {
  readonly opening: TapOpening
  feed(way: 'to-upstream' | 'to-modality', bytes: Buffer): void
  /** the connection is gone, or its copy ends here; `closed`: both sides ended it in order */
  end(reason: string): void
}
