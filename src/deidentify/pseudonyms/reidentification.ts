/** Who somebody is: asked by one custodian for a purpose, decided by another, answered once, all of it in the ledger. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { Fault, newId } from '../../base/index.ts'
import type { Identity } from '../identity.ts'
import { isChecked } from './check-character.ts'
import { contribute, contributionOf, shareOf, together, unlock, type Custodian } from './custody.ts'
import { note } from './ledger.ts'
import { openWith, sealTo } from './seal.ts'
import type { Tables } from './tables.ts'

export interface Request {
  readonly project: string
  readonly pseudonym: string
  readonly purpose: string
  /** of the decision that it follows: a protocol, a ticket */
  readonly reference: string
}

export interface OpenRequest extends Request {
  readonly id: string
  readonly requestedBy: string
  readonly requestedAt: Date
  readonly state: 'waiting' | 'approved' | 'refused' | 'answered' | 'expired'
}

const EXPIRES_MS = 14 * 86_400_000

export class Reidentification {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /**
   * @returns the request's number
   * @throws Fault 'custodian-unknown', 'pseudonym-mistyped', 'not-found', 'purpose-missing'
   */
  async request(custodian: Custodian, asked: Request): Promise<string> {
    const { project, pseudonym, purpose, reference } = asked
    const { row, privateKey } = await this.#present(custodian)
    if (!purpose.trim() || !reference.trim()) throw new Fault('purpose-missing')
    if (!isChecked(pseudonym)) throw new Fault('pseudonym-mistyped')
    const known = await this.#db
      .selectFrom('pseudonym')
      .select('epoch')
      .where('project', '=', project)
      .where('pseudonym', '=', pseudonym)
      .executeTakeFirst()
    if (!known) throw new Fault('not-found', { what: 'pseudonym' })
    const id = newId()
    const share = shareOf(row, privateKey)
    const others = await this.#db.selectFrom('custodian').selectAll().where('name', '!=', row.name).execute()
    const contributions = Object.fromEntries(
      others.map(({ name, public_key }) => [name, contribute(public_key, share, id)]),
    )
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('reidentification')
        .values({
          ...{ id, project, pseudonym, purpose, reference },
          requested_by: row.name,
          contributions: JSON.stringify(contributions),
        })
        .execute()
      await note(transaction, row.name, 're-identification requested', { id, project, pseudonym, purpose, reference })
    })
    return id
  }

  /** @throws Fault 'two-people-needed', 'custodian-unknown', 'not-found', 'request-closed' */
  async decide(custodian: Custodian, id: string, decision: 'approve' | 'refuse'): Promise<void> {
    const { row, privateKey } = await this.#present(custodian)
    const request = await this.#one(id)
    if (request.requested_by === row.name) throw new Fault('two-people-needed')
    if (stateOf(request) !== 'waiting') throw new Fault('request-closed', { state: stateOf(request) })
    const answer = decision === 'approve' ? await this.#answerOf(request, row, privateKey) : null
    await this.#db.transaction().execute(async (transaction) => {
      const decided = await transaction
        .updateTable('reidentification')
        .set({ decided_by: row.name, decided_at: new Date(), decision, contributions: '{}', answer })
        .where('id', '=', id)
        .where('decided_by', 'is', null)
        .returning('id')
        .executeTakeFirst()
      if (!decided) throw new Fault('request-closed', { state: 'decided' })
      const event = decision === 'approve' ? 're-identification approved' : 're-identification refused'
      await note(transaction, row.name, event, { id, project: request.project, pseudonym: request.pseudonym })
    })
  }

  /**
   * Once, and only for whoever asked.
   * @returns the numbers that the person is known by outside; none when they were seen before there were custodians
   */
  async answer(custodian: Custodian, id: string): Promise<readonly Identity[]> {
    const { row, privateKey } = await this.#present(custodian)
    const request = await this.#one(id)
    if (request.requested_by !== row.name) throw new Fault('custodian-unknown')
    if (!request.answer) throw new Fault('request-closed', { state: stateOf(request) })
    const identities = JSON.parse(openWith(privateKey, request.answer, `answer to ${id}`).toString()) as Identity[]
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.updateTable('reidentification').set({ answer: null }).where('id', '=', id).execute()
      const { project, pseudonym } = request
      await note(transaction, row.name, 're-identification answered', { id, project, pseudonym })
    })
    return identities
  }

  async list(): Promise<readonly OpenRequest[]> {
    const rows = await this.#db.selectFrom('reidentification').selectAll().orderBy('requested_at', 'desc').execute()
    return rows.map((row) => ({
      ...{ id: row.id, project: row.project, pseudonym: row.pseudonym, purpose: row.purpose, reference: row.reference },
      ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, state: stateOf(row) },
    }))
  }

  async #present(custodian: Custodian) {
    const row = await this.#db.selectFrom('custodian').selectAll().where('name', '=', custodian.name).executeTakeFirst()
    const privateKey = await unlock(row, custodian)
    return { row: row as NonNullable<typeof row>, privateKey }
  }

  async #one(id: string) {
    const row = await this.#db.selectFrom('reidentification').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new Fault('not-found', { what: 'request' })
    return row
  }

  async #answerOf(request: Row, decider: Tables['custodian'], privateKey: Buffer): Promise<Buffer> {
    const contribution = request.contributions[decider.name]
    if (!contribution) throw new Fault('request-closed', { state: 'custody changed' })
    const key = await together([shareOf(decider, privateKey), contributionOf(contribution, privateKey, request.id)])
    const { rows } = await sql<{ sealed: Buffer | null }>`
      with recursive person_now (id) as (
        select person_id from pseudonym where project = ${request.project} and pseudonym = ${request.pseudonym}
        union
        select merged_into from person join person_now on person_id = id where merged_into is not null
      )
      select sealed from identity join person_now on person_id = id`.execute(this.#db)
    const identities = rows.flatMap(({ sealed }) =>
      sealed ? [JSON.parse(openWith(key, sealed, 'identity').toString()) as Identity] : [],
    )
    const asker = await this.#db
      .selectFrom('custodian')
      .select('public_key')
      .where('name', '=', request.requested_by)
      .executeTakeFirstOrThrow()
    return sealTo(asker.public_key, Buffer.from(JSON.stringify(identities)), `answer to ${request.id}`)
  }
}

type Row = Selectable<Tables['reidentification']>

function stateOf(row: Row): OpenRequest['state'] {
  if (row.decision === 'refuse') return 'refused'
  if (row.decision === 'approve') return row.answer ? 'approved' : 'answered'
  return Date.now() - row.requested_at.getTime() > EXPIRES_MS ? 'expired' : 'waiting'
}
