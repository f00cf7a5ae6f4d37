/**
 * The spool's record, the unit of a segment. Sixteen bytes, little endian, and a payload:
 *   0..3   'SLR1'
 *   4      type, below
 *   5      1 when the payload is sealed
 *   6..7   zero
 *   8..11  capture, counted within the segment from 1
 *   12..15 length of the payload as it stands
 *   16..19 CRC-32 of the bytes 0..15 and the payload
 * A sealed payload is a 12-byte nonce, AES-256-GCM ciphertext and its 16-byte tag, with bytes 0..11 authenticated.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const RECORD_HEADER_BYTES = 20
export const RECORD = { start: 1, data: 2, commit: 3, abandon: 4 } as const
export type RecordType = (typeof RECORD)[keyof typeof RECORD]

export interface RecordHeader {
  readonly type: number
  readonly sealed: boolean
  readonly capture: number
  readonly length: number
  readonly crc: number
}

const MAGIC = Buffer.from('SLR1').readUInt32LE(0)
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** no record of ours is larger; a larger length is damage */
export const RECORD_BYTES_LIMIT = 4 * 1024 * 1024

/** @returns header and payload, to be written one after the other */
export function encodeRecord(
  type: RecordType,
  capture: number,
  payload: Uint8Array,
  key: Uint8Array | undefined,
): readonly Uint8Array[] {
  const header = Buffer.alloc(RECORD_HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header[4] = type
  header[5] = key ? 1 : 0
  header.writeUInt32LE(capture, 8)
  const body = key ? seal(key, header.subarray(0, 12), payload) : [payload]
  header.writeUInt32LE(
    body.reduce((sum, part) => sum + part.length, 0),
    12,
  )
  header.writeUInt32LE(
    body.reduce((crc, part) => crc32(part, crc), crc32(header.subarray(0, 16))),
    16,
  )
  return [header, ...body]
}

/** @returns undefined when the bytes are not a record's header */
export function decodeHeader(bytes: Uint8Array): RecordHeader | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.readUInt32LE(0) !== MAGIC) return undefined
  const length = view.readUInt32LE(12)
  if (length > RECORD_BYTES_LIMIT) return undefined
  return {
    type: view[4] as number,
    sealed: view[5] === 1,
    capture: view.readUInt32LE(8),
    length,
    crc: view.readUInt32LE(16),
  }
}

export const crcOf = (header: Uint8Array, payload: Uint8Array): number => crc32(payload, crc32(header.subarray(0, 16)))

/** @throws Error when the payload is sealed and the key does not open it */
export function openPayload(header: Uint8Array, payload: Uint8Array, key: Uint8Array | undefined): Uint8Array {
  if (header[5] !== 1) return payload
  if (!key) throw new Error('sealed, and no key was given')
  const decipher = createDecipheriv('aes-256-gcm', key, payload.subarray(0, NONCE_BYTES))
  decipher.setAAD(header.subarray(0, 12))
  decipher.setAuthTag(payload.subarray(payload.length - TAG_BYTES))
  return Buffer.concat([decipher.update(payload.subarray(NONCE_BYTES, payload.length - TAG_BYTES)), decipher.final()])
}

/** bytes that sealing adds */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES

function seal(key: Uint8Array, header: Uint8Array, payload: Uint8Array): readonly Uint8Array[] {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(header)
  const body = cipher.update(payload)
  cipher.final()
  return [nonce, body, cipher.getAuthTag()]
}
