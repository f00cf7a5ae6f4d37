/**
 * Values of VR UN (PS3.5 §6.2.2): written by somebody who did not know the VR, in Implicit VR Little Endian. Where the
 * dictionary knows it, or the value is items by its form (CP-246), it is read as what it is; else it stays opaque.
 */
import {
  dictionaryEntry,
  elementHeader,
  IMPLICIT_LITTLE_ENDIAN,
  isPrivate,
  memorySource,
  readAttributes,
  type Attribute,
  type TransferSyntax,
  type VR,
} from '../standards/dicom/index.ts'

/** an item's tag in little endian */
const ITEM = [0xfe, 0xff, 0x00, 0xe0] as const

/** @returns the attribute as it should have been written; undefined when nobody can say, or bytes would have to be swapped */
export function unknownAs(attribute: Attribute, { littleEndian }: TransferSyntax): Attribute | undefined {
  if (attribute.vr !== 'UN' || !littleEndian) return undefined
  if (attribute.items) return { ...attribute, vr: 'SQ' }
  const { value, tag } = attribute
  if (!value) return undefined
  const vr = isPrivate(tag) ? undefined : dictionaryVR(tag)
  if (vr === 'SQ' || (vr === undefined && ITEM.every((byte, at) => value[at] === byte)))
    return asSequence(attribute, value)
  return vr === undefined ? undefined : { ...attribute, vr }
}

function dictionaryVR(tag: number): VR | undefined {
  const vrs = dictionaryEntry(tag)?.vrs
  return vrs?.includes('OW') ? 'OW' : vrs?.[0]
}

function asSequence(attribute: Attribute, value: Uint8Array): Attribute | undefined {
  // the header makes the items a sequence for the reader; UN of a private tag would be read as bytes, so it borrows one
  const header = elementHeader(CONTENT_SEQUENCE, 'SQ', value.length, IMPLICIT_LITTLE_ENDIAN)
  try {
    const read = readAttributes(memorySource(Buffer.concat([header, value])), IMPLICIT_LITTLE_ENDIAN)
    const items = read.byTag.get(CONTENT_SEQUENCE)?.items
    if (!items) return undefined
    const { tag, offset, valueOffset, length } = attribute
    return { tag, vr: 'SQ', offset, valueOffset, length, items }
  } catch {
    // bytes that only begin like items
    return undefined
  }
}
const CONTENT_SEQUENCE = 0x0040a730
