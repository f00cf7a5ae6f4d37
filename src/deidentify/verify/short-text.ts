/**
 * The search of `Search` for a short text and values that are other ones with every message: how the values may begin is marked in
 * a table, the text is read once, and a value is spelled out only where a beginning stands. What is found is the same.
 */
import { Recent } from '../../base/index.ts'
import { FOLDED } from './patterns.ts'
import { Spelled } from './spelled.ts'

/** names and numbers: the next message is often of the same patient, given names and doctors come again with others */
const spelled = new Recent<Spelled>(3000)
const newSpelled = (value: string) => new Spelled(value)

const SLOTS = 1 << 16
const slotOf = (prefix: number): number => Math.imul(prefix, 0x9e3779b1) >>> 16
/** where a beginning has its slot, the number of the search that asks for it */
const marked = new Uint8Array(SLOTS)
let search = 0

/** @returns where in `bytes` the first of the values stands, in any way it can be written, or -1 */
export function findValue(bytes: Uint8Array, values: readonly string[]): number {
  if (search === 0xff) {
    search = 0
    marked.fill(0)
  }
  search++
  const asked = values.map((value) => spelled.of(value, newSpelled))
  for (const { prefixes } of asked)
    for (let at = 0; at < prefixes.length; at++) marked[slotOf(prefixes[at] as number)] = search
  let prefix = 0
  for (let at = 0; at < bytes.length; at++) {
    prefix = (prefix << 8) | (FOLDED[bytes[at] as number] as number)
    if (marked[slotOf(prefix)] === search && at > 2 && stands(bytes, at - 3, prefix, asked)) return at - 3
  }
  return -1
}

const stands = (bytes: Uint8Array, at: number, prefix: number, asked: readonly Spelled[]): boolean =>
  asked.some((value) => value.prefixes.includes(prefix) && value.standsAt(bytes, at))
