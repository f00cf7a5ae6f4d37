/**
 * What may pass although Table E.1-1 omits it: attributes that say how an image was made, not of whom. Text that is not
 * here does not pass (default deny); numbers, codes of CS and sequences do, and what is inside a sequence is judged again.
 */
import { tagOf, type Tag } from '../../standards/dicom/index.ts'

const KEYWORDS = `
  Manufacturer ManufacturerModelName SoftwareVersions ConvolutionKernel FilterType SequenceName PulseSequenceName
  ImagedNucleus ResonantNucleus ReceiveCoilName TransmitCoilName MagneticFieldStrength RescaleType ModalityLUTType
  WindowCenterWidthExplanation LUTExplanation PositionReferenceIndicator ReconstructionMethod RandomsCorrectionMethod
  AttenuationCorrectionMethod ScatterCorrectionMethod Units Radiopharmaceutical ContrastBolusAgent
  TransducerType FrameType AngioFlag ImplementationVersionName
  SegmentAlgorithmName AlgorithmName AlgorithmVersion OpticalPathIdentifier LUTLabel StackID
  CodeValue LongCodeValue CodingSchemeDesignator CodingSchemeVersion
`

/**
 * Of type 1 or 2 beside what stays, and free text: what says nothing, or nothing at all, takes their place; those that say
 * what is seen are cleaned where descriptors are.
 */
export const REPLACED_TEXT: ReadonlyMap<Tag, { readonly by: 'dummy' | 'empty'; readonly isDescriptor: boolean }> =
  new Map(
    (
      [
        ['TrackingID', 'dummy', false],
        ['LocalNamespaceEntityID', 'dummy', false],
        ['UniversalEntityID', 'dummy', false],
        ['ContentDescription', 'empty', true],
        ['SegmentLabel', 'dummy', true],
      ] as const
    ).map(([keyword, by, isDescriptor]) => [tagOf(keyword) as Tag, { by, isDescriptor }]),
  )

/** the meaning of a code passes only beside a coding scheme that the standard knows: elsewhere it is free text */
export const CODE_MEANING = 0x00080104
export const CODING_SCHEME_DESIGNATOR = 0x00080102
export const KNOWN_SCHEMES: ReadonlySet<string> = new Set([
  'DCM',
  'SCT',
  'SRT',
  'SNM3',
  'LN',
  'UCUM',
  'RADLEX',
  'FMA',
  'UMLS',
  'NCIt',
  'ICD10',
  'UBERON',
  'MA',
  'BARI',
  '99SDM',
])

export const ALLOWED_TEXT: ReadonlySet<Tag> = new Set(
  KEYWORDS.trim()
    .split(/\s+/)
    .map((keyword) => tagOf(keyword))
    .filter((tag) => tag !== undefined),
)

/** binary values that are pixels, look-up tables, colour profiles, coordinates or waveforms; other bytes may hold anything */
export const ALLOWED_BYTES: ReadonlySet<Tag> = new Set([
  0x7fe00001, 0x7fe00002, 0x7fe00008, 0x7fe00009, 0x7fe00010, 0x00281101, 0x00281102, 0x00281103, 0x00281201,
  0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223, 0x00283006, 0x00283002, 0x00281408, 0x54001010,
  0x5400100a, 0x00282000, 0x00660016, 0x00660022, 0x00660040, 0x00660125,
])
