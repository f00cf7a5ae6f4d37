/** Divides byte ranges at a delimiter without copying anything. */
import { Fault } from '../../base/index.ts'
import { MESSAGE_LIMITS } from './limits.ts'

/** Bytes of a message from `start` to before `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** @returns the part of a range at a place counted from 1; undefined when there are fewer parts */
export function part(bytes: Uint8Array, { start, end }: Range, delimiter: number, place: number): Range | undefined {
  if (delimiter < 0) return place === 1 ? { start, end } : undefined
  let from = start
  for (let left = place; ; left--) {
    const next = indexOf(bytes, delimiter, from, end)
    if (left === 1) return { start: from, end: next }
    if (next === end) return undefined
    from = next + 1
  }
}

/** @returns every part of a range; one for an empty range. @throws Fault 'limit-exceeded' */
export function parts(bytes: Uint8Array, { start, end }: Range, delimiter: number): Range[] {
  if (delimiter < 0) return [{ start, end }]
  const found: Range[] = []
  for (let from = start; ;) {
    const next = indexOf(bytes, delimiter, from, end)
    found.push({ start: from, end: next })
    if (next === end) return found
    if (found.length === MOST_PARTS) throw new Fault('limit-exceeded', { what: 'parts', offset: from })
    from = next + 1
  }
}

const MOST_PARTS = MESSAGE_LIMITS.parts.value

/** @returns whether a delimiter stands in a range; −1 stands nowhere */
export function divides(bytes: Uint8Array, { start, end }: Range, delimiter: number): boolean {
  return indexOf(bytes, delimiter, start, end) < end
}

/** fields are short: a loop beats a search that does not know where to stop */
function indexOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === byte) return at
  return end
}
