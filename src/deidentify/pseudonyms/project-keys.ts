/**
 * Secrets of projects, one an epoch: the newest that is not destroyed is in force. They stand wrapped in the database; in
 * memory they are kept for a few seconds, so that a destruction is felt everywhere soon.
 */
import { randomBytes } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { Fault } from '../../base/index.ts'
import { keyFor } from './derive.ts'
import { KEY_BYTES, type KeyEncryption } from './key-encryption.ts'
import { note } from './ledger.ts'
import type { Tables } from './tables.ts'

export interface ProjectSecret {
  readonly epoch: number
  readonly secret: Uint8Array
  readonly uidKey: Buffer
  readonly numberKey: Buffer
}

export const KEPT_MS = 10_000
const purposeOf = (project: string, epoch: number): string => `project ${project} epoch ${epoch}`

export class ProjectKeys {
  readonly #db: Kysely<Tables>
  readonly #encryption: KeyEncryption
  readonly #kept = new Map<string, { readonly until: number; readonly secret: Promise<ProjectSecret> }>()

  constructor(db: Kysely<Tables>, encryption: KeyEncryption) {
    this.#db = db
    this.#encryption = encryption
  }

  /**
   * The secret in force; the first epoch is opened by whoever asks first.
   * @throws Fault 'project-keys-destroyed' until somebody opens a new epoch
   */
  inForce(project: string): Promise<ProjectSecret> {
    const kept = this.#kept.get(project)
    if (kept && kept.until > performance.now()) return kept.secret
    const secret = this.#read(project)
    this.#kept.set(project, { until: performance.now() + KEPT_MS, secret })
    secret.catch(() => this.#kept.delete(project))
    return secret
  }

  async #read(project: string): Promise<ProjectSecret> {
    const newest = () =>
      this.#db.selectFrom('epoch').selectAll().where('project', '=', project).orderBy('epoch', 'desc').limit(1)
    let row = await newest().executeTakeFirst()
    if (!row) {
      await this.#db.transaction().execute((transaction) => this.#make(transaction, project, 1, 'gate'))
      row = await newest().executeTakeFirstOrThrow()
    }
    if (!row.wrapped) throw new Fault('project-keys-destroyed', { project })
    const secret = await this.#encryption.unwrap(row.wrapped, purposeOf(project, row.epoch))
    return { epoch: row.epoch, secret, uidKey: keyFor(secret, 'uid'), numberKey: keyFor(secret, 'number') }
  }

  /** From now on the project has other pseudonyms, UIDs and date shifts; what was archived before keeps its own. */
  async openEpoch(project: string, who: string): Promise<number> {
    const epoch = await this.#db.transaction().execute(async (transaction) => {
      const { last } = await transaction
        .selectFrom('epoch')
        .select(({ fn }) => fn.max('epoch').as('last'))
        .where('project', '=', project)
        .executeTakeFirstOrThrow()
      const next = Number(last ?? 0) + 1
      await this.#make(transaction, project, next, who)
      return next
    })
    this.#kept.delete(project)
    return epoch
  }

  async #make(transaction: Transaction<Tables>, project: string, epoch: number, who: string): Promise<void> {
    const wrapped = Buffer.from(await this.#encryption.wrap(randomBytes(KEY_BYTES), purposeOf(project, epoch)))
    const made = await transaction
      .insertInto('epoch')
      .values({ project, epoch, wrapped })
      .onConflict((conflict) => conflict.doNothing())
      .returning('epoch')
      .executeTakeFirst()
    if (made) await note(transaction, who, epoch === 1 ? 'project keys made' : 'epoch opened', { project, epoch })
  }

  /**
   * Destroys the keys of all epochs and the pseudonyms of the project: its data is anonymous from then on.
   * @returns how many pseudonyms there were
   */
  async destroy(project: string, why: { who: string; purpose: string; reference: string }): Promise<number> {
    const { who, purpose, reference } = why
    const destroyed = await this.#db.transaction().execute(async (transaction) => {
      const epochs = await transaction
        .updateTable('epoch')
        .set({ wrapped: null, destroyed_at: new Date() })
        .where('project', '=', project)
        .where('wrapped', 'is not', null)
        .returning('epoch')
        .execute()
      if (epochs.length === 0) throw new Fault('not-found', { what: 'keys of the project' })
      const gone = await transaction.deleteFrom('pseudonym').where('project', '=', project).executeTakeFirst()
      await transaction.deleteFrom('reidentification').where('project', '=', project).execute()
      const pseudonyms = Number(gone.numDeletedRows)
      await forgetStrangers(transaction)
      await note(transaction, who, 'keys destroyed', { project, purpose, reference, pseudonyms })
      return pseudonyms
    })
    this.#kept.delete(project)
    return destroyed
  }

  /** Wraps every epoch's secret under another key; the caller keeps the transaction. */
  async wrapAnew(transaction: Transaction<Tables>, next: KeyEncryption): Promise<number> {
    const rows = await transaction.selectFrom('epoch').selectAll().where('wrapped', 'is not', null).execute()
    for (const { project, epoch, wrapped } of rows) {
      if (!wrapped) continue
      const purpose = purposeOf(project, epoch)
      const again = Buffer.from(await next.wrap(await this.#encryption.unwrap(wrapped, purpose), purpose))
      await transaction
        .updateTable('epoch')
        .set({ wrapped: again })
        .where('project', '=', project)
        .where('epoch', '=', epoch)
        .execute()
    }
    return rows.length
  }
}

/** Whom no project knows any more, the vault does not know either. */
async function forgetStrangers(transaction: Transaction<Tables>): Promise<void> {
  const known = sql`(with recursive known (id) as (
      select person_id from pseudonym
      union
      select merged_into from person join known on person_id = id where merged_into is not null
    ) select id from known)`
  await sql`delete from identity where person_id not in ${known}`.execute(transaction)
  await sql`delete from person where person_id not in ${known}`.execute(transaction)
}
