/** Bytes as Latin-1 characters, range by range: a short message is made a text once, and its ranges are pieces of that. */

/** @returns the bytes from `start` to before `end`, one character each */
export type Latin1 = (start: number, end: number) => string

/** a piece keeps its whole text in memory: above it, every range is made by itself */
const LONGEST = 16 * 1024

export function latin1Of(bytes: Buffer): Latin1 {
  if (bytes.length > LONGEST) return (start, end) => bytes.toString('latin1', start, end)
  let text: string | undefined
  return (start, end) => (text ??= bytes.toString('latin1')).slice(start, end)
}
