/**
 * Finds many byte patterns in one pass. A table of their first two bytes lets nearly every position go at once; what is
 * left is looked up by its first four. Capitals and small letters of ASCII are one.
 */
import type { Pattern } from './patterns.ts'

const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x40 && byte < 0x5b ? byte + 32 : byte))

export class Search {
  readonly #starts = new Uint8Array(65_536)
  readonly #byPrefix = new Map<number, Pattern[]>()
  /** bytes of the longest pattern: what pieces of a stream must overlap by */
  readonly longest: number

  constructor(patterns: readonly Pattern[]) {
    let longest = 0
    for (const { bytes, isWhole } of patterns) {
      const folded = bytes.map((byte) => FOLDED[byte] as number)
      this.#starts[((folded[0] as number) << 8) | (folded[1] as number)] = 1
      const prefix = prefixAt(folded, 0)
      const same = this.#byPrefix.get(prefix) ?? []
      if (!same.some((other) => Buffer.compare(other.bytes, folded) === 0)) same.push({ bytes: folded, isWhole })
      this.#byPrefix.set(prefix, same)
      longest = Math.max(longest, folded.length)
    }
    this.longest = longest
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
    const candidates = this.#byPrefix.get(prefixAt(bytes, at))
    return candidates?.some((pattern) => pattern.bytes.length >= fewest && stands(bytes, at, pattern)) ?? false
  }
}

const prefixAt = (bytes: Uint8Array, at: number): number =>
  (((FOLDED[bytes[at] as number] as number) << 24) |
    ((FOLDED[bytes[at + 1] as number] as number) << 16) |
    ((FOLDED[bytes[at + 2] as number] as number) << 8) |
    (FOLDED[bytes[at + 3] as number] as number)) >>>
  0

function stands(bytes: Uint8Array, at: number, { bytes: wanted, isWhole }: Pattern): boolean {
  if (at + wanted.length > bytes.length) return false
  for (let next = 4; next < wanted.length; next++) if (FOLDED[bytes[at + next] as number] !== wanted[next]) return false
  return !isWhole || !(isInside(bytes[at - 1]) || isInside(bytes[at + wanted.length]))
}

/** a letter or digit, or half of a letter */
const isInside = (byte: number | undefined) =>
  byte !== undefined &&
  (byte >= 0x80 || (byte > 0x2f && byte < 0x3a) || (byte > 0x40 && byte < 0x5b) || (byte > 0x60 && byte < 0x7b))
