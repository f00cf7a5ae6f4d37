/**
 * The search of `Search`, turned round for a short text and values that are other ones with every message: the text is
 * indexed by its four-byte prefixes, each pattern is looked up in it. What is found is the same.
 */
import { Recent } from '../../base/index.ts'
import { FOLDED, patternsOf } from './patterns.ts'
import { stands } from './search.ts'

/** Patterns in the order of their first bytes. */
interface Prepared {
  readonly bytes: Uint8Array
  readonly isWhole: boolean
  /** of each pattern, where it begins and ends, and its place in the index */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly slots: Uint16Array
  /** first bytes, and where the patterns end that begin so */
  readonly firsts: Uint8Array
  readonly groups: Uint16Array
}

/** names and numbers: the next message is often of the same patient, given names and doctors come again with others */
const prepared = new Recent<Prepared>(3000)

const preparedOf = (value: string): Prepared => prepared.of(value, prepare)

function prepare(value: string): Prepared {
  const { bytes, ends: given, isWhole } = patternsOf(value)
  const places = new Uint16Array(257)
  for (let one = 0; one < given.length; one++) count(places, folded(bytes, given[one - 1] ?? 0) + 1)
  const firsts = new Uint8Array(given.length)
  const groups = new Uint16Array(given.length)
  let many = 0
  for (let byte = 0; byte < 256; byte++) {
    const [from, more] = [places[byte] as number, places[byte + 1] as number]
    places[byte + 1] = from + more
    if (more === 0) continue
    firsts[many] = byte
    groups[many++] = from + more
  }
  const of = { starts: new Uint32Array(given.length), ends: new Uint32Array(given.length) }
  const slots = new Uint16Array(given.length)
  let start = 0
  for (const end of given) {
    const at = count(places, folded(bytes, start))
    of.starts[at] = start
    of.ends[at] = end
    slots[at] = slotAt(bytes, start)
    start = end
  }
  return { bytes, isWhole, ...of, slots, firsts: firsts.subarray(0, many), groups }
}

/** @returns what was counted before */
function count(counts: Uint16Array, of: number): number {
  const before = counts[of] as number
  counts[of] = before + 1
  return before
}

const SLOTS = 1 << 16
/** of four folded bytes, the first uppermost */
const slotOf = (prefix: number): number => Math.imul(prefix, 0x9e3779b1) >>> 16
const slotAt = (bytes: Uint8Array, at: number): number => slotOf((threeAt(bytes, at) << 8) | folded(bytes, at + 3))
const threeAt = (bytes: Uint8Array, at: number): number =>
  (folded(bytes, at) << 16) | (folded(bytes, at + 1) << 8) | folded(bytes, at + 2)
const folded = (bytes: Uint8Array, at: number): number => FOLDED[bytes[at] as number] as number

/** a short text takes one slot for sixteen, which are near each other */
const FEW_PLACES = 4096
const FEW = 4

/** the last place of each prefix, from 1; 0: none. All zero between calls */
const heads = new Int32Array(SLOTS)
/** of each place its prefix's slot, and the place before it that has the same */
let slots = new Uint16Array(4096)
let before = new Int32Array(4096)

/** the bytes that stand in the text, folded */
const present = new Uint8Array(256)

/** @returns where in `bytes` any of the values stands, in any way it can be written, or -1 */
export function findValue(bytes: Uint8Array, values: readonly string[]): number {
  const count = Math.max(0, bytes.length - 3)
  if (count > slots.length) [slots, before] = [new Uint16Array(count), new Int32Array(count)]
  const shift = count > FEW_PLACES ? 0 : FEW
  let prefix = count > 0 ? threeAt(bytes, 0) : 0
  present.fill(0)
  for (let at = 0; at < count; at++) {
    prefix = (prefix << 8) | folded(bytes, at + 3)
    present[prefix >>> 24] = 1
    const slot = slotOf(prefix) >>> shift
    slots[at] = slot
    before[at] = heads[slot] as number
    heads[slot] = at + 1
  }
  try {
    for (const value of values) {
      const found = standing(bytes, preparedOf(value), shift)
      if (found >= 0) return found
    }
    return -1
  } finally {
    for (let at = 0; at < count; at++) heads[slots[at] as number] = 0
    if (count > KEPT) [slots, before] = [new Uint16Array(KEPT), new Int32Array(KEPT)]
  }
}
/** places of a longer text are not kept room for */
const KEPT = 1 << 16

function standing(bytes: Uint8Array, of: Prepared, shift: number): number {
  const { firsts, groups, slots, starts, ends, isWhole } = of
  let one = 0
  for (let group = 0; group < firsts.length; group++) {
    const next = groups[group] as number
    if (present[firsts[group] as number] === 0) one = next
    for (; one < next; one++) {
      let at = heads[(slots[one] as number) >>> shift] as number
      for (; at > 0; at = before[at - 1] as number)
        if (stands(bytes, at - 1, of.bytes, starts[one] as number, ends[one] as number, isWhole)) return at - 1
    }
  }
  return -1
}
