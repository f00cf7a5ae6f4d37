/** Whose instance this is, and the words that must not be found in what leaves. */
import { attribute, strings, text, type DataSet } from '../standards/dicom/index.ts'

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

const NAMES = [
  'PatientName',
  'OtherPatientNames',
  'PatientBirthName',
  'PatientMotherBirthName',
  'ReferringPhysicianName',
  'PerformingPhysicianName',
  'OperatorsName',
  'RequestingPhysician',
  'PhysiciansOfRecord',
]
const NUMBERS = [
  'PatientID',
  'OtherPatientIDs',
  'AccessionNumber',
  'PatientTelephoneNumbers',
  'AdmissionID',
  'InsurancePlanIdentification',
  'MilitaryRank',
  'PatientAddress',
]
const SHORTEST = 4

/** @returns words of names and numbers as they stand in the bytes (Latin-1), four characters or longer */
export function identifyingWords(instance: DataSet<'identified'>): readonly string[] {
  const words = new Set<string>()
  for (const keyword of [...NAMES, ...NUMBERS]) {
    const value = attribute(instance.attributes, keyword)?.value
    if (!value) continue
    for (const word of Buffer.from(value)
      .toString('latin1')
      .split(/[\^=\\, \0]+/))
      if (word.length >= SHORTEST) words.add(word)
    for (const word of strings(instance.attributes, keyword).flatMap((one) => one.split(/[\^=, ]+/)))
      if (word.length >= SHORTEST) words.add(Buffer.from(word).toString('latin1'))
  }
  // what others wrote in place of a name is no name, and we write it too
  words.delete('REMOVED')
  return [...words]
}
