/** Pixels that are looked at: decoded, their text blanked, a face taken out, and written anew where anything was. */
import { Fault } from '../../base/index.ts'
import {
  encodeRLE,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  tagOf,
  type DataSet,
  type Tag,
} from '../../standards/dicom/index.ts'
import type { PatientContext } from '../patient-context.ts'
import type { RegionRule } from '../profile/region-rule.ts'
import type { Box, PixelDecision } from '../stages.ts'
import { decodePixels, type DecodedPixels } from './decode.ts'
import { withoutFace } from './faces.ts'
import { findText, type Memory } from './find-text.ts'
import { encapsulated } from './fragments.ts'
import { quarantine, type Quarantine } from './quarantine.ts'
import { redacted } from './redact.ts'
import { knownRegions, REGION_RULES } from './regions.ts'
import { tesseract, type TextReader } from './tesseract.ts'
import { judgeFor } from './words.ts'

export interface Wish {
  /** why it is looked at for text; undefined: it is not */
  readonly why: string | undefined
  readonly hasFace: boolean
  readonly regions: readonly RegionRule[]
  /** default: tesseract of the system */
  readonly reader: TextReader | undefined
}

/** @returns a decision, or why it was looked at when there was nothing on it */
export async function cleaned(
  instance: DataSet<'identified'>,
  context: PatientContext,
  wish: Wish,
): Promise<PixelDecision | { readonly why: readonly string[] }> {
  const { why, hasFace } = wish
  const pixels = await decodePixels(instance)
  const begun: Work = { instance, pixels, looked: false, boxes: [], defaced: false, why: [] }
  const read = why === undefined ? begun : await withoutText({ ...begun, looked: true, why: [why] }, context, wish)
  if ('decision' in read) return read
  if (hasFace) return defaced(read)
  return read.boxes.length > 0 ? rewritten(read) : { why: read.why }
}

const SYSTEM = tesseract()
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

async function withoutText(
  work: Work,
  context: PatientContext,
  { regions, reader = SYSTEM }: Wish,
): Promise<Work | Quarantine> {
  const { attributes } = work.instance
  const known = knownRegions(attributes, work.pixels.description, [...REGION_RULES, ...regions])
  const boxes = [...known.boxes]
  let pixels = redacted(work.pixels, boxes)
  const judge = judgeFor(context)
  const memory: Memory = new Map()
  const blanked: Box[] = []
  // after the first look only frames that were blanked can show anything new
  let frames: readonly number[] = [...pixels.frames.keys()]
  for (let look = 0; look < LOOKS; look++) {
    const found = await findText(pixels, attributes, judge, reader, { memory, blanked, frames })
    if (found.isUnsure) return quarantine('text on the picture that cannot be read')
    if (found.boxes.length === 0) return { ...work, pixels, boxes, why: [...work.why, ...known.names] }
    boxes.push(...found.boxes)
    blanked.push(...found.boxes)
    frames = [...new Set(found.boxes.flatMap(({ frame }) => frame ?? []))]
    pixels = redacted(pixels, found.boxes)
  }
  return quarantine('text on the picture that does not go')
}

function defaced(work: Work): PixelDecision {
  const pixels = withoutFace(work.pixels, work.instance.attributes)
  if (!pixels) return quarantine('a face may be seen')
  return rewritten({ ...work, pixels, defaced: true, why: [...work.why, 'a head'] })
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
