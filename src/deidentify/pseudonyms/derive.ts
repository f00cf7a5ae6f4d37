/** Pseudonyms and date shifts from keys: the same person gives the same, without a table to look into. */
import { createHmac } from 'node:crypto'
import type { Person } from '../engine.ts'
import type { Identity } from '../identity.ts'

/** Crockford's base 32: no letters that are read as digits */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 10
/** at least a fortnight, at most about ten years, always into the past */
const LEAST_DAYS = 14
const MOST_DAYS = 3650

/** 32 bytes by which one person is known in one project; says nothing without the key */
export const identityHash = (key: Uint8Array, { patientID, issuer }: Identity): Buffer =>
  createHmac('sha256', key).update('person\0').update(issuer).update('\0').update(patientID).digest()

/** @returns a pseudonym of the project's letters and ten of 32 characters (50 bits) */
export function derivePerson(key: Uint8Array, project: string, identity: Identity): Person {
  const hash = createHmac('sha256', key).update('pseudonym\0').update(identityHash(key, identity)).digest()
  let letters = ''
  for (let at = 0; at < LENGTH; at++) letters += ALPHABET[(hash[at] as number) & 31]
  const prefix = project
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, 8)
  return {
    pseudonym: `${prefix}-${letters}`,
    dateShiftDays: -(LEAST_DAYS + (hash.readUInt32BE(16) % (MOST_DAYS - LEAST_DAYS))),
  }
}
