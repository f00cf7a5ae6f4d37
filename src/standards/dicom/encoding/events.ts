/** What a scan of a data set says, in stream order. Offsets are absolute in the source, lengths in bytes. */
import type { Tag } from '../dictionary/attributes.ts'
import type { VR } from './vr.ts'

/** announced instead of a length: the value ends at a delimiter (PS3.5 §7.1.1) */
export const UNDEFINED_LENGTH = -1

interface At {
  /** of the tag */
  readonly offset: number
  readonly depth: number
}

export interface ElementEvent extends At {
  readonly kind: 'element'
  readonly tag: Tag
  readonly vr: VR
  readonly valueOffset: number
  readonly length: number
  /** the value's bytes when `length` is at most `keepBytes` */
  readonly value?: Uint8Array
}
export interface SequenceEvent extends At {
  readonly kind: 'sequence'
  readonly tag: Tag
  readonly vr: VR
  readonly valueOffset: number
  readonly length: number
}
export interface ItemEvent extends At {
  readonly kind: 'item'
  readonly valueOffset: number
  readonly length: number
  /** from 0 */
  readonly index: number
}
export interface FragmentsEvent extends At {
  readonly kind: 'fragments'
  readonly tag: Tag
  readonly vr: VR
  readonly valueOffset: number
}
export interface FragmentEvent extends At {
  readonly kind: 'fragment'
  readonly valueOffset: number
  readonly length: number
  /** from 0; the first is the Basic Offset Table (PS3.5 §A.4) */
  readonly index: number
}
export interface EndEvent extends At {
  readonly kind: 'end-item' | 'end-sequence' | 'end-fragments'
  /** behind the delimiter, where there is one */
  readonly endOffset: number
}

export type DataSetEvent = ElementEvent | SequenceEvent | ItemEvent | FragmentsEvent | FragmentEvent | EndEvent
