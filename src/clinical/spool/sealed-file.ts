/**
 * One object in a file of its own: records as in a segment, what it is, pieces of one size, and the size at the end. The
 * pieces are counted, and the count is authenticated, so that none can be missing or stand elsewhere.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Fault } from '../../base/index.ts'
import type { ByteSource } from '../../standards/dicom/index.ts'
import { decodeHeader, encodeRecord, openPayload, RECORD, RECORD_HEADER_BYTES, SEAL_BYTES } from './records.ts'

const PIECE_BYTES = 256 * 1024
const SIZE_BYTES = 8

/**
 * @returns the size of the object, which is on the disk when this resolves
 * @throws Fault 'disk-failed'; whatever reading `bytes` throws
 */
export async function writeSealed(
  path: string,
  about: object,
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  key: Uint8Array | undefined,
): Promise<number> {
  const file = await open(path, 'w', 0o600)
  let piece = Buffer.allocUnsafe(PIECE_BYTES)
  let filled = 0
  let count = 0
  const put = async (type: (typeof RECORD)[keyof typeof RECORD], payload: Uint8Array): Promise<void> => {
    try {
      await file.writev([...encodeRecord(type, count++, payload, key)])
    } catch (error) {
      throw new Fault('disk-failed', {}, error)
    }
  }
  let sizeBytes = 0
  try {
    await put(RECORD.start, Buffer.from(JSON.stringify(about)))
    for await (const chunk of bytes) {
      sizeBytes += chunk.length
      for (let at = 0; at < chunk.length;) {
        const taken = Math.min(chunk.length - at, PIECE_BYTES - filled)
        piece.set(chunk.subarray(at, at + taken), filled)
        filled += taken
        at += taken
        if (filled < PIECE_BYTES) continue
        await put(RECORD.data, piece)
        piece = Buffer.allocUnsafe(PIECE_BYTES)
        filled = 0
      }
    }
    if (filled) await put(RECORD.data, piece.subarray(0, filled))
    const size = Buffer.alloc(SIZE_BYTES)
    size.writeBigUInt64LE(BigInt(sizeBytes))
    await put(RECORD.commit, size)
    await file.sync()
  } finally {
    await file.close()
  }
  return sizeBytes
}

export interface SealedFile<About> {
  readonly about: About
  readonly source: ByteSource
  close(): void
}

/** @throws Fault 'not-found'; 'spool-damaged' here or on a read, when a record is not what was written */
export function openSealed<About>(path: string, key: Uint8Array | undefined): SealedFile<About> {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    throw new Fault('not-found', {}, error)
  }
  const sealBytes = key ? SEAL_BYTES : 0
  const record = (offset: number, type: number, count?: number): Uint8Array => {
    const header = Buffer.alloc(RECORD_HEADER_BYTES)
    readSync(fd, header, 0, header.length, offset)
    const found = decodeHeader(header)
    const payload = Buffer.allocUnsafe(found?.length ?? 0)
    readSync(fd, payload, 0, payload.length, offset + RECORD_HEADER_BYTES)
    const isRight = found?.type === type && (count === undefined || found.capture === count)
    if (!isRight) throw new Fault('spool-damaged', { offset })
    try {
      return openPayload(header, payload, key)
    } catch (error) {
      throw new Fault('spool-damaged', { offset }, error)
    }
  }
  try {
    const about = record(0, RECORD.start, 0)
    const first = RECORD_HEADER_BYTES + about.length + sealBytes
    const last = record(fstatSync(fd).size - RECORD_HEADER_BYTES - sealBytes - SIZE_BYTES, RECORD.commit)
    const sizeBytes = Number(Buffer.from(last).readBigUInt64LE())
    let held = -1
    let piece: Uint8Array = new Uint8Array()
    const pieceAt = (index: number): Uint8Array => {
      if (held !== index) {
        piece = record(first + index * (RECORD_HEADER_BYTES + sealBytes + PIECE_BYTES), RECORD.data, index + 1)
        held = index
      }
      return piece
    }
    return {
      about: JSON.parse(Buffer.from(about).toString()) as About,
      source: {
        sizeBytes,
        read: (offset, length) => readPieces(pieceAt, offset, Math.min(length, sizeBytes - offset)),
      },
      close: () => closeSync(fd),
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function readPieces(pieceAt: (index: number) => Uint8Array, offset: number, wanted: number): Uint8Array {
  if (wanted <= 0) return new Uint8Array()
  const index = Math.floor(offset / PIECE_BYTES)
  const inside = offset % PIECE_BYTES
  if (inside + wanted <= PIECE_BYTES) return pieceAt(index).subarray(inside, inside + wanted)
  const out = Buffer.allocUnsafe(wanted)
  for (let done = 0; done < wanted;) {
    const at = offset + done
    const part = pieceAt(Math.floor(at / PIECE_BYTES)).subarray(at % PIECE_BYTES, (at % PIECE_BYTES) + wanted - done)
    out.set(part, done)
    done += part.length
  }
  return out
}
