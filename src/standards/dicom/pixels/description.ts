/** What the Image Pixel module says of the pixels (PS3.3 §C.7.6.3), held against limits before anything is decoded. */
import { Fault } from '../../../base/index.ts'
import { numbers, text, type Attributes } from '../encoding/attributes.ts'
import { LIMITS } from '../limits.ts'

export interface PixelDescription {
  readonly rows: number
  readonly columns: number
  readonly frames: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly signed: boolean
  /** samples of a frame stand in planes, one a sample (Planar Configuration 1) */
  readonly planar: boolean
  readonly photometricInterpretation: string
}

/** of one decoded frame, every sample in its own bytes */
export const frameBytes = (of: PixelDescription): number =>
  of.rows * of.columns * of.samplesPerPixel * (of.bitsAllocated / 8)

/**
 * @returns what the pixels are, when they are of 8 or 16 bits and one or three samples
 * @throws Fault 'not-found' without pixels; 'pixels-unreadable' for a description that no picture has, or that is not
 *   read here; 'limit-exceeded' when it announces more than the limits
 */
export function describePixels(attributes: Attributes): PixelDescription {
  const one = (keyword: string, otherwise?: number): number => {
    const value = numbers(attributes, keyword)[0] ?? otherwise
    if (value === undefined) throw new Fault('pixels-unreadable', { what: `no ${keyword}` })
    return value
  }
  const bitsAllocated = one('BitsAllocated')
  const described: PixelDescription = {
    rows: one('Rows'),
    columns: one('Columns'),
    frames: Math.max(1, one('NumberOfFrames', 1)),
    samplesPerPixel: one('SamplesPerPixel', 1),
    bitsAllocated,
    bitsStored: one('BitsStored', bitsAllocated),
    signed: one('PixelRepresentation', 0) === 1,
    planar: one('PlanarConfiguration', 0) === 1,
    photometricInterpretation: text(attributes, 'PhotometricInterpretation') ?? 'MONOCHROME2',
  }
  const refuse = (what: string): never => {
    throw new Fault('pixels-unreadable', { what })
  }
  if (described.rows === 0 || described.columns === 0) refuse('Rows or Columns of 0')
  if (bitsAllocated !== 8 && bitsAllocated !== 16) refuse('BitsAllocated')
  if (described.bitsStored < 1 || described.bitsStored > bitsAllocated) refuse('BitsStored')
  if (described.samplesPerPixel !== 1 && described.samplesPerPixel !== 3) refuse('SamplesPerPixel')
  const exceeded = (what: string): never => {
    throw new Fault('limit-exceeded', { what })
  }
  if (described.frames > LIMITS.examinedFrames.value) exceeded('examinedFrames')
  if (frameBytes(described) > LIMITS.decodedFrameBytes.value) exceeded('decodedFrameBytes')
  if (frameBytes(described) * described.frames > LIMITS.decodedPixelBytes.value) exceeded('decodedPixelBytes')
  return described
}
