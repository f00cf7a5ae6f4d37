/** Writes a message anew by the policy, in UTF-8, field for field: what is not allowed is empty, segments that are not are gone. */
import {
  componentsOf,
  escape,
  fieldsOf,
  repetitionsOf,
  subcomponentsOf,
  type Message,
  type Range,
  type Segment,
  type Texts,
} from '../../standards/hl7/index.ts'
import { shiftDates } from '../profile/dates.ts'
import { cleanText, type TextContext } from '../text/clean.ts'
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

  const clean = (text: string): string => {
    const { text: cleaned, found: kinds, sure } = cleanText(text, knowledge.context)
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

  const field = (range: Range, rule: FieldRule): string => {
    if (rule === 'set') return 'UNICODE UTF-8'
    const join = (parts: readonly string[], by: number): string => {
      const all = [...parts]
      while (all.length > 1 && all.at(-1) === '') all.pop()
      return all.join(by < 0 ? '' : String.fromCharCode(by))
    }
    return join(
      repetitionsOf(message, range)
        // one number, one pseudonym: others of the same person say nothing more
        .slice(0, rule === 'pseudonym' ? 1 : undefined)
        .map((repetition) =>
          join(
            componentsOf(message, repetition).map((component, index) =>
              join(
                subcomponentsOf(message, component).map((part) => {
                  const text = knowledge.texts.text(part)
                  if (text === undefined) counts.unsure++
                  return text === undefined || text === '' ? '' : escape(leaf(text, rule, index), delimiters)
                }),
                delimiters.subcomponent,
              ),
            ),
            delimiters.component,
          ),
        ),
      delimiters.repetition,
    )
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
      if (segment.name === message.header && number <= (message.header === 'MSH' ? 2 : 1)) return raw
      const rule = ruleOf(message, segment, rules[number])
      if (raw === '') return rule === 'set' ? field(range, rule) : ''
      const text = rule ? field(range, rule) : ''
      if (text === '') counts.removed++
      else if (text === raw) counts.kept++
      else counts.changed++
      return text
    })
    lines.push(written(segment, fields, separator))
  }
  return { text: lines.map((line) => `${line}\r`).join(''), ...counts, found }
}

/** OBX-5 is what OBX-2 says it is. */
function ruleOf(message: Message, segment: Segment, rule: FieldRule | undefined): FieldRule | undefined {
  if (rule !== 'value') return rule
  const type = fieldsOf(message, segment)[1]
  return type ? VALUE_RULES[message.bytes.toString('latin1', type.start, type.end).trim()] : undefined
}

function written(segment: Segment, fields: readonly string[], separator: string): string {
  const all = [...fields]
  while (all.length > 1 && all.at(-1) === '') all.pop()
  // MSH-1 is the separator itself
  if (segment.name === 'MSH') return `MSH${separator}${all.slice(1).join(separator)}`
  return [segment.name, ...all].join(separator)
}
