/** The gate: identified data in, de-identified data or a reason out. */
import type { PoolConfig } from 'pg'
import type { Vault } from './pseudonyms/vault.ts'

export {
  deidentify,
  quarantined,
  type GateOutcome,
  type GateProject,
  type GateReport,
  type PseudonymKeys,
} from './gate.ts'
export type { Person } from './engine.ts'
export type { Identity } from './identity.ts'
export type { ProfileOptions } from './profile/actions.ts'
export { temporaryKeys } from './pseudonyms/temporary.ts'
export type { Vault } from './pseudonyms/vault.ts'

/**
 * Opens the vault; its database driver is loaded only then, so that the gate over files stays small.
 * @param connection of a login that owns the vault's database
 * @throws Fault 'vault-unavailable'
 */
export const openVault = async (connection: PoolConfig): Promise<Vault> =>
  (await import('./pseudonyms/vault.ts')).openVault(connection)
