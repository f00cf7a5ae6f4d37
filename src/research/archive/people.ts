/** Persons of the archive: whoever has a study or a record, under the pseudonym that stays. */
import { sql, type Kysely } from 'kysely'
import type { SeriesRow, StudyRow, Tables } from './schema.ts'

export interface PersonRow {
  readonly patient: string
  readonly project: string
  /** PS3.3 C.7.1.1: M, F, O; null where it was not kept */
  readonly sex: string | null
  readonly studies: number
  readonly messages: number
  /** pseudonyms that mean the same person, with the days that dates under them are off */
  readonly aliases: readonly { readonly from: string; readonly days: number }[]
  /** the pseudonym that stays, of one that is itself an alias */
  readonly replaced_by: string | null
}

export interface PeopleQuery {
  readonly ids?: readonly string[]
  readonly project?: string
  readonly sexes?: readonly string[]
  readonly search?: string
  readonly limit: number
  readonly offset: number
}

export async function searchPeople(
  db: Kysely<Tables>,
  { ids, project, sexes, search, limit, offset }: PeopleQuery,
): Promise<{ readonly total: number; readonly people: readonly PersonRow[] }> {
  const people = sql`(
    select patient, project, max(sex) as sex, sum(studies)::int as studies, sum(messages)::int as messages from (
      select patient_id as patient, project, max(patient_sex) as sex, count(*) as studies, 0 as messages
        from study group by 1, 2
      union all
      select patient, project, null, 0, count(*) from message group by 1, 2
      union all
      select "into", project, null, 0, 0 from alias
    ) found where patient <> '' group by 1, 2) person`
  const where = sql.join(
    [
      sql`true`,
      ...(ids ? [sql`person.patient = any(${ids})`] : []),
      ...(project ? [sql`person.project = ${project}`] : []),
      ...(sexes ? [sql`person.sex = any(${sexes})`] : []),
      ...(search ? [sql`strpos(upper(person.patient), upper(${search})) > 0`] : []),
    ],
    sql` and `,
  )
  const { rows } = await sql<PersonRow>`
    select person.*,
      (select "into" from alias where alias.project = person.project and "from" = person.patient) as replaced_by,
      coalesce((select jsonb_agg(jsonb_build_object('from', "from", 'days', date_shift_days) order by "from")
        from alias where alias.project = person.project and "into" = person.patient), '[]') as aliases
    from ${people} where ${where} order by person.patient limit ${limit} offset ${offset}`.execute(db)
  const counted = await sql<{ total: number }>`select count(*)::int as total from ${people} where ${where}`.execute(db)
  return { total: counted.rows[0]?.total ?? 0, people: rows }
}

export interface PersonStudy {
  readonly study: StudyRow
  readonly series: readonly SeriesRow[]
  /** the pseudonym that stays */
  readonly patient: string
  /** days to add to the study's dates, so that they fit those of the pseudonym that stays */
  readonly days: number
}

export interface PersonStudyQuery {
  readonly uids?: readonly string[]
  readonly patients?: readonly string[]
  /** each list is a choice, all must be met */
  readonly modalities?: readonly (readonly string[])[]
  readonly uidChoices?: readonly (readonly string[])[]
  /** YYYYMMDD; `to` is excluded */
  readonly dates?: readonly { readonly from?: string; readonly to?: string }[]
  readonly limit: number
  readonly offset: number
}

/** Studies with their series, newest first, each under the pseudonym that stays. */
export async function searchPersonStudies(
  db: Kysely<Tables>,
  { uids, patients, modalities = [], uidChoices = [], dates = [], limit, offset }: PersonStudyQuery,
): Promise<{ readonly total: number; readonly studies: readonly PersonStudy[] }> {
  const moved = sql`to_char(to_date(nullif(study.study_date, ''), 'YYYYMMDD') + coalesce(alias.date_shift_days, 0), 'YYYYMMDD')`
  const where = sql.join(
    [
      sql`true`,
      ...(uids ? [sql`study.uid = any(${uids})`] : []),
      ...(patients ? [sql`study.patient_id = any(${patients})`] : []),
      ...modalities.map((choice) => sql`study.modalities && ${choice}::text[]`),
      ...uidChoices.map((choice) => sql`study.uid = any(${choice})`),
      ...dates.flatMap(({ from, to }) => [
        ...(from ? [sql`${moved} >= ${from}`] : []),
        ...(to ? [sql`${moved} < ${to}`] : []),
      ]),
    ],
    sql` and `,
  )
  const source = sql`study left join alias on alias.project = study.project and alias."from" = study.patient_id`
  const { rows } = await sql<StudyRow & { into: string | null; days: number | null; all_series: SeriesRow[] | null }>`
    select study.*, alias."into", alias.date_shift_days as days,
      (select jsonb_agg(series order by series_number nulls last, series.uid) from series where study_uid = study.uid) as all_series
    from ${source} where ${where} order by study.study_date desc nulls last, study.uid limit ${limit} offset ${offset}`.execute(
    db,
  )
  const counted = await sql<{ total: number }>`select count(*)::int as total from ${source} where ${where}`.execute(db)
  return {
    total: counted.rows[0]?.total ?? 0,
    studies: rows.map(({ into, days, all_series, ...study }) => ({
      ...{ study, series: all_series ?? [], patient: into ?? study.patient_id, days: days ?? 0 },
    })),
  }
}
