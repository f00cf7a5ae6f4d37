/** Pictures with text burned in, made by code: letters of DejaVu Sans at 16 pixels, one bit a pixel. */
import { inflateRawSync } from 'node:zlib'
import {
  encodeDataSet,
  writeFileMeta,
  EXPLICIT_LITTLE_ENDIAN,
  type NewElement,
  type TransferSyntax,
} from '../src/standards/dicom/index.ts'

const LETTERS = 'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:cm'
/** advance of each, in base 36 */
const WIDTHS = 'cccbebibddcdfdedbcbbfcdcijefcciccccdbadd66bafdebecbbdchcbcbbbbbbbbbb676ah'
/** deflated: of each letter twenty rows of 24 bits */
const SHAPES = [
  'tZfNTttAEMf/KGpMJZeY26YhJL1wXjcIjAhdeutjGCG1HFCVB6jaQVx64AF4jD7CqkgVBx7CVaX2VuVUcajUMmM7OB/rmESsfoqS9Y5mPDM7Mw',
  'Gy5eU8I0bZDJNAx0ys4VrGQuMeQwhtJsVYPuCUTQ8fCvaBsuN6Z+JajSH8AXw9A6URDWBu0VXC3PedMqPEZn1E6hj+O9TfwzuF9xdP/sD/CXUM',
  'dcRP49gpbIB9AiyzYtEg1Gz2E5YfGff76gH0kAm/MD3N7Ah9IZpylk/waEHZe70SxNCiR9iVVzgg7BFvZiHWpTHS7hjpMtlIoR8x2yfYOcHOG7',
  'y8Ru8a4WdGrzJOm/UYZji5U6LXs1hL2Dw+pgqIzZsJH3DGd5aiinoN5OLkhHKVKt4FL2HD1KzrozDH5k8J6piDa8W5tU1iWkADWMulfCByy64Q',
  'm925xd4lwot7mpecNjXLB0pyUlmsWi5003UvTcuKuTGNuRWvKWB11l0ooGJ0EuCOuIBL72sq4zuZf7SE7KiOHE7IfhwPpTdEPUJd5US849Trj2',
  'EuEN5An+bcwNy4ZbF4T+kA++nbiEs7BQ93LT/quHMj+IDgF9bPsX5G62fUAbVA6ffgnB8FfXe9SrAhYR3Ft5GgHsMXVGleLdV/l+ihy9x9VpRI',
  'd0iTPxDS7wN+ZKjyzPCQHjpR2aYL3ZxaN4QKCofzqsv1ecAHHqMvaCw+q+hqDKSWzO6/hB7wCujL5y64HWf9Il5cb0mMlum/UT5XpDNGOm+ks0',
  'c6h+jB4/TfZXpoFb12doU3NK6XZKfijERo53cnktLnFWbCsLTWLdO7ddeBFLq2TKfOvq/RHRXJvNCldW9UBl2rewV9hfCH8BbNLbS20NrB822s',
  'bWQ8Rt+P83vUpLEppYqvTNrlZSap3ZGPNxvICq9x15wG0CYEhfQo0hZjXGtTKAlup7yHkgxRd2fky8hsJZlm5slm/1PEwhrd52Sv9H9KTVzkSV',
  'CeirdDwgtidSuU4dRLbFsgdIBWQelcvR7Bt3k4CAcFJwdW8hllvWylYF4Nma9Gc6yPOfEdjcHFn7xTqrch71jMBz5vs5C1iJ2w2Ep9+KDVf7iW',
  'dEwu33EWvanKzN6j+bK7fRz8hv4G/XWSifUf',
].join('')
const ROWS = 20
const BYTES = ROWS * 3
const shapes = inflateRawSync(Buffer.from(SHAPES, 'base64'))
const SPACE = 6

/** one byte a pixel */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** A picture with soft structure, as far from flat as speckle is, and no letter in it. */
export function picture(width: number, height: number): Canvas {
  let noise = 12345
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    noise = (Math.imul(noise, 1103515245) + 12345) >>> 0
    const [x, y] = [at % width, Math.floor(at / width)]
    const inside = Math.hypot(x - width / 2, (y - height / 2) * 1.2) < width / 4
    return (inside ? 60 : 8) + ((noise >>> 16) % (inside ? 40 : 6))
  })
  return { width, height, pixels }
}

/** Writes letters onto the picture. @returns what they cover */
export function write(on: Canvas, text: string, x: number, y: number, value = 255) {
  let at = x
  for (const letter of text) {
    const index = LETTERS.indexOf(letter)
    if (index < 0) {
      at += SPACE
      continue
    }
    for (let row = 0; row < ROWS; row++) {
      const bits = shapes.readUIntBE(index * BYTES + row * 3, 3)
      for (let column = 0; column < 24; column++)
        if (bits & (1 << (23 - column))) on.pixels[(y + row) * on.width + at + column] = value
    }
    at += parseInt(WIDTHS[index] as string, 36)
  }
  return { x, y, width: at - x, height: ROWS }
}

export interface Lettering {
  readonly text: string
  readonly x: number
  readonly y: number
  /** height of the letters with what stands above and below them; as drawn it is twenty */
  readonly rows: number
  readonly shade: number
  /** of a plate under the letters */
  readonly under?: number
}

/** Writes letters of any size, their edges blended into what lies under them. @returns what they cover, as far as the picture goes */
export function lettered(on: Canvas, { text, x, y, rows, shade, under }: Lettering) {
  const drawn = { width: 24 * (text.length + 1), height: ROWS, pixels: new Uint8Array(24 * (text.length + 1) * ROWS) }
  const { width } = write(drawn, text, 0, 0)
  const scale = rows / ROWS
  const covered = {
    ...{ x, y },
    width: Math.min(on.width - x, Math.ceil(width * scale)),
    height: Math.min(on.height - y, rows),
  }
  for (let row = 0; row < covered.height; row++)
    for (let column = 0; column < covered.width; column++) {
      const share = inked(drawn, column / scale, row / scale, 1 / scale)
      const at = (y + row) * on.width + x + column
      on.pixels[at] = Math.round(share * shade + (1 - share) * (under ?? (on.pixels[at] as number)))
    }
  return covered
}

/** the share of a square that letters cover */
function inked({ width, height, pixels }: Canvas, x: number, y: number, side: number): number {
  const SAMPLES = 4
  let found = 0
  for (let row = 0; row < SAMPLES; row++)
    for (let column = 0; column < SAMPLES; column++) {
      const [atX, atY] = [
        Math.floor(x + ((column + 0.5) * side) / SAMPLES),
        Math.floor(y + ((row + 0.5) * side) / SAMPLES),
      ]
      if (atX < width && atY < height && pixels[atY * width + atX]) found++
    }
  return found / SAMPLES ** 2
}

export interface ImageOptions {
  readonly transferSyntax?: TransferSyntax
  readonly SOPClassUID?: string
  readonly modality?: string
  /** in place of the native pixels of the canvas */
  readonly pixelData?: Uint8Array
  /** items and delimiters of an encapsulated Pixel Data */
  readonly fragments?: Uint8Array
  readonly more?: readonly NewElement[]
}

/** An image of the canvas as a Part 10 file, of a patient who does not exist. */
export function imageFile(
  { width, height, pixels }: Canvas,
  {
    transferSyntax = EXPLICIT_LITTLE_ENDIAN,
    SOPClassUID = '1.2.840.10008.5.1.4.1.1.7',
    modality = 'US',
    pixelData = pixels,
    fragments,
    more = [],
  }: ImageOptions = {},
): Buffer {
  const elements: readonly NewElement[] = [
    { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
    { tag: 0x00080008, vr: 'CS', value: 'DERIVED\\SECONDARY' },
    { tag: 0x00080016, vr: 'UI', value: SOPClassUID },
    { tag: 0x00080018, vr: 'UI', value: '1.3.6.1.4.1.99.71' },
    { tag: 0x00080020, vr: 'DA', value: '20190312' },
    { tag: 0x00080060, vr: 'CS', value: modality },
    { tag: 0x00100010, vr: 'PN', value: Buffer.from('Гаврильченко^Евдокия^Саввишна') },
    { tag: 0x00100020, vr: 'LO', value: '73-115904' },
    { tag: 0x00100030, vr: 'DA', value: '19580923' },
    { tag: 0x0020000d, vr: 'UI', value: '1.3.6.1.4.1.99.72' },
    { tag: 0x0020000e, vr: 'UI', value: '1.3.6.1.4.1.99.73' },
    { tag: 0x00280002, vr: 'US', value: [1] },
    { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
    { tag: 0x00280010, vr: 'US', value: [height] },
    { tag: 0x00280011, vr: 'US', value: [width] },
    { tag: 0x00280100, vr: 'US', value: [8] },
    { tag: 0x00280101, vr: 'US', value: [8] },
    { tag: 0x00280102, vr: 'US', value: [7] },
    { tag: 0x00280103, vr: 'US', value: [0] },
    ...(fragments ? [] : [{ tag: 0x7fe00010, vr: 'OB', value: pixelData } as const]),
  ]
  const all = [...elements.filter(({ tag }) => !more.some((other) => other.tag === tag)), ...more].sort(
    (a, b) => a.tag - b.tag,
  )
  return Buffer.concat([
    writeFileMeta({
      transferSyntaxUID: transferSyntax.uid,
      mediaStorageSOPClassUID: SOPClassUID,
      mediaStorageSOPInstanceUID: '1.3.6.1.4.1.99.71',
    }),
    encodeDataSet(all, transferSyntax),
    ...(fragments ? [Buffer.from('e07f10004f420000ffffffff', 'hex'), fragments] : []),
  ])
}

/** Compressed frames as items with an offset table in front, and their end. */
export function asFragments(frames: readonly Uint8Array[]): Buffer {
  const item = (bytes: Uint8Array) => {
    const even = bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes
    const head = Buffer.from('feff00e000000000', 'hex')
    head.writeUInt32LE(even.length, 4)
    return Buffer.concat([head, even])
  }
  return Buffer.concat([item(new Uint8Array()), ...frames.map(item), Buffer.from('feffdde000000000', 'hex')])
}
