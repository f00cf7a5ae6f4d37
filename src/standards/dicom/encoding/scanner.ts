/**
 * Walks the structure of a data set (PS3.5 §7) without recursion: a stack of frames, one event a call. Values are read
 * only when they are small enough to be kept; larger ones are stepped over. Nothing is allocated by an announced length.
 */
import { Fault, type FaultCode } from '../../../base/index.ts'
import { dictionaryEntry, formatTag, isPrivate, type Tag } from '../dictionary/attributes.ts'
import { IMPLICIT_LITTLE_ENDIAN, type TransferSyntax } from '../dictionary/transfer-syntaxes.ts'
import { LIMITS } from '../limits.ts'
import type { ByteSource } from '../source.ts'
import { UNDEFINED_LENGTH, type DataSetEvent } from './events.ts'
import { hasLongLength, vrOfCode, type VR } from './vr.ts'
import { Window } from './window.ts'

export interface ScanOptions {
  readonly startOffset?: number
  /** default: the end of the source */
  readonly endOffset?: number
  /** values up to this length come with the event; default 64 KiB, at most LIMITS.keptValueBytes */
  readonly keepBytes?: number
}

const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
const PIXEL_DATA = 0x7fe00010

interface Frame {
  readonly kind: 'data set' | 'item' | 'sequence' | 'fragments'
  readonly offset: number
  /** where it must end; undefined length: UNDEFINED_LENGTH */
  readonly end: number
  /** where it must end at the latest, its own end or that of what holds it */
  readonly limit: number
  readonly tag: Tag
  readonly explicit: boolean
  readonly littleEndian: boolean
  /** of the next item or fragment */
  index: number
  lastTag: Tag
}

export class DataSetScanner {
  readonly #window: Window
  readonly #keepBytes: number
  readonly #stack: Frame[]
  #at: number
  #count = 0

  /** @param syntax of the bytes as they stand; a deflated data set is inflated before */
  constructor(source: ByteSource, syntax: TransferSyntax, options: ScanOptions = {}) {
    const { startOffset = 0, endOffset = source.sizeBytes, keepBytes = 65_536 } = options
    this.#window = new Window(source)
    this.#keepBytes = Math.min(keepBytes, LIMITS.keptValueBytes.value)
    this.#at = startOffset
    const { explicit, littleEndian } = syntax
    this.#stack = [
      {
        kind: 'data set',
        offset: startOffset,
        end: endOffset,
        limit: endOffset,
        tag: 0,
        explicit,
        littleEndian,
        index: 0,
        lastTag: -1,
      },
    ]
  }

  /**
   * @returns the next event; undefined when the data set ended where it should
   * @throws Fault 'truncated', 'malformed' or 'limit-exceeded', with path and offset
   */
  next(): DataSetEvent | undefined {
    const frame = this.#top
    if (frame.end !== UNDEFINED_LENGTH && this.#at >= frame.end) return this.#endByLength(frame)
    if (++this.#count > LIMITS.elements.value) this.#fail('limit-exceeded', 'elements')
    if (frame.kind === 'sequence') return this.#item(frame)
    if (frame.kind === 'fragments') return this.#fragment(frame)
    return this.#element(frame)
  }

  /** Where the scan stands: `(0008,1140)[0].(0008,1155)` */
  get path(): string {
    let path = ''
    for (const { kind, index, lastTag } of this.#stack) {
      if (kind === 'sequence' || kind === 'fragments') path += `[${Math.max(0, index - 1)}]`
      else if (lastTag >= 0) path += (kind === 'item' ? '.' : '') + formatTag(lastTag)
    }
    return path
  }

  get offset(): number {
    return this.#at
  }

  get #top(): Frame {
    return this.#stack[this.#stack.length - 1] as Frame
  }

  #endByLength(frame: Frame): DataSetEvent | undefined {
    if (this.#at > frame.end) this.#fail('malformed', 'length')
    if (frame.kind === 'data set') return undefined
    this.#stack.pop()
    const kind = frame.kind === 'item' ? 'end-item' : frame.kind === 'sequence' ? 'end-sequence' : 'end-fragments'
    return { kind, offset: this.#at, endOffset: this.#at, depth: this.#stack.length - 1 }
  }

  #element(frame: Frame): DataSetEvent {
    const offset = this.#at
    const head = this.#head(8, frame)
    const tag = tagAt(this.#window.bytes, head, frame.littleEndian)
    if (tag === ITEM_DELIMITER && frame.kind === 'item' && frame.end === UNDEFINED_LENGTH)
      return this.#delimited('end-item', head, frame)
    if (tag >>> 16 === 0xfffe) this.#fail('malformed', 'delimiter')
    if (tag <= frame.lastTag) this.#fail('malformed', 'order')
    frame.lastTag = tag
    const vr = frame.explicit ? this.#explicitVR(head) : implicitVR(tag)
    const headerBytes = frame.explicit && hasLongLength(vr) ? 12 : 8
    const length = frame.explicit ? this.#explicitLength(head, headerBytes, frame) : this.#length(head + 4, frame)
    const valueOffset = offset + headerBytes
    this.#at = valueOffset
    if (length === UNDEFINED_LENGTH) return this.#undefinedLength(frame, tag, vr, offset, valueOffset)
    if (valueOffset + length > frame.limit) this.#fail(this.#pastTheEnd(frame), 'value')
    if (vr === 'SQ') {
      this.#push('sequence', frame, {
        offset,
        end: valueOffset + length,
        tag,
        explicit: frame.explicit,
        littleEndian: frame.littleEndian,
      })
      return { kind: 'sequence', tag, vr, offset, valueOffset, length, depth: this.#stack.length - 2 }
    }
    this.#at = valueOffset + length
    const depth = this.#stack.length - 1
    if (length > this.#keepBytes) return { kind: 'element', tag, vr, offset, valueOffset, length, depth }
    return {
      kind: 'element',
      tag,
      vr,
      offset,
      valueOffset,
      length,
      depth,
      value: this.#window.slice(valueOffset, length),
    }
  }

  #explicitVR(head: number): VR {
    const { bytes } = this.#window
    return vrOfCode(((bytes[head + 4] as number) << 8) | (bytes[head + 5] as number)) ?? this.#fail('malformed', 'vr')
  }

  #explicitLength(head: number, headerBytes: number, frame: Frame): number {
    if (headerBytes === 12) return this.#length(this.#head(12, frame) + 8, frame)
    const [a, b] = [this.#window.bytes[head + 6] as number, this.#window.bytes[head + 7] as number]
    return frame.littleEndian ? a | (b << 8) : (a << 8) | b
  }

  /** PS3.5 §7.5 sequences, §A.4 fragments, §6.2.2 note 2 (CP-246): UN of undefined length is a sequence in Implicit VR Little Endian */
  #undefinedLength(frame: Frame, tag: Tag, vr: VR, offset: number, valueOffset: number): DataSetEvent {
    const depth = this.#stack.length - 1
    if (vr === 'SQ' || vr === 'UN') {
      const inside = vr === 'UN' ? IMPLICIT_LITTLE_ENDIAN : frame
      this.#push('sequence', frame, {
        offset,
        end: UNDEFINED_LENGTH,
        tag,
        explicit: inside.explicit,
        littleEndian: inside.littleEndian,
      })
      return { kind: 'sequence', tag, vr, offset, valueOffset, length: UNDEFINED_LENGTH, depth }
    }
    if ((vr !== 'OB' && vr !== 'OW') || (tag !== PIXEL_DATA && !isPrivate(tag))) this.#fail('malformed', 'length')
    this.#push('fragments', frame, {
      offset,
      end: UNDEFINED_LENGTH,
      tag,
      explicit: frame.explicit,
      littleEndian: frame.littleEndian,
    })
    return { kind: 'fragments', tag, vr, offset, valueOffset, depth }
  }

  #item(frame: Frame): DataSetEvent {
    const offset = this.#at
    const head = this.#head(8, frame)
    const tag = tagAt(this.#window.bytes, head, frame.littleEndian)
    if (tag === SEQUENCE_DELIMITER && frame.end === UNDEFINED_LENGTH)
      return this.#delimited('end-sequence', head, frame)
    if (tag !== ITEM) this.#fail('malformed', 'item')
    const length = this.#length(head + 4, frame)
    const valueOffset = offset + 8
    this.#at = valueOffset
    const index = frame.index++
    if (length !== UNDEFINED_LENGTH && valueOffset + length > frame.limit) this.#fail(this.#pastTheEnd(frame), 'item')
    this.#push('item', frame, {
      offset,
      end: length === UNDEFINED_LENGTH ? length : valueOffset + length,
      tag: 0,
      explicit: frame.explicit,
      littleEndian: frame.littleEndian,
    })
    return { kind: 'item', offset, valueOffset, length, index, depth: this.#stack.length - 2 }
  }

  #fragment(frame: Frame): DataSetEvent {
    const offset = this.#at
    const head = this.#head(8, frame)
    const tag = tagAt(this.#window.bytes, head, frame.littleEndian)
    if (tag === SEQUENCE_DELIMITER) return this.#delimited('end-fragments', head, frame)
    if (tag !== ITEM) this.#fail('malformed', 'fragment')
    const length = this.#length(head + 4, frame)
    if (length === UNDEFINED_LENGTH) this.#fail('malformed', 'fragment')
    if (offset + 8 + length > frame.limit) this.#fail('truncated', 'fragment')
    this.#at = offset + 8 + length
    return {
      kind: 'fragment',
      offset,
      valueOffset: offset + 8,
      length,
      index: frame.index++,
      depth: this.#stack.length - 1,
    }
  }

  #delimited(kind: 'end-item' | 'end-sequence' | 'end-fragments', head: number, frame: Frame): DataSetEvent {
    if (this.#length(head + 4, frame) !== 0) this.#fail('malformed', 'delimiter')
    const offset = this.#at
    this.#at = offset + 8
    this.#stack.pop()
    return { kind, offset, endOffset: this.#at, depth: this.#stack.length - 1 }
  }

  #push(
    kind: Frame['kind'],
    parent: Frame,
    frame: Pick<Frame, 'offset' | 'end' | 'tag' | 'explicit' | 'littleEndian'>,
  ): void {
    // a sequence and its item are two frames of one level
    if (this.#stack.length > LIMITS.sequenceDepth.value * 2) this.#fail('limit-exceeded', 'depth')
    this.#stack.push({
      ...frame,
      kind,
      limit: frame.end === UNDEFINED_LENGTH ? parent.limit : frame.end,
      index: 0,
      lastTag: -1,
    })
  }

  /** @returns where in the window the next `length` bytes stand */
  #head(length: number, frame: Frame): number {
    if (this.#at + length > frame.limit) this.#fail(this.#pastTheEnd(frame), 'header')
    return this.#window.at(this.#at, length)
  }

  #length(at: number, { littleEndian }: Frame): number {
    return lengthAt(this.#window.bytes, at, littleEndian)
  }

  /** Past the end of everything is cut off; past the end of what holds it is wrong. */
  #pastTheEnd(frame: Frame): FaultCode {
    return frame.limit === this.#stack[0]?.end ? 'truncated' : 'malformed'
  }

  #fail(code: FaultCode, what: string): never {
    throw new Fault(code, { path: this.path, offset: this.#at, what })
  }
}

function tagAt(bytes: Uint8Array, at: number, littleEndian: boolean): Tag {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number, number]
  return littleEndian ? ((b << 24) | (a << 16) | (d << 8) | c) >>> 0 : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

function lengthAt(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number, number]
  const length = (littleEndian ? (d << 24) | (c << 16) | (b << 8) | a : (a << 24) | (b << 16) | (c << 8) | d) >>> 0
  return length === 0xffffffff ? UNDEFINED_LENGTH : length
}

/** In Implicit VR the dictionary gives the VR (PS3.5 §7.1.3); of several the one that copies safely. */
function implicitVR(tag: Tag): VR {
  const element = tag & 0xffff
  if (element === 0) return 'UL'
  if (isPrivate(tag)) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN'
  const vrs = dictionaryEntry(tag)?.vrs
  if (!vrs) return 'UN'
  return vrs.includes('OW') ? 'OW' : (vrs[0] ?? 'UN')
}
