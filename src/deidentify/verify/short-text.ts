/**
 * The search of `Search`, turned round for a short text and values that are other ones with every message: the text is
 * indexed by its four-byte prefixes, and a value is spelled out only where one of its beginnings stands. What is found is the same.
 */
import { Recent } from '../../base/index.ts'
import { FOLDED, prefixAt } from './patterns.ts'
import { Spelled } from './spelled.ts'

/** What a text is asked for of a value: its beginnings in the order of their first bytes. */
interface Prepared {
  readonly value: Spelled
  readonly prefixes: Uint32Array
  /** first bytes, and where the beginnings end that begin so */
  readonly firsts: readonly number[]
  readonly groups: readonly number[]
}

/** names and numbers: the next message is often of the same patient, given names and doctors come again with others */
const prepared = new Recent<Prepared>(3000)

function prepare(text: string): Prepared {
  const value = new Spelled(text)
  const { prefixes } = value
  const [firsts, groups]: [number[], number[]] = [[], []]
  for (let at = 0; at < prefixes.length; at++) {
    const first = (prefixes[at] as number) >>> 24
    if (firsts[firsts.length - 1] !== first) firsts.push(first)
    groups[firsts.length - 1] = at + 1
  }
  return { value, prefixes, firsts, groups }
}

const SLOTS = 1 << 16
/** a short text takes one slot for sixteen, which are near each other */
const FEW_PLACES = 4096
const FEW = 4
const slotOf = (prefix: number, shift: number): number => Math.imul(prefix, 0x9e3779b1) >>> (16 + shift)

/** the last place of each prefix, from 1; 0: none. All zero between calls */
const heads = new Int32Array(SLOTS)
/** of each place its prefix, and the place before it that has the same slot */
let prefixes = new Uint32Array(FEW_PLACES)
let before = new Int32Array(FEW_PLACES)
/** places of a longer text are not kept room for */
const KEPT = 1 << 16
/** the bytes that stand in the text, folded */
const present = new Uint8Array(256)

/** @returns where in `bytes` any of the values stands, in any way it can be written, or -1 */
export function findValue(bytes: Uint8Array, values: readonly string[]): number {
  const count = Math.max(0, bytes.length - 3)
  if (count > prefixes.length) [prefixes, before] = [new Uint32Array(count), new Int32Array(count)]
  const shift = count > FEW_PLACES ? 0 : FEW
  present.fill(0)
  let prefix = prefixAt(bytes, 0)
  for (let at = 0; at < count; at++) {
    if (at > 0) prefix = (prefix << 8) | (FOLDED[bytes[at + 3] as number] as number)
    present[prefix >>> 24] = 1
    prefixes[at] = prefix
    const slot = slotOf(prefix, shift)
    before[at] = heads[slot] as number
    heads[slot] = at + 1
  }
  try {
    for (const value of values) {
      const found = standing(bytes, prepared.of(value, prepare), shift)
      if (found >= 0) return found
    }
    return -1
  } finally {
    for (let at = 0; at < count; at++) heads[slotOf(prefixes[at] as number, shift)] = 0
    if (count > KEPT) [prefixes, before] = [new Uint32Array(KEPT), new Int32Array(KEPT)]
  }
}

function standing(bytes: Uint8Array, asked: Prepared, shift: number): number {
  const { firsts, groups, value } = asked
  let one = 0
  for (let group = 0; group < firsts.length; group++) {
    const next = groups[group] as number
    if (present[firsts[group] as number] === 0) one = next
    for (; one < next; one++) {
      const prefix = asked.prefixes[one] as number
      for (let at = firstAt(prefix, shift); at > 0; at = before[at - 1] as number) {
        if (prefixes[at - 1] === prefix && value.standsAt(bytes, at - 1)) return at - 1
      }
    }
  }
  return -1
}

const firstAt = (prefix: number, shift: number): number => heads[slotOf(prefix, shift)] as number
