/** Bytes inside bytes: streams of a PDF, compressed pieces, segments of a JPEG image. */
import { gunzipSync, inflateSync } from 'node:zlib'
import type { ByteSource } from '../../standards/dicom/index.ts'

/** what a piece may grow to: more is not looked into, and says so */
const MOST_BYTES = 64 * 1024 * 1024
const limit = { maxOutputLength: MOST_BYTES }

/**
 * @returns the contents of each compressed stream in a value that is no image
 * @throws RangeError from zlib when one grows beyond the limit
 */
export function* unpacked(bytes: Buffer): Generator<Uint8Array> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield* tried(() => gunzipSync(bytes, limit))
  else if (bytes[0] === 0x78 && ((bytes[0] << 8) | (bytes[1] ?? 0)) % 31 === 0)
    yield* tried(() => inflateSync(bytes, limit))
  if (!bytes.subarray(0, 1024).includes('%PDF-')) return
  for (let at = bytes.indexOf('stream'); at >= 0; at = bytes.indexOf('stream', at + 6)) {
    if (bytes.subarray(at - 3, at).toString('latin1') === 'end') continue
    const from = bytes[at + 6] === 0x0d ? at + 8 : at + 7
    const end = bytes.indexOf('endstream', from)
    const stream = bytes.subarray(from, end < 0 ? bytes.length : end)
    yield* tried(() => inflateSync(stream, { ...limit, finishFlush: 2 }))
  }
}

function* tried(unpack: () => Buffer): Generator<Uint8Array> {
  try {
    yield unpack()
  } catch (error) {
    // what is no such stream is looked at as it stands; what is one, and too large, is not cleared
    if (error instanceof RangeError) throw error
  }
}

const HEAD_BYTES = 64 * 1024

/** @returns the part of a fragment before its entropy-coded data: markers and what they carry (ITU-T T.81 §B.1.1.4) */
export function jpegHead(source: ByteSource, offset: number, length: number): Uint8Array | undefined {
  let wanted = Math.min(length, 4096)
  for (;;) {
    const head = source.read(offset, wanted)
    if (head[0] !== 0xff || (head[1] !== 0xd8 && head[1] !== 0x4f)) return undefined
    let at = 2
    while (at + 4 <= head.length && head[at] === 0xff) {
      const marker = head[at + 1] as number
      // SOS of JPEG, SOD of JPEG 2000
      if (marker === 0xda || marker === 0x93) return head.subarray(0, at)
      at += 2 + (((head[at + 2] as number) << 8) | (head[at + 3] as number))
    }
    if (wanted >= Math.min(length, HEAD_BYTES)) return head
    wanted = Math.min(length, HEAD_BYTES, wanted * 8)
  }
}
