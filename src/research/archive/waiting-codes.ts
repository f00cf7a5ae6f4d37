/** Codes that no table maps yet, each with the messages that wait for it; emptied when those are unified again. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { MessageRow, Tables } from './schema.ts'
import { storableJSON, storableText } from './storable.ts'

/** One code of one device. Codes and names of tests, never a value. */
export interface WaitingCode {
  readonly device: string
  readonly system: string
  readonly code: string
  readonly text: string
  readonly unit: string
}

export interface WaitingCount extends WaitingCode {
  readonly messages: number
}

export async function putWaiting(
  transaction: Transaction<Tables>,
  codes: readonly (WaitingCode & { readonly message: string })[],
): Promise<void> {
  if (codes.length === 0) return
  await transaction
    .insertInto('waiting_code')
    .values(
      codes.map(({ message, device, system, code, text, unit }) => ({
        ...{ message, device: storableText(device), system: storableText(system), code: storableText(code) },
        ...{ text: storableText(text), unit: storableText(unit) },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** @returns those with most messages first */
export async function waitingCodes(db: Kysely<Tables>, limit: number): Promise<readonly WaitingCount[]> {
  return db
    .selectFrom('waiting_code')
    .select(['device', 'system', 'code', 'text', sql<string>`max(unit)`.as('unit')])
    .select(sql<number>`count(*)::int`.as('messages'))
    .groupBy(['device', 'system', 'code', 'text'])
    .orderBy('messages', 'desc')
    .orderBy('device')
    .orderBy('code')
    .limit(limit)
    .execute()
}

const PAGE = 100

/** Messages that wait for a code, page by page. */
export async function* waitingOn(
  db: Kysely<Tables>,
  { device, system, code, text }: Omit<WaitingCode, 'unit'>,
): AsyncGenerator<MessageRow> {
  for (let after = ''; ;) {
    const page = await db
      .selectFrom('message')
      .innerJoin('waiting_code', 'waiting_code.message', 'message.id')
      .selectAll('message')
      .where('device', '=', device)
      .where('system', '=', system)
      .where('code', '=', code)
      .where('waiting_code.text', '=', text)
      .where('message.id', '>', after)
      .orderBy('message.id')
      .limit(PAGE)
      .execute()
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)?.id ?? ''
  }
}

/** what a record says of time and person came about when the message was stored, and may have moved since */
const KEPT = ['subject', 'encounter', 'specimen', 'effectiveDateTime', 'issued'] as const

/**
 * Writes a message's observations anew after it was unified again: whom they are about and when stays as it is.
 * @param codes that it waits for still
 */
export async function replaceObservations(
  db: Kysely<Tables>,
  message: string,
  records: readonly {
    readonly resource: { readonly resourceType: string; readonly id: string }
    readonly tokens: readonly string[]
  }[],
  codes: readonly WaitingCode[],
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const { resource, tokens } of records) {
      if (resource.resourceType !== 'Observation') continue
      const before = await transaction
        .selectFrom('record')
        .select('body')
        .where('type', '=', resource.resourceType)
        .where('id', '=', resource.id)
        .where('message', '=', message)
        .executeTakeFirst()
      if (!before) continue
      const kept = Object.fromEntries(Object.entries(before.body).filter(([key]) => KEPT.includes(key as never)))
      await transaction
        .updateTable('record')
        .set({
          body: storableJSON({ ...resource, ...kept }),
          tokens: tokens.map(storableText),
          version: sql`version + 1`,
        })
        .where('type', '=', resource.resourceType)
        .where('id', '=', resource.id)
        .execute()
    }
    await transaction.deleteFrom('waiting_code').where('message', '=', message).execute()
    await putWaiting(
      transaction,
      codes.map((code) => ({ ...code, message })),
    )
  })
}
