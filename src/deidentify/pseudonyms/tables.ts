/** The vault's tables as Kysely knows them; `migrations.ts` makes them. */
import type { ColumnType, Generated } from 'kysely'

export type LedgerEvent =
  | 'project keys made'
  | 'epoch opened'
  | 'keys destroyed'
  | 'keys wrapped anew'
  | 'persons merged'
  | 'custody taken'
  | 're-identification requested'
  | 're-identification approved'
  | 're-identification refused'
  | 're-identification answered'

export interface Tables {
  vault_key: { name: string; wrapped: Buffer }
  /** a person is 128 random bits; `merged_into` says that it turned out to be somebody else's second record */
  person: { person_id: Buffer; merged_into: Buffer | null }
  /** an issuer's number for a person, as a keyed hash; sealed to the custodians, so that two of them can read it */
  identity: { identity_hash: Buffer; person_id: Buffer; sealed: Buffer | null }
  /** `wrapped` is null once it was destroyed */
  epoch: {
    project: string
    epoch: number
    wrapped: Buffer | null
    opened_at: Generated<Date>
    destroyed_at: Date | null
  }
  pseudonym: { project: string; epoch: number; person_id: Buffer; pseudonym: string; date_shift_days: number }
  custodian: { name: string; public_key: Buffer; salt: Buffer; sealed_private_key: Buffer; sealed_share: Buffer }
  reidentification: {
    id: string
    project: string
    pseudonym: string
    purpose: string
    reference: string
    requested_by: string
    requested_at: Generated<Date>
    /** custodian → base64 of the requester's share, sealed to them */
    contributions: ColumnType<Record<string, string>, string, string>
    decided_by: string | null
    decided_at: Date | null
    decision: 'approve' | 'refuse' | null
    answer: Buffer | null
  }
  ledger: {
    seq: ColumnType<string, number, never>
    at: ColumnType<Date, string, never>
    who: string
    event: LedgerEvent
    details: ColumnType<Readonly<Record<string, string | number>>, string, never>
    hash: Buffer
  }
}
