/** Keys without a vault: from a secret of the caller's, or of this run alone. */
import { randomBytes } from 'node:crypto'
import type { Person } from '../person.ts'
import type { PseudonymKeys } from '../gate.ts'
import { derivePerson, identityHash, keyFor } from './derive.ts'

/** instances of a person come one after another */
const PERSONS_KEPT = 1024

/** @param secret 32 bytes; the same secret gives the same pseudonyms. Default: random, gone with the process */
export function temporaryKeys(secret: Uint8Array = randomBytes(32)): PseudonymKeys {
  const identityKey = keyFor(secret, 'identity')
  const projects = new Map<string, ReturnType<typeof keysOf>>()
  const of = (project: string) => {
    let keys = projects.get(project)
    if (!keys) projects.set(project, (keys = keysOf(secret, project)))
    return keys
  }
  const persons = new Map<string, Person>()
  return {
    uidKey: (project) => Promise.resolve(of(project).uid),
    numberKey: (project) => Promise.resolve(of(project).number),
    person: (project, identity, options) => {
      const { issuer, patientID } = identity
      const who = `${options?.wholeWeeks} ${project.length} ${project} ${issuer.length} ${issuer} ${patientID}`
      let person = persons.get(who)
      if (!person) {
        person = derivePerson(of(project).secret, project, identityHash(identityKey, identity), options)
        if (persons.size >= PERSONS_KEPT) persons.clear()
        persons.set(who, person)
      }
      return Promise.resolve(person)
    },
  }
}

function keysOf(from: Uint8Array, project: string) {
  const secret = keyFor(from, `project ${project}`)
  return { secret, uid: keyFor(secret, `uid ${project}`), number: keyFor(secret, `number ${project}`) }
}
