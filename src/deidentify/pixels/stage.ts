/** The pixels of an instance: which are looked at, and which stay as they are. */
import { attribute, memorySource, type DataSet } from '../../standards/dicom/index.ts'
import type { PatientContext } from '../patient-context.ts'
import type { RegionRule } from '../profile/region-rule.ts'
import type { PixelDecision, PixelOptions, PixelStage } from '../stages.ts'
import { cleanedFragments } from './fragments.ts'
import { whyExamined } from './needs.ts'
import { quarantine } from './quarantine.ts'
import { fits } from './regions.ts'
import type { TextReader } from './tesseract.ts'

export interface PixelParts {
  /** default: tesseract of the system */
  readonly reader?: TextReader
}

const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8]/
const RLE = '1.2.840.10008.1.2.5'

/**
 * The gate's stage for pixels. Faults of decoding and of text recognition are thrown: the gate quarantines under their
 * codes.
 * @returns with `cleanRecognizableVisualFeatures`, which is asked for what may show a face: its copy without, or quarantine
 */
export function pixelStage({ reader }: PixelParts = {}): PixelStage {
  async function decide(
    instance: DataSet<'identified'>,
    context: PatientContext,
    options: PixelOptions,
  ): Promise<PixelDecision> {
    if (!attribute(instance.attributes, 'PixelData')) return { decision: 'keep', looked: false, why: 'no pixel data' }
    if (VIDEO.test(instance.transferSyntax.uid)) return quarantine('video', '(0002,0010)')
    const { cleanRecognizableVisualFeatures: hasFace, regions = [] } = options
    if (hasFace && !(await import('./faces.ts')).isAxialHeadCT(instance)) return quarantine('a face may be seen')
    const why = options.cleanPixelData ? (whyExamined(instance) ?? whyOfSite(instance, regions)) : undefined
    if (why === undefined && !hasFace) return untouched(instance)
    // decoders and readers are loaded by those who need them: most instances do not
    const { cleaned } = await import('./clean.ts')
    const done = await cleaned(instance, context, { why, hasFace, regions, reader })
    return 'decision' in done ? done : { ...untouched(instance), looked: true, why: done.why.join(', ') }
  }

  return { decide }
}

/** a site knows of text where nobody would look */
const whyOfSite = ({ attributes }: DataSet<'identified'>, regions: readonly RegionRule[]): string | undefined =>
  regions.some((rule) => fits(rule, attributes)) ? 'a device of which the site knows' : undefined

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
