/** The pixels of an instance: which are looked at, what is blanked, and when nobody can be sure. */
import { Fault } from '../../base/index.ts'
import {
  attribute,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  tagOf,
  type DataSet,
  type Tag,
} from '../../standards/dicom/index.ts'
import type { PatientContext } from '../patient-context.ts'
import type { Box, PixelDecision, PixelOptions, PixelStage } from '../stages.ts'
import { decodePixels, type DecodedPixels } from './decode.ts'
import { findText } from './find-text.ts'
import { cleanedFragments } from './fragments.ts'
import { whyExamined } from './needs.ts'
import { redacted } from './redact.ts'
import { knownRegions, REGION_RULES, type RegionRule } from './regions.ts'
import { tesseract, type TextReader } from './tesseract.ts'
import { judgeFor } from './words.ts'

export interface PixelParts {
  /** default: tesseract of the system */
  readonly reader?: TextReader
  /** a site's own, beside those that hold for devices in general */
  readonly regions?: readonly RegionRule[]
}

const PATH = '(7FE0,0010)'
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8]/
const RLE = '1.2.840.10008.1.2.5'
const LOSSY = /^1\.2\.840\.10008\.1\.2\.4\.(50|51|81|91|93|203)$/
/** text that is blanked may uncover the edge of more; what still stands after so many looks decides a person */
const LOOKS = 3

/** What is found on the way from an instance to its decision. */
interface Work {
  readonly instance: DataSet<'identified'>
  readonly pixels: DecodedPixels
  readonly boxes: readonly Box[]
  readonly why: readonly string[]
}

/**
 * The gate's stage for pixels. Faults of decoding and of text recognition are thrown: the gate quarantines under their
 * codes, and those of recognition can be tried again.
 */
export function pixelStage({ reader = tesseract(), regions = [] }: PixelParts = {}): PixelStage {
  const rules = [...REGION_RULES, ...regions]

  async function decide(
    instance: DataSet<'identified'>,
    context: PatientContext,
    options: PixelOptions,
  ): Promise<PixelDecision> {
    if (!attribute(instance.attributes, 'PixelData')) return { decision: 'keep', looked: false, why: 'no pixel data' }
    if (VIDEO.test(instance.transferSyntax.uid)) return { decision: 'quarantine', what: 'video', path: '(0002,0010)' }
    const why = options.cleanPixelData ? whyExamined(instance) : undefined
    return why === undefined ? untouched(instance) : examined(instance, context, why)
  }

  async function examined(
    instance: DataSet<'identified'>,
    context: PatientContext,
    why: string,
  ): Promise<PixelDecision> {
    let pixels = await decodePixels(instance)
    const known = knownRegions(instance.attributes, pixels.description, rules)
    const boxes = [...known.boxes]
    pixels = redacted(pixels, boxes)
    const judge = judgeFor(context)
    for (let look = 0; look < LOOKS; look++) {
      const found = await findText(pixels, instance.attributes, judge, reader)
      if (found.isUnsure) return { decision: 'quarantine', what: 'text on the picture that cannot be read', path: PATH }
      if (found.boxes.length === 0)
        return boxes.length > 0
          ? rewritten({ instance, pixels, boxes, why: [why, ...known.names] })
          : { ...untouched(instance), looked: true, why }
      boxes.push(...found.boxes)
      pixels = redacted(pixels, found.boxes)
    }
    return { decision: 'quarantine', what: 'text on the picture that does not go', path: PATH }
  }

  return { decide }
}

/** Native pixels stay; compressed ones lose what stands beside the picture. */
function untouched(instance: DataSet<'identified'>): Extract<PixelDecision, { looked: boolean }> {
  const { transferSyntax } = instance
  const kept = { decision: 'keep', looked: false, why: 'a kind that carries no text' } as const
  if (!transferSyntax.encapsulated || transferSyntax.uid === RLE) return kept
  const value = cleanedFragments(instance)
  if (!value) return kept
  return {
    decision: 'redact',
    looked: false,
    boxes: [],
    why: 'text beside the compressed picture',
    pixelData: memorySource(value),
    transferSyntax,
    attributes: new Map(),
  }
}

/** Changed samples are written uncompressed: what lies outside of the boxes is what the decoder gave, and stays so. */
function rewritten({ instance, pixels, boxes, why }: Work): PixelDecision {
  const { transferSyntax } = instance
  const { description } = pixels
  const attributes = new Map<Tag, string | readonly number[]>()
  const set = (keyword: string, value: string | readonly number[]) => {
    const tag = tagOf(keyword)
    if (tag === undefined) throw new Fault('internal', { keyword })
    attributes.set(tag, value)
  }
  set('DerivationDescription', 'Areas with text blanked')
  if (transferSyntax.encapsulated) {
    set('PhotometricInterpretation', description.photometricInterpretation)
    if (description.samplesPerPixel > 1) set('PlanarConfiguration', [description.planar ? 1 : 0])
  }
  if (LOSSY.test(transferSyntax.uid)) set('LossyImageCompression', '01')
  const value = Buffer.concat(pixels.frames)
  return {
    decision: 'redact',
    looked: true,
    boxes,
    why: why.join(', '),
    pixelData: memorySource(value.length % 2 ? Buffer.concat([value, Buffer.alloc(1)]) : value),
    transferSyntax: transferSyntax.encapsulated ? EXPLICIT_LITTLE_ENDIAN : transferSyntax,
    attributes,
  }
}
