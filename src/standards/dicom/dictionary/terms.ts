/**
 * Words that PS3.3 itself prescribes as values of an attribute (Enumerated Values and Defined Terms). Such a word is of the
 * standard and says nothing of anybody, though a patient may be called so. Here are attributes whose loss breaks an IOD.
 */
import { tagOf, type Tag } from './attributes.ts'

/** PS3.3 §C.7.6.1.1.2, §C.8.16.1 and the flavours of §C.8.13.3.1.1, §C.8.15.3.1.1 */
const IMAGE_TYPE = `
  ORIGINAL DERIVED MIXED PRIMARY SECONDARY OTHER NONE AXIAL LOCALIZER BIPLANE_A BIPLANE_B SINGLE_PLANE SINGLE_A SINGLE_B
  ANGIO CARDIAC CARDIAC_GATED CARDRESP_GATED DYNAMIC FLUOROSCOPY MOTION PERFUSION PRE_CONTRAST POST_CONTRAST REST
  RESP_GATED STATIC STRESS VOLUME NON_PARALLEL PARALLEL WHOLE_BODY ATTENUATION CARDIAC_CTA REFERENCE TEST_BOLUS
  ANGIO_TIME CINE DIFFUSION DIXON FLOW_ENCODED FLUID_ATTENUATED FMRI MAX_IP MIN_IP M_MODE METABOLITE_MAP MULTIECHO
  PROTON_DENSITY REALTIME STIR TAGGING TEMPERATURE T1 T2 T2_STAR TOF VELOCITY
  ADDITION DIVISION ENERGY_PROP_WT FILTERED MASKED MAXIMUM MEAN MEDIAN MINIMUM MTT MULTIPLICATION QUANTITY RCBF RCBV
  RESAMPLED STD_DEVIATION SUBTRACTION TTP`
const TERMS: Readonly<Record<string, string>> = {
  ImageType: IMAGE_TYPE,
  FrameType: IMAGE_TYPE,
  // §C.17.3.2.1
  ValueType: `CONTAINER TEXT CODE NUM PNAME DATE TIME DATETIME UIDREF COMPOSITE IMAGE WAVEFORM SCOORD SCOORD3D TCOORD TABLE`,
  // §C.17.3.2.4
  RelationshipType: 'CONTAINS',
  // §C.18.8
  ContinuityOfContent: 'SEPARATE CONTINUOUS',
  // §C.17.2
  CompletionFlag: 'PARTIAL COMPLETE',
  VerificationFlag: 'UNVERIFIED VERIFIED',
  PreliminaryFlag: 'PRELIMINARY FINAL',
}

const TERMS_OF: ReadonlyMap<Tag, ReadonlySet<string>> = new Map(
  Object.entries(TERMS).map(([keyword, words]) => [tagOf(keyword) as Tag, new Set(words.trim().split(/\s+/))]),
)

/** @returns whether the standard prescribes this value, padding aside, for this attribute (PS3.3) */
export const isTerm = (tag: Tag, value: string): boolean => TERMS_OF.get(tag)?.has(value.trim()) ?? false
