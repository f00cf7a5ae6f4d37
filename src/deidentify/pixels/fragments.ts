/** Compressed frames without the text that may stand in them: every entropy-coded byte as it was. */
import {
  delimiter,
  EXPLICIT_LITTLE_ENDIAN,
  frameRanges,
  withoutText,
  type DataSet,
} from '../../standards/dicom/index.ts'

const ITEM = 0xfffee000
const SEQUENCE_DELIMITER = 0xfffee0dd

/**
 * @returns the whole value of a new Pixel Data, its offset table first, a fragment a frame; undefined when no frame held
 *   anything but its picture
 * @throws Fault 'malformed' when a frame's markers cannot be followed
 */
export function cleanedFragments({ attributes, source }: DataSet<'identified'>): Uint8Array | undefined {
  const ranges = frameRanges(attributes, source)
  const read = (of: (typeof ranges)[number]) =>
    Buffer.concat(of.map(({ offset, length }) => source.read(offset, length)))
  // most hold nothing, and a long loop of them should not stand in memory to learn it
  const holdsText = ranges.some((of) => {
    const frame = read(of)
    return withoutText(frame) !== frame
  })
  if (!holdsText) return undefined
  return encapsulated(ranges.map((of) => withoutText(read(of))))
}

/** @returns the value of a Pixel Data of these frames, a fragment each, its offset table first (PS3.5 §A.4) */
export function encapsulated(frames: readonly Uint8Array[]): Uint8Array {
  const item = (length: number) => delimiter(ITEM, length, EXPLICIT_LITTLE_ENDIAN)
  const table = Buffer.alloc(frames.length > 1 ? frames.length * 4 : 0)
  let offset = 0
  const parts = frames.map((frame, at) => {
    if (table.length) table.writeUInt32LE(offset, at * 4)
    offset += 8 + frame.length
    return Buffer.concat([item(frame.length), frame])
  })
  return Buffer.concat([item(table.length), table, ...parts, delimiter(SEQUENCE_DELIMITER, 0, EXPLICIT_LITTLE_ENDIAN)])
}
