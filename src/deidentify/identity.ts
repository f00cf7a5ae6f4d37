/** Whose instance this is. */
import { text, type DataSet } from '../standards/dicom/index.ts'

export interface Identity {
  readonly patientID: string
  readonly issuer: string
}

/**
 * Patient ID and its issuer, without the padding and case that devices differ in. An instance without a Patient ID is
 * nobody else's: its study stands for the person.
 */
export function identityOf(instance: DataSet<'identified'>): Identity {
  const patientID = text(instance.attributes, 'PatientID') ?? ''
  const issuer = text(instance.attributes, 'IssuerOfPatientID') ?? ''
  const identity = normalized({ patientID, issuer })
  return identity.patientID ? identity : { patientID: `study ${instance.StudyInstanceUID}`, issuer: '' }
}

/** The form in which numbers are compared, from wherever they come. */
export const normalized = ({ patientID, issuer }: Identity): Identity => ({
  patientID: patientID.normalize('NFKC').trim().toUpperCase(),
  issuer: issuer.trim(),
})
