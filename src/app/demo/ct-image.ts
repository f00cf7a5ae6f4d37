/** One CT image of an examination as a data set: complete as its IOD asks (PS3.3 §A.3), with identifiers where devices put them. */
import {
  encodeDataSet,
  tagOf,
  dictionaryEntry,
  transferSyntax,
  type NewElement,
  type VR,
} from '../../standards/dicom/index.ts'
import type { Examination } from './patients.ts'
import { COLUMNS, PIXEL_SPACING_MM, ROWS, SLICE_SPACING_MM, SLICES, slice } from './phantom.ts'

export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2'
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'

/** What is seen: `rows` lines of `columns` pixels of 16 bits. */
export interface Picture {
  readonly rows: number
  readonly columns: number
  readonly pixels: Uint16Array
}

/**
 * @param picture instead of the phantom's
 * @returns the data set in Explicit VR Little Endian, without file meta information
 */
export function ctImage(examination: Examination, index: number, picture?: Picture): Uint8Array {
  const cyrillic = examination.device === 'CT02' ? windows1251 : utf8
  const positionMm = (index - SLICES / 2) * SLICE_SPACING_MM
  const seen = picture ?? { rows: ROWS, columns: COLUMNS, pixels: slice(examination.phantom, index) }
  const syntax = transferSyntax(EXPLICIT_LITTLE_ENDIAN)
  if (!syntax) throw new Error('unreachable: Explicit VR Little Endian is in the table')
  return encodeDataSet(
    [
      element('SpecificCharacterSet', examination.device === 'CT02' ? 'ISO_IR 100' : 'ISO_IR 192'),
      element('ImageType', 'ORIGINAL\\PRIMARY\\AXIAL'),
      element('SOPClassUID', CT_IMAGE_STORAGE),
      element('SOPInstanceUID', examination.uid(`instance ${index}`)),
      element('StudyDate', examination.studyDate),
      element('SeriesDate', examination.studyDate),
      element('AcquisitionDate', examination.studyDate),
      element('ContentDate', examination.studyDate),
      element('StudyTime', examination.studyTime),
      element('SeriesTime', examination.studyTime),
      element('AcquisitionTime', examination.studyTime),
      element('ContentTime', examination.studyTime),
      element('AccessionNumber', cyrillic(examination.accessionNumber)),
      element('Modality', 'CT'),
      element('Manufacturer', 'Sluice Demo Devices'),
      element('InstitutionName', cyrillic('Учебная больница')),
      element('ReferringPhysicianName', cyrillic(examination.referringPhysician)),
      element('StationName', examination.device),
      element('StudyDescription', cyrillic(examination.bodyPart === 'HEAD' ? 'КТ головы' : 'КТ живота')),
      element('SeriesDescription', examination.bodyPart === 'HEAD' ? 'HEAD 5.0 BRAIN' : 'ABDOMEN 5.0'),
      element('ManufacturerModelName', 'Phantom 24'),
      element('ReferencedStudySequence', [
        [
          element('ReferencedSOPClassUID', '1.2.840.10008.3.1.2.3.1'),
          element('ReferencedSOPInstanceUID', examination.uid('referenced')),
        ],
      ]),
      element('PatientName', cyrillic(examination.patientName)),
      element('PatientID', cyrillic(examination.patientID)),
      element('PatientBirthDate', examination.birthDate),
      element('PatientSex', examination.sex),
      element('PatientAge', `${String(examination.ageYears).padStart(3, '0')}Y`),
      element('BodyPartExamined', examination.bodyPart),
      element('SliceThickness', '5'),
      element('KVP', '120'),
      element('DeviceSerialNumber', `SN-${examination.device}-4411`),
      element('SoftwareVersions', '1.0'),
      element('ProtocolName', cyrillic('Голова рутинная')),
      element('XRayTubeCurrent', '250'),
      element('ConvolutionKernel', 'H31s'),
      element('PatientPosition', 'HFS'),
      element('StudyInstanceUID', examination.uid('study')),
      element('SeriesInstanceUID', examination.uid('series')),
      element('StudyID', String(examination.number + 1)),
      element('SeriesNumber', '2'),
      element('AcquisitionNumber', '1'),
      element('InstanceNumber', String(index + 1)),
      element('ImagePositionPatient', `${-offsetMm}\\${-offsetMm}\\${positionMm}`),
      element('ImageOrientationPatient', '1\\0\\0\\0\\1\\0'),
      element('FrameOfReferenceUID', examination.uid('frame of reference')),
      element('PositionReferenceIndicator', ''),
      element('SliceLocation', String(positionMm)),
      element('SamplesPerPixel', [1]),
      element('PhotometricInterpretation', 'MONOCHROME2'),
      element('Rows', [seen.rows]),
      element('Columns', [seen.columns]),
      element('PixelSpacing', `${PIXEL_SPACING_MM}\\${PIXEL_SPACING_MM}`),
      element('BitsAllocated', [16]),
      element('BitsStored', [12]),
      element('HighBit', [11]),
      element('PixelRepresentation', [0]),
      element('WindowCenter', '35'),
      element('WindowWidth', '90'),
      element('RescaleIntercept', '-1024'),
      element('RescaleSlope', '1'),
      element('RescaleType', 'HU'),
      { tag: 0x00290010, vr: 'LO', value: 'SLUICE DEMO 1.0' },
      { tag: 0x00291001, vr: 'LO', value: cyrillic(examination.patientName) },
      { tag: tag('PixelData'), vr: 'OW', value: new Uint8Array(seen.pixels.buffer) },
    ],
    syntax,
  )
}

const offsetMm = (COLUMNS * PIXEL_SPACING_MM) / 2

function element(keyword: string, value: NewElement['value']): NewElement {
  const at = tag(keyword)
  return { tag: at, vr: (dictionaryEntry(at)?.vrs[0] ?? 'UN') satisfies VR, value }
}

function tag(keyword: string): number {
  const found = tagOf(keyword)
  if (found === undefined) throw new Error(`unreachable: ${keyword} is not in the dictionary`)
  return found
}

const utf8 = (text: string): Uint8Array => padded(new TextEncoder().encode(text))

/** Windows-1251, whose Cyrillic letters stand in alphabetical order from 0xC0; Ё and ё apart. */
const windows1251 = (text: string): Uint8Array =>
  padded(
    Uint8Array.from(text, (letter) => {
      if (letter === 'Ё') return 0xa8
      if (letter === 'ё') return 0xb8
      const code = letter.charCodeAt(0)
      return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code
    }),
  )

/** text values have an even length, padded with a space (PS3.5 §6.2) */
const padded = (bytes: Uint8Array): Uint8Array => (bytes.length % 2 ? Uint8Array.from([...bytes, 0x20]) : bytes)
