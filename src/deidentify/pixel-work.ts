/** What the stage for pixels decided, as attributes to be written, marks and a line of the report. */
import { Fault } from '../base/index.ts'
import {
  attribute,
  dictionaryEntry,
  elementHeader,
  numbers,
  type DataSet,
  type NewElement,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { mayShowFace } from './faces.ts'
import { encoded, type Encoded, type PixelMarks } from './marks.ts'
import type { PatientContext } from './patient-context.ts'
import type { Profile } from './profile/compile.ts'
import type { PixelReport } from './report.ts'
import type { PixelDecision, PixelStage } from './stages.ts'

export interface PixelWork {
  /** of the file that will be written */
  readonly transferSyntax: TransferSyntax
  /** in place of what describes and holds the pixels now */
  readonly inserts: readonly Encoded[]
  readonly marks: PixelMarks
  readonly report: PixelReport
}

const PIXEL_DATA = 0x7fe00010
const UNDEFINED = 0xffffffff

/**
 * @throws Fault 'not-deidentified' when the stage cannot be sure, or a face cannot be taken out; what the stage throws
 */
export async function pixelWork(
  instance: DataSet<'identified'>,
  context: PatientContext,
  { options, source }: Profile,
  stage: PixelStage | undefined,
): Promise<PixelWork> {
  const wantsNoFace = options.has('clean-recognizable-visual-features') && mayShowFace(instance)
  const decision: PixelDecision = (await stage?.decide(instance, context, {
    cleanPixelData: options.has('clean-pixel-data'),
    cleanRecognizableVisualFeatures: wantsNoFace,
    regions: source.regions ?? [],
  })) ?? { decision: 'keep', looked: false, why: 'nobody looks at pixels here' }
  if (decision.decision === 'quarantine')
    throw new Fault('not-deidentified', { what: decision.what, path: decision.path })
  const isDefaced = decision.decision === 'redact' && decision.defaced === true
  if (wantsNoFace && !isDefaced)
    throw new Fault('not-deidentified', { what: 'a face may be seen', path: '(7FE0,0010)' })
  const { looked, why } = decision
  const marks: PixelMarks = {
    ...(looked ? { burnedIn: 'NO' } : {}),
    ...(isDefaced ? { recognizable: 'NO' } : mayShowFace(instance) ? { recognizable: 'YES' } : {}),
    applied: [
      ...(looked ? (['clean-pixel-data'] as const) : []),
      ...(isDefaced ? (['clean-recognizable-visual-features'] as const) : []),
    ],
  }
  if (decision.decision === 'keep')
    return {
      transferSyntax: instance.transferSyntax,
      inserts: [],
      marks,
      report: { decision: 'unchanged', looked, why },
    }
  const { transferSyntax, boxes } = decision
  return {
    transferSyntax,
    inserts: [...described(decision, transferSyntax), ...WITHOUT_OFFSETS, newPixels(instance, decision)],
    marks,
    report: { decision: 'redacted', looked, why, boxes, ...(isDefaced ? { defaced: true } : {}) },
  }
}

/** Extended Offset Tables point into pixels that are no more: nothing takes their place */
const WITHOUT_OFFSETS: readonly Encoded[] = [0x7fe00001, 0x7fe00002].map((tag) => ({ tag, bytes: new Uint8Array() }))

type Redaction = Extract<PixelDecision, { decision: 'redact' }>

const described = ({ attributes }: Redaction, syntax: TransferSyntax): readonly Encoded[] =>
  [...attributes].map(([tag, value]) =>
    encoded({ tag, vr: dictionaryEntry(tag)?.vrs[0] ?? 'UN', value } satisfies NewElement, syntax),
  )

function newPixels({ attributes }: DataSet<'identified'>, { pixelData, transferSyntax }: Redaction): Encoded {
  const value = pixelData.read(0, pixelData.sizeBytes)
  const isWide = (numbers(attributes, 'BitsAllocated')[0] ?? 16) > 8
  const was = attribute(attributes, PIXEL_DATA)
  const vr = transferSyntax.encapsulated ? 'OB' : was && !was.fragments ? was.vr : isWide ? 'OW' : 'OB'
  const length = transferSyntax.encapsulated ? UNDEFINED : value.length
  return { tag: PIXEL_DATA, bytes: Buffer.concat([elementHeader(PIXEL_DATA, vr, length, transferSyntax), value]) }
}
