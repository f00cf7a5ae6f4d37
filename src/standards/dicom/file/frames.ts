/** Frames of pixel data, native (PS3.5 §8.2) and encapsulated (§A.4), as ranges of the source. */
import { Fault } from '../../../base/index.ts'
import { attribute, numbers, type Attributes } from '../encoding/attributes.ts'
import type { ByteSource } from '../source.ts'

export interface Range {
  readonly offset: number
  readonly length: number
}

/** Pixel Data, Float Pixel Data, Double Float Pixel Data: an image has one of them (PS3.3 §C.7.6.24, §C.7.6.25) */
const PIXEL_DATA = [0x7fe00010, 0x7fe00008, 0x7fe00009] as const
const EXTENDED_OFFSET_TABLE = 0x7fe00001

/**
 * Where each frame stands.
 * @param source what the ranges of `attributes` refer to; read only for a Basic Offset Table
 * @returns one list of ranges a frame, in acquisition order; of encapsulated pixel data the fragments without their item headers
 * @throws Fault 'not-found' without pixel data, 'malformed' when nothing says where a frame ends
 */
export function frameRanges(attributes: Attributes, source: ByteSource): readonly (readonly Range[])[] {
  const pixels = PIXEL_DATA.map((tag) => attribute(attributes, tag)).find((one) => one !== undefined)
  if (!pixels) throw new Fault('not-found', { path: '(7FE0,0010)' })
  const count = Math.max(1, numbers(attributes, 'NumberOfFrames')[0] ?? 1)
  return pixels.fragments
    ? encapsulated(attributes, pixels.fragments, count, source)
    : native(attributes, pixels.valueOffset, pixels.length, count)
}

function native(attributes: Attributes, offset: number, length: number, count: number): readonly (readonly Range[])[] {
  const of = (keyword: string, otherwise: number) => numbers(attributes, keyword)[0] ?? otherwise
  const bits = of('Rows', 0) * of('Columns', 0) * of('SamplesPerPixel', 1) * of('BitsAllocated', 8)
  if (bits % 8 !== 0) {
    // frames of single bits that do not end at a byte are given whole
    if (count === 1) return [[{ offset, length }]]
    throw new Fault('malformed', { path: '(7FE0,0010)', what: 'frames' })
  }
  const bytes = bits / 8
  if (bytes === 0 || bytes * count > length) throw new Fault('malformed', { path: '(7FE0,0010)', what: 'frames' })
  return Array.from({ length: count }, (_, at) => [{ offset: offset + at * bytes, length: bytes }])
}

function encapsulated(
  attributes: Attributes,
  all: readonly Range[],
  count: number,
  source: ByteSource,
): readonly (readonly Range[])[] {
  const fragments = all.slice(1)
  if (count === 1) return [fragments]
  const offsets = extendedOffsets(attributes, count) ?? basicOffsets(all[0], count, source)
  if (!offsets) {
    if (fragments.length === count) return fragments.map((fragment) => [fragment])
    throw new Fault('malformed', { path: '(7FE0,0010)', what: 'frames' })
  }
  const first = (fragments[0]?.offset ?? 0) - 8
  const starts = new Map(offsets.map((offset, frame) => [first + offset, frame]))
  const frames: Range[][] = []
  for (const fragment of fragments) {
    if (starts.get(fragment.offset - 8) === frames.length) frames.push([])
    frames[frames.length - 1]?.push(fragment)
  }
  if (frames.length !== count) throw new Fault('malformed', { path: '(7FE0,0010)', what: 'offset table' })
  return frames
}

function extendedOffsets(attributes: Attributes, count: number): readonly number[] | undefined {
  const value = attribute(attributes, EXTENDED_OFFSET_TABLE)?.value
  if (value?.length !== count * 8) return undefined
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  return Array.from({ length: count }, (_, at) => Number(view.getBigUint64(at * 8, true)))
}

function basicOffsets(table: Range | undefined, count: number, source: ByteSource): readonly number[] | undefined {
  if (table?.length !== count * 4) return undefined
  const value = source.read(table.offset, table.length)
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  return Array.from({ length: count }, (_, at) => view.getUint32(at * 4, true))
}
