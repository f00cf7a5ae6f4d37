/** The gate: the one place where identified data becomes de-identified. In doubt, quarantine. */
import { Fault, type FaultCode } from '../base/index.ts'
import { text, toUID, writeFileMeta, type DataSet } from '../standards/dicom/index.ts'
import { ACTIONS, type Actions, type Knowledge } from './actions.ts'
import { textsOf, type InstanceTexts } from './character-sets.ts'
import { blankDocument, isReplaced } from './documents.ts'
import { Engine } from './engine.ts'
import { profileSourceOf, type GateProject } from './gate-project.ts'
import { identityOf, type Identity } from './identity.ts'
import { encoded, marks, privateCharacteristics, type Encoded } from './marks.ts'
import { identifyingWords, patientContext, type PatientContext } from './patient-context.ts'
import type { Person } from './person.ts'
import { pixelWork, type PixelWork } from './pixel-work.ts'
import { pixelStage as ownPixelStage } from './pixels/stage.ts'
import { Plan } from './plan.ts'
import { keptBlocks } from './private-blocks.ts'
import { compileProfile, type Profile } from './profile/compile.ts'
import { instanceReport, type InstanceReport } from './report.ts'
import type { Stages } from './stages.ts'
import { refuseSuspects } from './suspects.ts'
import { cleanText } from './text/clean.ts'
import { mapUID } from './uids.ts'
import { verified } from './verify.ts'
import { verifyWritten } from './verify/written.ts'

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

export type GateOutcome =
  | { readonly outcome: 'de-identified'; readonly dataSet: DataSet<'de-identified'>; readonly report: InstanceReport }
  | {
      readonly outcome: 'quarantined'
      readonly code: FaultCode
      readonly what?: string
      readonly path?: string
      readonly offset?: number
    }

/** what the gate works with; the defaults are ours, others are for tests */
export interface GateParts extends Stages {
  readonly actions?: Actions
}

/**
 * @returns a data set that says what was done to it, or why it stays
 * @throws Fault only with `retry: 'later'` (the vault is away): nothing is decided then
 */
export async function deidentify(
  instance: DataSet<'identified'>,
  project: GateProject,
  keys: PseudonymKeys,
  parts: GateParts = {},
): Promise<GateOutcome> {
  const startedAt = performance.now()
  const pixelStage = parts.pixels ?? PIXELS
  let known: Omit<Known, 'uidKey' | 'numberKey' | 'person'>
  let identity: Identity
  try {
    const profile = profileOf(project)
    refuseRow(profile, instance)
    refuseSuspects(instance, profile)
    const texts = textsOf(instance, parts.memories)
    const context = patientContext(instance, (value) => texts.decode(value))
    identity = identityOf(instance)
    const pixels = await pixelWork(instance, context, profile, pixelStage)
    known = { profile, texts, context, pixels, parts, startedAt }
  } catch (error) {
    if (isWaiting(error)) throw error
    return quarantined(error)
  }
  const [uidKey, numberKey, person] = await Promise.all([
    keys.uidKey(project.name),
    keys.numberKey(project.name),
    keys.person(project.name, identity, { wholeWeeks: known.profile.source.wholeWeeks ?? false }),
  ])
  try {
    return cleared(instance, project, { ...known, uidKey, numberKey, person })
  } catch (error) {
    return quarantined(error)
  }
}

const PIXELS = ownPixelStage()

/** what has to wait for a program that is not there is decided later */
const isWaiting = (error: unknown) => error instanceof Fault && error.entry.retry === 'later'

/** @returns the compiled profile of a project, the same for the same project */
export function profileOf(project: GateProject): Profile {
  const known = profiles.get(project)
  if (known) return known
  const made = compileProfile(profileSourceOf(project))
  profiles.set(project, made)
  return made
}
const profiles = new WeakMap<GateProject, Profile>()

function refuseRow(profile: Profile, { SOPClassUID }: DataSet<'identified'>): void {
  const { refused } = profile.of(SOPClassUID)
  if (refused) throw new Fault('not-deidentified', { what: refused.reason, path: '(0008,0016)' })
}

interface Known extends Pick<Knowledge, 'uidKey' | 'numberKey' | 'person'> {
  readonly profile: Profile
  readonly texts: InstanceTexts
  readonly context: PatientContext
  readonly pixels: PixelWork
  readonly parts: GateParts
  readonly startedAt: number
}

function cleared(instance: DataSet<'identified'>, project: GateProject, known: Known): GateOutcome {
  const { profile, uidKey, person, texts, context, pixels, parts, startedAt } = known
  const { transferSyntax } = pixels
  const { SOPClassUID } = instance
  const written = [...pixels.inserts, ...blankDocument(instance, profile.source.documents, transferSyntax)]
  const identifiers = newIdentifiers(instance, profile, uidKey)
  const plan = new Plan(instance.source)
  plan.write(
    writeFileMeta({
      transferSyntaxUID: transferSyntax.uid,
      mediaStorageSOPClassUID: SOPClassUID,
      mediaStorageSOPInstanceUID: identifiers.SOPInstanceUID,
    }),
  )
  const dataSetOffset = plan.sizeBytes
  const words = identifyingWords(context)
  const found = new Map<string, number>()
  const engine = new Engine(instance, plan, {
    ...{ profile, transferSyntax, person, uidKey, numberKey: known.numberKey, words },
    decode: (value) => texts.decode(value),
    textContext: shiftsDates(profile) ? { ...context, dateShiftDays: person.dateShiftDays } : context,
    cleaner: parts.text ?? { clean: cleanText },
    actions: parts.actions ?? ACTIONS,
    inserts: inserts(instance, profile, person, pixels, written),
    found: (kind, count) => found.set(kind, (found.get(kind) ?? 0) + count),
  })
  engine.run()
  const { decisions } = engine
  const originalUIDs = context.uids
  const attributes = verified(plan, transferSyntax, dataSetOffset, {
    words,
    profile,
    SOPClassUID,
    originalUIDs,
    written: new Set(written.map(({ tag }) => tag)),
  })
  verifyWritten(plan, attributes, context, profile.options)
  for (const [keyword, uid] of Object.entries(identifiers))
    if (text(attributes, keyword) !== uid) throw new Fault('not-deidentified', { what: keyword })
  const dataSet = { SOPClassUID, ...identifiers, transferSyntax, attributes, source: plan, dataSetOffset }
  return {
    outcome: 'de-identified',
    // the one place where a data set changes its zone
    dataSet: dataSet as unknown as DataSet<'de-identified'>,
    report: instanceReport({
      ...{ instance, project: project.name, profile, decisions, found, texts, uidKey, startedAt },
      pixels: pixels.report,
    }),
  }
}

function newIdentifiers(instance: DataSet<'identified'>, { options }: Profile, key: Uint8Array) {
  const map = (uid: string) => toUID(options.has('retain-uids') ? uid : mapUID(uid, key))
  return {
    SOPInstanceUID: map(instance.SOPInstanceUID),
    StudyInstanceUID: map(instance.StudyInstanceUID),
    SeriesInstanceUID: map(instance.SeriesInstanceUID),
  }
}

const shiftsDates = ({ options }: Profile) => options.has('retain-longitudinal-modified-dates')

/** What the gate writes itself, in order of tag. */
function inserts(
  instance: DataSet<'identified'>,
  profile: Profile,
  { pseudonym }: Person,
  { transferSyntax, marks: ofPixels }: PixelWork,
  written: readonly Encoded[],
): readonly Encoded[] {
  const blocks = keptBlocks(instance, profile)
  // a blank page carries no text
  const burnedIn = isReplaced(instance.SOPClassUID, profile.source.documents) ? ({ burnedIn: 'NO' } as const) : {}
  return [
    encoded({ tag: 0x00100010, vr: 'PN', value: pseudonym }, transferSyntax),
    encoded({ tag: 0x00100020, vr: 'LO', value: pseudonym }, transferSyntax),
    ...(blocks.length ? [encoded(privateCharacteristics(blocks), transferSyntax)] : []),
    ...marks(profile, transferSyntax, { ...ofPixels, ...burnedIn }),
    ...written,
  ].sort((a, b) => a.tag - b.tag)
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
