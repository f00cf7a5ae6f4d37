/** Keys without a vault: from a secret of the caller's, or of this run alone. */
import { randomBytes } from 'node:crypto'
import type { Person } from '../person.ts'
import type { PseudonymKeys } from '../gate.ts'
import { derivePerson, identityHash, keyFor } from './derive.ts'

/** instances of a person come one after another */
const PERSONS_KEPT = 1024

/** @param secret 32 bytes; the same secret gives the same pseudonyms. Default: random, gone with the process */
export function temporaryKeys(secret: Uint8Array = randomBytes(32)): PseudonymKeys {
  const keys = new Map<string, Buffer>()
  const key = (use: string, from: Uint8Array = secret) => {
    const known = keys.get(use) ?? keyFor(from, use)
    keys.set(use, known)
    return known
  }
  const persons = new Map<string, Person>()
  const ofProject = (project: string) => key(`project ${project}`)
  return {
    uidKey: (project) => Promise.resolve(key(`uid ${project}`, ofProject(project))),
    numberKey: (project) => Promise.resolve(key(`number ${project}`, ofProject(project))),
    person: (project, identity, options) => {
      const { issuer, patientID } = identity
      const who = `${options?.wholeWeeks} ${project.length} ${project} ${issuer.length} ${issuer} ${patientID}`
      const person =
        persons.get(who) ?? derivePerson(ofProject(project), project, identityHash(key('identity'), identity), options)
      if (persons.size >= PERSONS_KEPT) persons.clear()
      persons.set(who, person)
      return Promise.resolve(person)
    },
  }
}
