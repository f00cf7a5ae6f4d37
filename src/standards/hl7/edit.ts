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

const ASCII = 128

/** what stands for a character of ASCII; undefined: it stands for itself */
const known = new WeakMap<Delimiters, readonly (string | undefined)[]>()
function sayings(delimiters: Delimiters): readonly (string | undefined)[] {
  let said = known.get(delimiters)
  if (!said) known.set(delimiters, (said = newSayings(delimiters)))
  return said
}

function newSayings(delimiters: Delimiters): readonly (string | undefined)[] {
  const sign = delimiters.escape < 0 ? undefined : String.fromCharCode(delimiters.escape)
  // without an escape character a delimiter cannot be said: a blank is what is left
  const said = (what: string) => (sign ? sign + what + sign : ' ')
  const made: (string | undefined)[] = Array.from({ length: ASCII }, (_, code) =>
    code < 0x20 ? said(`X${code.toString(16).toUpperCase().padStart(2, '0')}`) : undefined,
  )
  for (const [role, letter] of Object.entries(LETTERS).reverse()) {
    const code = delimiters[role as keyof typeof LETTERS]
    if (code >= 0) made[code] = said(letter)
  }
  return made
}

/** @returns text with this message's delimiters, line ends and control characters as escape sequences (HL7 v2.5 §2.7) */
export const escape = (text: string, delimiters: Delimiters): string => escaper(delimiters)(text)

/** The same for many texts of one message. */
export function escaper(delimiters: Delimiters): (text: string) => string {
  const said = sayings(delimiters)
  return (text) => {
    let out = ''
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const sign = text.charCodeAt(at)
      const instead = sign < ASCII ? said[sign] : undefined
      if (instead === undefined) continue
      out += text.slice(from, at) + instead
      from = at + 1
    }
    return from === 0 ? text : out + text.slice(from)
  }
}
