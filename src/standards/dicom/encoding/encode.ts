/** Writes data sets (PS3.5 §7): for what Sluice makes itself. Sequences are written with undefined lengths. */
import type { Tag } from '../dictionary/attributes.ts'
import type { TransferSyntax } from '../dictionary/transfer-syntaxes.ts'
import { hasLongLength, type VR } from './vr.ts'

/** An attribute to be written; text as ASCII, numbers for binary VRs, data sets for the items of SQ. */
export interface NewElement {
  readonly tag: Tag
  readonly vr: VR
  readonly value: Uint8Array | string | readonly number[] | readonly (readonly NewElement[])[]
}

const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
const UNDEFINED = 0xffffffff

/** @returns the elements in ascending order of tag, values padded to an even length */
export function encodeDataSet(elements: readonly NewElement[], syntax: TransferSyntax): Uint8Array {
  const pieces: Uint8Array[] = []
  const pending: (readonly NewElement[] | Uint8Array)[] = [elements]
  // a list of work instead of recursion: data sets are expanded where they stand
  while (pending.length) {
    const work = pending.pop() as readonly NewElement[] | Uint8Array
    if (work instanceof Uint8Array) {
      pieces.push(work)
      continue
    }
    const expanded = [...work].sort((a, b) => a.tag - b.tag).flatMap((element) => expand(element, syntax))
    for (let at = expanded.length - 1; at >= 0; at--) pending.push(expanded[at] as readonly NewElement[] | Uint8Array)
  }
  return Buffer.concat(pieces)
}

/** An element's header and value as bytes; the items of a sequence stay to be expanded. */
function expand({ tag, vr, value }: NewElement, syntax: TransferSyntax): (readonly NewElement[] | Uint8Array)[] {
  if (vr === 'SQ') {
    const items = value as readonly (readonly NewElement[])[]
    return [
      elementHeader(tag, vr, UNDEFINED, syntax),
      ...items.flatMap((item) => [delimiter(ITEM, UNDEFINED, syntax), item, delimiter(ITEM_DELIMITER, 0, syntax)]),
      delimiter(SEQUENCE_DELIMITER, 0, syntax),
    ]
  }
  const bytes = valueBytes(vr, value as Uint8Array | string | readonly number[], syntax.littleEndian)
  return [elementHeader(tag, vr, bytes.length, syntax), bytes]
}

const LONGEST_HEADER = 12

/** The tag, VR and length of an element as the syntax writes them: 8 or 12 bytes. */
export function elementHeader(tag: Tag, vr: VR, length: number, syntax: TransferSyntax): Uint8Array {
  const header = new Uint8Array(LONGEST_HEADER)
  return header.subarray(0, putElementHeader(header, 0, { tag, vr, length }, syntax))
}

/** @returns where the header ends in `into`, which has 12 bytes from `at` */
export function putElementHeader(
  into: Uint8Array,
  at: number,
  { tag, vr, length }: { readonly tag: Tag; readonly vr: VR; readonly length: number },
  { explicit, littleEndian }: TransferSyntax,
): number {
  setTag(into, at, tag, littleEndian)
  if (!explicit) {
    setUint32(into, at + 4, length, littleEndian)
    return at + 8
  }
  into[at + 4] = vr.charCodeAt(0)
  into[at + 5] = vr.charCodeAt(1)
  if (!hasLongLength(vr)) {
    setUint16(into, at + 6, length, littleEndian)
    return at + 8
  }
  setUint16(into, at + 6, 0, littleEndian)
  setUint32(into, at + 8, length, littleEndian)
  return at + LONGEST_HEADER
}

/** An item or a delimiter (PS3.5 §7.5): 8 bytes. */
export function delimiter(tag: Tag, length: number, { littleEndian }: TransferSyntax): Uint8Array {
  const bytes = new Uint8Array(8)
  setTag(bytes, 0, tag, littleEndian)
  setUint32(bytes, 4, length, littleEndian)
  return bytes
}

function setTag(bytes: Uint8Array, at: number, tag: Tag, littleEndian: boolean): void {
  setUint16(bytes, at, tag >>> 16, littleEndian)
  setUint16(bytes, at + 2, tag, littleEndian)
}

// several times as fast as a DataView made for one header
function setUint16(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  bytes[littleEndian ? at : at + 1] = value
  bytes[littleEndian ? at + 1 : at] = value >>> 8
}

function setUint32(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  setUint16(bytes, littleEndian ? at : at + 2, value, littleEndian)
  setUint16(bytes, littleEndian ? at + 2 : at, value >>> 16, littleEndian)
}

/** A value as bytes of even length: text padded with a space, UIDs and bytes with a NUL (PS3.5 §6.2). */
export function valueBytes(vr: VR, value: Uint8Array | string | readonly number[], littleEndian: boolean): Uint8Array {
  if (value instanceof Uint8Array) return padded(value, 0)
  if (typeof value === 'string') return padded(Buffer.from(value, 'latin1'), vr === 'UI' ? 0 : 0x20)
  const writer = WRITERS[vr]
  if (!writer) throw new TypeError(`numbers are not a value of ${vr}`)
  const [bytes, write] = writer
  const out = new Uint8Array(value.length * bytes)
  const view = new DataView(out.buffer)
  for (const [at, number] of value.entries()) write(view, at * bytes, number, littleEndian)
  return out
}

function padded(bytes: Uint8Array, pad: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes
  const even = new Uint8Array(bytes.length + 1)
  even.set(bytes)
  even[bytes.length] = pad
  return even
}

const WRITERS: Readonly<
  Partial<Record<VR, readonly [bytes: number, (view: DataView, at: number, value: number, le: boolean) => void]>>
> = {
  US: [2, (v, at, n, le) => v.setUint16(at, n, le)],
  SS: [2, (v, at, n, le) => v.setInt16(at, n, le)],
  OW: [2, (v, at, n, le) => v.setUint16(at, n, le)],
  UL: [4, (v, at, n, le) => v.setUint32(at, n, le)],
  SL: [4, (v, at, n, le) => v.setInt32(at, n, le)],
  FL: [4, (v, at, n, le) => v.setFloat32(at, n, le)],
  OF: [4, (v, at, n, le) => v.setFloat32(at, n, le)],
  FD: [8, (v, at, n, le) => v.setFloat64(at, n, le)],
  OD: [8, (v, at, n, le) => v.setFloat64(at, n, le)],
  UV: [8, (v, at, n, le) => v.setBigUint64(at, BigInt(n), le)],
  SV: [8, (v, at, n, le) => v.setBigInt64(at, BigInt(n), le)],
  AT: [4, (v, at, n, le) => (v.setUint16(at, n >>> 16, le), v.setUint16(at + 2, n & 0xffff, le))],
}
