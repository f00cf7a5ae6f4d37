/**
 * The spool's record, the unit of a segment. Sixteen bytes, little endian, and a payload:
 *   0..3   'SLR1'
 *   4      type, below
 *   5      2 when the payload is sealed; 1 when an earlier build has sealed it, whose CRC covers the payload too
 *   6..7   zero
 *   8..11  capture, counted within the segment from 1
 *   12..15 length of the payload as it stands
 *   16..19 CRC-32 of the bytes 0..15, and of a payload in the clear
 * A sealed payload is a 12-byte nonce, AES-256-GCM ciphertext and its 16-byte tag, with bytes 0..11 authenticated: the tag
 * vouches for it, and a CRC beside it would cost as much as the cipher.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const RECORD_HEADER_BYTES = 20
const CRC_OFFSET = 16
export const RECORD = { start: 1, data: 2, commit: 3, abandon: 4 } as const
export type RecordType = (typeof RECORD)[keyof typeof RECORD]

export interface RecordHeader {
  readonly type: number
  /** bytes that sealing has added to the payload */
  readonly sealBytes: number
  readonly capture: number
  readonly length: number
}

const MAGIC = Buffer.from('SLR1').readUInt32LE(0)
const SEALED = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** no record of ours is larger; a larger length is damage */
export const RECORD_BYTES_LIMIT = 4 * 1024 * 1024

/** @returns header and payload, to be written one after the other; a sealed payload is memory of its own ({@link letGo}) */
export function encodeRecord(
  type: RecordType,
  capture: number,
  payload: Uint8Array,
  key: Uint8Array | undefined,
): readonly Uint8Array[] {
  const header = Buffer.alloc(RECORD_HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header[4] = type
  header[5] = key ? SEALED : 0
  header.writeUInt32LE(capture, 8)
  const body = key ? seal(key, header.subarray(0, 12), payload) : [payload]
  header.writeUInt32LE(
    body.reduce((sum, part) => sum + part.length, 0),
    12,
  )
  header.writeUInt32LE(crcOf(header, payload), CRC_OFFSET)
  return [header, ...body]
}

/**
 * Gives the memory of a sealed record back at once. What the cipher returns would wait for the collector, which then runs for
 * the sake of these bytes, while every record is written into memory that has left the processor's cache.
 *
 * @param parts of {@link encodeRecord} with a key, not used after this
 */
export function letGo(parts: readonly Uint8Array[]): void {
  for (const { buffer, length } of parts)
    if (length >= FEW_BYTES && length === buffer.byteLength) (buffer as ArrayBuffer).transfer(0)
}

const FEW_BYTES = 1024

/** @returns undefined when the bytes are not a record's header */
export function decodeHeader(bytes: Uint8Array): RecordHeader | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.readUInt32LE(0) !== MAGIC) return undefined
  const length = view.readUInt32LE(12)
  if (length > RECORD_BYTES_LIMIT) return undefined
  return {
    type: view[4] as number,
    sealBytes: view[5] === 0 ? 0 : SEAL_BYTES,
    capture: view.readUInt32LE(8),
    length,
  }
}

function crcOf(header: Uint8Array, payload: Uint8Array): number {
  const crc = crc32(header.subarray(0, CRC_OFFSET))
  return header[5] === SEALED ? crc : crc32(payload, crc)
}

/** @throws Error when header or payload are not what was written, or sealed and the key does not open it */
export function openPayload(header: Buffer, payload: Uint8Array, key: Uint8Array | undefined): Uint8Array {
  if (crcOf(header, payload) !== header.readUInt32LE(CRC_OFFSET)) throw new Error('damaged')
  if (header[5] === 0) return payload
  if (!key) throw new Error('sealed, and no key was given')
  const decipher = createDecipheriv('aes-256-gcm', objectOf(key), payload.subarray(0, NONCE_BYTES))
  decipher.setAAD(header.subarray(0, 12))
  decipher.setAuthTag(payload.subarray(payload.length - TAG_BYTES))
  const clear = decipher.update(payload.subarray(NONCE_BYTES, payload.length - TAG_BYTES))
  decipher.final()
  return clear
}

/** bytes that sealing adds */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES

function seal(key: Uint8Array, header: Uint8Array, payload: Uint8Array): readonly Uint8Array[] {
  const nonce = freshNonce()
  const cipher = createCipheriv('aes-256-gcm', objectOf(key), nonce)
  cipher.setAAD(header)
  const body: Uint8Array[] = [nonce]
  for (let at = 0; at < payload.length; at += STEP_BYTES)
    body.push(cipher.update(payload.subarray(at, at + STEP_BYTES)))
  cipher.final()
  body.push(cipher.getAuthTag())
  return body
}

/** a result so small comes from memory that was used before */
const STEP_BYTES = 64 * 1024

/** a key object spares each record the import of its key */
const objects = new WeakMap<Uint8Array, KeyObject>()
function objectOf(key: Uint8Array): KeyObject {
  let object = objects.get(key)
  if (!object) objects.set(key, (object = createSecretKey(key)))
  return object
}

/** random bytes for many nonces are drawn at once */
const drawn = Buffer.alloc(NONCE_BYTES * 256)
let used = drawn.length
function freshNonce(): Uint8Array {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += NONCE_BYTES
  return new Uint8Array(drawn.subarray(used - NONCE_BYTES, used))
}
