/** What is wrong with a profile: found when it is loaded, so that no instance meets a contradiction. */
import {
  confidentialityTable,
  CONFIDENTIALITY_EDITIONS,
  dictionaryEntry,
  formatTag,
  isPrivate,
  isTextVR,
  readEdition,
  tagOf,
  uidEntry,
  type OptionName,
  type Tag,
  type VR,
} from '../../standards/dicom/index.ts'
import { IDENTIFYING } from './identifying.ts'
import { fitsVR } from './dummies.ts'
import { lintRegions } from './lint-regions.ts'
import type { ProfileMistake } from './mistake.ts'
import { parsePath, tagOfWord } from './path.ts'
import type { ProfileRow, ProfileSource, RowAction } from './source.ts'

export type { ProfileMistake } from './mistake.ts'

/** @returns every mistake of a profile of the right form; none when it can be compiled */
export function lintProfile(source: ProfileSource): readonly ProfileMistake[] {
  return [
    ...lintOptions(source),
    ...lintRegions(source),
    ...(source.rows ?? []).flatMap((row, at) => [...lintRow(row, at, source)]),
  ]
}

/** options that contradict each other, and why */
const CONTRADICTIONS: readonly (readonly [OptionName, OptionName, string])[] = [
  ['retain-longitudinal-full-dates', 'retain-longitudinal-modified-dates', 'dates are kept or modified, not both'],
  [
    'retain-uids',
    'retain-longitudinal-modified-dates',
    'an original UID leads to the original dates, and many devices write the date into it',
  ],
]

function* lintOptions({ edition, table, options = [], wholeWeeks }: ProfileSource): Generator<ProfileMistake> {
  if (wholeWeeks && !options.includes('retain-longitudinal-modified-dates'))
    yield { path: ['wholeWeeks'], message: 'wholeWeeks is for retain-longitudinal-modified-dates' }
  if (table !== undefined) {
    for (const { line, message } of readEdition(edition ?? '', table).mistakes)
      yield { path: ['edition'], message: `line ${line} of its file: ${message}` }
  } else if (edition !== undefined && !confidentialityTable(edition))
    yield {
      path: ['edition'],
      message: `there is no edition ${edition}; there is ${CONFIDENTIALITY_EDITIONS.join(', ')}`,
    }
  for (const [at, option] of options.entries()) {
    if (options.indexOf(option) !== at) yield { path: ['options', at], message: `${option} is there twice` }
    for (const [one, other, why] of CONTRADICTIONS)
      if (option === other && options.includes(one))
        yield { path: ['options', at], message: `${other} contradicts ${one}: ${why}` }
  }
}

function* lintRow(row: ProfileRow, at: number, { options = [], rows = [] }: ProfileSource): Generator<ProfileMistake> {
  const here = (key: string, message: string): ProfileMistake => ({ path: ['rows', at, key], message })
  const places = (['path', 'attribute', 'private', 'vr'] as const).filter((key) => row[key] !== undefined)
  if (row.sopClass !== undefined && uidEntry(row.sopClass)?.kind !== 'SOP Class')
    yield here('sopClass', `${row.sopClass} is not a SOP class of PS3.6`)
  if (places.length === 0) {
    if (row.sopClass === undefined) yield here('action', 'a row needs one of path, attribute, private, vr or sopClass')
    else if (row.action !== 'quarantine')
      yield here('action', 'a row of a SOP class alone can only say quarantine; add path, attribute, private or vr')
    return
  }
  if (places.length > 1) {
    yield here(places[1] as string, `a row has one of path, attribute, private and vr, not ${places.join(' and ')}`)
    return
  }
  const [place = 'vr'] = places
  const earlier = rows.findIndex((other) => samePlace(row, other))
  if (earlier < at) yield here(place, `row ${earlier + 1} decides this already`)
  if (row.private) {
    yield* lintPrivate(row, here)
    return
  }
  if (row.vr !== undefined) {
    if (row.action === 'K' && DENIED.has(row.vr))
      yield here('action', `${row.vr} that no table knows is not kept wholesale; name the attributes`)
    yield* lintAction(row, [row.vr], here)
    return
  }
  const tags = row.path !== undefined ? parsePath(row.path) : tagOfWord(row.attribute ?? '')
  if (tags === undefined) {
    yield here('attribute', `${row.attribute} is not a keyword of PS3.6 or a tag`)
    return
  }
  if (typeof tags === 'string') {
    yield here('path', tags)
    return
  }
  const tag = typeof tags === 'number' ? tags : (tags[tags.length - 1] as Tag)
  if (isPrivate(tag)) {
    yield here(place, 'a private attribute is named by private: its creator, group and element')
    return
  }
  const inItem = Array.isArray(tags) && tags.length > 1
  if (OURS.has(tag) && !inItem) yield here(place, `${word(tag)} is written by the gate itself`)
  else if (row.action === 'K') yield* lintKept(tag, options, (message) => here('action', message))
  const entry = dictionaryEntry(tag)
  if (entry) yield* lintAction(row, entry.vrs, here)
}

/** what verification would refuse in every instance, and what gives away a shift */
function* lintKept(
  tag: Tag,
  options: readonly OptionName[],
  mistake: (message: string) => ProfileMistake,
): Generator<ProfileMistake> {
  const vrs = dictionaryEntry(tag)?.vrs ?? []
  const group = tag >>> 24
  if (IDENTIFYING.has(tag) || vrs.includes('PN'))
    yield mistake(`${word(tag)} identifies somebody; verification refuses what keeps it`)
  else if (group === 0x50 || group === 0x60) yield mistake('drawings are kept by clean-graphics only')
  else if (vrs.includes('UI') && !options.includes('retain-uids'))
    yield mistake(`${word(tag)} is a UID; verification refuses an original one without retain-uids`)
  else if (isDate(vrs) && options.includes('retain-longitudinal-modified-dates'))
    yield mistake(`${word(tag)} beside shifted dates would give the shift away`)
}

function* lintPrivate(
  row: ProfileRow,
  here: (key: string, message: string) => ProfileMistake,
): Generator<ProfileMistake> {
  const { creator = '', group = '', element } = row.private ?? {}
  const number = /^[0-9a-fA-F]{4}$/.test(group) ? Number.parseInt(group, 16) : 0
  if (creator.trim() === '' || creator !== creator.trim() || creator.length > 64 || creator.includes('\\'))
    yield here('private', 'a creator is a text of 1 to 64 characters without backslash or outer spaces (PS3.5 §7.8.1)')
  if (number % 2 === 0 || number < 9 || number === 0xffff)
    yield here('private', `group ${group} is not a private one: four hexadecimal digits, odd, from 0009 on`)
  if (element !== undefined && !/^[0-9a-fA-F]{2}$/.test(element))
    yield here('private', `element ${element} is not two hexadecimal digits: its place in the creator’s block`)
  if (!['X', 'Z', 'K', 'C', 'U', 'clean', 'shift', 'quarantine'].includes(row.action))
    yield here('action', `${row.action} is not for private attributes: X, Z, K, C, U, clean, shift or quarantine are`)
}

/** the VRs an action makes sense for */
const FOR: Readonly<Partial<Record<RowAction, (vr: VR) => boolean>>> = {
  U: (vr) => vr === 'UI',
  shift: (vr) => vr === 'DA' || vr === 'DT',
  generalise: (vr) => ['DA', 'DT', 'AS', 'DS', 'IS'].includes(vr),
  pseudonym: (vr) => ['PN', 'LO', 'SH', 'UC'].includes(vr),
  clean: (vr) => isTextVR(vr),
  hash: (vr) => ['LO', 'SH', 'UC', 'LT', 'ST', 'UT'].includes(vr),
  keepIfIn: (vr) => ['CS', 'LO', 'SH', 'UC', 'AE', 'IS', 'DS', 'AS'].includes(vr),
}

function* lintAction(
  row: ProfileRow,
  vrs: readonly VR[],
  here: (key: string, message: string) => ProfileMistake,
): Generator<ProfileMistake> {
  const [vr = 'UN'] = vrs
  if (FOR[row.action] && !vrs.some((one) => FOR[row.action]?.(one)))
    yield here('action', `${row.action} is not for ${vrs.join(' or ')}`)
  else if (row.action === 'generalise' && !generalises(vr, row.to))
    yield here(
      row.to === undefined ? 'action' : 'to',
      isDate([vr]) ? 'to is year or month' : vr === 'AS' ? 'to is an age such as 090Y' : 'to is a step above 0',
    )
  if (row.action === 'keepIfIn' && !row.values?.length) yield here('action', 'keepIfIn needs values')
  if (row.action !== 'keepIfIn' && row.values) yield here('values', 'values are for keepIfIn')
  if (row.action !== 'generalise' && row.to !== undefined) yield here('to', 'to is for generalise')
  if (row.value !== undefined) {
    if (row.action !== 'D') yield here('value', 'a value is for D')
    else if (!vrs.some((one) => fitsVR(one, row.value ?? '')))
      yield here('value', `the value does not fit ${vrs.join(' or ')}`)
  }
}

export function generalises(vr: VR, to: ProfileRow['to']): boolean {
  if (isDate([vr])) return to === 'year' || to === 'month'
  if (vr === 'AS') return typeof to === 'string' && /^\d{3}Y$/.test(to)
  return typeof to === 'number' && to > 0
}

const isDate = (vrs: readonly VR[]) => vrs.includes('DA') || vrs.includes('DT')
const word = (tag: Tag) => dictionaryEntry(tag)?.keyword ?? formatTag(tag)

const samePlace = (one: ProfileRow, other: ProfileRow) =>
  one.sopClass === other.sopClass &&
  one.path === other.path &&
  one.attribute === other.attribute &&
  one.vr === other.vr &&
  JSON.stringify(one.private) === JSON.stringify(other.private)

/** values of these may hold anything */
const DENIED: ReadonlySet<VR> = new Set([
  'LO',
  'SH',
  'ST',
  'LT',
  'UC',
  'UT',
  'UR',
  'PN',
  'AE',
  'UI',
  'UN',
  'OB',
  'OW',
  'OF',
  'OD',
  'OL',
  'OV',
])

/** written by the gate: who it is, which instance, that it was de-identified, how text is encoded */
const OURS: ReadonlySet<Tag> = new Set(
  `PatientName PatientID SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID SpecificCharacterSet
   PatientIdentityRemoved DeidentificationMethod DeidentificationMethodCodeSequence
   LongitudinalTemporalInformationModified BurnedInAnnotation RecognizableVisualFeatures PixelData
   TransferSyntaxUID PrivateDataElementCharacteristicsSequence`
    .split(/\s+/)
    .flatMap((keyword) => tagOf(keyword) ?? []),
)
