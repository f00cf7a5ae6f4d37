/** The pixels of an instance: which are looked at, what is blanked, and when nobody can be sure. */
import { Fault } from '../../base/index.ts'
import {
  attribute,
  encodeRLE,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  tagOf,
  type DataSet,
  type Tag,
} from '../../standards/dicom/index.ts'
import type { PatientContext } from '../patient-context.ts'
import type { RegionRule } from '../profile/region-rule.ts'
import type { Box, PixelDecision, PixelOptions, PixelStage } from '../stages.ts'
import { decodePixels, type DecodedPixels } from './decode.ts'
import { isAxialHeadCT, withoutFace } from './faces.ts'
import { findText } from './find-text.ts'
import { cleanedFragments, encapsulated } from './fragments.ts'
import { whyExamined } from './needs.ts'
import { redacted } from './redact.ts'
import { fits, knownRegions, REGION_RULES } from './regions.ts'
import { tesseract, type TextReader } from './tesseract.ts'
import { judgeFor } from './words.ts'

export interface PixelParts {
  /** default: tesseract of the system */
  readonly reader?: TextReader
}

const PATH = '(7FE0,0010)'
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8]/
const RLE = '1.2.840.10008.1.2.5'
const LOSSY = /^1\.2\.840\.10008\.1\.2\.4\.(50|51|81|91|93|203)$/
/** text that is blanked may uncover the edge of more; what still stands after so many looks decides a person */
const LOOKS = 3

/** What is known on the way from an instance to its decision. */
interface Work {
  readonly instance: DataSet<'identified'>
  readonly pixels: DecodedPixels
  readonly looked: boolean
  readonly boxes: readonly Box[]
  readonly defaced: boolean
  readonly why: readonly string[]
}
type Quarantine = Extract<PixelDecision, { decision: 'quarantine' }>

const quarantine = (what: string, path = PATH): Quarantine => ({ decision: 'quarantine', what, path })

/**
 * The gate's stage for pixels. Faults of decoding and of text recognition are thrown: the gate quarantines under their
 * codes.
 * @returns with `cleanRecognizableVisualFeatures`, which is asked for what may show a face: its copy without, or quarantine
 */
export function pixelStage({ reader = tesseract() }: PixelParts = {}): PixelStage {
  async function decide(
    instance: DataSet<'identified'>,
    context: PatientContext,
    options: PixelOptions,
  ): Promise<PixelDecision> {
    if (!attribute(instance.attributes, 'PixelData')) return { decision: 'keep', looked: false, why: 'no pixel data' }
    if (VIDEO.test(instance.transferSyntax.uid)) return quarantine('video', '(0002,0010)')
    const { cleanRecognizableVisualFeatures: hasFace, regions = [] } = options
    if (hasFace && !isAxialHeadCT(instance)) return quarantine('a face may be seen')
    const why = options.cleanPixelData ? (whyExamined(instance) ?? whyOfSite(instance, regions)) : undefined
    if (why === undefined && !hasFace) return untouched(instance)
    const pixels = await decodePixels(instance)
    const begun: Work = { instance, pixels, looked: false, boxes: [], defaced: false, why: [] }
    const read = why === undefined ? begun : await withoutText({ ...begun, looked: true, why: [why] }, context, regions)
    if ('decision' in read) return read
    if (hasFace) return defaced(read)
    return read.boxes.length > 0 ? rewritten(read) : { ...untouched(instance), looked: true, why: read.why.join(', ') }
  }

  async function withoutText(
    work: Work,
    context: PatientContext,
    regions: readonly RegionRule[],
  ): Promise<Work | Quarantine> {
    const { attributes } = work.instance
    const known = knownRegions(attributes, work.pixels.description, [...REGION_RULES, ...regions])
    const boxes = [...known.boxes]
    let pixels = redacted(work.pixels, boxes)
    const judge = judgeFor(context)
    // after the first look only frames that were blanked can show anything new
    let frames: readonly number[] | undefined
    for (let look = 0; look < LOOKS; look++) {
      const found = await findText(pixels, attributes, judge, reader, frames)
      if (found.isUnsure) return quarantine('text on the picture that cannot be read')
      if (found.boxes.length === 0) return { ...work, pixels, boxes, why: [...work.why, ...known.names] }
      boxes.push(...found.boxes)
      frames = [...new Set(found.boxes.flatMap(({ frame }) => frame ?? []))]
      pixels = redacted(pixels, found.boxes)
    }
    return quarantine('text on the picture that does not go')
  }

  return { decide }
}

/** a site knows of text where nobody would look */
const whyOfSite = ({ attributes }: DataSet<'identified'>, regions: readonly RegionRule[]): string | undefined =>
  regions.some((rule) => fits(rule, attributes)) ? 'a device of which the site knows' : undefined

function defaced(work: Work): PixelDecision {
  const pixels = withoutFace(work.pixels, work.instance.attributes)
  if (!pixels) return quarantine('a face may be seen')
  return rewritten({ ...work, pixels, defaced: true, why: [...work.why, 'a head'] })
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

/**
 * What lies outside of the boxes is what the decoder gave, and stays so: RLE, some of whose colours (YBR_FULL of PS3.3
 * §C.8.5.6.1.2) are allowed in no other syntax, is written as RLE again, all else uncompressed.
 */
function rewritten({ instance, pixels, looked, boxes, defaced, why }: Work): PixelDecision {
  const { transferSyntax } = instance
  const { description } = pixels
  const attributes = new Map<Tag, string | readonly number[]>()
  const set = (keyword: string, value: string | readonly number[]) => {
    const tag = tagOf(keyword)
    if (tag === undefined) throw new Fault('internal', { keyword })
    attributes.set(tag, value)
  }
  const done = [...(boxes.length > 0 ? ['Areas with text blanked'] : []), ...(defaced ? ['Face blanked'] : [])]
  set('DerivationDescription', done.join(', '))
  const isRLE = transferSyntax.uid === RLE
  if (transferSyntax.encapsulated && !isRLE) {
    set('PhotometricInterpretation', description.photometricInterpretation)
    if (description.samplesPerPixel > 1) set('PlanarConfiguration', [description.planar ? 1 : 0])
  }
  if (LOSSY.test(transferSyntax.uid)) set('LossyImageCompression', '01')
  const value = isRLE
    ? encapsulated(pixels.frames.map((frame) => encodeRLE(frame, description)))
    : evenly(Buffer.concat(pixels.frames))
  return {
    decision: 'redact',
    looked,
    boxes,
    defaced,
    why: why.join(', '),
    pixelData: memorySource(value),
    transferSyntax: transferSyntax.encapsulated && !isRLE ? EXPLICIT_LITTLE_ENDIAN : transferSyntax,
    attributes,
  }
}

const evenly = (bytes: Buffer): Buffer => (bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes)
