/** The gate: identified data in, de-identified data or a reason out. Messages and documents have an entrance of their own (messages/index.ts). */
import type { PoolConfig } from 'pg'
import type { KeyEncryption } from './pseudonyms/key-encryption.ts'
import type { Vault } from './pseudonyms/vault.ts'

export { deidentify, quarantined, profileOf, type GateOutcome, type GateParts, type PseudonymKeys } from './gate.ts'
export { deviceDigest, DeviceMemories, textsOf, type InstanceTexts } from './character-sets.ts'
export { cleanText, type Cleaned, type TextContext } from './text/clean.ts'
export type { GateProject } from './gate-project.ts'
export type { Person } from './person.ts'
export type { InstanceReport, PixelReport } from './report.ts'
export { normalized, type Identity } from './identity.ts'
export {
  DOCUMENT_RULES,
  ROW_ACTIONS,
  shortProfile,
  type DocumentRule,
  type ProfileOptions,
  type ProfileRow,
  type ProfileSource,
  type RowAction,
} from './profile/source.ts'
export { RELEASE_OPTIONS, withRule, type ReleaseRule } from './profile/release-rule.ts'
export type { RegionRule } from './profile/region-rule.ts'
export { lintProfile, type ProfileMistake } from './profile/lint.ts'
export { compileProfile, type Profile } from './profile/compile.ts'
export { effectiveTable, profileDifference, type EffectiveRow, type ProfileDifference } from './profile/effective.ts'
export type { Box, CleanedText, PixelDecision, PixelOptions, PixelStage, Stages, TextCleaner } from './stages.ts'
/** Text on pictures and inside compressed ones; the gate uses it without being given another. */
export { pixelStage, type PixelParts } from './pixels/stage.ts'
export { tesseract, type Reading, type TesseractOptions, type TextReader } from './pixels/tesseract.ts'
export type { GreyPicture } from './pixels/tiff.ts'
export type { PatientContext } from './patient-context.ts'
export { temporaryKeys } from './pseudonyms/temporary.ts'
export type { Vault } from './pseudonyms/vault.ts'
export { KEY_BYTES, keyFile, keyOf, type KeyEncryption } from './pseudonyms/key-encryption.ts'
export type { Custodian } from './pseudonyms/custody.ts'
export type { LedgerLine } from './pseudonyms/ledger.ts'
export type { Rekeyed } from './pseudonyms/persons.ts'
export type { OpenRequest, Request } from './pseudonyms/reidentification.ts'
export { checkCharacter, isChecked } from './pseudonyms/check-character.ts'

/**
 * Opens the vault; its database driver is loaded only then, so that the gate over files stays small.
 * @param connection of a login that owns the vault's database
 * @param keyEncryption what wraps its keys; asked with true when the vault has none yet
 * @throws Fault 'vault-unavailable', 'vault-key-missing', 'vault-key-exposed', 'vault-key-wrong'
 */
export const openVault = async (
  connection: PoolConfig,
  keyEncryption: (isNew: boolean) => KeyEncryption,
): Promise<Vault> => (await import('./pseudonyms/vault.ts')).openVault(connection, keyEncryption)

/**
 * The vault's key in shares, any two of which give it back (Shamir).
 * @returns `count` shares, at least two
 */
export const splitKey = async (key: Uint8Array, count: number): Promise<readonly Uint8Array[]> =>
  (await import('shamir-secret-sharing')).split(Uint8Array.from(key), count, 2)

/** @returns the key, if the shares are two of one split; otherwise 32 other bytes, which the vault refuses */
export const joinKey = async (shares: readonly Uint8Array[]): Promise<Uint8Array> =>
  (await import('shamir-secret-sharing')).combine(shares.map((share) => Uint8Array.from(share)))
