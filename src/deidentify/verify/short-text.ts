/**
 * The search of `Search` for a short text and values that are other ones with every message: how the values may begin is marked in
 * a table, the text is read once, and a value is spelled out only where a beginning stands. What is found is the same.
 */
import { Recent } from '../../base/index.ts'
import { ASCII, FOLDED } from './patterns.ts'
import { Spelled } from './spelled.ts'

/**
 * The next message is often of the same patient, given names and doctors come again with others. What is plain ASCII is
 * mostly a number of this message alone, and sooner spelled than looked up.
 */
const spelled = new Recent<Spelled>(3000)
const newSpelled = (value: string) => new Spelled(value)
export const spelledOf = (value: string): Spelled =>
  ASCII.test(value) ? newSpelled(value) : spelled.of(value, newSpelled)

const SLOTS = 1 << 16
const slotOf = (prefix: number): number => Math.imul(prefix, 0x9e3779b1) >>> 16
/** where a beginning has its slot, the number of the search that asks for it */
const marked = new Uint8Array(SLOTS)
let search = 0

/** @returns where in `bytes` the first of the values stands, in any way it can be written, or -1 */
export function findValue(bytes: Uint8Array, values: readonly Spelled[]): number {
  if (search === 0xff) {
    search = 0
    marked.fill(0)
  }
  search++
  for (const { prefixes } of values)
    for (let at = 0; at < prefixes.length; at++) marked[slotOf(prefixes[at] as number)] = search
  let prefix = 0
  for (let at = 0; at < bytes.length; at++) {
    prefix = (prefix << 8) | (FOLDED[bytes[at] as number] as number)
    if (marked[slotOf(prefix)] === search && at > 2 && stands(bytes, at - 3, prefix, values)) return at - 3
  }
  return -1
}

const stands = (bytes: Uint8Array, at: number, prefix: number, values: readonly Spelled[]): boolean =>
  values.some((value) => value.prefixes.includes(prefix) && value.standsAt(bytes, at))
