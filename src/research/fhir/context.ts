/** What every resource of one message shares, and how resources refer to each other. */
import type { Patient, Reference } from '@medplum/fhirtypes'
import type { UnifiedMessage } from '../unify/index.ts'

export interface MessageContext {
  /** keyed, so that it says nothing to who has not the project's key; letters, digits, `-` and `.`, at most 40 */
  readonly id: string
  readonly project: string
  /** the pseudonym */
  readonly patient: string
  readonly receivedAt: Date
  /** `ORU^R01` */
  readonly messageType: string
  readonly kind: 'hl7' | 'astm' | 'cda'
  /** of times that say none, `+03:00` */
  readonly utcOffset: string
}

export type { UnifiedReport } from '../unify/index.ts'
export type UnifiedEncounter = NonNullable<UnifiedMessage['encounter']>

/** what says where a thing comes from that FHIR has no place for; documented in docs/unification.md */
export const OURS = 'urn:sluice:'
export const LOINC = 'http://loinc.org'
export const UCUM = 'http://unitsofmeasure.org'

/** An identifier within a message, `OBX[3]` as `obx3` (FHIR: 64 letters, digits, `-`, `.`). */
export const idAt = (context: MessageContext, place: string): string =>
  `${context.id}.${place
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`.slice(0, 64)

export const subjectOf = ({ patient }: MessageContext): Reference<Patient> => ({ reference: `Patient/${patient}` })

/** A code in the system that it claims, if that system is one that FHIR has a name for. */
export function systemOf(stated: string): string {
  if (stated === 'LN') return LOINC
  if (/^\d+(\.\d+)+$/.test(stated)) return `urn:oid:${stated}`
  return `${OURS}stated:${encodeURIComponent(stated || 'local')}`
}
