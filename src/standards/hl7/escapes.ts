/**
 * Escape sequences as bytes (HL7 v2.5 §2.7): delimiters and hexadecimal data become what they stand for, `\.br\` a line
 * feed, highlighting nothing; sequences that are not known, and escape characters that begin none, stay as they are.
 */
import type { Delimiters } from './delimiters.ts'

const LF = 0x0a
const HEX = 0x58
/** formatting commands and local sequences are short; a longer one is text that holds two escape characters */
const LONGEST_UNKNOWN = 16

/** @returns the same bytes when nothing is escaped */
export function unescapeBytes(bytes: Uint8Array, delimiters: Delimiters): Uint8Array {
  const sign = delimiters.escape
  let from = sign < 0 ? -1 : bytes.indexOf(sign)
  if (from < 0) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  out.set(bytes.subarray(0, from))
  let length = from
  const put = (some: Uint8Array): void => {
    out.set(some, length)
    length += some.length
  }
  while (from < bytes.length) {
    const to = bytes.indexOf(sign, from + 1)
    if (to < 0) break
    const content = bytes.subarray(from + 1, to)
    const meant = meaning(content, delimiters)
    const known = meant ?? (isSequence(content) ? bytes.subarray(from, to + 1) : undefined)
    const next = known ? to + 1 : to
    put(known ?? bytes.subarray(from, to))
    const following = known ? bytes.indexOf(sign, next) : to
    if (following < 0) {
      from = next
      break
    }
    put(bytes.subarray(next, following))
    from = following
  }
  put(bytes.subarray(from))
  return out.subarray(0, length)
}

const NOTHING = new Uint8Array()

function meaning(content: Uint8Array, delimiters: Delimiters): Uint8Array | undefined {
  if (content.length === 1) {
    const letter = String.fromCharCode(content[0] as number)
    if (letter === 'H' || letter === 'N') return NOTHING
    const byte = {
      F: delimiters.field,
      S: delimiters.component,
      T: delimiters.subcomponent,
      R: delimiters.repetition,
      E: delimiters.escape,
    }[letter]
    return byte === undefined || byte < 0 ? undefined : Uint8Array.of(byte)
  }
  if (content[0] === HEX) return hexadecimal(content)
  return content.length === 3 && content[0] === 0x2e && content[1] === 0x62 && content[2] === 0x72
    ? Uint8Array.of(LF)
    : undefined
}

function hexadecimal(content: Uint8Array): Uint8Array | undefined {
  if (content.length % 2 === 0) return undefined
  const out = new Uint8Array((content.length - 1) / 2)
  for (let at = 1; at < content.length; at += 2) {
    const high = digit(content[at] as number)
    const low = digit(content[at + 1] as number)
    if (high < 0 || low < 0) return undefined
    out[(at - 1) / 2] = high * 16 + low
  }
  return out
}

function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = (byte | 0x20) - 0x61
  return letter >= 0 && letter < 6 ? letter + 10 : -1
}

/** looks like a sequence that this code does not know: `.in+4`, `Zdd`, `C1234` */
function isSequence(content: Uint8Array): boolean {
  if (content.length === 0 || content.length > LONGEST_UNKNOWN) return false
  const first = content[0] as number
  if (first !== 0x2e && !(first >= 0x41 && first <= 0x5a)) return false
  return content.every((byte) => byte > 0x20 && byte < 0x7f)
}
