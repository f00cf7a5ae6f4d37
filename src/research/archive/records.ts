/**
 * Messages of de-identified people and the records made of them, each a FHIR resource with the words it is found by.
 * Idempotent: a message that is here already changes nothing. A person who turned out to be another takes their records along.
 */
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import type { Zoned } from '../../base/index.ts'
import type { RecordRow, Tables } from './schema.ts'
import { storableJSON } from './storable.ts'
import { putWaiting, type WaitingCode } from './waiting-codes.ts'

/** A FHIR R4 resource as it is served. */
export interface Resource {
  readonly resourceType: string
  readonly id: string
}

export interface NewRecord {
  readonly resource: Resource
  /** the pseudonym; none for what belongs to nobody, as a device */
  readonly patient?: string
  /** ISO 8601 instants, for searches by date; `to` is excluded */
  readonly date?: { readonly from: string; readonly to: string }
  /** `parameter=value` for each search parameter of tokens and references, codes with and without their system */
  readonly tokens: readonly string[]
}

export interface MessageToStore extends Zoned<'de-identified'> {
  /** says which message of which sender it was, to whoever has the project's key; the same message gives the same */
  readonly id: string
  readonly project: string
  readonly patient: string
  readonly kind: 'hl7' | 'astm' | 'cda'
  /** `ORU^R01` */
  readonly messageType: string
  readonly link: string
  readonly receivedAt: Date
  /** what it says after the gate, in UTF-8 */
  readonly text: string
  readonly rule: string
  /** the gate's report as JSON; never a value */
  readonly report: string
  readonly records: readonly NewRecord[]
  /** sex and age in years, as far as they were kept */
  readonly subject?: object
  /** codes that no table maps yet */
  readonly waiting?: readonly WaitingCode[]
}

export interface RecordQuery {
  readonly type: string
  readonly ids?: readonly string[]
  readonly patients?: readonly string[]
  readonly project?: string
  /** each list is a choice, all lists must be met */
  readonly tokens?: readonly (readonly string[])[]
  readonly dates?: readonly { readonly from?: string; readonly to?: string }[]
  readonly newestFirst?: boolean
  readonly limit: number
  readonly offset: number
}

/** the same person stands in the archive under two pseudonyms; dates under `from` are `dateShiftDays` off */
export interface Alias {
  readonly project: string
  readonly from: string
  readonly into: string
  readonly dateShiftDays: number
}

type Stored = 'stored' | 'already-stored'

/** All of them in one transaction: for the database a message more is a row more. */
export async function storeMessages(
  db: Kysely<Tables>,
  messages: readonly MessageToStore[],
): Promise<readonly Stored[]> {
  return db.transaction().execute(async (transaction) => {
    const aliases = await aliasesOf(transaction, messages)
    const fresh = await putMessages(transaction, messages, aliases)
    // the second of two that are the same is there already
    const isNew = messages.map(({ id }) => fresh.delete(id))
    const stored = messages.filter((_, at) => isNew[at])
    await putRecords(transaction, stored)
    await putWaiting(
      transaction,
      stored.flatMap(({ id, waiting = [] }) => waiting.map((code) => ({ ...code, message: id }))),
    )
    for (const alias of new Set(stored.map((message) => aliases.get(personOf(message)))))
      if (alias) await rename(transaction, alias)
    return isNew.map((one): Stored => (one ? 'stored' : 'already-stored'))
  })
}

const personOf = ({ project, patient }: Pick<MessageToStore, 'project' | 'patient'>) => `${project} ${patient}`

async function aliasesOf(
  transaction: Transaction<Tables>,
  messages: readonly MessageToStore[],
): Promise<ReadonlyMap<string, Tables['alias']>> {
  const [projects, patients] = [messages.map(({ project }) => project), messages.map(({ patient }) => patient)]
  const { rows } = await sql<Tables['alias']>`
    select * from alias
    where (project, "from") in (select * from unnest(${projects}::text[], ${patients}::text[]))`.execute(transaction)
  return new Map(rows.map((alias) => [personOf({ project: alias.project, patient: alias.from }), alias]))
}

/** in one order whoever stores: two that store the same at once wait for each other, and neither for both */
const byId = <One extends { readonly id: string }>(a: One, b: One): number => (a.id < b.id ? -1 : Number(a.id > b.id))

/** @returns ids of those that were not there */
async function putMessages(
  transaction: Transaction<Tables>,
  messages: readonly MessageToStore[],
  aliases: ReadonlyMap<string, Tables['alias']>,
): Promise<Set<string>> {
  const values = messages.toSorted(byId).map(({ subject = {}, ...message }) => ({
    ...{ id: message.id, project: message.project, kind: message.kind, message_type: message.messageType },
    ...{ patient: aliases.get(personOf(message))?.into ?? message.patient, link: message.link },
    ...{ received_at: message.receivedAt, text: message.text, rule: message.rule, report: message.report, subject },
  }))
  const { rows } = await sql<{ id: string }>`
    insert into message (id, project, patient, kind, message_type, link, received_at, text, rule, report, subject)
    select id, project, patient, kind, message_type, link, received_at, text, rule, report, subject
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as one (
      id text, project text, patient text, kind text, message_type text, link text, received_at timestamptz, text text,
      rule text, report text, subject jsonb)
    on conflict do nothing returning id`.execute(transaction)
  return new Set(rows.map(({ id }) => id))
}

interface RecordValues {
  readonly type: string
  readonly id: string
  readonly received_at: Date
  /** how often it was said */
  readonly version: number
}

/** The newest message decides what a resource says that several speak of: a visit, a device. */
async function putRecords(transaction: Transaction<Tables>, messages: readonly MessageToStore[]): Promise<void> {
  const rows = new Map<string, RecordValues>()
  for (const { id: message, project, receivedAt, records } of messages)
    for (const { resource, patient, date, tokens } of records) {
      const { resourceType: type, id } = resource
      const before = rows.get(`${type} ${id}`)
      if (before && before.received_at > receivedAt) continue
      const values = {
        ...{ type, id, project, patient: patient ?? null, message, received_at: receivedAt },
        ...{ date_from: date?.from ?? null, date_to: date?.to ?? null, tokens, body: resource },
        version: (before?.version ?? 0) + 1,
      }
      rows.set(`${type} ${id}`, values)
    }
  if (rows.size === 0) return
  const values = [...rows.values()].sort(byId)
  await sql`
    insert into record (type, id, project, patient, message, received_at, date_from, date_to, tokens, body, version)
    select type, id, project, patient, message, received_at, date_from, date_to, tokens, body, version
    from jsonb_to_recordset(${storableJSON(values)}::jsonb) as one (
      type text, id text, project text, patient text, message text, received_at timestamptz, date_from timestamptz,
      date_to timestamptz, tokens text[], body jsonb, version integer)
    on conflict (type, id) do update set
      project = excluded.project, patient = excluded.patient, message = excluded.message,
      received_at = excluded.received_at, date_from = excluded.date_from, date_to = excluded.date_to,
      tokens = excluded.tokens, body = excluded.body, version = record.version + excluded.version
    where record.received_at <= excluded.received_at`.execute(transaction)
}

export async function searchRecords(
  db: Kysely<Tables>,
  query: RecordQuery,
): Promise<{ readonly total: number; readonly records: readonly RecordRow[] }> {
  const where = sql.join(conditionsOf(query), sql` and `)
  const order = query.newestFirst ? sql`date_from desc nulls last, id` : sql`date_from nulls last, id`
  const { rows } = await sql<RecordRow>`
    select * from record where ${where} order by ${order} limit ${query.limit} offset ${query.offset}`.execute(db)
  const counted = await sql<{ total: number }>`select count(*)::int as total from record where ${where}`.execute(db)
  return { total: counted.rows[0]?.total ?? 0, records: rows }
}

function conditionsOf({ type, ids, patients, project, tokens = [], dates = [] }: RecordQuery): RawBuilder<unknown>[] {
  return [
    sql`type = ${type}`,
    ...(ids ? [sql`id = any(${ids})`] : []),
    // whoever asks for a person by an old pseudonym means the person
    ...(patients
      ? [
          sql`patient in (select unnest(${patients}::text[]) union select "into" from alias where "from" = any(${patients}))`,
        ]
      : []),
    ...(project ? [sql`project = ${project}`] : []),
    ...tokens.map((choice) => sql`tokens && ${choice}::text[]`),
    ...dates.flatMap(({ from, to }) => [
      ...(from ? [sql`date_to > ${from}`] : []),
      ...(to ? [sql`date_from < ${to}`] : []),
    ]),
  ]
}

/** Merges of persons, as often as they are told: records go over to the pseudonym that stays, with their dates put right. */
export async function applyAliases(db: Kysely<Tables>, aliases: readonly Alias[]): Promise<number> {
  let applied = 0
  for (const alias of aliases)
    applied += await db.transaction().execute(async (transaction) => {
      const known = await transaction
        .selectFrom('alias')
        .selectAll()
        .where('project', '=', alias.project)
        .where('from', '=', alias.from)
        .executeTakeFirst()
      if (known?.into === alias.into) return 0
      await transaction
        .insertInto('alias')
        .values({ project: alias.project, from: alias.from, into: alias.into, date_shift_days: alias.dateShiftDays })
        .onConflict((conflict) =>
          conflict.columns(['project', 'from']).doUpdateSet({ into: alias.into, date_shift_days: alias.dateShiftDays }),
        )
        .execute()
      // records that went to a pseudonym which itself is merged now go on by that one's own alias
      if (!known) await rename(transaction, { ...alias, date_shift_days: alias.dateShiftDays })
      return 1
    })
  return applied
}

async function rename(
  transaction: Transaction<Tables>,
  { project, from, into, date_shift_days: days }: Tables['alias'],
): Promise<void> {
  const records = await transaction
    .selectFrom('record')
    .selectAll()
    .where('project', '=', project)
    .where('patient', '=', from)
    .execute()
  for (const record of records)
    await transaction
      .updateTable('record')
      .set({
        patient: into,
        date_from: sql`date_from + make_interval(days => ${days})`,
        date_to: sql`date_to + make_interval(days => ${days})`,
        tokens: record.tokens.map((token) => token.replace(`Patient/${from}`, `Patient/${into}`)),
        body: JSON.stringify(renamed(record.body, from, into, days)),
        version: sql`version + 1`,
      })
      .where('type', '=', record.type)
      .where('id', '=', record.id)
      .execute()
  await transaction
    .updateTable('message')
    .set({ patient: into })
    .where('project', '=', project)
    .where('patient', '=', from)
    .execute()
}

/** what FHIR calls its dates; all that is a date under one of these names moves */
const DATES =
  /^(effectiveDateTime|issued|start|end|receivedTime|collectedDateTime|occurredDateTime|authoredOn|date|started)$/

function renamed(value: unknown, from: string, into: string, days: number, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, into, days, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, renamed(inner, from, into, days, name)]),
    )
  if (typeof value !== 'string') return value
  if (key === 'reference') return value === `Patient/${from}` ? `Patient/${into}` : value
  return DATES.test(key) ? shiftedDate(value, days) : value
}

/** Days are added to the date; the time of day and its offset stay. A month or a year alone is too coarse to move. */
function shiftedDate(value: string, days: number): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(.*)$/.exec(value)
  if (!parts) return value
  const at = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + days))
  return at.toISOString().slice(0, 10) + (parts[4] ?? '')
}
