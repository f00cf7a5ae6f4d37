/** A de-identified instance as rows of the catalogue. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { numbers, text, toJSON, type DataSet, type DicomJson } from '../../standards/dicom/index.ts'
import type { NewInstance, NewSeries, NewStudy } from './schema.ts'

/** where bulk data of the metadata is found, relative to the instance's own address */
const BULK_DATA = 'bulkdata/'

export interface Rows {
  readonly study: Omit<NewStudy, 'archived_at' | 'modalities' | 'series_count' | 'instance_count'>
  readonly series: Omit<NewSeries, 'instance_count'>
  readonly instance: Omit<NewInstance, 'archived_at' | 'sha256' | 'size_bytes' | 'rule' | 'report'>
}

export function rowsOf(dataSet: DataSet<'de-identified'>, project: string): Rows {
  const { attributes, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = dataSet
  const word = (keyword: string): string | null => text(attributes, keyword) || null
  const whole = (keyword: string): number | null => {
    const [value] = numbers(attributes, keyword)
    return value !== undefined && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
  }
  return {
    study: {
      ...{
        uid: StudyInstanceUID,
        project,
        patient_id: word('PatientID') ?? '',
        patient_name: word('PatientName') ?? '',
      },
      ...{ patient_sex: word('PatientSex'), patient_age: word('PatientAge') },
      ...{ study_date: word('StudyDate'), study_time: word('StudyTime'), study_id: word('StudyID') },
      ...{ accession_number: word('AccessionNumber'), study_description: word('StudyDescription') },
    },
    series: {
      ...{ uid: SeriesInstanceUID, study_uid: StudyInstanceUID, modality: word('Modality') ?? 'OT' },
      ...{ series_number: whole('SeriesNumber'), series_description: word('SeriesDescription') },
      ...{ body_part: word('BodyPartExamined'), series_date: word('SeriesDate') },
    },
    instance: {
      ...{ uid: SOPInstanceUID, series_uid: SeriesInstanceUID, study_uid: StudyInstanceUID },
      ...{ sop_class_uid: dataSet.SOPClassUID, transfer_syntax_uid: dataSet.transferSyntax.uid },
      ...{
        instance_number: whole('InstanceNumber'),
        rows: whole('Rows'),
        columns: whole('Columns'),
        number_of_frames: whole('NumberOfFrames'),
        bits_allocated: whole('BitsAllocated'),
      },
      metadata: deflateRawSync(JSON.stringify(toJSON(attributes, { bulkDataURI: (path) => BULK_DATA + path }))),
    },
  }
}

export const metadataOf = (deflated: Buffer): DicomJson => JSON.parse(inflateRawSync(deflated).toString()) as DicomJson
