/** Data of other kinds inside a message: OBX-5 of type ED (HL7 v2.5.1 §2.A.24). */
import { unescapeBytes } from './escapes.ts'
import { componentsOf, fieldsOf, repetitionsOf, type Message } from './message.ts'

export interface Embedded {
  /** `OBX[3].5` */
  readonly path: string
  /** MIME type as its two components say it: `text/xml`; whatever was sent */
  readonly type: string
  readonly bytes: Buffer
}

/** @returns what is embedded, unpacked, in the order of the message; what is in no encoding of table 0299 is left out */
export function embeddedIn(message: Message): Embedded[] {
  const found: Embedded[] = []
  let number = 0
  for (const segment of message.segments) {
    if (segment.name !== 'OBX') continue
    number++
    const [, valueType, , , value] = fieldsOf(message, segment)
    if (!valueType || !value || message.bytes.toString('latin1', valueType.start, valueType.end).trim() !== 'ED')
      continue
    for (const repetition of repetitionsOf(message, value)) {
      const [, type, subtype, encoding, data] = componentsOf(message, repetition).map(({ start, end }) =>
        Buffer.from(unescapeBytes(message.bytes.subarray(start, end), message.delimiters)),
      )
      const bytes = data && unpacked(data, encoding?.toString('latin1').trim().toLowerCase() ?? '')
      if (bytes?.length) found.push({ path: `OBX[${number}].5`, type: [type, subtype].map(String).join('/'), bytes })
    }
  }
  return found
}

/** table 0299; data without an encoding is as it stands */
function unpacked(data: Buffer, encoding: string): Buffer | undefined {
  if (encoding === 'base64') return Buffer.from(data.toString('latin1'), 'base64')
  if (encoding === 'hex') return Buffer.from(data.toString('latin1').replace(/\s/g, ''), 'hex')
  return encoding === 'a' || encoding === '' ? data : undefined
}
