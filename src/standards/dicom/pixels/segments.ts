/**
 * What stands beside the picture in a compressed frame: comments and application segments of JPEG and JPEG-LS
 * (ISO 10918-1 §B.2.4, 14495-1), comments of JPEG 2000 (15444-1 §A.9.2) and the boxes around it (Annex I). They can be
 * left out without touching an entropy-coded byte.
 */
import { Fault } from '../../../base/index.ts'

const COMMENT = 0xfe
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const JP2_SIGNATURE = Buffer.from('0000000c6a502020', 'hex')
const J2K_COMMENT = 0x64
const J2K_START_OF_TILE_PART = 0x90

/**
 * @param frame one compressed frame, its fragments put together
 * @returns the frame without anything but the picture; `frame` itself when there was nothing
 * @throws Fault 'malformed' when its markers cannot be followed, or text stands where it cannot be left out
 */
export function withoutText(frame: Uint8Array): Uint8Array {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (bytes.subarray(0, 8).equals(JP2_SIGNATURE)) {
    const inside = codestream(bytes)
    return jpeg2000(inside) ?? even([inside])
  }
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0x4f) return jpeg2000(bytes) ?? frame
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(bytes) ?? frame
  return frame
}

/** @returns undefined when nothing has to go */
function jpeg(bytes: Buffer): Uint8Array | undefined {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let dropped = false
  let at = 2
  for (;;) {
    // fill bytes may stand before any marker
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff || marker === undefined) throw unfollowed(at)
    if (marker === END_OF_IMAGE) break
    const length = segmentLength(bytes, at)
    if (isText(marker, bytes.subarray(at + 4, at + 2 + length))) dropped = true
    else kept.push(bytes.subarray(at, at + 2 + length))
    at += 2 + length
    if (marker !== START_OF_SCAN) continue
    const end = scanEnd(bytes, at)
    kept.push(bytes.subarray(at, end))
    at = end
  }
  // a byte of padding may follow the end; more is no part of the picture
  const trailing = bytes.length - (at + 2)
  if (trailing > 1 || (trailing === 1 && bytes[at + 2] !== 0)) dropped = true
  kept.push(bytes.subarray(at, at + 2))
  return dropped ? even(kept) : undefined
}

/** the next marker after entropy-coded data, where 0xFF stands before a zero, a restart, or (JPEG-LS) seven bits */
function scanEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next >= 0x80 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  throw unfollowed(bytes.length)
}

/** headers of fixed form hold nothing: JFIF without a thumbnail, SPIFF, Adobe's and HP's colour transforms */
function isText(marker: number, value: Buffer): boolean {
  if (marker === COMMENT) return true
  if (marker < 0xe0 || marker > 0xef) return false
  const starts = (name: string, length: number) =>
    value.length === length && value.toString('latin1', 0, name.length) === name
  if (marker === 0xe0) return !(starts('JFIF\0', 14) && value[12] === 0 && value[13] === 0)
  if (marker === 0xe8) return !(starts('SPIFF\0', 30) || starts('mrfx', 5))
  return !(marker === 0xee && starts('Adobe', 12))
}

function jpeg2000(bytes: Buffer): Uint8Array | undefined {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let dropped = false
  let at = 2
  for (;;) {
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff || marker === undefined) throw unfollowed(at)
    if (marker === J2K_START_OF_TILE_PART) break
    const length = segmentLength(bytes, at)
    if (marker === J2K_COMMENT) dropped = true
    else kept.push(bytes.subarray(at, at + 2 + length))
    at += 2 + length
  }
  for (let tile = at; bytes[tile] === 0xff && bytes[tile + 1] === J2K_START_OF_TILE_PART;) {
    const size = bytes.readUInt32BE(tile + 6)
    const end = size === 0 ? bytes.length : tile + size
    if (size !== 0 && (size < 14 || end > bytes.length)) throw unfollowed(tile)
    refuseTileComment(bytes, tile, end)
    tile = end
  }
  kept.push(bytes.subarray(at))
  return dropped ? even(kept) : undefined
}

/** a comment inside a tile part is counted in its length: leaving it out would mean to write the tile part anew */
function refuseTileComment(bytes: Buffer, tile: number, end: number): void {
  for (let at = tile + 12; at + 4 <= end && bytes[at] === 0xff && bytes[at + 1] !== 0x93;) {
    if (bytes[at + 1] === J2K_COMMENT) throw new Fault('malformed', { what: 'comment inside a tile part' })
    at += 2 + segmentLength(bytes, at)
  }
}

/** the codestream of a JP2 file: PS3.5 §A.4.4 wants no boxes around it */
function codestream(bytes: Buffer): Buffer {
  for (let at = 0; at + 8 <= bytes.length;) {
    const announced = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    // a palette would be lost with its box
    if (type === 'jp2h' && bytes.subarray(at, at + announced).includes('pclr'))
      throw new Fault('malformed', { what: 'JP2 palette' })
    const length = announced === 0 ? bytes.length - at : announced
    if (length < 8 || at + length > bytes.length) throw unfollowed(at)
    if (type === 'jp2c') return bytes.subarray(at + 8, at + length)
    at += length
  }
  throw unfollowed(bytes.length)
}

function segmentLength(bytes: Buffer, at: number): number {
  const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0
  if (length < 2 || at + 2 + length > bytes.length) throw unfollowed(at)
  return length
}

const unfollowed = (offset: number) => new Fault('malformed', { what: 'markers of a compressed frame', offset })

function even(parts: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat(parts)
  return whole.length % 2 === 0 ? whole : Buffer.concat([whole, Buffer.alloc(1)])
}
