/** The gate: identified data in, de-identified data or a reason out. */
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
export { openVault, type Vault } from './pseudonyms/vault.ts'
