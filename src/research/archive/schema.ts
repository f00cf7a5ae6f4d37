/** The catalogue's tables: what QIDO-RS matches on stands in columns, the rest in the instance's metadata. */
import { sql, type ColumnType, type Generated, type Insertable, type Selectable } from 'kysely'
import type { Migration } from 'kysely/migration'

interface StudyTable {
  uid: string
  project: string
  patient_id: string
  patient_name: string
  patient_sex: string | null
  patient_age: string | null
  study_date: string | null
  study_time: string | null
  study_id: string | null
  accession_number: string | null
  study_description: string | null
  modalities: string[]
  series_count: number
  instance_count: number
  archived_at: Generated<Date>
}

interface SeriesTable {
  uid: string
  study_uid: string
  modality: string
  series_number: number | null
  series_description: string | null
  body_part: string | null
  series_date: string | null
  instance_count: number
}

interface InstanceTable {
  uid: string
  series_uid: string
  study_uid: string
  sop_class_uid: string
  transfer_syntax_uid: string
  instance_number: number | null
  rows: number | null
  columns: number | null
  number_of_frames: number | null
  bits_allocated: number | null
  sha256: string
  size_bytes: string | number
  /** DICOM JSON, deflated; bulk data by reference */
  metadata: Buffer
  rule: string
  report: string
  archived_at: Generated<Date>
}

interface MessageTable {
  id: string
  project: string
  patient: string
  kind: string
  message_type: string
  link: string
  received_at: Date
  text: string
  rule: string
  report: string
  /** sex and age in years, as far as they were kept: what ranges depend on when it is unified again */
  subject: ColumnType<object | null, string | null, string | null>
  archived_at: Generated<Date>
}

interface WaitingCodeTable {
  message: string
  device: string
  system: string
  code: string
  text: string
  unit: string
}

interface RecordTable {
  type: string
  id: string
  project: string
  patient: string | null
  message: string
  received_at: Date
  date_from: ColumnType<Date | null, string | null, string | null>
  date_to: ColumnType<Date | null, string | null, string | null>
  tokens: string[]
  /** the FHIR resource */
  body: ColumnType<object, string, string>
  version: Generated<number>
}

export interface Tables {
  message: MessageTable
  waiting_code: WaitingCodeTable
  record: RecordTable
  alias: { project: string; from: string; into: string; date_shift_days: number }
  study: StudyTable
  series: SeriesTable
  instance: InstanceTable
  conflict: { id: Generated<number>; uid: string; sha256: string; at: Generated<Date> }
}

export type StudyRow = Selectable<StudyTable>
export type SeriesRow = Selectable<SeriesTable>
export type InstanceRow = Omit<Selectable<InstanceTable>, 'metadata' | 'rule' | 'report' | 'archived_at'>
/** with its DICOM JSON, which is most of the row */
export type WholeInstanceRow = InstanceRow & Pick<Selectable<InstanceTable>, 'metadata'>
/** what a retrieval needs of an instance */
export type Located = Pick<InstanceRow, (typeof LOCATED)[number]>
export const LOCATED = ['uid', 'series_uid', 'study_uid', 'transfer_syntax_uid', 'sha256', 'size_bytes'] as const
export type RecordRow = Selectable<RecordTable>
export type MessageRow = Selectable<MessageTable>
export type NewStudy = Insertable<StudyTable>
export type NewSeries = Insertable<SeriesTable>
export type NewInstance = Insertable<InstanceTable>

export const migrations: Record<string, Migration> = {
  '0001 catalogue': {
    up: async (db) => {
      await sql`
        create table study (
          uid text primary key, project text not null, patient_id text not null, patient_name text not null, patient_sex text,
          patient_age text, study_date text, study_time text, study_id text, accession_number text, study_description text,
          modalities text[] not null default '{}', series_count integer not null default 0, instance_count integer not null default 0,
          archived_at timestamptz not null default now())`.execute(db)
      await sql`
        create table series (
          uid text primary key, study_uid text not null references study (uid), modality text not null, series_number integer,
          series_description text, body_part text, series_date text, instance_count integer not null default 0)`.execute(
        db,
      )
      await sql`
        create table instance (
          uid text primary key, series_uid text not null references series (uid), study_uid text not null, sop_class_uid text not null,
          transfer_syntax_uid text not null, instance_number integer, rows integer, columns integer, number_of_frames integer,
          sha256 text not null, size_bytes bigint not null, metadata bytea not null, rule text not null, report text not null,
          archived_at timestamptz not null default now())`.execute(db)
      await sql`create table conflict (id bigint generated always as identity primary key, uid text not null, sha256 text not null, at timestamptz not null default now(), unique (uid, sha256))`.execute(
        db,
      )
      for (const [name, on] of [
        ['study_newest', 'study (archived_at desc, uid)'],
        ['study_project', 'study (project, archived_at desc, uid)'],
        ['study_patient', 'study (patient_id text_pattern_ops)'],
        ['study_name', 'study (patient_name text_pattern_ops)'],
        ['study_date', 'study (study_date)'],
        ['study_modalities', 'study using gin (modalities)'],
        ['series_study', 'series (study_uid)'],
        ['series_modality', 'series (modality)'],
        ['instance_series', 'instance (series_uid, instance_number, uid)'],
        ['instance_study', 'instance (study_uid)'],
        ['instance_sha256', 'instance (sha256)'],
      ] as const)
        await sql`create index ${sql.ref(name)} on ${sql.raw(on)}`.execute(db)
    },
  },
  '0002 messages and records': {
    up: async (db) => {
      for (const statement of [
        `create table message (
          id text primary key, project text not null, patient text not null, kind text not null, message_type text not null,
          link text not null, received_at timestamptz not null, text text not null, rule text not null, report text not null,
          archived_at timestamptz not null default now())`,
        `create table record (
          type text not null, id text not null, project text not null, patient text, message text not null references message (id),
          received_at timestamptz not null, date_from timestamptz, date_to timestamptz, tokens text[] not null,
          body jsonb not null, version integer not null default 1, primary key (type, id))`,
        `create table alias (
          project text not null, "from" text not null, "into" text not null, date_shift_days integer not null,
          primary key (project, "from"))`,
        'create index message_patient on message (patient)',
        'create index record_patient on record (patient, type, date_from desc)',
        'create index record_tokens on record using gin (tokens)',
        'create index record_date on record (type, date_from desc, id)',
      ])
        await sql.raw(statement).execute(db)
    },
  },
  '0003 bits allocated': {
    up: async (db) => {
      await sql`alter table instance add column bits_allocated integer`.execute(db)
    },
  },
  '0004 codes that wait to be mapped': {
    up: async (db) => {
      for (const statement of [
        'alter table message add column subject jsonb',
        `create table waiting_code (
          message text not null references message (id), device text not null, system text not null, code text not null,
          text text not null, unit text not null, primary key (message, device, system, code, text))`,
        'create index waiting_code_code on waiting_code (device, system, code, text, message)',
      ])
        await sql.raw(statement).execute(db)
    },
  },
}
