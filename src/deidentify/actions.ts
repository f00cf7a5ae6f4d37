/**
 * Each action of a profile as a function of one value. None of them writes; what throws has its attribute removed by the
 * engine, so that a mistake here loses a value and never lets one through.
 */
import {
  isBinaryVR,
  isTerm,
  isTextVR,
  isUID,
  latin1,
  strings,
  isOfStandard,
  valueBytes,
  type Attributes,
  type Tag,
  type VR,
} from '../standards/dicom/index.ts'
import type { Person } from './person.ts'
import type { PatientContext } from './patient-context.ts'
import { coarseDates, shiftDates } from './profile/dates.ts'
import { dummyValue, fitsVR, longestOf } from './profile/dummies.ts'
import type { Action, Rule } from './profile/rule.ts'
import { keyedHashText } from './pseudonyms/keyed-hash.ts'
import type { TextCleaner } from './stages.ts'
import { mapUID } from './uids.ts'

/** One attribute on its way through the gate. */
export interface Met {
  readonly tag: Tag
  readonly vr: VR
  readonly value: Uint8Array
  readonly rule: Rule
  /** the data set or item that holds it */
  readonly holder: Attributes
}

/** What the gate knows while it works on one instance. */
export interface Knowledge {
  readonly person: Person
  readonly uidKey: Uint8Array
  readonly numberKey: Uint8Array
  /** what is known of the patient, and the days that dates in texts are shifted by, if they are */
  readonly textContext: PatientContext & { readonly dateShiftDays?: number }
  /** in capitals, four characters or longer: none of them may stand in a text that is kept */
  readonly words: readonly string[]
  /** @returns the text of a value of this instance; undefined when nobody can read it */
  decode(value: Uint8Array): string | undefined
  readonly cleaner: TextCleaner
  /** counts what a cleaner replaced */
  found(kind: string, count: number): void
}

/** `keep` as it stands · `remove` · `quarantine` the instance · a new value */
export type Outcome = 'keep' | 'remove' | 'quarantine' | Uint8Array

export type Actions = Readonly<Record<Action, (met: Met, known: Knowledge) => Outcome>>

const EMPTY = new Uint8Array()

export const ACTIONS: Actions = {
  keep,
  remove: () => 'remove',
  empty: () => EMPTY,
  dummy: ({ vr, rule }) => valueBytes(vr, rule.row?.value ?? dummyValue(vr), true),
  uid: ({ vr, value }, { uidKey }) => (vr === 'UI' ? valueBytes('UI', mapped(ascii(value), uidKey), true) : 'remove'),
  shift,
  pseudonym: ({ vr }, { person }) => valueBytes(vr, person.pseudonym, true),
  'code-string': (met, known) => (CODE.test(ascii(met.value)) ? keep(met, known) : 'remove'),
  inside: () => 'remove',
  clean,
  generalise,
  hash,
  'keep-if-in': keepIfIn,
  overlay: ({ holder, tag }) => (strings(holder, (tag & 0xffff0000) + OVERLAY_TYPE)[0] === 'R' ? 'keep' : 'remove'),
  quarantine: () => 'quarantine',
}

/** capitals, digits, space, underscore (PS3.5 §6.2), and what devices add to them without naming anybody */
const CODE = /^[A-Z0-9_ \\.+-]*\0?$/
/** of a group 60xx: G for graphics, R for a region of interest (PS3.3 §C.9.2) */
const OVERLAY_TYPE = 0x0040

/** numbers, dates and ages that are kept must look like them: a device may write words where the VR has none */
const FORM: ReadonlySet<VR> = new Set(['DA', 'DT', 'TM', 'AS', 'IS', 'DS', 'UI'])
const NUMERIC = /^[\d .:+\-eE\\DWMY\0]*$/

function keep({ tag, vr, value }: Met, { words, decode }: Knowledge): Outcome {
  if (isBinaryVR(vr)) return 'keep'
  if (FORM.has(vr)) {
    const text = ascii(value)
    if (!NUMERIC.test(text)) return 'remove'
    // a short number of a patient is part of many measures; a long one as a whole value is that number
    return text.split('\\').some((one) => one.trim().length >= 6 && words.includes(one.trim())) ? 'remove' : 'keep'
  }
  const text = isTextVR(vr) ? decode(value) : ascii(value)
  if (text === undefined || names(beyondTerms(tag, vr, text), words)) return 'remove'
  return isTextVR(vr) && !isPlain(value) ? utf8(vr, text) : 'keep'
}

function shift({ vr, value }: Met, { person }: Knowledge): Outcome {
  if (vr !== 'DA' && vr !== 'DT') return 'remove'
  const shifted = shiftDates(ascii(value), person.dateShiftDays)
  return shifted === undefined ? EMPTY : valueBytes(vr, shifted, true)
}

function clean({ vr, value }: Met, { cleaner, textContext, decode, found, words }: Knowledge): Outcome {
  const text = isTextVR(vr) ? decode(value) : undefined
  if (text === undefined) return 'remove'
  const values = (isOneValue(vr) ? [text] : text.split('\\')).map((one) => cleaner.clean(one, textContext))
  const cleaned = values.map((one) => one.text).join('\\')
  if (!values.every(({ sure }) => sure) || names(cleaned, words)) return 'remove'
  for (const { kind, count } of values.flatMap((one) => one.found)) found(kind, count)
  return utf8(vr, cleaned)
}

/** a backslash in these is a character like any other (PS3.5 §6.2) */
const isOneValue = (vr: VR) => vr === 'LT' || vr === 'ST' || vr === 'UT'

function generalise({ vr, value, rule }: Met): Outcome {
  const text = ascii(value)
  const to = rule.row?.to
  if (vr === 'DA' || vr === 'DT') {
    const coarse = coarseDates(text, to === 'month' ? 'month' : 'year')
    return coarse === undefined ? 'remove' : valueBytes(vr, coarse, true)
  }
  if (vr === 'AS') {
    if (!fitsVR('AS', text)) return 'remove'
    return text.endsWith('Y') && typeof to === 'string' && text > to ? valueBytes(vr, to, true) : 'keep'
  }
  if ((vr !== 'DS' && vr !== 'IS') || typeof to !== 'number') return 'remove'
  const rounded = text.split('\\').map((one) => Math.round(Number(one) / to) * to)
  if (rounded.some(Number.isNaN)) return 'remove'
  return valueBytes(vr, rounded.map((number) => String(Number(number.toFixed(6)))).join('\\'), true)
}

/** Crockford's base 32: no letters that are read as digits */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 12

/** A number as its keyed code: the same number gives the same code wherever it stands, in images and messages. */
export function keyedCode(key: Uint8Array, number: string): string {
  const hash = keyedHashText(key, number.normalize('NFKC').trim().toUpperCase())
  let code = ''
  for (let at = 0; at < CODE_LENGTH; at++) code += ALPHABET[hash.charCodeAt(at) & 31] as string
  return code
}

function hash({ vr, value }: Met, { decode, numberKey }: Knowledge): Outcome {
  const text = decode(value)
  if (text === undefined) return 'remove'
  const codes = text.split('\\').map((one) => (one.trim() === '' ? '' : keyedCode(numberKey, one)))
  return valueBytes(vr, codes.join('\\'), true)
}

function keepIfIn(met: Met, known: Knowledge): Outcome {
  const text = isTextVR(met.vr) ? known.decode(met.value) : ascii(met.value)
  const allowed = met.rule.row?.values ?? []
  return text?.split('\\').every((one) => allowed.includes(one.trim())) ? keep(met, known) : 'remove'
}

function mapped(uids: string, key: Uint8Array): string {
  return uids
    .split('\\')
    .map((uid) => (uid === '' || (isUID(uid) && isOfStandard(uid)) ? uid : mapUID(uid, key)))
    .join('\\')
}

/** The values of a code string that are not the standard's own words for this attribute. */
export const beyondTerms = (tag: Tag, vr: VR, text: string): string =>
  vr === 'CS'
    ? text
        .split('\\')
        .filter((one) => !isTerm(tag, one))
        .join('\\')
    : text

/** whether a word of the patient's names and numbers stands in a text */
export function names(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return false
  const capitals = text.toUpperCase()
  return words.some((word) => capitals.includes(word))
}

/** A text in UTF-8, each value cut at the most characters its VR allows. */
function utf8(vr: VR, text: string): Uint8Array {
  const most = longestOf(vr)
  const values = isOneValue(vr) ? [text] : text.split('\\')
  const bytes = Buffer.from(values.map((one) => one.slice(0, most)).join('\\'))
  return bytes.length % 2 ? Buffer.concat([bytes, SPACE]) : bytes
}
const SPACE = Buffer.from(' ')

/** characters that mean the same in every character set: no escape sequence, nothing beyond seven bits */
const isPlain = (value: Uint8Array) => value.every((byte) => byte < 0x80 && byte !== 0x1b)

/** without padding */
export function ascii(value: Uint8Array): string {
  const text = latin1(value)
  const last = text.charCodeAt(text.length - 1)
  return last === 0x20 || last === 0 ? text.replace(/[\0 ]+$/, '') : text
}
