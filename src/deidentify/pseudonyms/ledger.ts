/**
 * What was done with the vault, by whom and why: lines that only grow, each with the hash of all before it. Persons stand
 * in it by pseudonym or not at all. Whoever keeps the last hash elsewhere can prove that nothing was taken out.
 */
import { createHash } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { Fault } from '../../base/index.ts'
import type { LedgerEvent, Tables } from './tables.ts'

export interface LedgerLine {
  readonly seq: number
  /** ISO 8601, UTC */
  readonly at: string
  readonly who: string
  readonly event: LedgerEvent
  readonly details: Readonly<Record<string, string | number>>
  /** SHA-256 of the previous hash and this line, hexadecimal */
  readonly hash: string
}

const FIRST = Buffer.alloc(32)
/** one writer at a time, or two lines would have the same predecessor */
const LOCK = 0x5c1ce

/** Part of the transaction that does the thing: neither is there without the other. */
export async function note(
  db: Transaction<Tables>,
  who: string,
  event: LedgerEvent,
  details: LedgerLine['details'],
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db)
  const last = await db.selectFrom('ledger').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  const line = { seq: Number(last?.seq ?? 0) + 1, at: new Date().toISOString(), who, event, details }
  await db
    .insertInto('ledger')
    .values({ ...line, details: JSON.stringify(details), hash: hashOf(last?.hash ?? FIRST, line) })
    .execute()
}

/** @throws Fault 'ledger-broken' with the first line that does not follow from the one before */
export async function readLedger(db: Kysely<Tables>): Promise<readonly LedgerLine[]> {
  const rows = await db.selectFrom('ledger').selectAll().orderBy('seq').execute()
  let previous: Uint8Array = FIRST
  return rows.map((row, at) => {
    const { who, event, details } = row
    const line = { seq: Number(row.seq), at: new Date(row.at).toISOString(), who, event, details }
    const hash = hashOf(previous, line)
    if (line.seq !== at + 1 || !hash.equals(row.hash)) throw new Fault('ledger-broken', { line: at + 1 })
    previous = hash
    return { ...line, hash: hash.toString('hex') }
  })
}

function hashOf(previous: Uint8Array, line: Omit<LedgerLine, 'hash'>): Buffer {
  const details = Object.entries(line.details).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([line.seq, line.at, line.who, line.event, details]))
    .digest()
}
