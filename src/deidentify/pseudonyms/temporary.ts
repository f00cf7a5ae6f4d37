/** Keys without a vault: from a secret of the caller's, or of this run alone. */
import { hkdfSync, randomBytes } from 'node:crypto'
import type { PseudonymKeys } from '../gate.ts'
import { derivePerson } from './derive.ts'

/** @param secret 32 bytes; the same secret gives the same pseudonyms. Default: random, gone with the process */
export function temporaryKeys(secret: Uint8Array = randomBytes(32)): PseudonymKeys {
  const keys = new Map<string, Uint8Array>()
  const key = (project: string, use: string) => {
    const info = `${use} ${project}`
    const known = keys.get(info) ?? new Uint8Array(hkdfSync('sha256', secret, '', info, 32))
    keys.set(info, known)
    return known
  }
  return {
    uidKey: (project) => Promise.resolve(key(project, 'uid')),
    person: (project, identity) => Promise.resolve(derivePerson(key(project, 'person'), project, identity)),
  }
}
