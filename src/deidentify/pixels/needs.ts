/** Whose pictures are looked at for text: everybody's, but for originals of machines that write nothing into them. */
import { attribute, strings, text, type DataSet } from '../../standards/dicom/index.ts'

/** SOP classes of cross-sections and maps, whose numbers are measured or computed (PS3.4 §B.5) */
const MEASURED = [
  ...['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.5.1.4.1.1.128'],
  ...['1.2.840.10008.5.1.4.1.1.20', '1.2.840.10008.5.1.4.1.1.130'],
]
/** segmentations, parametric maps, doses: numbers that no device draws on */
const COMPUTED = ['1.2.840.10008.5.1.4.1.1.66', '1.2.840.10008.5.1.4.1.1.30', '1.2.840.10008.5.1.4.1.1.481.2']
const SCREEN = /SCREEN|SAVE|CAPTURE|SECONDARY|DOSE|REPORT|RESULT|PASTE/

/** @returns why the picture is looked at; undefined when it need not be */
export function whyExamined({ SOPClassUID, attributes }: DataSet<'identified'>): string | undefined {
  const declared = text(attributes, 'BurnedInAnnotation')
  if (declared === 'YES') return 'declared to be burned in'
  const isOf = (classes: readonly string[]) =>
    classes.some((uid) => SOPClassUID === uid || SOPClassUID.startsWith(`${uid}.`))
  if (isOf(COMPUTED)) return undefined
  if (!isOf(MEASURED)) return 'a kind that carries text'
  const imageType = strings(attributes, 'ImageType')
  if (imageType.some((value) => SCREEN.test(value))) return 'a picture of a screen'
  if (imageType.length < 2) return 'of unknown origin'
  if (text(attributes, 'PhotometricInterpretation')?.startsWith('MONOCHROME') !== true) return 'in colour'
  if (attribute(attributes, 'ConversionType') || attribute(attributes, 'SecondaryCaptureDeviceManufacturer'))
    return 'captured by another device'
  return text(attributes, 'Modality') === 'OT' || text(attributes, 'Modality') === 'SC' ? 'captured' : undefined
}
