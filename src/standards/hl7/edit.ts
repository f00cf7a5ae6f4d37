/** Changes a message by splicing bytes; what is not named stays as it was sent. */
import { Fault } from '../../base/index.ts'
import type { Delimiters } from './delimiters.ts'
import type { Message } from './message.ts'
import type { Range } from './ranges.ts'

export interface Change {
  readonly range: Range
  /** what stands there afterwards, escaped already (`escape`) */
  readonly bytes: Uint8Array
}

/**
 * @param changes in any order; they may touch and may not overlap
 * @returns a new buffer. @throws Fault 'message-not-spliceable' when the bytes are a decoded copy, 'bad-request' for changes that overlap
 */
export function splice({ bytes, original }: Pick<Message, 'bytes' | 'original'>, changes: readonly Change[]): Buffer {
  if (!original) throw new Fault('message-not-spliceable')
  const sorted = [...changes].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end)
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { range, bytes: instead } of sorted) {
    if (range.start < at || range.end < range.start || range.end > bytes.length)
      throw new Fault('bad-request', { what: 'overlapping changes' })
    pieces.push(bytes.subarray(at, range.start), instead)
    at = range.end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}

const LETTERS = { field: 'F', component: 'S', subcomponent: 'T', repetition: 'R', escape: 'E' } as const

/** @returns text with this message's delimiters, line ends and control characters as escape sequences (HL7 v2.5 §2.7) */
export function escape(text: string, delimiters: Delimiters): string {
  const sign = delimiters.escape < 0 ? undefined : String.fromCharCode(delimiters.escape)
  let out = ''
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number
    const role = (Object.keys(LETTERS) as (keyof typeof LETTERS)[]).find((one) => delimiters[one] === codePoint)
    // without an escape character a delimiter cannot be said: a blank is what is left
    if (role) out += sign ? sign + LETTERS[role] + sign : ' '
    else if (codePoint < 0x20)
      out += sign ? `${sign}X${codePoint.toString(16).toUpperCase().padStart(2, '0')}${sign}` : ' '
    else out += character
  }
  return out
}
