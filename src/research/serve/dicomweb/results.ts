/** QIDO-RS results (PS3.18 Tables 10.6.1-5, 10.6.3-3, 10.6.3-4) as DICOM JSON. */
import { dictionaryEntry, tagOf, type DicomJson, type JsonElement } from '../../../standards/dicom/index.ts'
import {
  metadataOf,
  type InstanceRow,
  type SeriesRow,
  type StudyRow,
  type WholeInstanceRow,
} from '../../archive/index.ts'

type Value = string | number | readonly (string | number)[] | null | undefined

const PERSON_NAMES: ReadonlySet<string> = new Set(['PatientName'])

/** keywords and values → DICOM JSON; an empty value is a property without Value */
function json(values: Readonly<Record<string, Value>>): DicomJson {
  const entries = Object.entries(values).map(([keyword, value]): [string, JsonElement] => {
    const tag = tagOf(keyword) ?? 0
    const vr = dictionaryEntry(tag)?.vrs[0] ?? 'UN'
    const list = (
      Array.isArray(value) ? value : value === null || value === undefined || value === '' ? [] : [value]
    ) as readonly (string | number)[]
    const Value = PERSON_NAMES.has(keyword) ? list.map((name) => ({ Alphabetic: name })) : list
    return [tag.toString(16).padStart(8, '0').toUpperCase(), { vr, ...(Value.length ? { Value } : {}) }]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const studyValues = (study: StudyRow, base: string): Record<string, Value> => ({
  StudyDate: study.study_date,
  StudyTime: study.study_time,
  AccessionNumber: study.accession_number,
  InstanceAvailability: 'ONLINE',
  ModalitiesInStudy: study.modalities,
  ReferringPhysicianName: null,
  RetrieveURL: `${base}/studies/${study.uid}`,
  StudyDescription: study.study_description,
  PatientName: study.patient_name,
  PatientID: study.patient_id,
  PatientBirthDate: null,
  PatientSex: study.patient_sex,
  StudyInstanceUID: study.uid,
  StudyID: study.study_id,
  NumberOfStudyRelatedSeries: study.series_count,
  NumberOfStudyRelatedInstances: study.instance_count,
})

export const studyResult = (study: StudyRow, base: string): DicomJson => json(studyValues(study, base))

/** @param whole the attributes of the study too, as a search across studies asks */
export const seriesResult = (
  series: SeriesRow & { readonly study: StudyRow },
  base: string,
  whole: boolean,
): DicomJson =>
  json({
    ...(whole ? studyValues(series.study, base) : {}),
    Modality: series.modality,
    SeriesDescription: series.series_description,
    BodyPartExamined: series.body_part,
    RetrieveURL: `${base}/studies/${series.study_uid}/series/${series.uid}`,
    StudyInstanceUID: series.study_uid,
    SeriesInstanceUID: series.uid,
    SeriesNumber: series.series_number,
    NumberOfSeriesRelatedInstances: series.instance_count,
  })

/** of patient, study and series, for a search that is not within one: PS3.18 Table 10.6.3-5 */
const ABOVE: ReadonlySet<string> = new Set([
  ...['00080020', '00080030', '00080050', '00080060', '00080090', '0008103E', '00081030', '00100010', '00100020'],
  ...['00100030', '00100040', '00200010', '00200011'],
])

/**
 * @param include keys beyond the usual ones, from the instance's own metadata if it is there
 * @param whole what is known of patient, study and series too, as a search across studies asks
 */
export function instanceResult(
  instance: InstanceRow & Partial<WholeInstanceRow>,
  base: string,
  include: ReadonlySet<string> | 'all',
  whole: boolean,
): DicomJson {
  const usual = json({
    SOPClassUID: instance.sop_class_uid,
    SOPInstanceUID: instance.uid,
    InstanceAvailability: 'ONLINE',
    RetrieveURL: instanceAddress(instance, base),
    StudyInstanceUID: instance.study_uid,
    SeriesInstanceUID: instance.series_uid,
    InstanceNumber: instance.instance_number,
    Rows: instance.rows,
    Columns: instance.columns,
    ...(instance.bits_allocated === null ? {} : { BitsAllocated: instance.bits_allocated }),
    ...(instance.number_of_frames === null ? {} : { NumberOfFrames: instance.number_of_frames }),
  })
  if (!instance.metadata) return usual
  const isWanted = (key: string): boolean => include === 'all' || include.has(key) || (whole && ABOVE.has(key))
  const more = Object.entries(metadataOf(instance.metadata)).filter(
    ([key, { BulkDataURI }]) => !BulkDataURI && isWanted(key),
  )
  return Object.fromEntries([...more, ...Object.entries(usual)].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An instance's metadata with addresses for its bulk data (PS3.18 §10.4.1.1.2). */
export function metadataResult(instance: WholeInstanceRow, base: string): DicomJson {
  const address = instanceAddress(instance, base)
  const absolute = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(absolute)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'BulkDataURI' ? `${address}/${String(inner)}` : absolute(inner),
      ]),
    )
  }
  return absolute(metadataOf(instance.metadata)) as DicomJson
}

export const instanceAddress = (
  instance: Pick<InstanceRow, 'study_uid' | 'series_uid' | 'uid'>,
  base: string,
): string => `${base}/studies/${instance.study_uid}/series/${instance.series_uid}/instances/${instance.uid}`
