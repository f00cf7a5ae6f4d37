/**
 * Finds many byte patterns in one pass. A table of their first two bytes lets nearly every position go at once; what is
 * left is looked up by its first four. Capitals and small letters of ASCII are one.
 */
import { FOLDED, prefixAt, type Patterns } from './patterns.ts'

interface Pattern {
  readonly of: Patterns
  readonly start: number
  readonly end: number
}

export class Search {
  readonly #starts = new Uint8Array(65_536)
  readonly #byPrefix = new Map<number, Pattern[]>()
  /** bytes of the longest pattern: what pieces of a stream must overlap by */
  readonly longest: number

  constructor(values: readonly Patterns[]) {
    let longest = 0
    for (const of of values) {
      let start = 0
      for (const end of of.ends) {
        this.#add({ of, start, end })
        longest = Math.max(longest, end - start)
        start = end
      }
    }
    this.longest = longest
  }

  #add(pattern: Pattern): void {
    const { bytes } = pattern.of
    const { start } = pattern
    this.#starts[((bytes[start] as number) << 8) | (bytes[start + 1] as number)] = 1
    const prefix = prefixAt(bytes, start)
    const same = this.#byPrefix.get(prefix) ?? []
    const text = bytes.subarray(start, pattern.end)
    if (!same.some((other) => Buffer.compare(other.of.bytes.subarray(other.start, other.end), text) === 0))
      same.push(pattern)
    this.#byPrefix.set(prefix, same)
  }

  /** @returns where in `bytes` the first pattern of at least `fewest` bytes begins, or -1 */
  find(bytes: Uint8Array, from = 0, fewest = 0): number {
    const starts = this.#starts
    const last = bytes.length - 4
    let now = FOLDED[bytes[from] as number] as number
    for (let at = from; at <= last; at++) {
      const next = FOLDED[bytes[at + 1] as number] as number
      if (starts[(now << 8) | next] === 1 && this.#matches(bytes, at, fewest)) return at
      now = next
    }
    return -1
  }

  #matches(bytes: Uint8Array, at: number, fewest: number): boolean {
    for (const { of, start, end } of this.#byPrefix.get(prefixAt(bytes, at)) ?? [])
      if (end - start >= fewest && stands(bytes, at, of.bytes, start, end, of.isWhole)) return true
    return false
  }
}

/** @internal whether the pattern that is `patterns` from `start` to `end` stands at a place, as a whole where it must */
export function stands(
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
