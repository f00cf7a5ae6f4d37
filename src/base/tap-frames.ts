/**
 * The tap's wire: what a relay process says to the observer over one Unix socket. It stands in `base` because relay
 * and observe may not import each other and both must agree on it.
 *
 * A frame is 9 bytes, little endian, and its payload:
 *   0..3  connection, counted by the relay process from 1
 *   4     type, below
 *   5..8  length of the payload
 */
export const TAP_HEADER_BYTES = 9

export const TAP = {
  /** payload: JSON of TapOpening */
  opened: 0,
  /** payload: bytes the device sent, as they were */
  toUpstream: 1,
  /** payload: bytes the archive sent, as they were */
  toModality: 2,
  /** the device will send no more (half-close); no payload */
  endToUpstream: 3,
  /** the archive will send no more; no payload */
  endToModality: 4,
  /** both are gone; payload: JSON of TapClosing */
  closed: 5,
} as const

export type TapFrameType = (typeof TAP)[keyof typeof TAP]

/** what the peers of a link speak: it chooses who reads the copy, and changes nothing on the line */
export type LinkProtocol = 'dicom' | 'mllp' | 'astm'

export interface TapOpening {
  /** absent: DICOM */
  readonly protocol?: LinkProtocol
  /** the association's id, the same as in the relay's own events */
  readonly id: string
  readonly link: string
  /** the device's address, without port */
  readonly remoteAddress: string
  /** milliseconds since the epoch */
  readonly at: number
}

export interface TapClosing {
  /** `left-behind`: the copy ends here, the traffic went on */
  readonly reason: 'closed' | 'reset' | 'left-behind'
  readonly at: number
}

/** Writes a frame's header into nine fresh bytes. */
export function tapHeader(connection: number, type: TapFrameType, length: number): Buffer {
  const header = Buffer.allocUnsafe(TAP_HEADER_BYTES)
  header.writeUInt32LE(connection, 0)
  header[4] = type
  header.writeUInt32LE(length, 5)
  return header
}
