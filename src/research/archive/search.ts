/** Matching of QIDO-RS (PS3.18 §8.3.4, PS3.4 §C.2.2.2) as SQL: values, lists, wildcards, ranges. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import {
  LOCATED,
  type InstanceRow,
  type Located,
  type SeriesRow,
  type StudyRow,
  type Tables,
  type WholeInstanceRow,
} from './schema.ts'

export interface Query {
  /** PS3.6 keyword → what is to be matched, as in the request; every one is in MATCHED */
  readonly match: Readonly<Record<string, string>>
  /** free text over pseudonym and descriptions, for the page */
  readonly search?: string
  readonly project?: string
  readonly limit: number
  readonly offset: number
}

type Form = 'text' | 'uid' | 'range' | 'number' | 'modalities'
interface Column {
  readonly column: string
  readonly form: Form
}

/** what can be matched: the attributes of PS3.18 Tables 10.6.1-5, -3 and -4 that the catalogue has */
export const MATCHED: Readonly<Record<string, Column>> = {
  StudyInstanceUID: { column: 'study.uid', form: 'uid' },
  StudyDate: { column: 'study.study_date', form: 'range' },
  StudyTime: { column: 'study.study_time', form: 'range' },
  AccessionNumber: { column: 'study.accession_number', form: 'text' },
  ModalitiesInStudy: { column: 'study.modalities', form: 'modalities' },
  PatientName: { column: 'study.patient_name', form: 'text' },
  PatientID: { column: 'study.patient_id', form: 'text' },
  PatientSex: { column: 'study.patient_sex', form: 'text' },
  StudyID: { column: 'study.study_id', form: 'text' },
  StudyDescription: { column: 'study.study_description', form: 'text' },
  Modality: { column: 'series.modality', form: 'text' },
  SeriesInstanceUID: { column: 'series.uid', form: 'uid' },
  SeriesNumber: { column: 'series.series_number', form: 'number' },
  SeriesDescription: { column: 'series.series_description', form: 'text' },
  BodyPartExamined: { column: 'series.body_part', form: 'text' },
  SOPInstanceUID: { column: 'instance.uid', form: 'uid' },
  SOPClassUID: { column: 'instance.sop_class_uid', form: 'uid' },
  InstanceNumber: { column: 'instance.instance_number', form: 'number' },
}

export async function searchStudies(db: Kysely<Tables>, query: Query): Promise<readonly StudyRow[]> {
  const series = conditions(query, ['series.', 'instance.'])
  const within = series.length
    ? [sql`exists (select 1 from series where series.study_uid = study.uid and ${sql.join(series, sql` and `)})`]
    : []
  const { rows } = await sql<StudyRow>`
    select study.* from study where ${all([...conditions(query, ['study.']), ...within])}
    order by study.archived_at desc, study.uid limit ${query.limit} offset ${query.offset}`.execute(db)
  return rows
}

export async function searchSeries(
  db: Kysely<Tables>,
  query: Query,
): Promise<readonly (SeriesRow & { readonly study: StudyRow })[]> {
  const { rows } = await sql<SeriesRow & { study: StudyRow }>`
    select series.*, to_jsonb(study) as study from series join study on study.uid = series.study_uid
    where ${all(conditions(query, ['study.', 'series.']))}
    order by series.study_uid, series.series_number nulls last, series.uid limit ${query.limit} offset ${query.offset}`.execute(
    db,
  )
  return rows
}

/** Metadata is most of a row, and few searches ask for what stands only there. */
export const searchInstances = (db: Kysely<Tables>, query: Query): Promise<readonly InstanceRow[]> =>
  instances<InstanceRow>(db, query, SHOWN)

export const searchWholeInstances = (db: Kysely<Tables>, query: Query): Promise<readonly WholeInstanceRow[]> =>
  instances<WholeInstanceRow>(db, query, [...SHOWN, 'metadata'])

/** where the instances of a study or series are, in their order */
export const locateInstances = (db: Kysely<Tables>, query: Query): Promise<readonly Located[]> =>
  instances<Located>(db, query, LOCATED)

const SHOWN = [
  ...['uid', 'series_uid', 'study_uid', 'sop_class_uid', 'transfer_syntax_uid', 'instance_number', 'rows', 'columns'],
  ...['number_of_frames', 'bits_allocated', 'sha256', 'size_bytes'],
]

async function instances<Row>(db: Kysely<Tables>, query: Query, columns: readonly string[]): Promise<readonly Row[]> {
  // the UIDs above an instance stand in its own row
  const { StudyInstanceUID = '', SeriesInstanceUID = '', ...match } = query.match
  const rest = { ...query, match }
  const joins = conditions(rest, ['study.', 'series.']).length
    ? sql`join series on series.uid = instance.series_uid join study on study.uid = instance.study_uid`
    : sql``
  const where = all([
    ...(isAsked(StudyInstanceUID) ? [condition({ column: 'instance.study_uid', form: 'uid' }, StudyInstanceUID)] : []),
    ...(isAsked(SeriesInstanceUID)
      ? [condition({ column: 'instance.series_uid', form: 'uid' }, SeriesInstanceUID)]
      : []),
    ...conditions(rest, ['study.', 'series.', 'instance.']),
  ])
  const { rows } = await sql<Row>`
    select ${sql.join(columns.map((column) => sql.ref(`instance.${column}`)))} from instance ${joins} where ${where}
    order by instance.series_uid, instance.instance_number nulls last, instance.uid limit ${query.limit} offset ${query.offset}`.execute(
    db,
  )
  return rows
}

const all = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length ? sql.join(conditions, sql` and `) : sql`true`

/** universal matching (PS3.4 §C.2.2.2.3) asks for nothing */
const isAsked = (value: string): boolean => value !== '' && value !== '*'

function conditions(query: Query, tables: readonly string[]): RawBuilder<unknown>[] {
  const found: RawBuilder<unknown>[] = []
  for (const [keyword, value] of Object.entries(query.match)) {
    const column = MATCHED[keyword]
    if (column && tables.some((table) => column.column.startsWith(table)) && isAsked(value))
      found.push(condition(column, value))
  }
  if (tables.includes('study.') && query.project) found.push(sql`study.project = ${query.project}`)
  if (tables.includes('study.') && query.search) {
    const pattern = `%${escaped(query.search)}%`
    found.push(
      sql`(study.patient_name ilike ${pattern} or study.study_description ilike ${pattern} or study.uid like ${pattern} or array_to_string(study.modalities, ' ') ilike ${pattern})`,
    )
  }
  return found
}

function condition({ column, form }: Column, value: string): RawBuilder<unknown> {
  const field = sql.ref(column)
  if (form === 'uid') return sql`${field} in (${sql.join(value.split(/[,\\]/).map((uid) => sql`${uid}`))})`
  if (form === 'number')
    return sql`${field} = ${Number.isInteger(Number(value)) && Math.abs(Number(value)) < 2 ** 31 ? Number(value) : null}::integer`
  if (form === 'modalities') return sql`${field} && ${value.split(/[,\\]/)}::text[]`
  if (form === 'range' && value.includes('-')) {
    const [from = '', to = ''] = value.split('-')
    const bounds = [...(from ? [sql`${field} >= ${from}`] : []), ...(to ? [sql`${field} <= ${to}`] : [])]
    return bounds.length ? sql`(${sql.join(bounds, sql` and `)})` : sql`true`
  }
  if (/[*?]/.test(value)) return sql`${field} like ${escaped(value).replaceAll('*', '%').replaceAll('?', '_')}`
  return sql`${field} = ${value}`
}

const escaped = (value: string): string => value.replace(/[\\%_]/g, '\\$&')
