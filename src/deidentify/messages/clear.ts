/** Writes a message anew by the policy, in UTF-8, field for field: what is not allowed is empty, segments that are not are gone. */
import { fieldsOf, type Message, type Range } from '../../standards/hl7/index.ts'
import { ASTM_POLICY, HL7_POLICY, VALUE_RULES, type FieldRule } from './policy.ts'
import { fieldWriter, type ClearingKnowledge, type Met } from './write-field.ts'

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
  const field = fieldWriter(message, knowledge, met)
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
    let waiting = 1
    const fields = fieldsOf(message, segment)
    for (let index = from; index < fields.length; index++) {
      const range = fields[index] as Range
      const rule = ruleOf(message, fields, rules[index + 1])
      const isSet = rule === 'set'
      let now = isSet ? UTF8 : ''
      if (range.start < range.end) {
        const raw = message.latin1(range.start, range.end)
        if (index < 2 && from === 1) now = raw
        else {
          if (rule && !isSet) now = field(raw, range, rule)
          if (now === '') counts.removed++
          else if (now === raw) counts.kept++
          else counts.changed++
        }
      }
      if (now === '') waiting++
      else {
        // what is empty at the end is not written
        text += separator.repeat(waiting) + now
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

/** OBX-5 is what OBX-2 says it is. */
function ruleOf(message: Message, fields: readonly Range[], rule: FieldRule | undefined): FieldRule | undefined {
  if (rule !== 'value') return rule
  const type = fields[1]
  return type ? VALUE_RULES[message.latin1(type.start, type.end).trim()] : undefined
}
