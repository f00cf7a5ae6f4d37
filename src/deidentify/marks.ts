/** What says that it was done, and how (PS3.3 §C.12.1.1.1, PS3.15 §E.1.1 step 7): only what was really applied. */
import {
  BASIC_PROFILE_CODE,
  CONFIDENTIALITY_OPTIONS,
  encodeDataSet,
  type NewElement,
  type OptionName,
  type Tag,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { CODE_MEANING, CODING_SCHEME_DESIGNATOR } from './profile/allowed.ts'
import type { Profile } from './profile/compile.ts'

/** An attribute as it will be written. */
export interface Encoded {
  readonly tag: Tag
  readonly bytes: Uint8Array
  /** for the report; without one: written by the gate */
  readonly reason?: string
}

export const encoded = (element: NewElement, syntax: TransferSyntax): Encoded => ({
  tag: element.tag,
  bytes: encodeDataSet([element], syntax),
})

/** What became of the pixels, as far as marks can say it. */
export interface PixelMarks {
  /** somebody looked for text and found none, or blacked it */
  readonly burnedIn?: 'NO'
  /** NO after defacing; YES where a face can be made out of the volume */
  readonly recognizable?: 'YES' | 'NO'
  /** options that were carried out on this instance's pixels */
  readonly applied?: readonly OptionName[]
}

const PIXEL_OPTIONS: ReadonlySet<OptionName> = new Set(['clean-pixel-data', 'clean-recognizable-visual-features'])

/** of a profile, a syntax and what became of the pixels they are the same in every instance */
const known = new WeakMap<Profile, Map<string, readonly Encoded[]>>()

/** @returns the marking attributes, in order of tag */
export function marks(profile: Profile, syntax: TransferSyntax, pixels: PixelMarks = {}): readonly Encoded[] {
  let ofProfile = known.get(profile)
  if (!ofProfile) known.set(profile, (ofProfile = new Map<string, readonly Encoded[]>()))
  const key = `${syntax.uid} ${pixels.burnedIn} ${pixels.recognizable} ${pixels.applied}`
  let found = ofProfile.get(key)
  if (!found) ofProfile.set(key, (found = elements(profile, pixels).map((element) => encoded(element, syntax))))
  return found
}

function elements(profile: Profile, { burnedIn, recognizable, applied = [] }: PixelMarks): readonly NewElement[] {
  const codes = [
    BASIC_PROFILE_CODE,
    ...CONFIDENTIALITY_OPTIONS.filter(({ name }) =>
      PIXEL_OPTIONS.has(name) ? applied.includes(name) : profile.options.has(name),
    ),
  ]
  return [
    { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
    { tag: 0x00120062, vr: 'CS', value: 'YES' },
    { tag: 0x00120063, vr: 'LO', value: `Sluice, PS3.15 ${profile.edition}, profile ${profile.hash}` },
    {
      tag: 0x00120064,
      vr: 'SQ',
      value: codes.map(({ code, meaning }): readonly NewElement[] => [
        { tag: 0x00080100, vr: 'SH', value: code },
        { tag: CODING_SCHEME_DESIGNATOR, vr: 'SH', value: 'DCM' },
        { tag: CODE_MEANING, vr: 'LO', value: meaning.slice(0, 64) },
      ]),
    },
    ...(burnedIn ? [{ tag: 0x00280301, vr: 'CS', value: burnedIn } as const] : []),
    ...(recognizable ? [{ tag: 0x00280302, vr: 'CS', value: recognizable } as const] : []),
    { tag: 0x00280303, vr: 'CS', value: temporal(profile.options) },
  ]
}

/** (0028,0303): what became of dates and times */
const temporal = (options: ReadonlySet<OptionName>): string =>
  options.has('retain-longitudinal-full-dates')
    ? 'UNMODIFIED'
    : options.has('retain-longitudinal-modified-dates')
      ? 'MODIFIED'
      : 'REMOVED'

/** the private attributes that stay, as safe ones (PS3.3 §C.12.1.1.7) */
export const privateCharacteristics = (
  blocks: readonly { readonly group: number; readonly creator: string }[],
): NewElement => ({
  tag: 0x00080300,
  vr: 'SQ',
  value: blocks.map(({ group, creator }): readonly NewElement[] => [
    { tag: 0x00080301, vr: 'US', value: [group] },
    { tag: 0x00080302, vr: 'LO', value: creator },
    { tag: 0x00080303, vr: 'CS', value: 'SAFE' },
  ]),
})
