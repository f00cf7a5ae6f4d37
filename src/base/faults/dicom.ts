/** DICOM: files, data sets, associations. */
import type { Entry } from './entry.ts'

export const DICOM = {
  'not-dicom': {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The bytes are not a DICOM file or data set.',
    action: 'Check what was sent.',
  },
  truncated: {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The data set ends before its structure does.',
    action: 'Send the object again.',
  },
  malformed: {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The structure of the data set breaks PS3.5.',
    action: 'Report the tag path to the maker of the device.',
  },
  'limit-exceeded': {
    retry: 'never',
    status: 0xc000,
    http: 413,
    means: 'A length, depth or count is over the limit (docs/limits.md).',
    action: 'Check the object; raise the limit only if it is genuine.',
  },
  'transfer-syntax-unknown': {
    retry: 'never',
    status: 0xc000,
    http: 415,
    means: 'The transfer syntax is not one that Sluice can read.',
    action: 'Send it in a transfer syntax of the conformance statement.',
  },
  'not-a-uid': {
    retry: 'never',
    status: 0xa900,
    http: 400,
    means: 'A unique identifier is not one (PS3.5 §9.1).',
    action: 'Report the device; its identifiers are malformed.',
  },
  'identifiers-missing': {
    retry: 'never',
    status: 0xa900,
    http: 400,
    means: 'The data set lacks a Study, Series or SOP Instance UID or SOP Class UID.',
    action: 'Report the device.',
  },
  'pdu-invalid': {
    retry: 'never',
    means: 'A protocol data unit breaks PS3.8.',
    action: 'Nothing on the clinical side changes; the observer stops reading that association.',
  },
  'command-invalid': {
    retry: 'never',
    means: 'A DIMSE command set breaks PS3.7.',
    action: 'Nothing on the clinical side changes; the observer counts it.',
  },
  'association-lost': {
    retry: 'unknown',
    means: 'The association ended before the answer came.',
    action: 'The peer may have done it; check there.',
  },
  'association-rejected': {
    retry: 'later',
    means: 'The peer rejected the association.',
    action: 'Check AE titles on both sides.',
  },
} as const satisfies Record<string, Entry>
