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
import { imageFile, picture, write } from '../../test/burned-in.ts'
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

const SIDE = 512

/** Pictures with a name, a date and a number burned in, declared and not; a measure in a corner that must stay. */
export function plantPictures(folder: string, seed: number, count: number): readonly Planted[] {
  const next = random(seed)
  return Array.from({ length: count }, (_, index) => {
    const file = `p${seed}-${String(index).padStart(3, '0')}.dcm`
    const canvas = picture(SIDE, SIDE)
    const one = <T>(of: readonly T[]): T => of[next(of.length)] as T
    const digits = (many: number) => Array.from({ length: many }, () => next(10)).join('')
    const [surname, name, patronymic] = [one(SURNAMES), one(NAMES), one(PATRONYMICS)]
    const number = `${10 + next(89)}-${digits(6)}`
    const birth = `19${40 + next(50)}${String(1 + next(12)).padStart(2, '0')}${String(10 + next(18))}`
    const dotted = `${birth.slice(6)}.${birth.slice(4, 6)}.${birth.slice(0, 4)}`
    const lines = [
      `${surname.toUpperCase().replace('Ё', 'Е')} ${name.charAt(0)}.${patronymic.charAt(0)}.`,
      `${dotted} ${number}`,
    ]
    const planted = lines.map((value, at): Planted => {
      const { x, y, width, height } = write(canvas, value, 10 + next(120), 8 + at * 28)
      const box = JSON.stringify({ box: [x - 4, y - 4, x + width + 4, y + height + 4] })
      return {
        file,
        where: 'PixelData',
        kind: 'BURNED_IN',
        value,
        hex: Buffer.from(box).toString('hex'),
        expect: 'pixels-hidden',
      }
    })
    const mark = write(canvas, 'L 5cm', SIDE - 92, SIDE - 32)
    const rest = JSON.stringify({ box: [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height] })
    const root = `1.2.643.5.1.13.${seed}${digits(9)}.${index}`
    const more: readonly NewElement[] = [
      { tag: 0x00080018, vr: 'UI', value: `${root}.3` },
      { tag: 0x00100010, vr: 'PN', value: Buffer.from(`${surname}^${name}^${patronymic}`) },
      { tag: 0x00100020, vr: 'LO', value: number },
      { tag: 0x00100030, vr: 'DA', value: birth },
      { tag: 0x0020000d, vr: 'UI', value: `${root}.1` },
      { tag: 0x0020000e, vr: 'UI', value: `${root}.2` },
      // the first says nothing, the second tells the truth, the third lies
      ...(index % 3 ? [{ tag: 0x00280301, vr: 'CS', value: index % 3 === 1 ? 'YES' : 'NO' } as const] : []),
    ]
    writeFileSync(join(folder, file), imageFile(canvas, { more, SOPClassUID: one(PICTURES) }))
    const part = {
      file,
      where: 'PixelData',
      kind: 'KEEP_PIXELS',
      value: 'rest',
      hex: Buffer.from(rest).toString('hex'),
      expect: 'kept',
    }
    return [...planted, part]
  }).flat()
}

/** secondary capture, ultrasound, digital radiography */
const PICTURES = ['1.2.840.10008.5.1.4.1.1.7', '1.2.840.10008.5.1.4.1.1.6.1', '1.2.840.10008.5.1.4.1.1.1.1']

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
