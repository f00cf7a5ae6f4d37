/** What a project's secret gives: keys for UIDs and numbers, pseudonyms, date shifts. Pure; without the secret nothing can be told. */
import { hkdfSync } from 'node:crypto'
import type { Person } from '../person.ts'
import type { Identity } from '../identity.ts'
import { checkCharacter } from './check-character.ts'
import { keyedHash, keyedHashText } from './keyed-hash.ts'

/** Crockford's base 32: no letters that are read as digits */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 10
const PREFIX = 8
/** at least a fortnight, at most about ten years, always into the past */
const LEAST_DAYS = 14
const MOST_DAYS = 3650

/** @returns 32 bytes of the secret for one use; two uses share nothing */
export const keyFor = (secret: Uint8Array, use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', use, 32))

/** what every person of a project needs, for as long as the project's secret is in memory */
const personKeys = new WeakMap<Uint8Array, { readonly pseudonym: Buffer; readonly dates: Buffer }>()

function personKeysOf(secret: Uint8Array) {
  let keys = personKeys.get(secret)
  if (!keys) personKeys.set(secret, (keys = { pseudonym: keyFor(secret, 'pseudonym'), dates: keyFor(secret, 'dates') }))
  return keys
}

/** 32 bytes by which a person is found again; says nothing without the key */
export const identityHash = (key: Uint8Array, { patientID, issuer }: Identity): Buffer =>
  keyedHash(key, 'person\0', issuer, '\0', patientID)

/** How one person is known in one project. */
export interface PersonOptions {
  /** the date shift is whole weeks, so that days of the week stay */
  readonly wholeWeeks?: boolean
  /** counts up when a pseudonym is taken by somebody else */
  readonly attempt?: number
}

/**
 * @param personID random, or a hash: what the person is called inside the vault
 * @returns `PROJECT-` and ten of 32 characters (50 bits) with a check character over both (ISO 7064), and days to shift by
 */
export function derivePerson(
  secret: Uint8Array,
  project: string,
  personID: Uint8Array,
  { wholeWeeks = false, attempt = 0 }: PersonOptions = {},
): Person {
  const keys = personKeysOf(secret)
  const hash = keyedHashText(keys.pseudonym, personID, attempt ? `\0${attempt}` : '')
  let letters = ''
  for (let at = 0; at < LENGTH; at++) letters += ALPHABET[hash.charCodeAt(at) & 31] as string
  const prefix = project
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, PREFIX)
  const days = keyedHash(keys.dates, personID).readUInt32BE(0)
  const shift = LEAST_DAYS + (days % (MOST_DAYS - LEAST_DAYS))
  return {
    pseudonym: `${prefix}-${letters}${checkCharacter(prefix + letters)}`,
    dateShiftDays: -(wholeWeeks ? shift - (shift % 7) : shift),
  }
}
