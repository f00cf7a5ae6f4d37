/** The gate: the one place where identified data becomes de-identified. In doubt, quarantine. */
import { Fault, type FaultCode } from '../base/index.ts'
import { CONFIDENTIALITY_EDITION, text, toUID, writeFileMeta, type DataSet } from '../standards/dicom/index.ts'
import { Engine, type Counts, type Person } from './engine.ts'
import { identifyingWords, identityOf, type Identity } from './identity.ts'
import { Plan } from './plan.ts'
import type { ProfileOptions } from './profile/actions.ts'
import { refuseSuspects } from './suspects.ts'
import { mapUID } from './uids.ts'
import { verified } from './verify.ts'

/**
 * Keys and pseudonyms of projects: the vault, or a secret of one run.
 * @throws Fault 'vault-unavailable'; 'project-keys-destroyed'
 */
export interface PseudonymKeys {
  /** 32 bytes that UIDs of the project are mapped with */
  uidKey(project: string): Promise<Uint8Array>
  /** 32 bytes that accession, order and study numbers are mapped with: the same number joins images and messages */
  numberKey(project: string): Promise<Uint8Array>
  /** @returns the same person for the same identity, for ever; another in another project */
  person(project: string, identity: Identity, options?: { readonly wholeWeeks?: boolean }): Promise<Person>
}

export interface GateProject {
  readonly name: string
  readonly profile: 'basic'
  readonly options: ProfileOptions
}

/** Counts and references; never a value. */
export interface GateReport extends Counts {
  readonly profile: string
  readonly edition: string
}

export type GateOutcome =
  | { readonly outcome: 'de-identified'; readonly dataSet: DataSet<'de-identified'>; readonly report: GateReport }
  | {
      readonly outcome: 'quarantined'
      readonly code: FaultCode
      readonly what?: string
      readonly path?: string
      readonly offset?: number
    }

/**
 * @returns a data set that says what was done to it, or why it stays
 * @throws Fault only with `retry: 'later'` (the vault is away): nothing is decided then
 */
export async function deidentify(
  instance: DataSet<'identified'>,
  project: GateProject,
  keys: PseudonymKeys,
): Promise<GateOutcome> {
  let identity: Identity
  try {
    refuseSuspects(instance)
    identity = identityOf(instance)
  } catch (error) {
    return quarantined(error)
  }
  const uidKey = await keys.uidKey(project.name)
  const person = await keys.person(project.name, identity)
  try {
    return cleared(instance, project, person, uidKey)
  } catch (error) {
    return quarantined(error)
  }
}

function cleared(
  instance: DataSet<'identified'>,
  project: GateProject,
  person: Person,
  uidKey: Uint8Array,
): GateOutcome {
  const map = (uid: string) => toUID(mapUID(uid, uidKey))
  const words = identifyingWords(instance)
  const plan = new Plan(instance.source)
  const SOPInstanceUID = map(instance.SOPInstanceUID)
  const { transferSyntax, SOPClassUID } = instance
  plan.write(
    writeFileMeta({
      transferSyntaxUID: transferSyntax.uid,
      mediaStorageSOPClassUID: SOPClassUID,
      mediaStorageSOPInstanceUID: SOPInstanceUID,
    }),
  )
  const dataSetOffset = plan.sizeBytes
  const engine = new Engine(instance, plan, { options: project.options, person, uidKey, words })
  engine.run()
  const { counts } = engine
  if (counts.parsed !== counts.kept + counts.changed + counts.removed) throw new Fault('internal', { what: 'counts' })
  const attributes = verified(plan, transferSyntax, dataSetOffset, words)
  for (const [keyword, uid] of [
    ['SOPInstanceUID', SOPInstanceUID],
    ['StudyInstanceUID', map(instance.StudyInstanceUID)],
  ] as const) {
    if (text(attributes, keyword) !== uid) throw new Fault('not-deidentified', { what: keyword })
  }
  const dataSet = {
    ...{
      SOPClassUID,
      SOPInstanceUID,
      StudyInstanceUID: map(instance.StudyInstanceUID),
      SeriesInstanceUID: map(instance.SeriesInstanceUID),
    },
    ...{ transferSyntax, attributes, source: plan, dataSetOffset },
  }
  // the one place where a data set changes its zone
  return {
    outcome: 'de-identified',
    dataSet: dataSet as unknown as DataSet<'de-identified'>,
    report: { ...counts, profile: project.profile, edition: CONFIDENTIALITY_EDITION },
  }
}

/** Whatever was thrown, the instance stays, with a code and a place. */
export function quarantined(error: unknown): Extract<GateOutcome, { outcome: 'quarantined' }> {
  if (!(error instanceof Fault)) return { outcome: 'quarantined', code: 'internal' }
  const { path, offset, what } = error.where
  return {
    outcome: 'quarantined',
    code: error.code,
    ...(typeof what === 'string' ? { what } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof offset === 'number' ? { offset } : {}),
  }
}
