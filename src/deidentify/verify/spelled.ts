/** A value in all the ways it may have been written. It is spelled out when one of its beginnings was met. */
import { beginningsOf, FOLDED, longestOf, patternsOf, type Patterns } from './patterns.ts'

export class Spelled {
  /** the first four bytes of every way, folded, as signed numbers; some more may be among them */
  readonly prefixes: readonly number[]
  /** no way takes more bytes */
  readonly longest: number
  readonly #value: string
  #patterns: Patterns | undefined

  constructor(value: string) {
    this.#value = value
    this.prefixes = beginningsOf(value)
    this.longest = longestOf(value)
  }

  /** @returns whether it stands at a place, in a way of at least so many bytes, as a whole where it must */
  standsAt(bytes: Uint8Array, at: number, fewest = 0): boolean {
    const { bytes: all, ends, isWhole } = (this.#patterns ??= patternsOf(this.#value))
    let start = 0
    for (const end of ends) {
      if (end - start >= fewest && stands(bytes, at, all, start, end, isWhole)) return true
      start = end
    }
    return false
  }
}

/** whether the pattern that is `patterns` from `start` to `end` stands at a place, as a whole where it must */
function stands(
  bytes: Uint8Array,
  at: number,
  patterns: Uint8Array,
  start: number,
  end: number,
  isWhole: boolean,
): boolean {
  const length = end - start
  if (at + length > bytes.length) return false
  for (let next = 0; next < length; next++)
    if (FOLDED[bytes[at + next] as number] !== patterns[start + next]) return false
  return !isWhole || !(isInside(bytes[at - 1]) || isInside(bytes[at + length]))
}

/** a letter or digit, or half of a letter */
const isInside = (byte: number | undefined) =>
  byte !== undefined &&
  (byte >= 0x80 || (byte > 0x2f && byte < 0x3a) || (byte > 0x40 && byte < 0x5b) || (byte > 0x60 && byte < 0x7b))
