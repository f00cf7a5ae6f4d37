/** Stored samples as grey pictures in which text stands out: for the eyes of a program, not of a reader. */
import { attribute, numbers, type Attributes, type PixelDescription } from '../../standards/dicom/index.ts'
import type { DecodedPixels } from './decode.ts'
import { grown, type Place } from './place.ts'
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
    if (palette) return [view(mapped(values, palette))]
  }
  return description.bitsStored <= 8 ? [view(linear(values))] : [view(linear(values)), view(byRank(values))]
}

/** @returns the stored values of a frame, signs extended, bits that are not stored left out */
export function samplesOf({ description, frames, littleEndian }: DecodedPixels, frame: number): Int32Array {
  const bytes = frames[frame] ?? new Uint8Array()
  const { bitsAllocated, bitsStored, signed } = description
  const isWide = bitsAllocated !== 8
  const raw = isWide ? wideSamples(bytes, littleEndian) : bytes
  const values = new Int32Array(raw)
  if (!signed && bitsStored === bitsAllocated) return values
  const shift = 32 - bitsStored
  for (let at = 0; at < values.length; at++) {
    const high = (values[at] as number) << shift
    values[at] = signed ? high >> shift : high >>> shift
  }
  return values
}

function wideSamples(bytes: Uint8Array, littleEndian: boolean): Uint16Array {
  const [low, high] = littleEndian ? [0, 1] : [1, 0]
  const samples = new Uint16Array(bytes.length >> 1)
  for (let at = 0; at < samples.length; at++)
    samples[at] = (bytes[at * 2 + low] as number) | ((bytes[at * 2 + high] as number) << 8)
  return samples
}

function linear(values: Int32Array): Uint8Array {
  const { low, high } = extent(values)
  const scale = high > low ? 255 / (high - low) : 0
  return mapped(values, (value) => (value - low) * scale)
}

/** in a loop of its own: `from` with a function costs ten times as much, for each of a million pixels */
function mapped(values: Int32Array, grey: (value: number) => number): Uint8Array {
  const out = new Uint8Array(values.length)
  for (let at = 0; at < out.length; at++) out[at] = grey(values[at] as number)
  return out
}

/** each value by the share of pixels below it (a histogram made level) */
function byRank(values: Int32Array): Uint8Array {
  const { low, high } = extent(values)
  const count = new Uint32Array(high - low + 1)
  for (let at = 0; at < values.length; at++) (count[(values[at] as number) - low] as number)++
  const grey = new Uint8Array(count.length)
  let below = 0
  for (const [at, of] of count.entries()) {
    grey[at] = (255 * below) / values.length
    below += of
  }
  return mapped(values, (value) => grey[value - low] as number)
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
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** Larger by a whole factor, between the pixels linearly: each row made wide once, then rows blended. */
export function enlarged({ width, height, grey }: GreyPicture, factor: number): GreyPicture {
  const [wide, high] = [width * factor, height * factor]
  const out = new Uint8Array(wide * high)
  const along = positions(wide, width, factor)
  const down = positions(high, height, factor)
  const rows = [new Uint16Array(wide), new Uint16Array(wide)] as [Uint16Array, Uint16Array]
  const stand: [number, number] = [-1, -1]
  const wideRow = (y: number, place: 0 | 1): Uint16Array => {
    const row = rows[place]
    if (stand[place] === y) return row
    stand[place] = y
    const from = y * width
    for (let x = 0; x < wide; x++) {
      const after = along.share[x] as number
      row[x] =
        (grey[from + (along.first[x] as number)] as number) * (ONE - after) +
        (grey[from + (along.second[x] as number)] as number) * after
    }
    return row
  }
  for (let y = 0; y < high; y++) {
    // a row stays in its place as long as it is needed: even ones in one, odd ones in the other
    const [first, second] = [down.first[y] as number, down.second[y] as number]
    const upper = wideRow(first, (first & 1) as 0 | 1)
    const lower = first === second ? upper : wideRow(second, (second & 1) as 0 | 1)
    const below = down.share[y] as number
    const to = y * wide
    for (let x = 0; x < wide; x++)
      out[to + x] = ((upper[x] as number) * (ONE - below) + (lower[x] as number) * below) >> (2 * SHARE_BITS)
  }
  return { width: wide, height: high, grey: out }
}

/** shares of a pixel are whole numbers of 1/128, so that two of them and a value stand in 32 bits */
const SHARE_BITS = 7
export const ONE = 1 << SHARE_BITS

/** of each of `count` pixels the two of a picture that is `factor` times smaller between whose middles it lies, and how near it is to the second */
export function positions(count: number, of: number, factor: number) {
  const first = new Uint32Array(count)
  const second = new Uint32Array(count)
  const share = new Uint8Array(count)
  for (let at = 0; at < count; at++) {
    const exact = Math.min(of - 1, Math.max(0, (at + 0.5) / factor - 0.5))
    first[at] = Math.floor(exact)
    second[at] = Math.min(of - 1, Math.floor(exact) + 1)
    share[at] = Math.round((exact - Math.floor(exact)) * ONE)
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

/** @returns what stands in a part of the picture */
export function cut(picture: GreyPicture, { x, y, width, height }: Place): GreyPicture {
  if (width === picture.width && height === picture.height) return picture
  const grey = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const from = (y + row) * picture.width + x
    grey.set(picture.grey.subarray(from, from + width), row * width)
  }
  return { width, height, grey }
}

export const inverted = ({ grey, ...size }: GreyPicture): GreyPicture => ({
  ...size,
  grey: grey.map((shade) => 255 - shade),
})

/** @returns the picture with a frame around it in the shade that most of its edge has */
export function bordered({ width, height, grey }: GreyPicture, border: number): GreyPicture {
  const [wide, high] = [width + 2 * border, height + 2 * border]
  const out = new Uint8Array(wide * high).fill(edgeOf({ width, height, grey }))
  for (let row = 0; row < height; row++)
    out.set(grey.subarray(row * width, (row + 1) * width), (row + border) * wide + border)
  return { width: wide, height: high, grey: out }
}

/** @returns the picture with each of these places in the shade of what stands around it: no edge where none was */
export function faded(picture: GreyPicture, places: readonly Place[]): GreyPicture {
  if (places.length === 0) return picture
  const grey = Uint8Array.from(picture.grey)
  for (const place of places) {
    const shade = edgeOf(cut(picture, grown(place, 1, picture)))
    for (let row = place.y; row < place.y + place.height; row++)
      grey.fill(shade, row * picture.width + place.x, row * picture.width + place.x + place.width)
  }
  return { ...picture, grey }
}

/** the middle one of the shades along the edge */
function edgeOf({ width, height, grey }: GreyPicture): number {
  const last = grey.subarray((height - 1) * width)
  const sides = Array.from(
    { length: height * 2 },
    (_, at) => grey[(at >> 1) * width + (at & 1) * (width - 1)] as number,
  )
  const shades = Uint8Array.from([...grey.subarray(0, width), ...last, ...sides]).sort()
  return shades[shades.length >> 1] ?? 0
}
