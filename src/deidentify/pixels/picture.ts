/** Stored samples as grey pictures in which text stands out: for the eyes of a program, not of a reader. */
import { attribute, numbers, type Attributes, type PixelDescription } from '../../standards/dicom/index.ts'
import type { DecodedPixels } from './decode.ts'
import type { GreyPicture } from './tiff.ts'

/** a colour that is bright in none of the views does not exist: yellow on white is dark in the lowest channel */
type Views = readonly GreyPicture[]

/**
 * @returns one to three views of a frame: values from lowest to highest; of more than 8 bits also values by rank, where
 *   text of a middle value stands out; of colours the brightest and the darkest channel
 */
export function views(pixels: DecodedPixels, frame: number, attributes: Attributes): Views {
  const { description } = pixels
  const { columns: width, rows: height } = description
  const values = samplesOf(pixels, frame)
  const view = (grey: Uint8Array): GreyPicture => ({ width, height, grey })
  if (description.samplesPerPixel === 3) return channels(values, description).map(view)
  if (description.photometricInterpretation === 'PALETTE COLOR') {
    const palette = paletteGreys(attributes)
    if (palette) return [view(Uint8Array.from(values, (value) => palette(value)))]
  }
  return description.bitsStored <= 8 ? [view(linear(values))] : [view(linear(values)), view(byRank(values))]
}

/** @returns the stored values of a frame, signs extended, bits that are not stored left out */
export function samplesOf({ description, frames, littleEndian }: DecodedPixels, frame: number): Int32Array {
  const bytes = frames[frame] ?? new Uint8Array()
  const { bitsAllocated, bitsStored, signed } = description
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shift = 32 - bitsStored
  const stored = signed ? (raw: number) => (raw << shift) >> shift : (raw: number) => (raw << shift) >>> shift
  return bitsAllocated === 8
    ? Int32Array.from(bytes, stored)
    : Int32Array.from({ length: bytes.length / 2 }, (_, at) => stored(view.getUint16(at * 2, littleEndian)))
}

function linear(values: Int32Array): Uint8Array {
  const { low, high } = extent(values)
  const scale = high > low ? 255 / (high - low) : 0
  return Uint8Array.from(values, (value) => (value - low) * scale)
}

/** each value by the share of pixels below it (a histogram made level) */
function byRank(values: Int32Array): Uint8Array {
  const { low, high } = extent(values)
  const count = new Uint32Array(high - low + 1)
  for (const value of values) (count[value - low] as number)++
  const grey = new Uint8Array(count.length)
  let below = 0
  for (const [at, of] of count.entries()) {
    grey[at] = (255 * below) / values.length
    below += of
  }
  return Uint8Array.from(values, (value) => grey[value - low] as number)
}

function channels(values: Int32Array, { planar, rows, columns }: PixelDescription): readonly Uint8Array[] {
  const pixels = rows * columns
  const [step, next] = planar ? [1, pixels] : [3, 1]
  const brightest = new Uint8Array(pixels)
  const darkest = new Uint8Array(pixels)
  let isGrey = true
  for (let at = 0; at < pixels; at++) {
    const [a, b, c] = [values[at * step], values[at * step + next], values[at * step + 2 * next]] as [
      number,
      number,
      number,
    ]
    brightest[at] = Math.max(a, b, c)
    darkest[at] = Math.min(a, b, c)
    isGrey &&= a === b && b === c
  }
  return isGrey ? [brightest] : [brightest, darkest]
}

/** @returns undefined for segmented palettes */
function paletteGreys(attributes: Attributes): ((value: number) => number) | undefined {
  const tables = ['Red', 'Green', 'Blue'].map((colour) => {
    const [count, first] = numbers(attributes, `${colour}PaletteColorLookupTableDescriptor`)
    const data = attribute(attributes, `${colour}PaletteColorLookupTableData`)?.value
    if (count === undefined || first === undefined || !data) return undefined
    const entries = count === 0 ? 65_536 : count
    const bytes = data.length >= entries * 2 ? 2 : 1
    const high = bytes === 2 && attributes.littleEndian ? 1 : 0
    return (value: number) => data[Math.max(0, Math.min(entries - 1, value - first)) * bytes + high] ?? 0
  })
  const [red, green, blue] = tables
  return red && green && blue ? (value) => Math.max(red(value), green(value), blue(value)) : undefined
}

function extent(values: Int32Array): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** Larger by a whole factor, between the pixels linearly. */
export function enlarged({ width, height, grey }: GreyPicture, factor: number): GreyPicture {
  const [wide, high] = [width * factor, height * factor]
  const out = new Uint8Array(wide * high)
  const along = positions(wide, width, factor)
  const down = positions(high, height, factor)
  for (let y = 0; y < high; y++) {
    const [top, bottom, below] = [
      (down.first[y] as number) * width,
      (down.second[y] as number) * width,
      down.share[y] as number,
    ]
    for (let x = 0; x < wide; x++) {
      const [left, right, after] = [along.first[x] as number, along.second[x] as number, along.share[x] as number]
      const upper = (grey[top + left] as number) * (1 - after) + (grey[top + right] as number) * after
      const lower = (grey[bottom + left] as number) * (1 - after) + (grey[bottom + right] as number) * after
      out[y * wide + x] = upper * (1 - below) + lower * below
    }
  }
  return { width: wide, height: high, grey: out }
}

function positions(count: number, of: number, factor: number) {
  const first = new Uint32Array(count)
  const second = new Uint32Array(count)
  const share = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const exact = Math.min(of - 1, Math.max(0, (at + 0.5) / factor - 0.5))
    first[at] = Math.floor(exact)
    second[at] = Math.min(of - 1, Math.floor(exact) + 1)
    share[at] = exact - Math.floor(exact)
  }
  return { first, second, share }
}

/** Half as large: large letters of large pictures come into the reach of what reads small ones. */
export function halved({ width, height, grey }: GreyPicture): GreyPicture {
  const [wide, high] = [Math.floor(width / 2), Math.floor(height / 2)]
  const out = new Uint8Array(wide * high)
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const at = y * 2 * width + x * 2
      out[y * wide + x] =
        ((grey[at] as number) +
          (grey[at + 1] as number) +
          (grey[at + width] as number) +
          (grey[at + width + 1] as number)) /
        4
    }
  return { width: wide, height: high, grey: out }
}
