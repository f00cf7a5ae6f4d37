/** Persons and studies of the image catalogue as FHIR R4 Patient and ImagingStudy. */
import type { ImagingStudy, Patient } from '@medplum/fhirtypes'
import type { PersonRow, SeriesRow, StudyRow } from '../../archive/index.ts'
import { OURS } from '../../fhir/index.ts'

const GENDERS: Readonly<Record<string, Patient['gender']>> = { M: 'male', F: 'female', O: 'other' }
export const SEXES: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O' }

export const patientOf = (person: PersonRow): Patient => ({
  resourceType: 'Patient',
  id: person.patient,
  meta: { tag: [{ system: `${OURS}project`, code: person.project }] },
  identifier: [{ system: `${OURS}pseudonym`, value: person.patient }],
  active: person.replaced_by === null,
  ...(person.sex && GENDERS[person.sex] ? { gender: GENDERS[person.sex] } : {}),
  ...(person.replaced_by || person.aliases.length
    ? {
        link: [
          ...(person.replaced_by
            ? [{ type: 'replaced-by' as const, other: { reference: `Patient/${person.replaced_by}` } }]
            : []),
          ...person.aliases.map(({ from }) => ({ type: 'replaces' as const, other: { reference: `Patient/${from}` } })),
        ],
      }
    : {}),
})

const DCM = 'http://dicom.nema.org/resources/ontology/DCM'

/** @param into the pseudonym that stays, and the days that dates under the study's own are off */
export function imagingStudyOf(
  study: StudyRow,
  series: readonly SeriesRow[],
  { patient, days }: { readonly patient: string; readonly days: number },
): ImagingStudy {
  const started = startedOf(study, days)
  return {
    resourceType: 'ImagingStudy',
    // a UID is an id as it stands: digits and dots, at most 64
    id: study.uid,
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${study.uid}` }],
    status: 'available',
    modality: study.modalities.map((code) => ({ system: DCM, code })),
    subject: { reference: `Patient/${patient}` },
    ...(started ? { started } : {}),
    numberOfSeries: study.series_count,
    numberOfInstances: study.instance_count,
    ...(study.study_description ? { description: study.study_description } : {}),
    series: series.map((one) => ({
      uid: one.uid,
      ...(one.series_number === null || one.series_number < 0 ? {} : { number: one.series_number }),
      modality: { system: DCM, code: one.modality },
      ...(one.series_description ? { description: one.series_description } : {}),
      numberOfInstances: one.instance_count,
      ...(one.body_part ? { bodySite: { system: `${OURS}body-part`, code: one.body_part } } : {}),
    })),
  }
}

/** A date alone: Study Time says no offset from UTC, and FHIR takes no time without one. */
function startedOf({ study_date }: StudyRow, days: number): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(study_date ?? '') ?? []
  if (!year) return undefined
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) + days)).toISOString().slice(0, 10)
}
