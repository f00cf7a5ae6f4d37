/** STOW-RS (PS3.18 §10.5): what comes in goes to the gate; the answer says what became of each part. */
import { Fault, FAULTS, type FaultCode } from '../../../base/index.ts'
import type { DicomJson } from '../../../standards/dicom/index.ts'
import { boundaryOf, parts, type Part } from './multipart.ts'

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

/** Failure Reason (PS3.18 Table I.2-2), where it is another than the DIMSE status of the same fault */
const REASONS: Readonly<Record<string, number>> = { 'transfer-syntax-unknown': 0xc122, conflict: 0x0111 }
const PROCESSING_FAILURE = 0x0110

/**
 * @param base of the addresses that the answer gives
 * @returns the status and the response's data set (PS3.18 Table I.1-1)
 * @throws Fault 'unsupported-media-type', 'bad-request', 'limit-exceeded' for a body that cannot be taken apart
 */
export async function storeAll(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
  base: string,
  admit: (part: AsyncIterable<Buffer>) => Promise<AdmitOutcome>,
): Promise<{ readonly status: number; readonly json: DicomJson }> {
  const referenced: AdmitOutcome[] = []
  const failed: DicomJson[] = []
  const others: DicomJson[] = []
  let number = 0
  for await (const part of parts(body, boundaryOf(contentType))) {
    number++
    const outcome = isDicom(part)
      ? await admit(part.body)
      : ({ outcome: 'refused', code: 'unsupported-media-type' } as const)
    if (outcome.outcome === 'archived' || outcome.outcome === 'already-archived') referenced.push(outcome)
    else if (outcome.SOPInstanceUID) failed.push({ ...identified(outcome), ...reasonOf(outcome, number) })
    else others.push(reasonOf(outcome, number))
  }
  const studies = new Set(referenced.map(({ StudyInstanceUID }) => StudyInstanceUID))
  const json: DicomJson = {
    ...(studies.size === 1 ? { '00081190': url(`${base}/studies/${[...studies].join('')}`) } : {}),
    ...sequence('00081198', failed),
    ...sequence(
      '00081199',
      referenced.map((outcome) => referenceOf(outcome, base)),
    ),
    ...sequence('0008119A', others),
  }
  return { status: failed.length + others.length === 0 ? 200 : referenced.length ? 202 : 409, json }
}

const isDicom = ({ headers }: Part): boolean =>
  /^application\/dicom\s*(;|$)/i.test(headers.get('content-type') ?? 'application/dicom')

const sequence = (key: string, items: readonly DicomJson[]): DicomJson =>
  items.length ? { [key]: { vr: 'SQ', Value: items } } : {}
const uid = (value: string | undefined) => ({ vr: 'UI' as const, ...(value ? { Value: [value] } : {}) })
const url = (value: string) => ({ vr: 'UR' as const, Value: [value] })

const identified = (outcome: AdmitOutcome): DicomJson => ({
  '00081150': uid(outcome.SOPClassUID),
  '00081155': uid(outcome.SOPInstanceUID),
})
const referenceOf = (outcome: AdmitOutcome, base: string): DicomJson => {
  const { StudyInstanceUID: study = '', SeriesInstanceUID: series = '', SOPInstanceUID: instance = '' } = outcome
  return {
    ...identified(outcome),
    '00081190': url(`${base}/studies/${study}/series/${series}/instances/${instance}`),
    '0020000D': uid(study),
    '0020000E': uid(series),
  }
}

/** Which part, what and where, never a value: an instance that did not pass the gate is named by its place alone. */
function reasonOf({ outcome, code = outcome, path, offset }: AdmitOutcome, number: number): DicomJson {
  const fault = code in FAULTS ? new Fault(code as FaultCode) : undefined
  const comment = [`part ${number}:`, code, path, offset === undefined ? undefined : `at ${offset}`]
  return {
    '00000902': { vr: 'LO', Value: [comment.filter(Boolean).join(' ').slice(0, 64)] },
    '00081197': { vr: 'US', Value: [REASONS[code] ?? fault?.entry.status ?? PROCESSING_FAILURE] },
  }
}
