/** STOW-RS (PS3.18 §10.5): what comes in goes to the gate; the answer says what became of each part. */
import type { DicomJson } from '../../../standards/dicom/index.ts'
import { boundaryOf, parts } from './multipart.ts'

/** What became of an upload at the gate. The UIDs are the de-identified ones. */
export interface AdmitOutcome {
  readonly outcome: 'archived' | 'already-archived' | 'quarantined' | 'refused' | 'conflict'
  readonly code?: string
  readonly path?: string
  readonly offset?: number
  readonly SOPClassUID?: string
  readonly SOPInstanceUID?: string
  readonly StudyInstanceUID?: string
  readonly SeriesInstanceUID?: string
}

/** The way to the gate, which is in the other zone. */
export type Admit = (
  part: AsyncIterable<Buffer>,
  about: { readonly project: string; readonly account: string },
) => Promise<AdmitOutcome>

const FAILURES: Readonly<Record<string, number>> = {
  'identifiers-missing': 0xa900,
  'not-a-uid': 0xa900,
  'transfer-syntax-unknown': 0x0122,
  'spool-full': 0xa700,
  conflict: 0x0111,
}
const PROCESSING_FAILURE = 0xc000

/** @returns the status and the response's data set (PS3.18 Table 10.5.3-1) */
export async function storeAll(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
  admit: (part: AsyncIterable<Buffer>) => Promise<AdmitOutcome>,
): Promise<{ readonly status: number; readonly json: DicomJson }> {
  const referenced: DicomJson[] = []
  const failed: DicomJson[] = []
  for await (const part of parts(body, boundaryOf(contentType))) {
    const outcome = await admit(part.body)
    if (outcome.outcome === 'archived' || outcome.outcome === 'already-archived') referenced.push(referenceOf(outcome))
    else failed.push(failureOf(outcome))
  }
  const json: DicomJson = {
    ...(failed.length ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
    ...(referenced.length ? { '00081199': { vr: 'SQ', Value: referenced } } : {}),
  }
  return { status: failed.length === 0 ? 200 : referenced.length ? 202 : 409, json }
}

const uid = (value: string | undefined) => ({ vr: 'UI' as const, ...(value ? { Value: [value] } : {}) })
const referenceOf = (outcome: AdmitOutcome): DicomJson => ({
  '00081150': uid(outcome.SOPClassUID),
  '00081155': uid(outcome.SOPInstanceUID),
  '0020000D': uid(outcome.StudyInstanceUID),
  '0020000E': uid(outcome.SeriesInstanceUID),
})
/** what and where, never a value: the reason stands in Error Comment */
const failureOf = (outcome: AdmitOutcome): DicomJson => ({
  '00000902': {
    vr: 'LO',
    Value: [
      [outcome.code ?? outcome.outcome, outcome.path, outcome.offset === undefined ? undefined : `at ${outcome.offset}`]
        .filter(Boolean)
        .join(' ')
        .slice(0, 64),
    ],
  },
  '00081150': uid(outcome.SOPClassUID),
  '00081155': uid(outcome.SOPInstanceUID),
  '00081197': { vr: 'US', Value: [FAILURES[outcome.code ?? ''] ?? PROCESSING_FAILURE] },
})
