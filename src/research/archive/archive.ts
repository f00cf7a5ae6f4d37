/** The archive of de-identified instances: a blob under its hash, then one transaction of the catalogue. Idempotent. */
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { Fault } from '../../base/index.ts'
import type { DataSet } from '../../standards/dicom/index.ts'
import { Blobs, type OpenBlob } from './blobs.ts'
import {
  searchPeople,
  searchPersonStudies,
  type PeopleQuery,
  type PersonRow,
  type PersonStudy,
  type PersonStudyQuery,
} from './people.ts'
import {
  applyAliases,
  searchRecords,
  storeMessages,
  type Alias,
  type MessageToStore,
  type NewRecord,
  type RecordQuery,
} from './records.ts'
import { rowsOf, type Rows } from './row.ts'
import {
  LOCATED,
  migrations,
  type InstanceRow,
  type Located,
  type MessageRow,
  type NewInstance,
  type RecordRow,
  type SeriesRow,
  type StudyRow,
  type Tables,
  type WholeInstanceRow,
} from './schema.ts'
import { replaceObservations, waitingCodes, waitingOn, type WaitingCode, type WaitingCount } from './waiting-codes.ts'
import { reportsOf, type ReportsQuery } from './reports.ts'
import {
  locateInstances,
  searchInstances,
  searchSeries,
  searchStudies,
  searchWholeInstances,
  type Query,
} from './search.ts'

export interface Provenance {
  readonly project: string
  readonly rule: string
  /** the gate's report as JSON; never a value */
  readonly report: string
}

export interface Stored {
  /** `conflict`: the UID is archived already with other contents; the first stays, this one is recorded */
  readonly outcome: 'stored' | 'already-stored' | 'conflict'
  readonly sha256: string
}

const MOST_LOCATED = 10_000

export interface Archive {
  /** @throws Fault 'archive-unavailable', 'disk-failed' */
  store(dataSet: DataSet<'de-identified'>, provenance: Provenance): Promise<Stored>
  searchStudies(query: Query): Promise<readonly StudyRow[]>
  searchSeries(query: Query): Promise<readonly (SeriesRow & { readonly study: StudyRow })[]>
  searchInstances(query: Query): Promise<readonly InstanceRow[]>
  /** with their metadata */
  searchWholeInstances(query: Query): Promise<readonly WholeInstanceRow[]>
  /** Where an instance is. An instance that is here stays as it is, so what is known of it is kept. @returns undefined for one that is not here */
  locate(uid: string): Promise<Located | undefined>
  /** the same of all instances that match, in the order of their numbers within each series */
  locateInstances(query: Query): Promise<readonly Located[]>
  /** All of them or none. @returns what became of each. @throws Fault 'archive-unavailable' */
  storeMessages(messages: readonly MessageToStore[]): Promise<readonly ('stored' | 'already-stored')[]>
  searchRecords(query: RecordQuery): Promise<{ readonly total: number; readonly records: readonly RecordRow[] }>
  searchPeople(query: PeopleQuery): Promise<{ readonly total: number; readonly people: readonly PersonRow[] }>
  searchPersonStudies(
    query: PersonStudyQuery,
  ): Promise<{ readonly total: number; readonly studies: readonly PersonStudy[] }>
  /** @returns undefined for a message that is not here */
  message(id: string): Promise<MessageRow | undefined>
  /** Codes that no table maps yet, those with most messages first. */
  waitingCodes(limit: number): Promise<readonly WaitingCount[]>
  /** the messages that wait for one */
  waitingOn(code: Omit<WaitingCode, 'unit'>): AsyncIterable<MessageRow>
  /** A message that was unified again: its observations anew, whom they are about and when as it was. */
  replaceObservations(message: string, records: readonly NewRecord[], waiting: readonly WaitingCode[]): Promise<void>
  /** Persons who turned out to be others. @returns how many were not known yet */
  applyAliases(aliases: readonly Alias[]): Promise<number>
  /** @returns the number of studies and when the newest came, for what shows them live */
  newest(): Promise<{ readonly studies: number; readonly instances: number; readonly at: number }>
  /** the gate's reports of a project's instances that were archived in a period, days in UTC and both inclusive */
  reports(of: ReportsQuery): AsyncIterable<{ readonly report: string; readonly study_uid: string }>
  openBlob(sha256: string): OpenBlob
  verifyBlob(sha256: string): void
  close(): Promise<void>
}

/**
 * @param connection of a login that owns the catalogue's database; several starters migrate it safely
 * @param blobs the folder of the blobs
 */
export async function openArchive({
  connection,
  blobs: folder,
}: {
  readonly connection: pg.PoolConfig
  readonly blobs: string
}): Promise<Archive> {
  const pool = new pg.Pool({ max: 8, ...connection })
  // a lost server is found out by the next query; without a listener it would end the process
  pool.on('error', () => {})
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  await available(async () => {
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(migrations) },
    }).migrateToLatest()
    if (error) throw error
  })
  const blobs = new Blobs(folder)
  const located = new Map<string, Located>()

  return {
    store: async (dataSet, provenance) => {
      const { sha256, sizeBytes } = await blobs.put(dataSet.source)
      const rows = rowsOf(dataSet, provenance.project)
      const outcome = await available(() =>
        db.transaction().execute((transaction) =>
          catalogue(transaction, rows, {
            sha256,
            size_bytes: sizeBytes,
            rule: provenance.rule,
            report: provenance.report,
          }),
        ),
      )
      return { outcome, sha256 }
    },
    searchStudies: (query) => available(() => searchStudies(db, query)),
    searchSeries: (query) => available(() => searchSeries(db, query)),
    searchWholeInstances: (query) => available(() => searchWholeInstances(db, query)),
    searchInstances: (query) => available(() => searchInstances(db, query)),
    locate: async (uid) => {
      const known = located.get(uid)
      if (known) return known
      const found = await available(() =>
        db.selectFrom('instance').select(LOCATED).where('uid', '=', uid).executeTakeFirst(),
      )
      if (!found) return undefined
      if (located.size >= MOST_LOCATED) located.clear()
      located.set(uid, found)
      return found
    },
    locateInstances: (query) => available(() => locateInstances(db, query)),
    storeMessages: (messages) => available(() => storeMessages(db, messages)),
    searchRecords: (query) => available(() => ofOneMoment(db, (moment) => searchRecords(moment, query))),
    searchPeople: (query) => available(() => ofOneMoment(db, (moment) => searchPeople(moment, query))),
    searchPersonStudies: (query) => available(() => ofOneMoment(db, (moment) => searchPersonStudies(moment, query))),
    message: (id) => available(() => db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirst()),
    waitingCodes: (limit) => available(() => waitingCodes(db, limit)),
    waitingOn: (code) => waitingOn(db, code),
    replaceObservations: (message, records, waiting) =>
      available(() => replaceObservations(db, message, records, waiting)),
    applyAliases: (aliases) => available(() => applyAliases(db, aliases)),
    newest: async () => {
      const row = await available(() =>
        db
          .selectFrom('study')
          .select([
            sql<number>`count(*)::int`.as('studies'),
            sql<number>`coalesce(sum(instance_count), 0)::int`.as('instances'),
            sql<Date | null>`max(archived_at)`.as('at'),
          ])
          .executeTakeFirstOrThrow(),
      )
      return { studies: row.studies, instances: row.instances, at: row.at?.getTime() ?? 0 }
    },
    reports: (query) => reportsOf(db, query),
    openBlob: (sha256) => blobs.open(sha256),
    verifyBlob: (sha256) => blobs.verify(sha256),
    close: () => db.destroy(),
  }
}

async function catalogue(
  transaction: Transaction<Tables>,
  { study, series, instance }: Rows,
  file: Pick<NewInstance, 'sha256' | 'size_bytes' | 'rule' | 'report'>,
): Promise<Stored['outcome']> {
  await transaction
    .insertInto('study')
    .values({ ...study, modalities: [], series_count: 0, instance_count: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const newSeries = await transaction
    .insertInto('series')
    .values({ ...series, instance_count: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .returning('uid')
    .executeTakeFirst()
  const fresh = await transaction
    .insertInto('instance')
    .values({ ...instance, ...file })
    .onConflict((conflict) => conflict.doNothing())
    .returning('uid')
    .executeTakeFirst()
  if (newSeries)
    await transaction
      .updateTable('study')
      .set({
        series_count: sql`series_count + 1`,
        modalities: sql`(select array_agg(distinct m order by m) from unnest(modalities || ${series.modality}::text) m)`,
      })
      .where('uid', '=', study.uid)
      .execute()
  if (!fresh) {
    const there = await transaction
      .selectFrom('instance')
      .select('sha256')
      .where('uid', '=', instance.uid)
      .executeTakeFirstOrThrow()
    if (there.sha256 === file.sha256) return 'already-stored'
    await transaction
      .insertInto('conflict')
      .values({ uid: instance.uid, sha256: file.sha256 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return 'conflict'
  }
  await transaction
    .updateTable('series')
    .set({ instance_count: sql`instance_count + 1` })
    .where('uid', '=', series.uid)
    .execute()
  await transaction
    .updateTable('study')
    .set({ instance_count: sql`instance_count + 1` })
    .where('uid', '=', study.uid)
    .execute()
  return 'stored'
}

/** A page and the total beside it are read from one snapshot: what is stored between the two would make them disagree. */
function ofOneMoment<T>(db: Kysely<Tables>, read: (moment: Transaction<Tables>) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Fault || isOfTheData(error) ? error : new Fault('archive-unavailable', {}, error)
  }
}

/** SQLSTATE classes of data exceptions and exceeded limits: what the database cannot hold it cannot hold tomorrow either */
const OF_THE_DATA = /^(22|54)/
const isOfTheData = (error: unknown): boolean => error instanceof pg.DatabaseError && OF_THE_DATA.test(error.code ?? '')
