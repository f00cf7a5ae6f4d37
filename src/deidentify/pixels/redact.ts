/** Blanks boxes on decoded samples. Everything outside of the boxes stays as it is, bit for bit. */
import type { PixelDescription } from '../../standards/dicom/index.ts'
import type { Box } from '../stages.ts'
import type { DecodedPixels } from './decode.ts'
import { samplesOf } from './picture.ts'

/** @param boxes those without a frame are blanked on every frame */
export function redacted(pixels: DecodedPixels, boxes: readonly Box[]): DecodedPixels {
  const frames = pixels.frames.map((frame, index) => {
    const here = boxes.filter((box) => box.frame === undefined || box.frame === index)
    if (here.length === 0) return frame
    const copy = Uint8Array.from(frame)
    const black = blackOf(pixels, index)
    for (const box of here) blank(copy, box, black, pixels)
    return copy
  })
  return { ...pixels, frames }
}

/** the stored samples of black, one a sample: what is lowest on this frame, so that no window changes */
function blackOf(pixels: DecodedPixels, frame: number): readonly number[] {
  const { photometricInterpretation, samplesPerPixel } = pixels.description
  if (samplesPerPixel === 3) return photometricInterpretation.startsWith('YBR') ? [0, 128, 128] : [0, 0, 0]
  if (photometricInterpretation === 'PALETTE COLOR') return [0]
  const values = samplesOf(pixels, frame)
  const isInverse = photometricInterpretation === 'MONOCHROME1'
  return [values.reduce((a, b) => (b > a === isInverse ? b : a), values[0] ?? 0)]
}

function blank(frame: Uint8Array, { x, y, width, height }: Box, black: readonly number[], pixels: DecodedPixels): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const { bitsAllocated, rows, columns } = pixels.description
  const write =
    bitsAllocated === 8
      ? (at: number, value: number) => view.setUint8(at, value & 0xff)
      : (at: number, value: number) => view.setUint16(at * 2, value & 0xffff, pixels.littleEndian)
  for (let row = Math.max(0, y); row < Math.min(rows, y + height); row++)
    for (let column = Math.max(0, x); column < Math.min(columns, x + width); column++)
      for (const [sample, value] of black.entries()) write(indexOf(row, column, sample, pixels.description), value)
}

/** of a sample, counted in samples from the beginning of its frame */
export const indexOf = (
  row: number,
  column: number,
  sample: number,
  { rows, columns, samplesPerPixel, planar }: PixelDescription,
): number =>
  planar ? sample * rows * columns + row * columns + column : (row * columns + column) * samplesPerPixel + sample
