/**
 * The vault: keys of projects and who is who, in a PostgreSQL database of its own. Nothing else knows it. A project's key
 * is made once, whoever comes first; destroying it makes the project's data anonymous.
 */
import { createCipheriv, randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { Fault } from '../../base/index.ts'
import type { Person } from '../engine.ts'
import type { PseudonymKeys } from '../gate.ts'
import type { Identity } from '../identity.ts'
import { derivePerson, identityHash } from './derive.ts'
import { migrations } from './migrations.ts'

export interface Vault extends PseudonymKeys {
  close(): Promise<void>
}

interface Tables {
  project_key: { project: string; uid_key: Buffer; person_key: Buffer }
  person: {
    project: string
    identity_hash: Buffer
    pseudonym: string
    date_shift_days: number
    sealed_identity: Buffer
  }
}

interface ProjectKeys {
  readonly uidKey: Buffer
  readonly personKey: Buffer
}

/** persons that are remembered without asking again */
const CACHED = 10_000

/**
 * @param connection of a login that owns the vault's database
 * @throws Fault 'vault-unavailable'
 */
export async function openVault(connection: pg.PoolConfig): Promise<Vault> {
  const pool = new pg.Pool({ ...connection, max: 4 })
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
  const keys = new Map<string, ProjectKeys>()
  const persons = new Map<string, Person>()

  const projectKeys = async (project: string): Promise<ProjectKeys> => {
    const known = keys.get(project)
    if (known) return known
    const row = await available(async () => {
      await db
        .insertInto('project_key')
        .values({ project, uid_key: randomBytes(32), person_key: randomBytes(32) })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      return db.selectFrom('project_key').selectAll().where('project', '=', project).executeTakeFirstOrThrow()
    })
    const found = { uidKey: row.uid_key, personKey: row.person_key }
    keys.set(project, found)
    return found
  }

  return {
    uidKey: async (project) => (await projectKeys(project)).uidKey,
    person: async (project, identity) => {
      const { personKey } = await projectKeys(project)
      const hash = identityHash(personKey, identity)
      const cached = persons.get(`${project} ${hash.toString('hex')}`)
      if (cached) return cached
      const person = derivePerson(personKey, project, identity)
      await available(() =>
        db
          .insertInto('person')
          .values({
            project,
            identity_hash: hash,
            pseudonym: person.pseudonym,
            date_shift_days: person.dateShiftDays,
            sealed_identity: sealed(personKey, identity),
          })
          .onConflict((conflict) => conflict.columns(['project', 'identity_hash']).doNothing())
          .execute(),
      )
      if (persons.size >= CACHED) persons.clear()
      persons.set(`${project} ${hash.toString('hex')}`, person)
      return person
    },
    close: () => db.destroy(),
  }
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Fault('vault-unavailable', {}, error)
  }
}

/** for those who may one day have to say who a pseudonym is */
function sealed(key: Uint8Array, identity: Identity): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(JSON.stringify(identity)), cipher.final(), cipher.getAuthTag()])
}
