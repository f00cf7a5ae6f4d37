/**
 * Fields that say the same of everybody: tests, units, flags. The same devices send them all day, so what becomes of one, or
 * of several side by side, is remembered, and only looked over for this patient's names and numbers.
 */
import { Recent } from '../../base/index.ts'
import type { Delimiters } from '../../standards/hl7/index.ts'
import { plainText, type PlainText } from '../text/clean.ts'
import type { FieldRule } from './policy.ts'

export interface Plain {
  /** as it is written; where a number stands among the fields, up to it */
  readonly text: string
  /** what is written behind that number */
  readonly after: string
  /** how many delimiters stand in it: not one more may stand in the bytes */
  readonly delimiters: number
  readonly texts: readonly PlainText[]
  /** codes in capitals: none may be a word of the patient's */
  readonly codes: readonly string[]
  /** fields that are written as they are read, and others */
  readonly kept: number
  readonly changed: number
}

/** bytes of some fields side by side */
export const LONGEST_PLAIN = 160
/** letters of a name or number that a code may not be */
export const SHORTEST_WORD = 4
const LONGEST_CODE = 80
const LONGEST_FIELD = 80
const KEPT = 1000

type PlainRule = 'keep' | 'coded' | 'text'
export const isPlainRule = (rule: FieldRule | undefined): rule is PlainRule =>
  rule === 'keep' || rule === 'coded' || rule === 'text'

/** What is known of fields that begin at one place of a segment. */
export class PlainFields {
  readonly #rules: readonly (FieldRule | undefined)[]
  readonly #known = new Recent<Plain | 'not plain'>(KEPT)
  readonly #around = new Recent<Plain | 'not plain'>(KEPT)

  /** @param rules of the field at the place and of those behind it */
  constructor(rules: readonly (FieldRule | undefined)[]) {
    this.#rules = rules
  }

  /**
   * @param text of fields with the usual delimiters, decoded, nothing in it escaped
   * @returns undefined where they have to be looked at part by part
   */
  of(text: string): Plain | undefined {
    const plain = this.#known.of(text, () => plainly(text, this.#rules) ?? 'not plain')
    return plain === 'not plain' ? undefined : plain
  }

  /** The same of fields to the end of a segment, of which one is a number of few digits: another one every time. */
  around(before: string, after: string): Plain | undefined {
    const plain = this.#around.of(
      before + NUMBER + after,
      () => plainlyAround(before, after, this.#rules) ?? 'not plain',
    )
    return plain === 'not plain' ? undefined : plain
  }
}

/** stands for a number; a control character, which stands in no plain text */
const NUMBER = '\0'
/** with more of them it may be somebody's number */
const FEW_DIGITS = 4

/** @returns whether bytes are digits, few enough to be nobody's number, with a decimal sign among them or without */
export function isFewDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > FEW_DIGITS + 1) return false
  let [digits, signs] = [0, 0]
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte > 0x2f && byte < 0x3a) digits++
    else if ((byte === 0x2e || byte === 0x2c) && at > start && at < end - 1) signs++
    else return false
  }
  return digits > 0 && digits <= FEW_DIGITS && signs < 2
}

/** whether a message divides as nearly all do: `|^~\&` */
export const isUsual = ({ field, component, repetition, escape, subcomponent }: Delimiters): boolean =>
  field === 0x7c && component === 0x5e && repetition === 0x7e && escape === 0x5c && subcomponent === 0x26

/** @returns how many of the usual delimiters stand in a range; −1 where something is escaped */
export function usualDelimiters(bytes: Uint8Array, start: number, end: number): number {
  let found = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === 0x5c) return -1
    if (byte === 0x7c || byte === 0x5e || byte === 0x7e || byte === 0x26) found++
  }
  return found
}

/** control characters and the escape character are written otherwise than they are read */
const WRITTEN_AS_READ = /^[\x20-\x5b\x5d-\x7e\u00a0-\uffff]*$/

function plainlyAround(before: string, after: string, rules: readonly (FieldRule | undefined)[]): Plain | undefined {
  if (!WRITTEN_AS_READ.test(before) || !WRITTEN_AS_READ.test(after)) return undefined
  const plain = plainFields(before + NUMBER + after, rules)
  const [text = '', behind = ''] = plain?.text.split(NUMBER) ?? []
  return plain && { ...plain, text, after: behind.replace(/\|+$/, '') }
}

const plainly = (text: string, rules: readonly (FieldRule | undefined)[]): Plain | undefined =>
  WRITTEN_AS_READ.test(text) ? plainFields(text, rules) : undefined

function plainFields(text: string, rules: readonly (FieldRule | undefined)[]): Plain | undefined {
  const texts: PlainText[] = []
  const codes: string[] = []
  let [kept, changed] = [0, 0]
  const fields = text.split('|').map((field, at) => {
    const rule = rules[at]
    if (field === '') return ''
    if (field === NUMBER) {
      kept++
      return field
    }
    if (!isPlainRule(rule) || field.length > LONGEST_FIELD || !weighed(field, rule, texts, codes)) return undefined
    const written = withoutEmptyEnds(field)
    if (written === field && isCode(field)) kept++
    else changed++
    return written === '' ? undefined : written
  })
  if (fields.includes(undefined)) return undefined
  const delimiters = text.replace(/[^|^~&]/g, '').length
  return { text: fields.join('|'), after: '', delimiters, texts, codes, kept, changed }
}

/** @returns whether every part of a field is a code or a plain text, which are added to the others */
function weighed(field: string, rule: PlainRule, texts: PlainText[], codes: string[]): boolean {
  for (const repetition of field.split('~'))
    for (const [index, component] of repetition.split('^').entries())
      for (const part of component.split('&')) {
        if (part === '') continue
        if (!isText(rule, index) && isCode(part)) codes.push(part.trim().toUpperCase())
        else {
          const plain = rule === 'keep' ? undefined : plainText(part)
          if (!plain) return false
          texts.push(plain)
        }
      }
  return true
}

/** identifier, text, system; alternate identifier, text, system (CE, v2.5.1 §2.A.6) */
export const isText = (rule: PlainRule, component: number): boolean =>
  rule === 'text' || (rule === 'coded' && component % 3 === 1)

const withoutEmptyEnds = (field: string): string =>
  field
    .replace(/&+(?=[~^]|$)/g, '')
    .replace(/\^+(?=~|$)/g, '')
    .replace(/~+$/, '')

/** codes, numbers, comparisons: printable ASCII, and not long enough to tell a story */
export function isCode(text: string): boolean {
  if (text.length > LONGEST_CODE) return false
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign < 0x20 || sign > 0x7e) return false
  }
  return true
}
