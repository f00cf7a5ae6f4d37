/** Writes a message anew by the policy, in UTF-8, field for field: what is not allowed is empty, segments that are not are gone. */
import {
  componentsOf,
  escaper,
  fieldsOf,
  repetitionsOf,
  subcomponentsOf,
  type Message,
  type Range,
  type Segment,
  type Texts,
} from '../../standards/hl7/index.ts'
import { shiftDates } from '../profile/dates.ts'
import { textCleaner, type TextContext } from '../text/clean.ts'
import { ASTM_POLICY, HL7_POLICY, VALUE_RULES, type FieldRule } from './policy.ts'

export interface ClearingKnowledge {
  readonly texts: Texts
  readonly pseudonym: string
  /** undefined: dates are taken out */
  readonly dateShiftDays: number | undefined
  readonly keepsCharacteristics: boolean
  readonly keepsDevices: boolean
  /** the same number gives the same, in images and messages */
  number(value: string): string
  readonly context: TextContext
  /** capitals, four characters or longer: what no code may be */
  readonly words: ReadonlySet<string>
}

export interface Clearing {
  readonly text: string
  readonly kept: number
  readonly changed: number
  readonly removed: number
  readonly segmentsRemoved: number
  /** kinds of what was replaced in texts, with how often */
  readonly found: ReadonlyMap<string, number>
  /** fields whose text nobody could read or clear */
  readonly unsure: number
}

/** codes, numbers, comparisons: no letters beyond ASCII, and not long enough to tell a story */
const CODE = /^[\x20-\x7e]{0,80}$/

export function clearMessage(message: Message, knowledge: ClearingKnowledge): Clearing {
  const policy = message.header === 'MSH' ? HL7_POLICY : ASTM_POLICY
  const counts = { kept: 0, changed: 0, removed: 0, segmentsRemoved: 0, unsure: 0 }
  const found = new Map<string, number>()
  const { delimiters } = message
  const separator = String.fromCharCode(delimiters.field)
  const lines: string[] = []

  const cleaner = textCleaner(knowledge.context)
  const clean = (text: string): string => {
    const { text: cleaned, found: kinds, sure } = cleaner(text)
    for (const { kind, count } of kinds) found.set(kind, (found.get(kind) ?? 0) + count)
    if (sure) return cleaned
    counts.unsure++
    return ''
  }
  const isPlain = (text: string): boolean => CODE.test(text) && !knowledge.words.has(text.trim().toUpperCase())

  /** One value between delimiters, decoded, by the rule of its field. */
  const leaf = (text: string, rule: FieldRule, index: number): string => {
    switch (rule) {
      case 'keep':
        return isPlain(text) ? text : ''
      case 'coded':
        // identifier, text, system; alternate identifier, text, system (CE, v2.5.1 §2.A.6)
        return index % 3 === 1 || !isPlain(text) ? clean(text) : text
      case 'text':
        return clean(text)
      case 'date':
        return knowledge.dateShiftDays === undefined ? '' : (shiftDates(text.trim(), knowledge.dateShiftDays) ?? '')
      case 'number':
        return index === 0 && text.trim() ? knowledge.number(text.trim()) : ''
      case 'pseudonym':
        return index === 0 && text.trim() ? knowledge.pseudonym : ''
      case 'sex':
        return knowledge.keepsCharacteristics && /^[MFOUAN]$/.test(text.trim()) ? text.trim() : ''
      case 'year':
        return knowledge.keepsCharacteristics ? (/^\d{4}/.exec(text)?.[0] ?? '') : ''
      case 'instrument':
        return knowledge.keepsDevices ? clean(text) : ''
      default:
        return ''
    }
  }

  const said = escaper(delimiters)
  const written = (text: string | undefined, rule: FieldRule, index: number): string => {
    if (text === undefined) counts.unsure++
    return text === undefined || text === '' ? '' : said(leaf(text, rule, index))
  }

  const field = (range: Range, rule: FieldRule): string => {
    if (rule === 'set') return 'UNICODE UTF-8'
    if (isUndivided(message, range)) return written(knowledge.texts.text(range), rule, 0)
    // one number, one pseudonym: others of the same person say nothing more
    const repetitions = repetitionsOf(message, range).slice(0, rule === 'pseudonym' ? 1 : undefined)
    const parts = repetitions.map((repetition) => {
      const components = componentsOf(message, repetition).map((component, index) => {
        const inside = subcomponentsOf(message, component)
        return joined(
          inside.map((part) => written(knowledge.texts.text(part), rule, index)),
          delimiters.subcomponent,
        )
      })
      return joined(components, delimiters.component)
    })
    return joined(parts, delimiters.repetition)
  }

  for (const segment of message.segments) {
    const rules = policy[segment.name]
    if (!rules) {
      counts.segmentsRemoved++
      continue
    }
    const fields = fieldsOf(message, segment).map((range, index) => {
      const number = index + 1
      const raw = message.bytes.toString('latin1', range.start, range.end)
      if (segment.name === message.header && number <= 2) return raw
      const rule = ruleOf(message, segment, rules[number])
      if (raw === '') return rule === 'set' ? field(range, rule) : ''
      const text = rule ? field(range, rule) : ''
      if (text === '') counts.removed++
      else if (text === raw) counts.kept++
      else counts.changed++
      return text
    })
    lines.push(segmentOf(message, segment, fields, separator))
  }
  return { text: lines.map((line) => `${line}\r`).join(''), ...counts, found }
}

/** OBX-5 is what OBX-2 says it is. */
function ruleOf(message: Message, segment: Segment, rule: FieldRule | undefined): FieldRule | undefined {
  if (rule !== 'value') return rule
  const type = fieldsOf(message, segment)[1]
  return type ? VALUE_RULES[message.bytes.toString('latin1', type.start, type.end).trim()] : undefined
}

/** without what is empty at the end */
function joined(parts: string[], by: number): string {
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts.length === 1 ? (parts[0] as string) : parts.join(by < 0 ? '' : String.fromCharCode(by))
}

/** no component, repetition or part of one stands in it */
function isUndivided({ bytes, delimiters }: Message, { start, end }: Range): boolean {
  const { component, repetition, subcomponent } = delimiters
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === component || byte === repetition || byte === subcomponent) return false
  }
  return true
}

function segmentOf({ header }: Message, segment: Segment, all: string[], separator: string): string {
  while (all.length > 1 && all.at(-1) === '') all.pop()
  // the first field of a header (MSH, or H in ASTM) is the separator itself
  if (segment.name === header) return `${header}${separator}${all.slice(1).join(separator)}`
  return [segment.name, ...all].join(separator)
}
