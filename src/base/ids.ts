import { randomBytes } from 'node:crypto'

/** A reference of our own: 20 characters, sortable by the millisecond it was made in, saying nothing else. */
export const newId = (now: number = Date.now()): string =>
  now.toString(36).padStart(9, '0') + randomBytes(7).toString('hex').slice(0, 11)
