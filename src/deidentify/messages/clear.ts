/** Writes a message anew by the policy, in UTF-8, field for field: what is not allowed is empty, segments that are not are gone. */
import { fieldsOf, type Message, type Range, type Segment } from '../../standards/hl7/index.ts'
import { ASTM_POLICY, HL7_POLICY, VALUE_RULES, type FieldRule } from './policy.ts'
import { isFewDigits, isPlainRule, PlainFields } from './plain-fields.ts'
import { FieldWriter, type ClearingKnowledge, type Met } from './write-field.ts'

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

export function clearMessage(message: Message, knowledge: ClearingKnowledge): Clearing {
  const policy = message.header === 'MSH' ? HL7_POLICY : ASTM_POLICY
  const counts = { kept: 0, changed: 0, removed: 0, segmentsRemoved: 0 }
  const met: Met = { found: new Map(), unsure: 0 }
  const { delimiters, header } = message
  const separator = String.fromCharCode(delimiters.field)
  const write = new FieldWriter(message, knowledge, met)
  let text = ''
  for (const segment of message.segments) {
    const rules = policy[segment.name]
    if (!rules) {
      counts.segmentsRemoved++
      continue
    }
    // the first field of a header (MSH, or H in ASTM) is the separator itself
    const from = segment.name === header ? 1 : 0
    text += segment.name
    const number = rules[VALUE] === 'value' ? numberIn(message, segment) : undefined
    const first = segment.start + segment.name.length + 1
    const around = number && write.plain(first, segment.end, beside(rules, 0), number)
    if (around) {
      // most results: all but the number is what the device says of everybody
      text += `${separator}${around.text}${message.latin1(number.start, number.end)}${around.after}\r`
      counts.kept += around.kept
      counts.changed += around.changed
      continue
    }
    let waiting = 1
    const fields = fieldsOf(message, segment)
    /** fields before it are looked at one by one; the header's own delimiters stand as they are */
    let alone = from === 1 ? 2 : 0
    for (let index = from; index < fields.length; index++) {
      const range = fields[index] as Range
      const isEmpty = range.start === range.end
      const rule = ruleOf(message, fields, rules[index + 1])
      let now = rule === 'set' ? UTF8 : ''
      if (!isEmpty) {
        const last = index < alone ? index : lastBeside(fields, rules, index)
        const plain =
          last > index ? write.plain(range.start, (fields[last] as Range).end, beside(rules, index)) : undefined
        if (plain) {
          now = plain.text
          counts.kept += plain.kept
          counts.changed += plain.changed
          index = last
        } else {
          if (last > index) alone = last + 1
          if (index < 2 && from === 1) now = message.latin1(range.start, range.end)
          else if (rule && rule !== 'set') now = write.field(range, rule)
          if (now === '') counts.removed++
          else if (index >= 2 || from === 0) {
            if (isSame(message, range, now)) counts.kept++
            else counts.changed++
          }
        }
      }
      if (now === '') waiting++
      else {
        // what is empty at the end is not written
        text += (waiting === 1 ? separator : separator.repeat(waiting)) + now
        waiting = 1
      }
    }
    // a segment whose fields are all empty still has one
    text += waiting > fields.length && fields.length > from ? `${separator}\r` : '\r'
  }
  const { kept, changed, removed, segmentsRemoved } = counts
  return { text, kept, changed, removed, segmentsRemoved, found: met.found, unsure: met.unsure }
}

const UTF8 = 'UNICODE UTF-8'

const isSame = (message: Message, { start, end }: Range, now: string): boolean =>
  now.length === end - start && now === message.latin1(start, end)

/** a longer text is a remark, which is another one every time */
const LONGEST_TEXT = 24

/** @returns the last field that is looked at together with one: between them stands nothing that says who it is about */
function lastBeside(fields: readonly Range[], rules: Readonly<Record<number, FieldRule>>, index: number): number {
  let last = index - 1
  for (let next = index; next < fields.length; next++) {
    const { start, end } = fields[next] as Range
    const rule = rules[next + 1]
    if (start === end && rule !== 'set') continue
    if (!isPlainRule(rule) || (rule === 'text' && end - start > LONGEST_TEXT)) break
    last = next
  }
  return Math.max(last, index)
}

/** no segment of the policy has a rule for a later field than its 36th */
const MOST_BESIDE = 40
const known = new Map<object, (PlainFields | undefined)[]>()

/** what is known of fields from one place of a segment on */
function beside(rules: Readonly<Record<number, FieldRule>>, index: number): PlainFields {
  let places = known.get(rules)
  if (!places) known.set(rules, (places = []))
  return (places[index] ??= new PlainFields(Array.from({ length: MOST_BESIDE }, (_, at) => rules[index + 1 + at])))
}

const [TYPE, VALUE, STATUS] = [2, 5, 11]

/**
 * @returns OBX-5 where it is a number (NM in OBX-2) of so few digits that it is nobody's, and nothing stands behind the
 * status (OBX-11): times and names, which are other ones every time
 */
function numberIn({ bytes, delimiters }: Message, { start, end, name }: Segment): Range | undefined {
  // the segment's name stands in the place of field 0
  let [field, from] = [0, start]
  let value: Range | undefined
  for (let at = start + name.length; at < end; at++) {
    if (bytes[at] !== delimiters.field) continue
    if (field === TYPE && !(at - from === 2 && bytes[from] === 0x4e && bytes[from + 1] === 0x4d)) return undefined
    if (field === VALUE) {
      if (!isFewDigits(bytes, from, at)) return undefined
      value = { start: from, end: at }
    }
    if (++field > STATUS) return undefined
    from = at + 1
  }
  return value
}

/** OBX-5 is what OBX-2 says it is. */
function ruleOf(message: Message, fields: readonly Range[], rule: FieldRule | undefined): FieldRule | undefined {
  if (rule !== 'value') return rule
  const type = fields[TYPE - 1]
  return type ? VALUE_RULES[message.latin1(type.start, type.end).trim()] : undefined
}
