/**
 * Coded fields that say the same of everybody: tests, units, flags. The same devices send them all day, so what becomes of
 * one is remembered, and only looked over for this patient's names and numbers.
 */
import { Recent } from '../../base/index.ts'
import type { Delimiters } from '../../standards/hl7/index.ts'
import { plainText, type PlainText } from '../text/clean.ts'

export interface PlainField {
  /** as it is written */
  readonly text: string
  readonly texts: readonly PlainText[]
  /** codes in capitals: none may be a word of the patient's */
  readonly codes: readonly string[]
}

type Rule = 'keep' | 'coded'
const LONGEST = 80
/** letters of a name or number that a code may not be */
export const SHORTEST_WORD = 4
const KEPT = 4000
const fields: Readonly<Record<Rule, Recent<PlainField | 'not plain'>>> = {
  keep: new Recent(KEPT),
  coded: new Recent(KEPT),
}

/** whether a message divides as nearly all do: `|^~\&` */
export const isUsual = ({ field, component, repetition, escape, subcomponent }: Delimiters): boolean =>
  field === 0x7c && component === 0x5e && repetition === 0x7e && escape === 0x5c && subcomponent === 0x26

/**
 * @param raw of a message with the usual delimiters, a character a byte
 * @returns undefined where the field has to be looked at part by part
 */
export function plainField(raw: string, rule: Rule): PlainField | undefined {
  if (raw.length > LONGEST) return undefined
  const field = fields[rule].of(raw, () => newPlainField(raw, rule))
  return field === 'not plain' ? undefined : field
}

/** a code that is too short to be a word of anybody's, and is one part */
export function isShortCode(raw: string): boolean {
  if (raw.length >= SHORTEST_WORD) return false
  for (let at = 0; at < raw.length; at++) {
    const sign = raw.charCodeAt(at)
    if (sign < 0x20 || sign > 0x7d || sign === 0x5c || sign === 0x5e || sign === 0x26) return false
  }
  return true
}

/** printable ASCII without escapes: every part of it is the text that it seems */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/

function newPlainField(raw: string, rule: Rule): PlainField | 'not plain' {
  if (!PLAIN.test(raw)) return 'not plain'
  const texts: PlainText[] = []
  const codes: string[] = []
  for (const repetition of raw.split('~'))
    for (const [index, component] of repetition.split('^').entries())
      for (const part of component.split('&')) {
        if (part === '') continue
        if (!isText(rule, index)) codes.push(part.trim().toUpperCase())
        else {
          const plain = plainText(part)
          if (!plain) return 'not plain'
          texts.push(plain)
        }
      }
  return { text: withoutEmptyEnds(raw), texts, codes }
}

/** identifier, text, system; alternate identifier, text, system (CE, v2.5.1 §2.A.6) */
export const isText = (rule: Rule, component: number): boolean => rule === 'coded' && component % 3 === 1

const withoutEmptyEnds = (raw: string): string =>
  raw
    .replace(/&+(?=[~^]|$)/g, '')
    .replace(/\^+(?=~|$)/g, '')
    .replace(/~+$/, '')
