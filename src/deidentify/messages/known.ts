/** What the gate works with for one person in one project: the same keys, pseudonym and days as for the person's images. */
import { profileOf, type PseudonymKeys } from '../gate.ts'
import type { GateProject } from '../gate-project.ts'
import type { Identity } from '../identity.ts'
import type { Person } from '../person.ts'
import type { Profile } from '../profile/compile.ts'

export interface KnownPerson {
  readonly profile: Profile
  readonly person: Person
  readonly uidKey: Uint8Array
  readonly numberKey: Uint8Array
  /** undefined: dates are taken out */
  readonly dateShiftDays: number | undefined
  readonly keepsCharacteristics: boolean
  readonly keepsDevices: boolean
}

/** @throws Fault with `retry: 'later'` when the vault is away */
export async function knownPerson(project: GateProject, identity: Identity, keys: PseudonymKeys): Promise<KnownPerson> {
  const [person] = await knownPersons(project, [identity], keys)
  return person as KnownPerson
}

/** The same of several, in their order: the project's keys are asked for once. */
export async function knownPersons(
  project: GateProject,
  identities: readonly Identity[],
  keys: PseudonymKeys,
): Promise<readonly KnownPerson[]> {
  if (identities.length === 0) return []
  const profile = profileOf(project)
  const { options } = profile
  const { name } = project
  const persons: Person[] = []
  const how = { wholeWeeks: profile.source.wholeWeeks ?? false }
  for (const identity of identities) persons.push(await keys.person(name, identity, how))
  // the vault has them by now
  const uidKey = await keys.uidKey(name)
  const numberKey = await keys.numberKey(name)
  const shifts = options.has('retain-longitudinal-modified-dates')
  const keepsDates = options.has('retain-longitudinal-full-dates')
  const keepsCharacteristics = options.has('retain-patient-characteristics')
  const keepsDevices = options.has('retain-device-identity')
  return persons.map((person) => ({
    ...{ profile, person, uidKey, numberKey, keepsCharacteristics, keepsDevices },
    dateShiftDays: keepsDates ? 0 : shifts ? person.dateShiftDays : undefined,
  }))
}

const DAY_MS = 86_400_000

/** a time of ours beside dates that moved moves with them; where dates are removed the beginning of its year is left */
export const moved = (at: Date, days: number | undefined): Date =>
  days === undefined ? new Date(Date.UTC(at.getUTCFullYear(), 0)) : new Date(at.getTime() + days * DAY_MS)
