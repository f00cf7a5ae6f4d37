/** Attributes whose values name somebody: they are looked for in what leaves, and no row may keep them. */
import { tagOf, type Tag } from '../../standards/dicom/index.ts'

const tags = (keywords: string): readonly Tag[] => keywords.split(/\s+/).flatMap((keyword) => tagOf(keyword) ?? [])

export const NAMES: readonly Tag[] = tags(
  `PatientName OtherPatientNames PatientBirthName PatientMotherBirthName ResponsiblePerson ReferringPhysicianName
   ConsultingPhysicianName PerformingPhysicianName NameOfPhysiciansReadingStudy OperatorsName RequestingPhysician
   PhysiciansOfRecord ScheduledPerformingPhysicianName PersonName VerifyingObserverName ContentCreatorName ReviewerName`,
)
export const NUMBERS: readonly Tag[] = tags(
  `PatientID OtherPatientIDs AccessionNumber PatientTelephoneNumbers AdmissionID InsurancePlanIdentification
   MilitaryRank PatientAddress MedicalRecordLocator FillerOrderNumberImagingServiceRequest
   PlacerOrderNumberImagingServiceRequest ReferringPhysicianTelephoneNumbers`,
)
export const IDENTIFYING: ReadonlySet<Tag> = new Set([...NAMES, ...NUMBERS])
