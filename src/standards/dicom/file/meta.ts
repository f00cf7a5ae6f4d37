/** File Meta Information (PS3.10 §7.1): preamble, prefix and group 0002. */
import { Fault, Recent } from '../../../base/index.ts'
import type { Tag } from '../dictionary/attributes.ts'
import { EXPLICIT_LITTLE_ENDIAN } from '../dictionary/transfer-syntaxes.ts'
import { isUID, toUID, type UID } from '../dictionary/uid.ts'
import { text, type Attributes } from '../encoding/attributes.ts'
import { elementHeader, encodeDataSet, valueBytes, type NewElement } from '../encoding/encode.ts'
import type { ElementEvent } from '../encoding/events.ts'
import { DataSetScanner } from '../encoding/scanner.ts'
import type { ByteSource } from '../source.ts'

/** Ours, made once from a UUID (PS3.5 §B.2). */
export const IMPLEMENTATION_CLASS_UID = '2.25.264189051716943370153026408171913480267' as UID
export const IMPLEMENTATION_VERSION_NAME = 'SLUICE_0_1'

export interface FileMeta {
  readonly transferSyntaxUID: UID
  readonly mediaStorageSOPClassUID?: UID
  readonly mediaStorageSOPInstanceUID?: UID
  /** where the data set begins */
  readonly dataSetOffset: number
  readonly attributes: Attributes
}

const PREFIX_OFFSET = 128
const META_OFFSET = 132
/** after the group's length, which counts from here */
const GROUP_OFFSET = META_OFFSET + 12

/**
 * Reads preamble, prefix and group 0002. The group's announced length is not believed: the group ends where the next begins.
 * @throws Fault 'not-dicom' without the prefix, 'truncated' or 'malformed' inside the group, 'transfer-syntax-unknown' when it names none
 */
export function readFileMeta(source: ByteSource): FileMeta {
  const prefix = source.read(PREFIX_OFFSET, 4)
  if (Buffer.from(prefix).toString('latin1') !== 'DICM') throw new Fault('not-dicom', { offset: PREFIX_OFFSET })
  const { attributes, dataSetOffset } = readGroup(source)
  const transferSyntax = text(attributes, 'TransferSyntaxUID')
  if (transferSyntax === undefined || !isUID(transferSyntax))
    throw new Fault('transfer-syntax-unknown', { path: '(0002,0010)' })
  return { transferSyntaxUID: transferSyntax, ...mediaStorage(attributes), dataSetOffset, attributes }
}

function mediaStorage(
  attributes: Attributes,
): Pick<FileMeta, 'mediaStorageSOPClassUID' | 'mediaStorageSOPInstanceUID'> {
  const sopClass = text(attributes, 'MediaStorageSOPClassUID')
  const instance = text(attributes, 'MediaStorageSOPInstanceUID')
  return {
    ...(sopClass && isUID(sopClass) ? { mediaStorageSOPClassUID: sopClass } : {}),
    ...(instance && isUID(instance) ? { mediaStorageSOPInstanceUID: instance } : {}),
  }
}

/** The elements of group 0002, and the offset of the first that is not of it. */
function readGroup(source: ByteSource): Pick<FileMeta, 'attributes' | 'dataSetOffset'> {
  const scanner = new DataSetScanner(source, EXPLICIT_LITTLE_ENDIAN, { startOffset: META_OFFSET, keepBytes: 1024 })
  const byTag = new Map<Tag, ElementEvent>()
  for (;;) {
    const { offset } = scanner
    const group = source.read(offset, 2)
    if (offset >= source.sizeBytes || group[0] !== 2 || group[1] !== 0)
      return { dataSetOffset: offset, attributes: { byTag, littleEndian: true, characterSets: [] } }
    const event = scanner.next()
    if (event?.kind !== 'element') throw new Fault('malformed', { path: '(0002,xxxx)', offset })
    byTag.set(event.tag, event)
  }
}

interface NewMeta {
  readonly transferSyntaxUID: string
  readonly mediaStorageSOPClassUID: string
  readonly mediaStorageSOPInstanceUID: string
  readonly sourceApplicationEntityTitle?: string
}

/**
 * A zero preamble, the prefix and group 0002 with its right length, under our own implementation UID.
 * @returns what stands before the data set in a file
 */
export function writeFileMeta(meta: NewMeta): Uint8Array {
  const key = `${meta.transferSyntaxUID}\n${meta.mediaStorageSOPClassUID}\n${meta.sourceApplicationEntityTitle ?? ''}`
  const { before, after } = around.of(key, () => newAround(meta))
  const value = valueBytes('UI', meta.mediaStorageSOPInstanceUID, true)
  const written = Buffer.concat([
    before,
    elementHeader(0x00020003, 'UI', value.length, EXPLICIT_LITTLE_ENDIAN),
    value,
    after,
  ])
  written.writeUInt32LE(written.length - GROUP_OFFSET, GROUP_OFFSET - 4)
  return written
}

/** What stands before and after the instance's UID: in a series it is the same. */
function newAround(meta: NewMeta): { readonly before: Uint8Array; readonly after: Uint8Array } {
  const { sourceApplicationEntityTitle: title } = meta
  const before: readonly NewElement[] = [
    { tag: 0x00020000, vr: 'UL', value: [0] },
    { tag: 0x00020001, vr: 'OB', value: Uint8Array.of(0, 1) },
    { tag: 0x00020002, vr: 'UI', value: meta.mediaStorageSOPClassUID },
  ]
  const after: readonly NewElement[] = [
    { tag: 0x00020010, vr: 'UI', value: toUID(meta.transferSyntaxUID) },
    { tag: 0x00020012, vr: 'UI', value: IMPLEMENTATION_CLASS_UID },
    { tag: 0x00020013, vr: 'SH', value: IMPLEMENTATION_VERSION_NAME },
    ...(title ? [{ tag: 0x00020016, vr: 'AE', value: title } as const] : []),
  ]
  return {
    before: Buffer.concat([
      new Uint8Array(PREFIX_OFFSET),
      Buffer.from('DICM'),
      encodeDataSet(before, EXPLICIT_LITTLE_ENDIAN),
    ]),
    after: encodeDataSet(after, EXPLICIT_LITTLE_ENDIAN),
  }
}
const around = new Recent<ReturnType<typeof newAround>>(100)
