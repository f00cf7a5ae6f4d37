/** This hospital's own patient numbers under whatever name they are issued: one person in images and messages. */
import { normalized, type Identity, type Vault } from '../../deidentify/index.ts'

/** @param issuers names that mean this hospital; DICOM's Issuer of Patient ID, HL7's assigning authority */
export function withOwnNumbers(vault: Vault, issuers: readonly string[]): Vault {
  const own = new Set(issuers)
  const named = (identity: Identity): Identity => {
    const { patientID, issuer } = normalized(identity)
    return { patientID, issuer: own.has(issuer) ? '' : issuer }
  }
  return {
    ...vault,
    person: (project, identity, options) => vault.person(project, named(identity), options),
    merge: (from, into, who) => vault.merge(named(from), named(into), who),
  }
}
