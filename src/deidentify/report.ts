/** What was done to one instance, for those who answer for it: paths, actions, reasons, counts. No value, no original UID. */
import { IMPLEMENTATION_VERSION_NAME, type DataSet } from '../standards/dicom/index.ts'
import type { InstanceTexts } from './character-sets.ts'
import type { Counts, Decision, Decisions, Warning } from './decisions.ts'
import type { Profile } from './profile/compile.ts'
import { keyedHash } from './pseudonyms/keyed-hash.ts'
import type { Action } from './profile/rule.ts'
import type { Box } from './stages.ts'

export interface InstanceReport extends Counts {
  readonly engine: string
  readonly project: string
  readonly profile: { readonly id: string; readonly hash: string; readonly edition: string }
  /** keyed: who has the project's key finds the report of an original; nobody else learns anything */
  readonly original: string
  readonly SOPClassUID: string
  readonly actions: Readonly<Partial<Record<Action, number>>>
  readonly decisions: readonly Decision[]
  readonly warnings: readonly Warning[]
  readonly characterSet: {
    readonly status: string
    readonly characterSet: string
    readonly margin?: number
    readonly unsure: number
  }
  /** kinds of what was replaced in texts, with how often */
  readonly texts: Readonly<Record<string, number>>
  readonly pixels: PixelReport
  /** an instance that does not pass has no report, but a place in quarantine */
  readonly verification: 'passed'
  readonly durationMs: number
}

export interface PixelReport {
  readonly decision: 'unchanged' | 'redacted'
  /** somebody looked for text on the picture */
  readonly looked: boolean
  readonly why: string
  readonly boxes?: readonly Box[]
  readonly defaced?: true
}

export interface Reported {
  readonly instance: DataSet<'identified'>
  readonly project: string
  readonly profile: Profile
  readonly decisions: Decisions
  readonly found: ReadonlyMap<string, number>
  readonly texts: InstanceTexts
  readonly uidKey: Uint8Array
  readonly pixels: PixelReport
  readonly startedAt: number
}

const HEX = 32

export function instanceReport(of: Reported): InstanceReport {
  const { instance, project, profile, decisions, found, texts, pixels, uidKey, startedAt } = of
  const { id, hash, edition } = profile
  const { status, characterSet, margin, unsure } = texts
  return {
    engine: IMPLEMENTATION_VERSION_NAME,
    project,
    profile: { id, hash, edition },
    original: keyedHash(uidKey, `report ${instance.SOPInstanceUID}`).toString('hex').slice(0, HEX),
    SOPClassUID: instance.SOPClassUID,
    ...decisions.counts,
    actions: decisions.actions,
    decisions: decisions.list,
    warnings: decisions.warnings,
    characterSet: { status, characterSet, ...(margin === undefined ? {} : { margin }), unsure },
    texts: Object.fromEntries(found),
    pixels,
    verification: 'passed',
    durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
  }
}
