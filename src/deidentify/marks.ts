/** What says that it was done, and how (PS3.3 §C.12.1.1.1, PS3.15 §E.1.1 step 7). */
import {
  CONFIDENTIALITY_EDITION,
  encodeDataSet,
  type NewElement,
  type Tag,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import type { ProfileOptions } from './profile/actions.ts'
import { CODE_MEANING, CODING_SCHEME_DESIGNATOR } from './profile/allowed.ts'

/** An attribute as it will be written. */
export interface Encoded {
  readonly tag: Tag
  readonly bytes: Uint8Array
}

export const encoded = (element: NewElement, syntax: TransferSyntax): Encoded => ({
  tag: element.tag,
  bytes: encodeDataSet([element], syntax),
})

/** of a project's options and a syntax they are the same in every instance */
const known = new WeakMap<ProfileOptions, Map<TransferSyntax, readonly Encoded[]>>()

/** @returns the marking attributes of the options, in order of tag */
export function marks(options: ProfileOptions, syntax: TransferSyntax): readonly Encoded[] {
  let bySyntax = known.get(options)
  if (!bySyntax) known.set(options, (bySyntax = new Map<TransferSyntax, readonly Encoded[]>()))
  let found = bySyntax.get(syntax)
  if (!found) bySyntax.set(syntax, (found = elements(options).map((element) => encoded(element, syntax))))
  return found
}

function elements(options: ProfileOptions): readonly NewElement[] {
  const codes: readonly (readonly [string, string])[] = [
    ['113100', 'Basic Application Confidentiality Profile'],
    ...(options.dates === 'shifted'
      ? ([['113107', 'Retain Longitudinal Temporal Information Modified Dates Option']] as const)
      : []),
    ...(options.patientCharacteristics ? ([['113108', 'Retain Patient Characteristics Option']] as const) : []),
  ]
  return [
    { tag: 0x00120062, vr: 'CS', value: 'YES' },
    { tag: 0x00120063, vr: 'LO', value: `Sluice, PS3.15 ${CONFIDENTIALITY_EDITION} Basic Profile` },
    {
      tag: 0x00120064,
      vr: 'SQ',
      value: codes.map(([code, meaning]): readonly NewElement[] => [
        { tag: 0x00080100, vr: 'SH', value: code },
        { tag: CODING_SCHEME_DESIGNATOR, vr: 'SH', value: 'DCM' },
        { tag: CODE_MEANING, vr: 'LO', value: meaning },
      ]),
    },
    { tag: 0x00280303, vr: 'CS', value: options.dates === 'shifted' ? 'MODIFIED' : 'REMOVED' },
  ]
}
