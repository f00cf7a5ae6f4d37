/**
 * Synthetic instances with identifiers planted in every place where devices put them, and a key that says where and what
 * must become of it. Another seed gives other people; no name stands in a list of the cleaner's own.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode, type Encoding } from '../../src/standards/character-sets/index.ts'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  tagOf,
  writeFileMeta,
  type NewElement,
} from '../../src/standards/dicom/index.ts'
import type { Planted } from './leaks.ts'

const SURNAMES = [
  'Горностаев',
  'Мухоморов',
  'Черепанников',
  'Сухоруков',
  'Златогорский',
  'Выхухолев',
  'Подберёзкин',
  'Журавинский',
  'Трёхпалов',
  'Бережковой',
]
const NAMES = ['Елисей', 'Гордей', 'Мирон', 'Савва', 'Фёдор']
const PATRONYMICS = ['Прокопьевич', 'Лукьянович', 'Никифорович', 'Саввич', 'Гордеевич']
const PHRASES = [
  'КТ головного мозга',
  'МРТ коленного сустава без контраста',
  'Т2 аксиально',
  'ангиография сосудов шеи',
  'грудная клетка, мягкие ткани',
]
/** declared, and really written: what devices do */
const CHARACTER_SETS: readonly (readonly [declared: string, written: Encoding])[] = [
  ['ISO_IR 192', 'utf-8'],
  ['ISO_IR 144', 'iso-8859-5'],
  ['ISO_IR 100', 'windows-1251'],
  ['ISO_IR 192', 'windows-1251'],
  ['', 'windows-1251'],
  ['', 'koi8-r'],
  ['', 'ibm866'],
]
const CT = '1.2.840.10008.5.1.4.1.1.2'

/** @returns the key; the files stand in `folder` */
export function plant(folder: string, seed: number, count: number): readonly Planted[] {
  mkdirSync(folder, { recursive: true })
  const key: Planted[] = []
  for (let index = 0; index < count; index++) {
    const file = `g${seed}-${String(index).padStart(3, '0')}.dcm`
    const { bytes, planted } = instance(seed * 1000 + index)
    writeFileSync(join(folder, file), bytes)
    for (const one of planted) key.push({ file, ...one })
  }
  return key
}

/** a small generator of our own, so that a seed gives the same files everywhere */
function random(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 12345) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function instance(seed: number) {
  const next = random(seed)
  const one = <T>(of: readonly T[]): T => of[next(of.length)] as T
  const digits = (many: number) => Array.from({ length: many }, () => next(10)).join('')
  const [declared, written] = CHARACTER_SETS[seed % CHARACTER_SETS.length] as readonly [string, Encoding]
  const planted: Omit<Planted, 'file'>[] = []
  const text = (value: string): Uint8Array => {
    const bytes = encode(value, written) ?? Buffer.from(value)
    return bytes.length % 2 ? Buffer.concat([bytes, Buffer.from(' ')]) : bytes
  }
  const secret = (where: string, kind: string, value: string, expect = 'removed') => {
    planted.push({
      where,
      kind,
      value,
      hex: Buffer.from(encode(value, written) ?? Buffer.from(value)).toString('hex'),
      expect,
    })
    return value
  }
  const el = (keyword: string, vr: NewElement['vr'], value: NewElement['value']): NewElement => ({
    tag: tagOf(keyword) as number,
    vr,
    value,
  })
  const [surname, name, patronymic] = [one(SURNAMES), one(NAMES), one(PATRONYMICS)]
  const person = `${surname}^${name}^${patronymic}`
  const doctor = `${SURNAMES[(SURNAMES.indexOf(surname) + 3) % SURNAMES.length]}^${one(NAMES)}`
  const number = `${10 + next(89)}-${digits(6)}`
  const birth = `19${40 + next(50)}${String(1 + next(12)).padStart(2, '0')}${String(10 + next(18))}`
  const date = `20${18 + next(6)}${String(1 + next(12)).padStart(2, '0')}${String(10 + next(18))}`
  const phone = `+7 (812) ${digits(3)}-${digits(2)}-${digits(2)}`
  const phrase = one(PHRASES)
  const root = `1.2.643.5.1.13.${digits(9)}`
  const [sop, study, series] = ['3', '1', '2'].map((last) => secret('UID', 'UID', `${root}.${last}`, 'remapped')) as [
    string,
    string,
    string,
  ]
  const station = `${one(['ИРИДА', 'СОСНА', 'ЛОЦМАН'])}-${digits(4)}`
  planted.push({
    where: 'StudyDescription',
    kind: 'KEEP_PHRASE',
    value: phrase,
    hex: Buffer.from(encode(phrase, written) ?? []).toString('hex'),
    expect: 'kept-if-clean-descriptors',
  })
  for (const [where, value] of [
    ['PatientName', surname],
    ['PatientName', patronymic],
  ] as const)
    secret(where, 'PN', value)
  secret('ReferringPhysicianName', 'PN', doctor.split('^')[0] as string)
  secret('PatientID', 'MRN', number)
  secret('PatientBirthDate', 'DATE_BIRTH', birth)
  secret('StudyDate', 'DATE', date, 'shifted')
  secret('PatientTelephoneNumbers', 'PHONE', phone)
  secret('StationName', 'DEVICE', station)
  secret('PrivateBlock', 'PN', `${surname.toUpperCase()} ${name.charAt(0)}`)
  const nested: readonly NewElement[] = [
    el('PatientName', 'PN', text(person)),
    el('PatientID', 'LO', text(number)),
    el('StudyInstanceUID', 'UI', study),
  ]
  const elements: readonly NewElement[] = [
    ...(declared ? [el('SpecificCharacterSet', 'CS', declared)] : []),
    el('ImageType', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    el('InstanceCreationDate', 'DA', date),
    el('SOPClassUID', 'UI', CT),
    el('SOPInstanceUID', 'UI', sop),
    el('StudyDate', 'DA', date),
    el('AccessionNumber', 'SH', number),
    el('Modality', 'CS', 'CT'),
    el('Manufacturer', 'LO', 'ACME'),
    el('ReferringPhysicianName', 'PN', text(doctor)),
    el('StationName', 'SH', text(station)),
    el('StudyDescription', 'LO', text(`${phrase} ${surname} ${name.charAt(0)}.${patronymic.charAt(0)}.`)),
    el('ReferencedStudySequence', 'SQ', [
      [el('ReferencedSOPClassUID', 'UI', '1.2.840.10008.3.1.2.3.1'), el('ReferencedSOPInstanceUID', 'UI', study)],
    ]),
    el('PatientName', 'PN', text(person)),
    el('PatientID', 'LO', text(number)),
    el('PatientBirthDate', 'DA', birth),
    el('PatientSex', 'CS', 'M'),
    el('PatientAge', 'AS', '071Y'),
    el('PatientTelephoneNumbers', 'SH', text(phone)),
    el('PatientComments', 'LT', text(`Пациент ${surname} ${name} ${patronymic}, тел. ${phone}`)),
    el('BodyPartExamined', 'CS', 'HEAD'),
    el('SliceThickness', 'DS', '5'),
    el('KVP', 'DS', '120'),
    el('ConvolutionKernel', 'SH', 'H30s'),
    el('StudyInstanceUID', 'UI', study),
    el('SeriesInstanceUID', 'UI', series),
    el('InstanceNumber', 'IS', '1'),
    el('ImagePositionPatient', 'DS', '0\\0\\0'),
    el('ImageOrientationPatient', 'DS', '1\\0\\0\\0\\1\\0'),
    el('SamplesPerPixel', 'US', [1]),
    el('PhotometricInterpretation', 'CS', 'MONOCHROME2'),
    el('Rows', 'US', [8]),
    el('Columns', 'US', [8]),
    el('PixelSpacing', 'DS', '0.5\\0.5'),
    el('BitsAllocated', 'US', [16]),
    el('BitsStored', 'US', [12]),
    el('HighBit', 'US', [11]),
    el('PixelRepresentation', 'US', [0]),
    el('RescaleIntercept', 'DS', '-1024'),
    el('RescaleSlope', 'DS', '1'),
    el('OriginalAttributesSequence', 'SQ', [[el('ModifiedAttributesSequence', 'SQ', [nested])]]),
    { tag: 0x00290010, vr: 'LO', value: 'ACME HEADER' },
    {
      tag: 0x00291001,
      vr: 'OB',
      value: Buffer.concat([Buffer.from('CSA '), text(`${surname.toUpperCase()} ${name.charAt(0)}`)]),
    },
    { tag: 0x00291002, vr: 'UN', value: encodeDataSet([el('PatientID', 'LO', number)], IMPLICIT_LITTLE_ENDIAN) },
    { tag: 0x7fe00010, vr: 'OW', value: Uint8Array.from({ length: 128 }, () => next(256)) },
  ]
  const syntax = seed % 3 === 0 ? IMPLICIT_LITTLE_ENDIAN : EXPLICIT_LITTLE_ENDIAN
  const meta = writeFileMeta({
    transferSyntaxUID: syntax.uid,
    mediaStorageSOPClassUID: CT,
    mediaStorageSOPInstanceUID: sop,
  })
  return { bytes: Buffer.concat([meta, encodeDataSet(elements, syntax)]), planted }
}
