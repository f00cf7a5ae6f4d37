/**
 * The vault: keys of projects and who is who, in a PostgreSQL database of its own. Nothing else knows it, and its keys are
 * wrapped by one that stands outside it.
 */
import { randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { Fault } from '../../base/index.ts'
import type { Person } from '../person.ts'
import type { PseudonymKeys } from '../gate.ts'
import type { Identity } from '../identity.ts'
import { sharesFor, shareOf, together, unlock, THRESHOLD, type Custodian } from './custody.ts'
import { KEY_BYTES, type KeyEncryption } from './key-encryption.ts'
import { note, readLedger, type LedgerLine } from './ledger.ts'
import { migrations } from './migrations.ts'
import { Persons, type Rekeyed } from './persons.ts'
import { KEPT_MS, ProjectKeys } from './project-keys.ts'
import { Reidentification, type OpenRequest, type Request } from './reidentification.ts'
import { newKeyPair } from './seal.ts'
import type { Tables } from './tables.ts'

export interface Vault extends PseudonymKeys {
  /**
   * Two numbers turned out to be one person's.
   * @returns false when that was known
   */
  merge(from: Identity, into: Identity, who: string): Promise<boolean>
  /** What merges did to pseudonyms that the archive has already; all of them, again and again the same. */
  rekeyed(project?: string): Promise<readonly Rekeyed[]>
  /** New keys for a project from now on. @returns the epoch's number */
  openEpoch(project: string, who: string): Promise<number>
  /** Makes a project's data anonymous, for ever. @returns how many pseudonyms there were */
  destroyKeys(project: string, why: { who: string; purpose: string; reference: string }): Promise<number>
  /** Wraps all keys under another one. @returns how many; the caller then puts the new key in the old one's place */
  wrapAnew(next: KeyEncryption, who: string): Promise<number>
  /**
   * Who may answer for whom from now on; `by` are two of those who could until now, if there are any.
   * @throws Fault 'custody-too-few', 'passphrase-too-short', 'two-people-needed', 'custodian-unknown'
   */
  takeCustody(custodians: readonly Custodian[], by: readonly Custodian[], who: string): Promise<void>
  request(custodian: Custodian, request: Request): Promise<string>
  decide(custodian: Custodian, id: string, decision: 'approve' | 'refuse'): Promise<void>
  answer(custodian: Custodian, id: string): Promise<readonly Identity[]>
  requests(): Promise<readonly OpenRequest[]>
  /** @throws Fault 'ledger-broken' */
  ledger(): Promise<readonly LedgerLine[]>
  close(): Promise<void>
}

/** persons that are remembered without asking again */
const CACHED = 10_000
const IDENTITY_KEY = 'identity'
const CUSTODY_KEY = 'custody'

/**
 * @param connection of a login that owns the vault's database
 * @param keyEncryption what wraps its keys; asked with true when the vault has none yet
 * @throws Fault 'vault-unavailable', 'vault-key-missing', 'vault-key-exposed', 'vault-key-wrong'
 */
export async function openVault(
  connection: pg.PoolConfig,
  keyEncryption: (isNew: boolean) => KeyEncryption,
): Promise<Vault> {
  const pool = new pg.Pool({ ...connection, max: 4 })
  // a lost server is found out by the next query; without a listener it would end the process
  pool.on('error', () => {})
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    return await opened(db, keyEncryption)
  } catch (error) {
    await db.destroy().catch(() => {})
    throw error instanceof Fault ? error : new Fault('vault-unavailable', {}, error)
  }
}

async function opened(db: Kysely<Tables>, keyEncryption: (isNew: boolean) => KeyEncryption): Promise<Vault> {
  const provider = { getMigrations: () => Promise.resolve(migrations) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error) throw new Fault('vault-unavailable', { step: 'migrate' }, error)
  const keyed = await db.selectFrom('vault_key').select('name').where('name', '=', IDENTITY_KEY).executeTakeFirst()
  const encryption = keyEncryption(!keyed)
  const identityKey = await vaultKey(db, encryption)
  let custody: { readonly until: number; readonly key: Uint8Array | undefined } | undefined
  const custodyKey = async (): Promise<Uint8Array | undefined> => {
    if (custody && custody.until > performance.now()) return custody.key
    const row = await db.selectFrom('vault_key').selectAll().where('name', '=', CUSTODY_KEY).executeTakeFirst()
    custody = { until: performance.now() + KEPT_MS, key: row?.wrapped }
    return custody.key
  }
  const keys = new ProjectKeys(db, encryption)
  const persons = new Persons(db, identityKey, custodyKey)
  const reidentification = new Reidentification(db)
  const known = new Map<string, { readonly until: number; readonly person: Person }>()

  return {
    uidKey: (project) => available(async () => (await keys.inForce(project)).uidKey),
    numberKey: (project) => available(async () => (await keys.inForce(project)).numberKey),
    person: (project, identity, options = {}) =>
      available(async () => {
        const secret = await keys.inForce(project)
        const name = `${project} ${secret.epoch} ${persons.hash(identity).toString('hex')}`
        const kept = known.get(name)
        if (kept && kept.until > performance.now()) return kept.person
        const person = await persons.inProject(project, secret, identity, options)
        if (known.size >= CACHED) known.clear()
        known.set(name, { until: performance.now() + KEPT_MS, person })
        return person
      }),
    merge: (from, into, who) =>
      available(async () => {
        const merged = await persons.merge(from, into, who)
        known.clear()
        return merged
      }),
    rekeyed: (project) => available(() => persons.rekeyed(project)),
    openEpoch: (project, who) => available(() => keys.openEpoch(project, who)),
    destroyKeys: (project, why) => available(() => keys.destroy(project, why)),
    wrapAnew: (next, who) =>
      available(() =>
        db.transaction().execute(async (transaction) => {
          const wrapped = Buffer.from(await next.wrap(identityKey, IDENTITY_KEY))
          await transaction.updateTable('vault_key').set({ wrapped }).where('name', '=', IDENTITY_KEY).execute()
          const count = (await keys.wrapAnew(transaction, next)) + 1
          await note(transaction, who, 'keys wrapped anew', { keys: count })
          return count
        }),
      ),
    takeCustody: (custodians, by, who) =>
      available(async () => {
        await takeCustody(db, custodians, by, who)
        custody = undefined
      }),
    request: (custodian, request) => available(() => reidentification.request(custodian, request)),
    decide: (custodian, id, decision) => available(() => reidentification.decide(custodian, id, decision)),
    answer: (custodian, id) => available(() => reidentification.answer(custodian, id)),
    requests: () => available(() => reidentification.list()),
    ledger: () => available(() => readLedger(db)),
    close: () => db.destroy(),
  }
}

/** The key that numbers of persons are hashed with; made once, whoever comes first. */
async function vaultKey(db: Kysely<Tables>, encryption: KeyEncryption): Promise<Uint8Array> {
  const wrapped = Buffer.from(await encryption.wrap(randomBytes(KEY_BYTES), IDENTITY_KEY))
  await db
    .insertInto('vault_key')
    .values({ name: IDENTITY_KEY, wrapped })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('vault_key').selectAll().where('name', '=', IDENTITY_KEY).executeTakeFirstOrThrow()
  return encryption.unwrap(row.wrapped, IDENTITY_KEY)
}

async function takeCustody(
  db: Kysely<Tables>,
  custodians: readonly Custodian[],
  by: readonly Custodian[],
  who: string,
): Promise<void> {
  const before = await db.selectFrom('custodian').selectAll().execute()
  let pair = newKeyPair()
  if (before.length > 0) {
    if (new Set(by.map(({ name }) => name)).size < THRESHOLD) throw new Fault('two-people-needed')
    const shares = []
    for (const custodian of by) {
      const row = before.find(({ name }) => name === custodian.name)
      const privateKey = await unlock(row, custodian)
      if (row) shares.push(shareOf(row, privateKey))
    }
    pair = { ...pair, privateKey: await together(shares) }
  }
  const rows = await sharesFor(pair.privateKey, custodians)
  await db.transaction().execute(async (transaction) => {
    // open requests were made with shares that are no longer valid
    await transaction.deleteFrom('reidentification').execute()
    await transaction.deleteFrom('custodian').execute()
    await transaction
      .insertInto('custodian')
      .values([...rows])
      .execute()
    if (before.length === 0)
      await transaction.insertInto('vault_key').values({ name: CUSTODY_KEY, wrapped: pair.publicKey }).execute()
    await note(transaction, who, 'custody taken', { custodians: rows.length, threshold: THRESHOLD })
  })
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('vault-unavailable', {}, error)
  }
}
