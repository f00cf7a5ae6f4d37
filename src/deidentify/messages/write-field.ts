/** One field of a message by the rule of its place: what of it is written, in UTF-8, escaped anew. */
import {
  componentsOf,
  divides,
  escaper,
  repetitionsOf,
  subcomponentsOf,
  type Message,
  type Range,
  type Texts,
} from '../../standards/hl7/index.ts'
import { shiftDates } from '../profile/dates.ts'
import { textCleaner, type TextCleaner, type TextContext } from '../text/clean.ts'
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
  readonly number: (value: string) => string
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
export class FieldWriter {
  readonly #message: Message
  readonly #knowledge: ClearingKnowledge
  readonly #met: Met
  readonly #cleaner: TextCleaner
  readonly #escaped: (text: string) => string
  readonly #isUsual: boolean
  /** a message says one time again and again */
  #last = ''
  #lastMoved = ''

  /** @param met is added to */
  constructor(message: Message, knowledge: ClearingKnowledge, met: Met) {
    this.#message = message
    this.#knowledge = knowledge
    this.#met = met
    this.#cleaner = textCleaner(knowledge.context)
    this.#escaped = escaper(message.delimiters)
    this.#isUsual = isUsual(message.delimiters)
  }

  field(range: Range, rule: FieldRule): string {
    const { start, end } = range
    // a text alone is a value or a remark, which is another one every time; a short code is no word of anybody's
    if (end - start >= SHORTEST_WORD && (rule === 'keep' || rule === 'coded'))
      return this.plain(start, end, ALONE[rule])?.text ?? this.#field(range, rule)
    return this.#isUsual && usualDelimiters(this.#message.bytes, start, end) === 0
      ? this.#written(range, rule, 0)
      : this.#field(range, rule)
  }

  /**
   * Fields side by side, from `start` to before `end`, that say the same of everybody.
   * @param number one of them, all to the end of a segment, that is a number of few digits
   * @returns undefined where each of them has to be looked at by itself
   */
  plain(start: number, end: number, fields: PlainFields, number?: Range): Plain | undefined {
    if (!this.#isUsual || end - start > LONGEST_PLAIN) return undefined
    const divided = usualDelimiters(this.#message.bytes, start, end)
    if (divided < 0) return undefined
    const { texts, words } = this.#knowledge
    const text = texts.text({ start, end: number?.start ?? end })
    const after = number && texts.text({ start: number.end, end })
    if (text === undefined || (number && after === undefined)) return undefined
    const found = after === undefined ? fields.of(text) : fields.around(text, after)
    if (found?.delimiters !== divided) return undefined
    for (const code of found.codes) if (words.has(code)) return undefined
    for (const one of found.texts) if (this.#cleaner.isAbout(one)) return undefined
    return found
  }

  #field(range: Range, rule: FieldRule): string {
    const { bytes, delimiters } = this.#message
    if (!divides(bytes, range, delimiters.repetition)) return this.#repetition(range, rule)
    // one number, one pseudonym: others of the same person say nothing more
    const all = repetitionsOf(this.#message, range).slice(0, rule === 'pseudonym' ? 1 : undefined)
    return joined(all, delimiters.repetition, (part) => this.#repetition(part, rule))
  }

  #repetition(range: Range, rule: FieldRule): string {
    const { bytes, delimiters } = this.#message
    if (!divides(bytes, range, delimiters.component)) return this.#component(range, rule, 0)
    const all = componentsOf(this.#message, range)
    return joined(all, delimiters.component, (part, index) => this.#component(part, rule, index))
  }

  #component(range: Range, rule: FieldRule, index: number): string {
    const { bytes, delimiters } = this.#message
    if (!divides(bytes, range, delimiters.subcomponent)) return this.#written(range, rule, index)
    const all = subcomponentsOf(this.#message, range)
    return joined(all, delimiters.subcomponent, (part) => this.#written(part, rule, index))
  }

  #written(range: Range, rule: FieldRule, index: number): string {
    const text = this.#knowledge.texts.text(range)
    if (text === undefined) this.#met.unsure++
    return text === undefined || text === '' ? '' : this.#escaped(this.#leaf(text, rule, index))
  }

  /** One value between delimiters, decoded, by the rule of its field. */
  #leaf(text: string, rule: FieldRule, index: number): string {
    const { keepsCharacteristics, keepsDevices, number, pseudonym } = this.#knowledge
    switch (rule) {
      case 'keep':
        return this.#isCodeOfNobody(text) ? text : ''
      case 'coded':
        return isText(rule, index) || !this.#isCodeOfNobody(text) ? this.#clean(text) : text
      case 'text':
        return this.#clean(text)
      case 'date':
        return this.#moved(text)
      case 'number':
        return index === 0 && text.trim() ? number(text.trim()) : ''
      case 'pseudonym':
        return index === 0 && text.trim() ? pseudonym : ''
      case 'sex':
        return keepsCharacteristics && /^[MFOUAN]$/.test(text.trim()) ? text.trim() : ''
      case 'year':
        return keepsCharacteristics ? (/^\d{4}/.exec(text)?.[0] ?? '') : ''
      case 'instrument':
        return keepsDevices ? this.#clean(text) : ''
      default:
        return ''
    }
  }

  #clean(text: string): string {
    const { text: cleaned, found: kinds, sure } = this.#cleaner.clean(text)
    const { found } = this.#met
    for (const { kind, count } of kinds) found.set(kind, (found.get(kind) ?? 0) + count)
    if (sure) return cleaned
    this.#met.unsure++
    return ''
  }

  #isCodeOfNobody(text: string): boolean {
    return isCode(text) && !(text.length >= SHORTEST_WORD && this.#knowledge.words.has(text.trim().toUpperCase()))
  }

  #moved(text: string): string {
    const { dateShiftDays } = this.#knowledge
    if (dateShiftDays === undefined) return ''
    if (text !== this.#last) {
      this.#last = text
      this.#lastMoved = shiftDates(text.trim(), dateShiftDays) ?? ''
    }
    return this.#lastMoved
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
