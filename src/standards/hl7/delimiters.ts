/** The characters that a message separates with, as its first segment says (HL7 v2.5 §2.5.4, ASTM E1394 §6.4). */
import { Recent } from '../../base/index.ts'

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

/** @returns undefined when a byte cannot be a delimiter: a letter, a digit, a control character, a blank */
export function readDelimiters(field: number, encoding: Uint8Array, roles: Roles): ReadDelimiters | undefined {
  if (encoding.length > MOST) return newDelimiters(field, encoding, roles)
  const key = `${roles.length} ${String.fromCharCode(field, ...encoding)}`
  const read = known.of(key, () => newDelimiters(field, encoding, roles) ?? 'none')
  return read === 'none' ? undefined : read
}

/** nearly all messages have the same */
const known = new Recent<ReadDelimiters | 'none'>(50)

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
