/** The transfer syntaxes Sluice reads (PS3.5 Annex A): the conformance statement prints this table. */
import type { UID } from './uid.ts'

export interface TransferSyntax {
  readonly uid: UID
  readonly name: string
  readonly explicit: boolean
  readonly littleEndian: boolean
  /** pixel data comes in fragments */
  readonly encapsulated: boolean
  readonly deflated: boolean
}

const row = (uid: string, name: string, form: string): TransferSyntax => ({
  uid: uid as UID,
  name,
  explicit: !form.includes('implicit'),
  littleEndian: !form.includes('big'),
  encapsulated: form.includes('encapsulated'),
  deflated: form.includes('deflated'),
})

export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  row('1.2.840.10008.1.2', 'Implicit VR Little Endian', 'implicit'),
  row('1.2.840.10008.1.2.1', 'Explicit VR Little Endian', ''),
  row('1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'encapsulated'),
  row('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', 'deflated'),
  row('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', 'big'),
  row('1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', 'encapsulated'),
  row('1.2.840.10008.1.2.4.51', 'JPEG Extended (Process 2 and 4)', 'encapsulated'),
  row('1.2.840.10008.1.2.4.57', 'JPEG Lossless (Process 14)', 'encapsulated'),
  row('1.2.840.10008.1.2.4.70', 'JPEG Lossless (Process 14, Selection Value 1)', 'encapsulated'),
  row('1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.81', 'JPEG-LS Near-Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.90', 'JPEG 2000 Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.91', 'JPEG 2000', 'encapsulated'),
  row('1.2.840.10008.1.2.4.92', 'JPEG 2000 Part 2 Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2', 'encapsulated'),
  row('1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level', 'encapsulated'),
  row('1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level', 'encapsulated'),
  row('1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile', 'encapsulated'),
  row('1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible', 'encapsulated'),
  row('1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile', 'encapsulated'),
  row('1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile', 'encapsulated'),
  row('1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.202', 'High-Throughput JPEG 2000 with RPCL Lossless', 'encapsulated'),
  row('1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', 'encapsulated'),
  row('1.2.840.10008.1.2.5', 'RLE Lossless', 'encapsulated'),
]

/** @returns undefined for a transfer syntax that is not in the table */
export const transferSyntax = (uid: string): TransferSyntax | undefined => byUID.get(uid)

const byUID: ReadonlyMap<string, TransferSyntax> = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]))
export const IMPLICIT_LITTLE_ENDIAN = byUID.get('1.2.840.10008.1.2') as TransferSyntax
export const EXPLICIT_LITTLE_ENDIAN = byUID.get('1.2.840.10008.1.2.1') as TransferSyntax
