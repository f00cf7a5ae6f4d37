/** What is known of this patient and study, to be looked for in texts, pixels and the finished bytes. It never leaves the gate. */
import {
  isTextVR,
  latin1,
  tagOf,
  isOfStandard,
  type Attribute,
  type Attributes,
  type DataSet,
  type Tag,
} from '../standards/dicom/index.ts'
import { NAMES, NUMBERS } from './profile/identifying.ts'

export interface PatientContext {
  /** names of the patient and of everybody named in the data set, as decoded: `Фамилия^Имя^Отчество` */
  readonly names: readonly string[]
  /** numbers and codes: patient, accession, admission, insurance, telephone */
  readonly identifiers: readonly string[]
  /** addresses, institutions, wards, devices */
  readonly places: readonly string[]
  /** YYYYMMDD: birth, study, series, acquisition … */
  readonly dates: readonly string[]
  /** that somebody made */
  readonly uids: readonly string[]
}

/** institutions, wards, devices and where they are */
export const PLACES: ReadonlySet<Tag> = new Set(
  `InstitutionName InstitutionAddress InstitutionalDepartmentName StationName PatientAddress PerformedStationName
   ScheduledStationName CurrentPatientLocation PatientInstitutionResidence ReferringPhysicianAddress
   RequestingService DeviceSerialNumber`
    .split(/\s+/)
    .flatMap((keyword) => tagOf(keyword) ?? []),
)
const PERSONS: ReadonlySet<Tag> = new Set(NAMES)
const CODES: ReadonlySet<Tag> = new Set(NUMBERS)
/** what others, or we, wrote in place of a name; `Enter text` is a form's */
const NOBODY = /^(removed|anonymi[sz]ed|unknown|none|test|text)?$/i

/** @param decode the text of a value of this instance; undefined when nobody can read it */
export function patientContext(
  instance: DataSet<'identified'>,
  decode: (value: Uint8Array) => string | undefined,
): PatientContext {
  const found = {
    names: new Set<string>(),
    identifiers: new Set<string>(),
    places: new Set<string>(),
    dates: new Set<string>(),
    uids: new Set<string>(),
  }
  const work: Attributes[] = [instance.attributes]
  for (const { byTag } of work)
    for (const one of byTag.values()) {
      if (one.items) work.push(...one.items)
      const kind = kindOf(one)
      if (!kind || !one.value?.length) continue
      const text = isTextVR(one.vr) ? decode(one.value) : latin1(one.value)
      for (const value of text?.split('\\') ?? []) {
        const trimmed = value.replace(/^ +|[ \0]+$/g, '')
        if (!NOBODY.test(trimmed) && !(kind === 'uids' && isOfStandard(trimmed))) found[kind].add(trimmed)
      }
    }
  return {
    ...lists(found),
    dates: [...found.dates].map((date) => date.replaceAll('.', '').slice(0, 8)).filter((date) => /^\d{8}$/.test(date)),
    uids: [...found.uids],
  }
}

type Lists = Pick<PatientContext, 'names' | 'identifiers' | 'places'>

/** of the patients met last: what is made of these lists elsewhere is remembered by the lists themselves */
const remembered = new Map<string, Lists>()
const REMEMBERED = 32

/** The same lists for the same contents: the instances of a study say the same of their patient. */
function lists(found: Readonly<Record<keyof Lists, ReadonlySet<string>>>): Lists {
  const made = { names: [...found.names], identifiers: [...found.identifiers], places: [...found.places] }
  const key = JSON.stringify(made)
  const known = remembered.get(key)
  if (known) return known
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value as string)
  remembered.set(key, made)
  return made
}

function kindOf({ tag, vr }: Attribute): keyof PatientContext | undefined {
  if (vr === 'UI') return 'uids'
  if (vr === 'DA' || vr === 'DT') return 'dates'
  if (vr === 'PN' || PERSONS.has(tag)) return 'names'
  if (CODES.has(tag)) return 'identifiers'
  return PLACES.has(tag) ? 'places' : undefined
}

const SHORTEST = 4

const wordsOf = new WeakMap<readonly string[], readonly string[]>()

/** @returns the words of names and numbers in capitals, four characters or longer */
export function identifyingWords({ names, identifiers }: PatientContext): readonly string[] {
  const known = wordsOf.get(names) ?? collectedWords(names, identifiers)
  wordsOf.set(names, known)
  return known
}

function collectedWords(names: readonly string[], identifiers: readonly string[]): readonly string[] {
  const words = [...names, ...identifiers].flatMap((value) => value.toUpperCase().match(/[\p{L}\d]+/gu) ?? [])
  return [...new Set(words)].filter((word) => word.length >= SHORTEST && !NOBODY.test(word))
}
