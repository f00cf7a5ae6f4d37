/** The copy of an axial CT slice of a head without its face (PS3.15 §E.3.2). */
import { numbers, strings, text, type Attributes, type DataSet } from '../../standards/dicom/index.ts'
import type { DecodedPixels } from './decode.ts'
import { deface, type AxialSlice } from './deface.ts'
import { samplesOf } from './picture.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const HEAD =
  /HEAD|BRAIN|CRANI|SKULL|FACE|FACIAL|ORBIT|SINUS|ГОЛОВ|МОЗГ|ЧЕРЕП|ЛИЦ|ОРБИТ|ГЛАЗНИЦ|ПАЗУХ|ГИПОФИЗ|ТУРЕЦК|ВИСОЧН/
const AXIAL_COSINE = 0.8
const AIR_HU = -1000

/** Only what says that it is a head: on a slice of a chest the same rays would take the chest wall. */
export function isAxialHeadCT({ SOPClassUID, attributes }: DataSet<'identified'>): boolean {
  const part = ['BodyPartExamined', 'StudyDescription', 'SeriesDescription', 'ProtocolName']
    .map((keyword) => text(attributes, keyword) ?? '')
    .join(' ')
    .toUpperCase()
  return SOPClassUID === CT && HEAD.test(part) && isAxial(attributes)
}

function isAxial(attributes: Attributes): boolean {
  const orientation = numbers(attributes, 'ImageOrientationPatient')
  if (orientation.length !== 6 || strings(attributes, 'ImageType').includes('LOCALIZER')) return false
  const [rx, ry, , cx, cy] = orientation as [number, number, number, number, number, number]
  return Math.abs(rx * cy - ry * cx) > AXIAL_COSINE && Math.max(Math.abs(ry), Math.abs(cy)) > AXIAL_COSINE
}

/** How a pixel of the slice, its row 0 in front of the patient, is found in the frame. */
interface Turned extends AxialSlice {
  at(row: number, column: number): number
}

/**
 * @returns the pixels with the face blanked as air; `pixels` themselves where nobody is on the slice
 * @returns undefined when the slice shows something that is no head, or its numbers cannot be turned into Hounsfield units
 */
export function withoutFace(pixels: DecodedPixels, attributes: Attributes): DecodedPixels | undefined {
  const { description, littleEndian } = pixels
  const slope = numbers(attributes, 'RescaleSlope')[0] ?? 1
  const intercept = numbers(attributes, 'RescaleIntercept')[0]
  if (description.frames !== 1 || description.samplesPerPixel !== 1 || intercept === undefined || slope <= 0)
    return undefined
  const values = samplesOf(pixels, 0)
  const slice = turned(values, pixels, attributes, slope, intercept)
  if (!slice) return undefined
  const found = deface(slice)
  if (found.outcome === 'nobody') return pixels
  if (found.outcome === 'no-head') return undefined
  const { bitsAllocated, bitsStored, signed } = description
  const lowest = signed ? -(2 ** (bitsStored - 1)) : 0
  const air = Math.max(lowest, Math.round((AIR_HU - intercept) / slope))
  const frame = Uint8Array.from(pixels.frames[0] ?? [])
  const view = new DataView(frame.buffer)
  for (const [index, isBlank] of found.blank.entries()) {
    if (!isBlank) continue
    const at = slice.at(Math.floor(index / slice.width), index % slice.width)
    if (bitsAllocated === 8) view.setUint8(at, air & 0xff)
    else view.setUint16(at * 2, air & 0xffff, littleEndian)
  }
  return { ...pixels, frames: [frame] }
}

function turned(
  values: Int32Array,
  { description: { rows, columns } }: DecodedPixels,
  attributes: Attributes,
  slope: number,
  intercept: number,
): Turned | undefined {
  const [, rowY, , , columnY] = numbers(attributes, 'ImageOrientationPatient') as [
    number,
    number,
    number,
    number,
    number,
  ]
  const [betweenRows, betweenColumns] = numbers(attributes, 'PixelSpacing')
  if (!betweenRows || !betweenColumns) return undefined
  // +y is the patient's back (PS3.3 §C.7.6.2.1.1)
  const isUpright = Math.abs(columnY) > AXIAL_COSINE
  const isReversed = (isUpright ? columnY : rowY) < 0
  const [height, width] = isUpright ? [rows, columns] : [columns, rows]
  const at = (row: number, column: number): number => {
    const deep = isReversed ? height - 1 - row : row
    return isUpright ? deep * columns + column : column * columns + deep
  }
  const hounsfield = Float32Array.from(
    { length: width * height },
    (_, index) => (values[at(Math.floor(index / width), index % width)] as number) * slope + intercept,
  )
  const millimetres = isUpright
    ? { down: betweenRows, across: betweenColumns }
    : { down: betweenColumns, across: betweenRows }
  return { width, height, hounsfield, millimetres, at }
}
