/** One field of a message by the rule of its place: what of it is written, in UTF-8, escaped anew. */
import {
  componentsOf,
  escaper,
  repetitionsOf,
  subcomponentsOf,
  type Message,
  type Range,
  type Texts,
} from '../../standards/hl7/index.ts'
import { shiftDates } from '../profile/dates.ts'
import { textCleaner, type TextContext } from '../text/clean.ts'
import {
  isCode,
  isText,
  isUsual,
  LONGEST_PLAIN,
  PlainFields,
  SHORTEST_WORD,
  usualDelimiters,
  type Plain,
} from './plain-fields.ts'
import type { FieldRule } from './policy.ts'

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
  /** capitals, `SHORTEST_WORD` or longer: what no code may be */
  readonly words: ReadonlySet<string>
}

/** What was met on the way. */
export interface Met {
  /** kinds of what was replaced in texts, with how often */
  readonly found: Map<string, number>
  /** fields whose text nobody could read or clear */
  unsure: number
}

/** What is written of the fields of one message; empty: nothing. */
export interface FieldWriter {
  field(range: Range, rule: FieldRule): string
  /**
   * Fields side by side, from `start` to before `end`, that say the same of everybody.
   * @returns undefined where each of them has to be looked at by itself
   */
  plain(start: number, end: number, fields: PlainFields): Plain | undefined
}

export function fieldWriter(message: Message, knowledge: ClearingKnowledge, met: Met): FieldWriter {
  const { bytes, delimiters } = message
  const cleaner = textCleaner(knowledge.context)
  const clean = (text: string): string => {
    const { text: cleaned, found: kinds, sure } = cleaner.clean(text)
    for (const { kind, count } of kinds) met.found.set(kind, (met.found.get(kind) ?? 0) + count)
    if (sure) return cleaned
    met.unsure++
    return ''
  }
  const isCodeOfNobody = (text: string): boolean =>
    isCode(text) && !(text.length >= SHORTEST_WORD && knowledge.words.has(text.trim().toUpperCase()))

  /** a message says one time again and again */
  let [last, lastMoved] = ['', '']
  const moved = (text: string): string => {
    if (knowledge.dateShiftDays === undefined) return ''
    if (text !== last) [last, lastMoved] = [text, shiftDates(text.trim(), knowledge.dateShiftDays) ?? '']
    return lastMoved
  }

  /** One value between delimiters, decoded, by the rule of its field. */
  const leaf = (text: string, rule: FieldRule, index: number): string => {
    switch (rule) {
      case 'keep':
        return isCodeOfNobody(text) ? text : ''
      case 'coded':
        return isText(rule, index) || !isCodeOfNobody(text) ? clean(text) : text
      case 'text':
        return clean(text)
      case 'date':
        return moved(text)
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
  const written = (range: Range, rule: FieldRule, index: number): string => {
    const text = knowledge.texts.text(range)
    if (text === undefined) met.unsure++
    return text === undefined || text === '' ? '' : said(leaf(text, rule, index))
  }
  const component = (range: Range, rule: FieldRule, index: number): string =>
    divides(bytes, range, delimiters.subcomponent)
      ? joined(subcomponentsOf(message, range), delimiters.subcomponent, (part) => written(part, rule, index))
      : written(range, rule, index)
  const repetition = (range: Range, rule: FieldRule): string =>
    divides(bytes, range, delimiters.component)
      ? joined(componentsOf(message, range), delimiters.component, (part, index) => component(part, rule, index))
      : component(range, rule, 0)
  const field = (range: Range, rule: FieldRule): string => {
    if (!divides(bytes, range, delimiters.repetition)) return repetition(range, rule)
    // one number, one pseudonym: others of the same person say nothing more
    const all = repetitionsOf(message, range).slice(0, rule === 'pseudonym' ? 1 : undefined)
    return joined(all, delimiters.repetition, (part) => repetition(part, rule))
  }

  const usual = isUsual(delimiters)
  const plain = (start: number, end: number, fields: PlainFields): Plain | undefined => {
    if (!usual || end - start > LONGEST_PLAIN) return undefined
    const divided = usualDelimiters(bytes, start, end)
    const text = divided < 0 ? undefined : knowledge.texts.text({ start, end })
    const found = text === undefined ? undefined : fields.of(text)
    if (found?.delimiters !== divided) return undefined
    for (const code of found.codes) if (knowledge.words.has(code)) return undefined
    for (const one of found.texts) if (cleaner.isAbout(one)) return undefined
    return found
  }

  return {
    field: (range, rule) => {
      // a text alone is a value or a remark, which is another one every time
      if (rule === 'keep' || rule === 'coded')
        return plain(range.start, range.end, ALONE[rule])?.text ?? field(range, rule)
      return usual && usualDelimiters(bytes, range.start, range.end) === 0
        ? written(range, rule, 0)
        : field(range, rule)
    },
    plain,
  }
}
const ALONE = { keep: new PlainFields(['keep']), coded: new PlainFields(['coded']) }

/** without what is empty at the end */
function joined(parts: readonly Range[], by: number, written: (part: Range, index: number) => string): string {
  const sign = String.fromCharCode(by)
  let text = ''
  let last = 0
  for (let index = 0; index < parts.length; index++) {
    const part = written(parts[index] as Range, index)
    if (part === '') continue
    text += sign.repeat(index - last) + part
    last = index
  }
  return text
}

/** whether a delimiter stands in a range; −1 stands nowhere */
function divides(bytes: Buffer, { start, end }: Range, delimiter: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === delimiter) return true
  return false
}
