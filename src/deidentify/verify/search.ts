/**
 * Finds many byte patterns in one pass. A table of their first two bytes lets nearly every position go at once; what is
 * left is looked up by its first four. Capitals and small letters of ASCII are one.
 */
import { FOLDED, prefixAt } from './patterns.ts'
import { Spelled } from './spelled.ts'

export class Search {
  readonly #starts = new Uint8Array(65_536)
  readonly #byPrefix = new Map<number, Spelled[]>()
  /** no way of a value takes more bytes: what pieces of a stream must overlap by */
  readonly longest: number

  constructor(values: readonly string[]) {
    let longest = 0
    for (const value of values) {
      const spelled = new Spelled(value)
      longest = Math.max(longest, spelled.longest)
      for (const prefix of spelled.prefixes) {
        this.#starts[prefix >>> 16] = 1
        const same = this.#byPrefix.get(prefix)
        if (!same) this.#byPrefix.set(prefix, [spelled])
        else if (same.at(-1) !== spelled) same.push(spelled)
      }
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
    for (const value of this.#byPrefix.get(prefixAt(bytes, at)) ?? [])
      if (value.standsAt(bytes, at, fewest)) return true
    return false
  }
}
