/** A data set's attributes as a tree: small values in memory, large ones as ranges of the source. */
import { dictionaryEntry, tagOf, type Tag } from '../dictionary/attributes.ts'
import type { TransferSyntax } from '../dictionary/transfer-syntaxes.ts'
import type { ByteSource } from '../source.ts'
import { decoderOf } from '../character-sets/decode.ts'
import { latin1 } from './latin1.ts'
import { DataSetScanner, type ScanOptions } from './scanner.ts'
import type { VR } from './vr.ts'

export interface Attribute {
  readonly tag: Tag
  readonly vr: VR
  /** of the tag, absolute in the source */
  readonly offset: number
  readonly valueOffset: number
  /** of the value in bytes; -1: undefined */
  readonly length: number
  /** absent for sequences, fragments and values larger than `keepBytes` */
  readonly value?: Uint8Array
  readonly items?: readonly Attributes[]
  /** of encapsulated pixel data, the Basic Offset Table first */
  readonly fragments?: readonly { readonly offset: number; readonly length: number }[]
}

export interface Attributes {
  readonly byTag: ReadonlyMap<Tag, Attribute>
  readonly littleEndian: boolean
  /** Specific Character Set of this data set, or of what holds it (PS3.5 §7.5.3) */
  readonly characterSets: readonly string[]
}

interface Growing extends Attributes {
  readonly byTag: Map<Tag, Attribute>
  characterSets: readonly string[]
}

const SPECIFIC_CHARACTER_SET = 0x00080005

/**
 * Reads a data set up to its end, or up to the attribute `stopBefore`.
 * @throws Fault as DataSetScanner.next does
 */
export function readAttributes(
  source: ByteSource,
  syntax: TransferSyntax,
  options: ScanOptions & { readonly stopBefore?: Tag } = {},
): Attributes {
  const scanner = new DataSetScanner(source, syntax, options)
  const grow = (characterSets: readonly string[]): Growing => ({
    byTag: new Map(),
    littleEndian: syntax.littleEndian,
    characterSets,
  })
  const root = grow([])
  const open: { into: Growing; items?: Growing[] | undefined; fragments?: { offset: number; length: number }[] }[] = [
    { into: root },
  ]
  for (let event = scanner.next(); event; event = scanner.next()) {
    const top = open[open.length - 1]
    if (!top) break
    if (event.kind === 'element') {
      if (event.depth === 0 && options.stopBefore !== undefined && event.tag >= options.stopBefore) break
      top.into.byTag.set(event.tag, event)
      if (event.tag === SPECIFIC_CHARACTER_SET && event.value) top.into.characterSets = split(latin1(event.value))
    } else if (event.kind === 'sequence') {
      const items: Growing[] = []
      top.into.byTag.set(event.tag, { ...event, items })
      open.push({ into: top.into, items })
    } else if (event.kind === 'item') {
      const into = grow(top.into.characterSets)
      top.items?.push(into)
      open.push({ into })
    } else if (event.kind === 'fragments') {
      if (event.depth === 0 && options.stopBefore !== undefined && event.tag >= options.stopBefore) break
      const fragments: { offset: number; length: number }[] = []
      top.into.byTag.set(event.tag, { ...event, length: -1, fragments })
      open.push({ into: top.into, fragments })
    } else if (event.kind === 'fragment') top.fragments?.push({ offset: event.valueOffset, length: event.length })
    else open.pop()
  }
  return root
}

/** The attribute of a PS3.6 keyword or a tag, if the data set has it. */
export function attribute(attributes: Attributes, key: string | Tag): Attribute | undefined {
  const tag = typeof key === 'number' ? key : tagOf(key)
  return tag === undefined ? undefined : attributes.byTag.get(tag)
}

/**
 * The values of an attribute made of characters, decoded, without padding.
 * @returns empty when the attribute is absent, empty, binary, or larger than was kept
 */
export function strings(attributes: Attributes, key: string | Tag): readonly string[] {
  const found = attribute(attributes, key)
  if (!found?.value?.length) return []
  return decodeStrings(
    found.vr === 'UN' ? (dictionaryEntry(found.tag)?.vrs[0] ?? 'UN') : found.vr,
    found.value,
    attributes.characterSets,
  )
}

/** The first value of `strings`. */
export const text = (attributes: Attributes, key: string | Tag): string | undefined => strings(attributes, key)[0]

/** Values of characters split at backslashes where their VR allows several (PS3.5 §6.4), without padding. */
export function decodeStrings(vr: VR, value: Uint8Array, characterSets: readonly string[]): readonly string[] {
  if (vr === 'LT' || vr === 'ST' || vr === 'UT') return [decoderOf(characterSets)(value).replace(/[ \0]+$/, '')]
  if (vr === 'UR') return [latin1(value).replace(/[ \0]+$/, '')]
  if (vr === 'PN' || vr === 'LO' || vr === 'SH' || vr === 'UC') return split(decoderOf(characterSets)(value))
  return split(latin1(value))
}

/** The values of a numeric attribute; of DS and IS those that are numbers. Empty when absent. */
export function numbers(attributes: Attributes, key: string | Tag): readonly number[] {
  const found = attribute(attributes, key)
  if (!found?.value) return []
  if (found.vr === 'DS' || found.vr === 'IS')
    return split(latin1(found.value))
      .map((word) => (word === '' ? Number.NaN : Number(word)))
      .filter(Number.isFinite)
  return binaryNumbers(found.vr, found.value, attributes.littleEndian)
}

/** Values of a binary VR of fixed size; 64-bit integers beyond 2^53 lose precision. */
export function binaryNumbers(vr: VR, value: Uint8Array, littleEndian: boolean): readonly number[] {
  const reader = READERS[vr]
  if (!reader) return []
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const [bytes, read] = reader
  return Array.from({ length: Math.floor(value.length / bytes) }, (_, at) => read(view, at * bytes, littleEndian))
}

const READERS: Readonly<
  Partial<Record<VR, readonly [bytes: number, (view: DataView, at: number, le: boolean) => number]>>
> = {
  US: [2, (v, at, le) => v.getUint16(at, le)],
  SS: [2, (v, at, le) => v.getInt16(at, le)],
  UL: [4, (v, at, le) => v.getUint32(at, le)],
  SL: [4, (v, at, le) => v.getInt32(at, le)],
  FL: [4, (v, at, le) => v.getFloat32(at, le)],
  FD: [8, (v, at, le) => v.getFloat64(at, le)],
  UV: [8, (v, at, le) => Number(v.getBigUint64(at, le))],
  SV: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
  AT: [4, (v, at, le) => v.getUint16(at, le) * 65536 + v.getUint16(at + 2, le)],
}

/** The items of a sequence; empty when absent. */
export const items = (attributes: Attributes, key: string | Tag): readonly Attributes[] =>
  attribute(attributes, key)?.items ?? []

const split = (value: string): readonly string[] => value.split('\\').map((part) => part.replace(/^ +|[ \0]+$/g, ''))
