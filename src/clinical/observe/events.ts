/** What the observer tells, and what it needs of whoever keeps what it sees. Never a value of a data set. */
export interface CaptureStart {
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
  | { readonly type: 'refused'; readonly id: string; readonly status: number }
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
