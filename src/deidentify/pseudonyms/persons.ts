/**
 * Who is who: numbers that issuers gave, the person behind them (128 random bits), and how that person is called in each
 * project. A number is kept as a keyed hash; in words it is sealed to the custodians, or not kept at all.
 */
import { randomBytes } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Person } from '../person.ts'
import type { Identity } from '../identity.ts'
import { derivePerson, identityHash, type PersonOptions } from './derive.ts'
import { note } from './ledger.ts'
import type { ProjectSecret } from './project-keys.ts'
import { sealTo } from './seal.ts'
import type { Tables } from './tables.ts'

/** What a merge means for what is archived already: the same person stands there under two pseudonyms. */
export interface Rekeyed {
  readonly project: string
  readonly from: string
  readonly into: string
  /** days to add to the dates under `from`, so that they fit those under `into` */
  readonly dateShiftDays: number
}

const PERSON_BYTES = 16

export class Persons {
  readonly #db: Kysely<Tables>
  readonly #identityKey: Uint8Array
  readonly #custodyKey: () => Promise<Uint8Array | undefined>

  /** @param custodyKey the custodians' public key, once there are custodians */
  constructor(db: Kysely<Tables>, identityKey: Uint8Array, custodyKey: () => Promise<Uint8Array | undefined>) {
    this.#db = db
    this.#identityKey = identityKey
    this.#custodyKey = custodyKey
  }

  hash(identity: Identity): Buffer {
    return identityHash(this.#identityKey, identity)
  }

  async inProject(project: string, keys: ProjectSecret, identity: Identity, options: PersonOptions): Promise<Person> {
    const personID = await this.#personOf(identity)
    const known = () =>
      this.#db
        .selectFrom('pseudonym')
        .select(['pseudonym', 'date_shift_days'])
        .where('project', '=', project)
        .where('epoch', '=', keys.epoch)
        .where('person_id', '=', personID)
        .executeTakeFirst()
    for (let attempt = 0; ; attempt++) {
      const row = await known()
      if (row) return { pseudonym: row.pseudonym, dateShiftDays: row.date_shift_days }
      const { pseudonym, dateShiftDays } = derivePerson(keys.secret, project, personID, { ...options, attempt })
      // somebody else's pseudonym, or our own that another worker was faster with: the next look tells
      await this.#db
        .insertInto('pseudonym')
        .values({ project, epoch: keys.epoch, person_id: personID, pseudonym, date_shift_days: dateShiftDays })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  }

  async #personOf(identity: Identity): Promise<Buffer> {
    const hash = this.hash(identity)
    const known = await this.#find(hash)
    const custodyKey = known?.sealed ? undefined : await this.#custodyKey()
    const sealed = custodyKey ? sealTo(custodyKey, Buffer.from(JSON.stringify(identity)), 'identity') : null
    if (known) {
      if (sealed) await this.#db.updateTable('identity').set({ sealed }).where('identity_hash', '=', hash).execute()
      return known.person_id
    }
    const personID = randomBytes(PERSON_BYTES)
    // one statement: a person without a number cannot be left over
    await sql`with made as (insert into person (person_id) values (${personID}))
      insert into identity (identity_hash, person_id, sealed) values (${hash}, ${personID}, ${sealed})
      on conflict do nothing`.execute(this.#db)
    return (await this.#find(hash))?.person_id ?? personID
  }

  #find(hash: Buffer, db: Kysely<Tables> = this.#db) {
    return db
      .selectFrom('identity')
      .select(['person_id', 'sealed'])
      .where('identity_hash', '=', hash)
      .executeTakeFirst()
  }

  /**
   * Two numbers turned out to be one person: by hand, or by HL7 ADT^A40 (MRG into PID). The person keeps the pseudonym
   * that `into` has in a project, or takes that of `from` where there was only one.
   * @returns false when they were one already
   */
  async merge(from: Identity, into: Identity, who: string): Promise<boolean> {
    const [gone, stays] = [await this.#personOf(from), await this.#personOf(into)]
    if (gone.equals(stays)) return false
    return this.#db.transaction().execute(async (transaction) => {
      await sql`select 1 from person where person_id in (${gone}, ${stays}) order by person_id for update`.execute(
        transaction,
      )
      const [a, b] = [await this.#find(this.hash(from), transaction), await this.#find(this.hash(into), transaction)]
      if (!a || !b || a.person_id.equals(b.person_id)) return false
      await joined(transaction, a.person_id, b.person_id)
      await note(transaction, who, 'persons merged', {})
      return true
    })
  }

  /** What merges did to pseudonyms that were given before; the archive applies it, as often as it likes. */
  async rekeyed(project?: string): Promise<readonly Rekeyed[]> {
    const { rows } = await sql<{ project: string; from: string; into: string; days: number }>`
      with recursive chain (first, last) as (
        select person_id, merged_into from person where merged_into is not null
        union
        select chain.first, person.merged_into from chain
        join person on person.person_id = chain.last where person.merged_into is not null
      )
      select distinct on (a.project, a.pseudonym)
        a.project, a.pseudonym as "from", b.pseudonym as "into", b.date_shift_days - a.date_shift_days as days
      from chain
      join person on person.person_id = chain.last and person.merged_into is null
      join pseudonym a on a.person_id = chain.first
      join pseudonym b on b.person_id = chain.last and b.project = a.project
      where ${project ?? null}::text is null or a.project = ${project ?? null}
      order by a.project, a.pseudonym, b.epoch = a.epoch desc, b.epoch desc`.execute(this.#db)
    return rows.map((row) => ({ project: row.project, from: row.from, into: row.into, dateShiftDays: row.days }))
  }
}

async function joined(transaction: Transaction<Tables>, gone: Buffer, stays: Buffer): Promise<void> {
  await transaction.updateTable('identity').set({ person_id: stays }).where('person_id', '=', gone).execute()
  await transaction.updateTable('person').set({ merged_into: stays }).where('person_id', '=', gone).execute()
  await sql`update pseudonym a set person_id = ${stays} where person_id = ${gone} and not exists
    (select from pseudonym b where b.person_id = ${stays} and b.project = a.project and b.epoch = a.epoch)`.execute(
    transaction,
  )
}
