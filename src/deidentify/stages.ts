/**
 * What the gate asks of those who know more than a profile does: free text, character sets, pixels, the finished bytes.
 * Each is given what it needs and answers with a decision; the gate acts on it. Where one is missing, the gate does what
 * is safe without it: texts are removed, suspect pixels go to quarantine.
 */
import type { ByteSource, DataSet, Tag, TransferSyntax } from '../standards/dicom/index.ts'
import type { DeviceMemories } from './character-sets.ts'
import type { PatientContext } from './patient-context.ts'
import type { Box, RegionRule } from './profile/region-rule.ts'

export type { Box } from './profile/region-rule.ts'

export interface CleanedText {
  readonly text: string
  /** kinds of what was replaced, never the value */
  readonly found: readonly { readonly kind: string; readonly count: number }[]
  /** false: something may be left; the gate then removes the value */
  readonly sure: boolean
}

export interface TextCleaner {
  clean(text: string, context: PatientContext & { readonly dateShiftDays?: number }): CleanedText
}

export type PixelDecision =
  | {
      readonly decision: 'keep'
      /** what (0028,0301) may say: NO only when somebody looked */
      readonly looked: boolean
      readonly why: string
    }
  | {
      readonly decision: 'redact'
      /** as above: text inside a compressed stream is taken out without a look at the picture */
      readonly looked: boolean
      readonly boxes: readonly Box[]
      readonly why: string
      /** the whole of the new Pixel Data, in `transferSyntax` */
      readonly pixelData: ByteSource
      readonly transferSyntax: TransferSyntax
      /** attributes that describe the new pixels, in place of the old ones */
      readonly attributes: ReadonlyMap<Tag, string | readonly number[]>
      /** recognisable features were removed too */
      readonly defaced?: boolean
    }
  | { readonly decision: 'quarantine'; readonly what: string; readonly path: string }

export interface PixelStage {
  decide(instance: DataSet<'identified'>, context: PatientContext, options: PixelOptions): Promise<PixelDecision>
}

export interface PixelOptions {
  readonly cleanPixelData: boolean
  readonly cleanRecognizableVisualFeatures: boolean
  /** of the site's devices */
  readonly regions?: readonly RegionRule[]
}

export interface Stages {
  readonly text?: TextCleaner
  /** what devices are known to write */
  readonly memories?: DeviceMemories
  readonly pixels?: PixelStage
}
