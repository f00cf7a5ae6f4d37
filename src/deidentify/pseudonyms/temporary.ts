/** Keys without a vault: from a secret of the caller's, or of this run alone. */
import { hkdfSync, randomBytes } from 'node:crypto'
import type { PseudonymKeys } from '../gate.ts'
import { derivePerson } from './derive.ts'

/** @param secret 32 bytes; the same secret gives the same pseudonyms. Default: random, gone with the process */
export function temporaryKeys(secret: Uint8Array = randomBytes(32)): PseudonymKeys {
  const key = (project: string, use: string) => new Uint8Array(hkdfSync('sha256', secret, '', `${use} ${project}`, 32))
  return {
    uidKey: (project) => Promise.resolve(key(project, 'uid')),
    person: (project, identity) => Promise.resolve(derivePerson(key(project, 'person'), project, identity)),
  }
}
