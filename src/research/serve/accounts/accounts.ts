/** Accounts, sessions, access tokens and the one-time bootstrap token, in the catalogue's database. Only hashes are kept. */
import { createHash, randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'
import { Fault } from '../../../base/index.ts'
import { hashPassword, NOBODYS_PASSWORD, passwordMatches, SignIns } from '../../../pages/index.ts'
import type { Session } from '../contract.ts'

interface Tables {
  account: { name: string; role: 'admin' | 'researcher'; password: string }
  session: { hash: string; account: string; expires: Date }
  bootstrap: { hash: string; expires: Date }
}

export interface Accounts {
  /** @returns a token that makes the first account, once, within 15 minutes; undefined when there are accounts */
  bootstrapToken(): Promise<string | undefined>
  /** @throws Fault 'unauthenticated', 'bad-request' */
  bootstrap(
    token: string,
    name: string,
    password: string,
  ): Promise<{ readonly session: Session; readonly secret: string }>
  /** @throws Fault 'unauthenticated', 'too-many-requests' */
  signIn(name: string, password: string): Promise<{ readonly session: Session; readonly secret: string }>
  signOut(secret: string): Promise<void>
  /** A session's secret, from a cookie or as a Bearer token or Basic password. */
  sessionOf(secret: string): Promise<Session | undefined>
  close(): Promise<void>
}

const migrations: Record<string, Migration> = {
  '0001 accounts': {
    up: async (db) => {
      await sql`create table account (name text primary key, role text not null, password text not null)`.execute(db)
      await sql`create table session (hash text primary key, account text not null references account (name) on delete cascade, expires timestamptz not null)`.execute(
        db,
      )
      await sql`create table bootstrap (hash text primary key, expires timestamptz not null)`.execute(db)
    },
  },
}

const BOOTSTRAP_MS = 15 * 60_000
/** a viewer asks for hundreds of frames: its session is not looked up for each; a sign-out forgets at once */
const KNOWN_MS = 2000
const KNOWN = 1000
const SESSION_MS = 12 * 3600_000
const SHORTEST_PASSWORD = 8

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const newSecret = (): string => randomBytes(32).toString('base64url')

export async function openAccounts(connection: pg.PoolConfig): Promise<Accounts> {
  const pool = new pg.Pool({ max: 3, ...connection })
  pool.on('error', () => {})
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: 'account_migration',
    migrationLockTableName: 'account_migration_lock',
  }).migrateToLatest()
  if (error) throw new Fault('archive-unavailable', {}, error)
  const known = new Map<string, { readonly session: Session; readonly until: number }>()
  const signIns = new SignIns()

  const open = async (account: Tables['account']): Promise<{ session: Session; secret: string }> => {
    const secret = newSecret()
    await db.deleteFrom('session').where('expires', '<', new Date()).execute()
    await db
      .insertInto('session')
      .values({ hash: hashOf(secret), account: account.name, expires: new Date(Date.now() + SESSION_MS) })
      .execute()
    return { session: { name: account.name, role: account.role }, secret }
  }

  return {
    bootstrapToken: async () => {
      if (await db.selectFrom('account').select('name').limit(1).executeTakeFirst()) return undefined
      const token = randomBytes(24).toString('base64url')
      await db.deleteFrom('bootstrap').execute()
      await db
        .insertInto('bootstrap')
        .values({ hash: hashOf(token), expires: new Date(Date.now() + BOOTSTRAP_MS) })
        .execute()
      return token
    },
    bootstrap: async (token, name, password) => {
      if (!/^[\p{L}\p{N}._@-]{1,64}$/u.test(name) || password.length < SHORTEST_PASSWORD)
        throw new Fault('bad-request', { what: 'name or password', shortestPassword: SHORTEST_PASSWORD })
      const used = await db
        .deleteFrom('bootstrap')
        .where('hash', '=', hashOf(token))
        .where('expires', '>', new Date())
        .returning('hash')
        .executeTakeFirst()
      if (!used) throw new Fault('unauthenticated')
      const account = { name, role: 'admin' as const, password: await hashPassword(password) }
      await db.insertInto('account').values(account).execute()
      return open(account)
    },
    signIn: (name, password) =>
      signIns.attempt(name, async () => {
        const account = await db.selectFrom('account').selectAll().where('name', '=', name).executeTakeFirst()
        const right = await passwordMatches(password, account?.password ?? NOBODYS_PASSWORD)
        return right && account ? open(account) : undefined
      }),
    signOut: async (secret) => {
      known.clear()
      await db.deleteFrom('session').where('hash', '=', hashOf(secret)).execute()
    },
    sessionOf: async (secret) => {
      const hash = hashOf(secret)
      const before = known.get(hash)
      if (before && before.until > performance.now()) return before.session
      const row = await db
        .selectFrom('session')
        .innerJoin('account', 'account.name', 'session.account')
        .select(['account.name', 'account.role'])
        .where('session.hash', '=', hash)
        .where('session.expires', '>', new Date())
        .executeTakeFirst()
      if (!row) return undefined
      const session = { name: row.name, role: row.role }
      if (known.size >= KNOWN) known.clear()
      known.set(hash, { session, until: performance.now() + KNOWN_MS })
      return session
    },
    close: () => db.destroy(),
  }
}
