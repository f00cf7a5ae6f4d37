/** Whose message this is, and what it says of people: names, numbers, places. None of it leaves the gate. */
import {
  code,
  componentsOf,
  divides,
  fieldsOf,
  find,
  parsePath,
  part,
  repetitionsOf,
  type Message,
  type Path,
  type Range,
  type Texts,
} from '../../standards/hl7/index.ts'
import type { Identity } from '../identity.ts'
import { NAMED } from './policy.ts'

export interface Said {
  readonly names: readonly string[]
  readonly identifiers: readonly string[]
  readonly places: readonly string[]
}

/** What is known of the patient that reference ranges depend on. */
export interface MessageSubject {
  readonly sex?: 'M' | 'F'
  readonly ageYears?: number
}

type Kind = keyof typeof NAMED
interface Places {
  readonly all: { readonly kind: Kind; readonly number: number }[]
  /** the first of their fields */
  first: number
}
/** by the name of the segment */
const PLACES = new Map<string, Places>()
for (const [kind, named] of Object.entries(NAMED) as [Kind, Readonly<Record<string, readonly number[]>>][])
  for (const [segment, numbers] of Object.entries(named)) {
    const places = PLACES.get(segment) ?? { all: [], first: Infinity }
    places.all.push(...numbers.map((number) => ({ kind, number })))
    places.first = Math.min(places.first, ...numbers)
    PLACES.set(segment, places)
  }

const path = (text: string): Path => parsePath(text) as Path
const PATIENT = { MSH: path('PID.3[*]'), H: path('P.2[*]') }
const SPECIMENS = ['SPM.2.1', 'SAC.3.1', 'OBR.3.1', 'OBR.2.1', 'O.2.1', 'O.3.1'].map(path)
const SENT = ['MSH.7', 'H.14'].map(path)
const CONTROL_ID = { MSH: path('MSH.10'), H: path('H.3') }
const SEX = { MSH: path('PID.8'), H: path('P.8') }
const BORN = { MSH: path('PID.7'), H: path('P.7') }
const OBSERVED = ['OBR.7', 'OBX.14', 'MSH.7', 'O.7', 'R.12', 'H.14'].map(path)
const TRIGGER = path('MSH.9.2')
const GOES = path('MRG.1[*]')
const headerOf = ({ header }: Message) => (header === 'MSH' ? 'MSH' : 'H')

/** Every value that names somebody, components of a name joined as DICOM has them. */
export function saidIn(message: Message, texts: Texts): Said {
  const found: Record<Kind, string[]> = { names: [], identifiers: [], places: [] }
  for (const segment of message.segments) {
    const places = PLACES.get(segment.name)
    if (!places || !reaches(message, segment, places.first)) continue
    const fields = fieldsOf(message, segment)
    for (const { kind, number } of places.all) {
      const field = fields[number - 1]
      if (!field || field.end === field.start) continue
      if (!divides(message.bytes, field, message.delimiters.repetition))
        addValues(message, texts, field, kind, found[kind])
      else for (const one of repetitionsOf(message, field)) addValues(message, texts, one, kind, found[kind])
    }
  }
  return { names: unique(found.names), identifiers: unique(found.identifiers), places: unique(found.places) }
}

/** whether a segment may have a field of a number: most results end long before one that names somebody */
function reaches({ bytes, delimiters: { field } }: Message, { start, end }: Range, number: number): boolean {
  let left = number - 1
  for (let at = start; at < end && left > 0; at++) if (bytes[at] === field) left--
  return left === 0
}

function unique(values: readonly string[]): readonly string[] {
  for (let at = 1; at < values.length; at++)
    if (at === FEW || values.lastIndexOf(values[at] as string, at - 1) >= 0) return [...new Set(values)]
  return values
}
/** so many are compared with each other; more of them are put into a set */
const FEW = 8

const LETTER = /\p{L}/u
const MOST_OF_A_NAME = 4

function addValues(message: Message, texts: Texts, repetition: Range, kind: Kind, found: string[]): void {
  if (kind === 'identifiers') {
    const first = part(message.bytes, repetition, message.delimiters.component, 1)
    const number = (first && texts.text(first)?.trim()) ?? ''
    if (number.length >= 3) found.push(number)
    return
  }
  let [name, parts] = ['', 0]
  for (const range of componentsOf(message, repetition)) {
    const said = texts.text(range)?.trim() ?? ''
    if (!LETTER.test(said)) continue
    if (kind === 'places') {
      if (said.length >= 4) found.push(said)
      // an XCN begins with a number, an XPN with the family name
    } else if (parts++ < MOST_OF_A_NAME) name = parts === 1 ? said : `${name}^${said}`
  }
  if (name !== '') found.push(name)
}

/**
 * PID-3 (or the practice's number of an analyser's P record) with its assigning authority; without a patient the specimen of
 * that day at that sender stands for the person, and only two people's decision joins it to one.
 */
export function identityIn(message: Message, texts: Texts, link: string): Identity {
  const patient = patientIn(message, texts)
  if (patient) return patient
  const specimen = first(SPECIMENS, (one) => texts.at(one)?.trim() || undefined)
  const day = (first(SENT, (one) => code(message, one) || undefined) ?? '').slice(0, 8)
  const number = specimen ?? controlIdOf(message)
  return { patientID: `specimen ${link} ${day} ${number}`, issuer: '' }
}

/** MSH-10, or the message's id in an ASTM header */
export const controlIdOf = (message: Message): string => code(message, CONTROL_ID[headerOf(message)])

/** @returns undefined where the message names no patient */
export const patientIn = (message: Message, texts: Texts): Identity | undefined =>
  patientIdentity(message, texts, PATIENT[headerOf(message)])

/** @param all repetitions of the field */
function patientIdentity(message: Message, texts: Texts, all: Path): Identity | undefined {
  // the number of this hospital where several are given (table 0203: MR, PI), else the first
  let given: Identity | undefined
  for (const repetition of find(message, all)) {
    const [id, , , authority, type] = componentsOf(message, repetition).map((part) => texts.text(part)?.trim() ?? '')
    if (!id) continue
    const issuer = (authority ?? '').split(String.fromCharCode(message.delimiters.subcomponent))[0] ?? ''
    if (type === 'MR' || type === 'PI') return { patientID: id, issuer }
    given ??= { patientID: id, issuer }
  }
  return given
}

/** @returns what the first of some has to say */
function first<One, Answer>(some: readonly One[], answer: (one: One) => Answer | undefined): Answer | undefined {
  for (const one of some) {
    const found = answer(one)
    if (found !== undefined) return found
  }
  return undefined
}

/** Two numbers of one person, as ADT^A40 and its kin say it (v2.5.1 §3.3.40): MRG-1 goes, PID-3 stays. */
export function mergeIn(
  message: Message,
  texts: Texts,
): { readonly from: Identity; readonly into: Identity } | undefined {
  if (!/^A(18|34|36|40|47)$/.test(code(message, TRIGGER))) return undefined
  const [from, into] = [patientIdentity(message, texts, GOES), patientIdentity(message, texts, PATIENT.MSH)]
  return from && into ? { from, into } : undefined
}

const OLDEST = 90
const YEAR_MS = 365.25 * 86_400_000

/** Age in completed years when it was observed, at most 90; a fraction below one year. */
export function subjectIn(message: Message): MessageSubject {
  const header = headerOf(message)
  const sex = code(message, SEX[header]).trim().toUpperCase()
  const born = dayOf(code(message, BORN[header]))
  const observed = first(OBSERVED, (one) => dayOf(code(message, one)))
  return subjectOf(sex, born, observed)
}

/** @param born and @param observed milliseconds since the epoch */
export function subjectOf(sex: string, born: number | undefined, observed: number | undefined): MessageSubject {
  const years = born !== undefined && observed !== undefined ? (observed - born) / YEAR_MS : -1
  return {
    ...(sex === 'M' || sex === 'F' ? { sex } : {}),
    ...(years >= 0 && years < 130
      ? { ageYears: Math.min(OLDEST, years < 1 ? Math.floor(years * 100) / 100 : Math.floor(years)) }
      : {}),
  }
}

/** @param stated YYYY[MM[DD…]]; the middle of a year or the first of a month where no more is said */
export function dayOf(stated: string): number | undefined {
  const [, year, month = '07', day = '01'] = /^(\d{4})(\d{2})?(\d{2})?/.exec(stated) ?? []
  const at = year ? Date.UTC(Number(year), Number(month) - 1, Number(day)) : NaN
  return Number.isNaN(at) ? undefined : at
}
