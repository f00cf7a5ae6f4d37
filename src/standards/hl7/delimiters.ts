/** The characters that a message separates with, as its first segment says (HL7 v2.5 §2.5.4, ASTM E1394 §6.4). */

export interface Delimiters {
  readonly field: number
  /** −1 where the header does not define it: that level is then not divided */
  readonly component: number
  readonly repetition: number
  readonly escape: number
  readonly subcomponent: number
}

/** what is wrong with a header's delimiters */
export type DelimiterFlag = 'delimiters-few' | 'delimiters-repeated' | 'delimiters-many'

export type Roles = readonly ('component' | 'repetition' | 'escape' | 'subcomponent')[]

const OFF = -1
/** the fifth is the truncation character of v2.7, which divides nothing */
const MOST = 5

/**
 * @param at where the field separator stands; behind it to before `end` the others
 * @returns undefined when a byte cannot be a delimiter: a letter, a digit, a control character, a blank
 */
export function readDelimiters(bytes: Uint8Array, at: number, end: number, roles: Roles): ReadDelimiters | undefined {
  // nearly all messages have the same
  const last = lastRead.get(roles)
  if (last && isSame(bytes, at, end, last.written)) return last.read
  const read = newDelimiters(bytes[at] ?? 0, bytes.subarray(at + 1, end), roles)
  if (end - at <= MOST + 1) lastRead.set(roles, { written: new Uint8Array(bytes.subarray(at, end)), read })
  return read
}

const lastRead = new Map<Roles, { readonly written: Uint8Array; readonly read: ReadDelimiters | undefined }>()

function isSame(bytes: Uint8Array, at: number, end: number, other: Uint8Array): boolean {
  if (end - at !== other.length) return false
  for (let next = at; next < end; next++) if (bytes[next] !== other[next - at]) return false
  return true
}

interface ReadDelimiters {
  readonly delimiters: Delimiters
  readonly flags: readonly DelimiterFlag[]
}

function newDelimiters(field: number, encoding: Uint8Array, roles: Roles): ReadDelimiters | undefined {
  if (!divides(field) || encoding.length === 0 || !encoding.every(divides)) return undefined
  const flags: DelimiterFlag[] = []
  if (encoding.length < roles.length) flags.push('delimiters-few')
  if (encoding.length > MOST) flags.push('delimiters-many')
  const found: Record<Roles[number], number> = { component: OFF, repetition: OFF, escape: OFF, subcomponent: OFF }
  const taken = new Set([field])
  for (const [at, role] of roles.entries()) {
    const byte = encoding[at]
    if (byte === undefined) continue
    if (taken.has(byte)) {
      if (!flags.includes('delimiters-repeated')) flags.push('delimiters-repeated')
      continue
    }
    taken.add(byte)
    found[role] = byte
  }
  return { delimiters: { field, ...found }, flags }
}

const divides = (byte: number): boolean =>
  byte > 0x20 && byte < 0x7f && !(byte >= 0x30 && byte <= 0x39) && !isLetter(byte)
const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
