/** RLE Lossless frames (PS3.5 Annex G): a header of up to 15 segments, one a byte plane, each a PackBits run. */
import { Fault } from '../../../base/index.ts'
import { frameBytes, type PixelDescription } from './description.ts'

const HEADER_BYTES = 64

/**
 * @param frame one frame, its fragments put together
 * @returns samples little-endian, pixel by pixel whatever Planar Configuration says
 * @throws Fault 'pixels-unreadable' when segments are missing, too short, or run beyond their plane
 */
export function decodeRLE(frame: Uint8Array, of: PixelDescription): Uint8Array {
  const bytes = of.bitsAllocated / 8
  const planes = of.samplesPerPixel * bytes
  const pixels = of.rows * of.columns
  const refuse = (what: string): never => {
    throw new Fault('pixels-unreadable', { what })
  }
  if (frame.length < HEADER_BYTES) refuse('RLE header')
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0, true) !== planes) refuse('RLE segments')
  const out = new Uint8Array(frameBytes(of))
  for (let plane = 0; plane < planes; plane++) {
    const from = view.getUint32(4 + plane * 4, true)
    const to = plane + 1 < planes ? view.getUint32(8 + plane * 4, true) : frame.length
    if (from < HEADER_BYTES || to > frame.length || from >= to) refuse('RLE offsets')
    // the segments of a sample come with its most significant byte first
    const sample = Math.floor(plane / bytes)
    const offset = sample * bytes + (bytes - 1 - (plane % bytes))
    if (unpack(frame.subarray(from, to), out, offset, planes, pixels) !== pixels) refuse('RLE segment too short')
  }
  return out
}

/** PackBits (PS3.5 §G.3.2). @returns how many bytes were written, `count` at most */
function unpack(packed: Uint8Array, out: Uint8Array, offset: number, stride: number, count: number): number {
  let written = 0
  for (let at = 0; at < packed.length && written < count;) {
    const control = packed[at++] as number
    if (control === 128) continue
    const run = control < 128 ? control + 1 : 257 - control
    const take = Math.min(run, count - written)
    for (let n = 0; n < take; n++) {
      const byte = packed[control < 128 ? at + n : at]
      if (byte === undefined) return written
      out[offset + (written + n) * stride] = byte
    }
    written += take
    at += control < 128 ? run : 1
  }
  return written
}

/**
 * @param frame samples little-endian, pixel by pixel
 * @returns the same samples as one frame of RLE Lossless, of even length
 */
export function encodeRLE(frame: Uint8Array, of: PixelDescription): Uint8Array {
  const bytes = of.bitsAllocated / 8
  const planes = of.samplesPerPixel * bytes
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(planes, 0)
  const parts: Uint8Array[] = [header]
  let offset = HEADER_BYTES
  for (let plane = 0; plane < planes; plane++) {
    header.writeUInt32LE(offset, 4 + plane * 4)
    const first = Math.floor(plane / bytes) * bytes + (bytes - 1 - (plane % bytes))
    const segment = packed(frame, first, planes, of)
    parts.push(segment)
    offset += segment.length
  }
  return Buffer.concat(parts)
}

const MOST = 128

/** PackBits of one byte plane, each row by itself (PS3.5 §G.3.1). */
function packed(frame: Uint8Array, first: number, stride: number, { rows, columns }: PixelDescription): Uint8Array {
  const out = Buffer.allocUnsafe(rows * (columns + Math.ceil(columns / MOST)) + 1)
  const row = new Uint8Array(columns)
  let end = 0
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) row[x] = frame[first + (y * columns + x) * stride] as number
    for (let x = 0; x < columns;) {
      const run = runAt(row, x)
      const length = run > 1 ? run : literalAt(row, x)
      out[end++] = run > 1 ? 257 - run : length - 1
      out.set(row.subarray(x, x + (run > 1 ? 1 : length)), end)
      end += run > 1 ? 1 : length
      x += length
    }
  }
  if (end % 2) out[end++] = 0
  return out.subarray(0, end)
}

/** how many equal bytes stand here */
function runAt(row: Uint8Array, from: number): number {
  let to = from + 1
  while (to < row.length && to - from < MOST && row[to] === row[from]) to++
  return to - from
}

/** how many bytes stand here until three are equal: two in a row cost no more as they are */
function literalAt(row: Uint8Array, from: number): number {
  let to = from + 1
  while (to < row.length && to - from < MOST && !(row[to] === row[to + 1] && row[to] === row[to + 2])) to++
  return to - from
}
