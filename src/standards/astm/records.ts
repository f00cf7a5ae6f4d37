/** The records of ASTM E1394 (CLSI LIS2) as a view over their bytes: H P O R C Q M L, delimiters as H says. */
import { Fault } from '../../base/index.ts'
import { latin1Of, readDelimiters, segmentsFrom, type Message, type MessageFlag } from '../hl7/index.ts'

/** H|\^&: repetition, component, escape, in this order; there are no sub-components */
const ROLES = ['repetition', 'component', 'escape'] as const
const CR = 0x0d
const LF = 0x0a

/**
 * @param bytes from H to L, records ended by CR
 * @returns the view that HL7 messages have: `find(message, 'R[2].4')`; the header is H
 * @throws Fault 'message-invalid' with offset and reason, 'limit-exceeded'
 */
export function readRecords(bytes: Buffer): Message {
  let at = 0
  while (bytes[at] === CR || bytes[at] === LF || bytes[at] === 0x20) at++
  if (bytes[at] !== 0x48) throw new Fault('message-invalid', { offset: at, reason: 'no H record' })
  const field = bytes[at + 1] ?? 0
  const next = bytes.indexOf(field, at + 2)
  const lineEnd = [CR, LF].map((one) => bytes.indexOf(one, at)).filter((one) => one >= 0)
  const end = Math.min(next < 0 ? bytes.length : next, ...lineEnd)
  const read = readDelimiters(bytes, at + 1, end, ROLES)
  if (!read) throw new Fault('message-invalid', { offset: at + 1, reason: 'delimiters' })
  const flags: MessageFlag[] = [...read.flags]
  const segments = segmentsFrom(bytes, at, read.delimiters, flags)
  return { bytes, delimiters: read.delimiters, segments, flags, header: 'H', original: true, latin1: latin1Of(bytes) }
}

/** @returns where each message of a session begins and ends: from H to before the next H; what stands before is the first's */
export function splitRecords(bytes: Buffer): { readonly start: number; readonly end: number }[] {
  const starts: number[] = []
  for (let at = 0; at >= 0 && at < bytes.length;) {
    if (bytes[at] === 0x48 && !/[A-Za-z0-9\s]/.test(String.fromCharCode(bytes[at + 1] ?? 0x20))) starts.push(at)
    const ends = [bytes.indexOf(CR, at), bytes.indexOf(LF, at)].filter((one) => one >= 0)
    if (ends.length === 0) break
    at = Math.min(...ends) + 1
  }
  if (starts.length === 0) return [{ start: 0, end: bytes.length }]
  starts[0] = 0
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? bytes.length }))
}

const NAMES: Readonly<Record<string, string>> = {
  H: 'Delimiters|Delimiter Definition|Message Control ID|Access Password|Sender Name or ID|Sender Street Address|Reserved|Sender Telephone Number|Characteristics of Sender|Receiver ID|Comment|Processing ID|Version Number|Date and Time of Message',
  P: 'Sequence Number|Practice-Assigned Patient ID|Laboratory-Assigned Patient ID|Patient ID No. 3|Patient Name|Mother’s Maiden Name|Birthdate|Patient Sex|Patient Race|Patient Address|Reserved|Patient Telephone Number|Attending Physician',
  O: 'Sequence Number|Specimen ID|Instrument Specimen ID|Universal Test ID|Priority|Requested Date and Time|Specimen Collection Date and Time|Collection End Time|Collection Volume|Collector ID|Action Code|Danger Code|Relevant Clinical Information|Date/Time Specimen Received|Specimen Descriptor|Ordering Physician',
  R: 'Sequence Number|Universal Test ID|Data or Measurement Value|Units|Reference Ranges|Result Abnormal Flags|Nature of Abnormality Testing|Result Status|Date of Change in Instrument Values|Operator Identification|Date/Time Test Started|Date/Time Test Completed|Instrument Identification',
  C: 'Sequence Number|Comment Source|Comment Text|Comment Type',
  Q: 'Sequence Number|Starting Range ID Number|Ending Range ID Number|Universal Test ID|Nature of Request Time Limits',
  L: 'Sequence Number|Termination Code',
}

/** @returns the standard's name of a field, counted from 1 after the record's letter; undefined where the table has none */
export const recordFieldName = (record: string, field: number): string | undefined =>
  NAMES[record]?.split('|')[field - 1]
