/** Whose instance this is, and the words that must not be found in what leaves. */
import { strings, tagOf, text, type Attributes, type DataSet } from '../standards/dicom/index.ts'

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

const TAGS = [...NAMES, ...NUMBERS].map(tagOf).filter((tag) => tag !== undefined)

/** of the instance before: the next one of its study has the same */
let before = { values: '', words: [] as readonly string[] }

/** @returns words of names and numbers as they stand in the bytes (Latin-1), four characters or longer */
export function identifyingWords({ attributes }: DataSet<'identified'>): readonly string[] {
  const raw = TAGS.map((tag) => Buffer.from(attributes.byTag.get(tag)?.value ?? []).toString('latin1'))
  const values = JSON.stringify([attributes.characterSets, raw])
  if (values !== before.values) before = { values, words: wordsOf(attributes, raw) }
  return before.words
}

function wordsOf(attributes: Attributes, raw: readonly string[]): readonly string[] {
  const words = new Set(raw.flatMap((value) => value.split(/[\^=\\, \0]+/)))
  for (const word of TAGS.flatMap((tag) => strings(attributes, tag)).flatMap((one) => one.split(/[\^=, ]+/)))
    words.add(Buffer.from(word).toString('latin1'))
  // what others wrote in place of a name is no name, and we write it too
  words.delete('REMOVED')
  return [...words].filter((word) => word.length >= SHORTEST)
}
