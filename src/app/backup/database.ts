/**
 * A database of ours as lines of text, and back. The embedded PostgreSQL has no pg_dump, and does not need it: our
 * migrations make the tables, so only rows are kept, as PostgreSQL itself writes and reads them in JSON. One snapshot of all
 * tables, while others write.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import pg from 'pg'
import { Fault } from '../../base/index.ts'

/** what stands in a dump: which steps made the tables, and how many rows each has */
export interface Dumped {
  readonly migrations: readonly string[]
  readonly rows: Readonly<Record<string, number>>
}

const ROWS_AT_ONCE = 500
const MIGRATION_TABLES = /migration/
/** secrets of a moment: nobody signs in again with them after a restore */
const LEFT_OUT: ReadonlySet<string> = new Set(['session', 'bootstrap'])

/**
 * Lines of `table TAB row`, gzipped and synced.
 * @throws Fault 'archive-unavailable'
 */
export async function dumpDatabase(connection: pg.PoolConfig, file: string): Promise<Dumped> {
  return connected(connection, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const rows: Record<string, number> = {}
    const migrations = await migrationsOf(client)
    const tables = await tablesOf(client)
    const lines = async function* () {
      for (const table of tables) {
        rows[table] = 0
        await client.query(
          `declare one_table cursor for select row_to_json(t)::text as row from ${client.escapeIdentifier(table)} t`,
        )
        for (;;) {
          const fetched = await client.query<{ row: string }>(`fetch ${ROWS_AT_ONCE} from one_table`)
          if (fetched.rows.length === 0) break
          rows[table] += fetched.rows.length
          yield fetched.rows.map(({ row }) => `${table}\t${row}\n`).join('')
        }
        await client.query('close one_table')
      }
    }
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file, { mode: 0o600, flush: true }))
    await client.query('commit')
    return { migrations, rows }
  })
}

/** @returns table and row, as JSON, of each line of a dump */
export async function* readDump(file: string): AsyncGenerator<readonly [table: string, row: string]> {
  const text = createReadStream(file).pipe(createGunzip())
  for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
    const tab = line.indexOf('\t')
    yield [line.slice(0, tab), line.slice(tab + 1)]
  }
}

/**
 * Fills tables that our migrations have just made, in one transaction.
 * @returns what stands in the database afterwards
 * @throws Fault 'backup-of-another-version' when other steps made the dumped tables, 'home-not-empty'
 */
export async function loadDatabase(connection: pg.PoolConfig, file: string, dumped: Dumped): Promise<Dumped> {
  return connected(connection, async (client) => {
    const migrations = await migrationsOf(client)
    if (migrations.join() !== dumped.migrations.join()) throw new Fault('backup-of-another-version')
    const references = await foreignKeys(client)
    await client.query('begin')
    // rows refer to rows of other tables, and of their own, that come later
    for (const one of references) await client.query(`${one} deferrable initially deferred`)
    for (const table of await tablesOf(client)) await emptied(client, table)
    let waiting: string[] = []
    let at = ''
    const put = async () => {
      if (waiting.length > 0) await insert(client, at, waiting)
      waiting = []
    }
    for await (const [table, row] of readDump(file)) {
      if (table !== at || waiting.length >= ROWS_AT_ONCE) await put()
      at = table
      waiting.push(row)
    }
    await put()
    await client.query('commit')
    for (const one of references) await client.query(`${one} not deferrable`)
    const rows: Record<string, number> = {}
    for (const table of await tablesOf(client)) {
      await countOn(client, table)
      const counted = await client.query<{ n: string }>(`select count(*) as n from ${client.escapeIdentifier(table)}`)
      rows[table] = Number(counted.rows[0]?.n)
    }
    return { migrations, rows }
  })
}

async function connected<T>(connection: pg.PoolConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection as pg.ClientConfig)
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('archive-unavailable', {}, error)
  } finally {
    await client.end().catch(() => {})
  }
}

const namesOf = async (client: pg.Client): Promise<readonly string[]> =>
  (
    await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    )
  ).rows.map(({ name }) => name)

const tablesOf = async (client: pg.Client): Promise<readonly string[]> =>
  (await namesOf(client)).filter((name) => !MIGRATION_TABLES.test(name) && !LEFT_OUT.has(name))

async function migrationsOf(client: pg.Client): Promise<readonly string[]> {
  const all: string[] = []
  for (const table of await namesOf(client))
    if (/migration$/.test(table)) {
      const { rows } = await client.query<{ name: string }>(
        `select name from ${client.escapeIdentifier(table)} order by name`,
      )
      all.push(...rows.map(({ name }) => `${table} ${name}`))
    }
  return all
}

/** @returns the beginning of a statement that alters each */
async function foreignKeys(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ relation: string; name: string }>(
    `select conrelid::regclass::text as relation, conname as name from pg_constraint where contype = 'f'`,
  )
  return rows.map(({ relation, name }) => `alter table ${relation} alter constraint ${client.escapeIdentifier(name)}`)
}

/**
 * The key that a new vault has made for itself gives way to the one that was dumped; whatever else is there stays.
 * @throws Fault 'home-not-empty'
 */
async function emptied(client: pg.Client, table: string): Promise<void> {
  const id = client.escapeIdentifier(table)
  const { rowCount } = await client.query(`select from ${id} limit 1`)
  if (!rowCount) return
  if (table !== 'vault_key') throw new Fault('home-not-empty', { what: `table ${table}` })
  await client.query(`delete from ${id}`)
}

async function insert(client: pg.Client, table: string, rows: readonly string[]): Promise<void> {
  const id = client.escapeIdentifier(table)
  const { rows: attributes } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [id],
  )
  const columns = attributes.map(({ name }) => client.escapeIdentifier(name)).join(', ')
  await client.query(
    `insert into ${id} (${columns}) overriding system value select ${columns} from json_populate_recordset(null::${id}, $1::json)`,
    [`[${rows.join(',')}]`],
  )
}

/** Numbers that the database gives go on after the highest one. */
async function countOn(client: pg.Client, table: string): Promise<void> {
  const id = client.escapeIdentifier(table)
  const { rows } = await client.query<{ name: string; sequence: string }>(
    `select attname as name, pg_get_serial_sequence($1, attname) as sequence from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and pg_get_serial_sequence($1, attname) is not null`,
    [id],
  )
  for (const { name, sequence } of rows)
    await client.query(
      `select setval($1, (select coalesce(max(${client.escapeIdentifier(name)}), 0) + 1 from ${id}), false)`,
      [sequence],
    )
}
