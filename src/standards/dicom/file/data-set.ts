/** A whole instance, and in its type the zone it belongs to: what is still identified cannot be stored in the archive. */
import { Fault } from '../../../base/index.ts'
import { transferSyntax, type TransferSyntax } from '../dictionary/transfer-syntaxes.ts'
import { claimedUID, toUID, type UID } from '../dictionary/uid.ts'
import { readAttributes, text, type Attributes } from '../encoding/attributes.ts'
import type { ByteSource } from '../source.ts'
import { inflated } from './inflate.ts'
import { readFileMeta, writeFileMeta } from './meta.ts'

export type Zone = 'identified' | 'de-identified'

declare const zone: unique symbol

export interface DataSet<Z extends Zone> {
  readonly [zone]: Z
  readonly SOPClassUID: UID
  readonly SOPInstanceUID: UID
  readonly StudyInstanceUID: UID
  readonly SeriesInstanceUID: UID
  /** how the bytes of `source` are encoded; never deflated, a deflated data set is inflated on opening */
  readonly transferSyntax: TransferSyntax
  readonly attributes: Attributes
  /** a Part 10 file; the offsets of `attributes` refer to it */
  readonly source: ByteSource
  readonly dataSetOffset: number
}

const CHUNK_BYTES = 1024 * 1024

/**
 * Opens a Part 10 file that came from outside; whatever comes from outside is identified.
 * @throws Fault 'not-dicom', 'truncated', 'malformed', 'limit-exceeded', 'transfer-syntax-unknown', 'identifiers-missing', 'not-a-uid'
 */
export function openDataSet(file: ByteSource): DataSet<'identified'> {
  const meta = readFileMeta(file)
  const announced = transferSyntax(meta.transferSyntaxUID)
  if (!announced) throw new Fault('transfer-syntax-unknown', { path: '(0002,0010)' })
  const { source, syntax, dataSetOffset } = announced.deflated
    ? inflated(file, meta)
    : { source: file, syntax: announced, dataSetOffset: meta.dataSetOffset }
  const attributes = readAttributes(source, syntax, { startOffset: dataSetOffset })
  return asDataSet(attributes, source, syntax, dataSetOffset)
}

function asDataSet(
  attributes: Attributes,
  source: ByteSource,
  syntax: TransferSyntax,
  dataSetOffset: number,
): DataSet<'identified'> {
  const identifier = (keyword: string, uid = claimedUID): UID => {
    const value = text(attributes, keyword)
    if (!value) throw new Fault('identifiers-missing', { keyword })
    return uid(value)
  }
  const opened: Omit<DataSet<'identified'>, typeof zone> = {
    SOPClassUID: identifier('SOPClassUID', toUID),
    SOPInstanceUID: identifier('SOPInstanceUID'),
    StudyInstanceUID: identifier('StudyInstanceUID'),
    SeriesInstanceUID: identifier('SeriesInstanceUID'),
    transferSyntax: syntax,
    attributes,
    source,
    dataSetOffset,
  }
  // the zone exists for the compiler alone
  return opened as DataSet<'identified'>
}

/** The bytes of a source in order, in pieces of at most 1 MiB; a piece is valid until the next is asked for. */
export function* chunks(source: ByteSource): Generator<Uint8Array> {
  for (let offset = 0; offset < source.sizeBytes;) {
    const length = Math.min(CHUNK_BYTES, source.run?.(offset) ?? CHUNK_BYTES, source.sizeBytes - offset)
    yield source.read(offset, length)
    offset += length
  }
}

/** A Part 10 file around a data set as it went over the wire: own group 0002, zero preamble, the data set's bytes untouched. */
export function asFile(
  dataSet: ByteSource,
  meta: {
    readonly transferSyntaxUID: string
    readonly SOPClassUID: string
    readonly SOPInstanceUID: string
    readonly callingAETitle?: string
  },
): ByteSource {
  const head = writeFileMeta({
    transferSyntaxUID: meta.transferSyntaxUID,
    mediaStorageSOPClassUID: meta.SOPClassUID,
    mediaStorageSOPInstanceUID: meta.SOPInstanceUID,
    ...(meta.callingAETitle ? { sourceApplicationEntityTitle: meta.callingAETitle } : {}),
  })
  return concatenated(head, dataSet)
}

/** Bytes in memory, then a source, as one source. */
export function concatenated(head: Uint8Array, tail: ByteSource): ByteSource {
  return {
    sizeBytes: head.length + tail.sizeBytes,
    read: (offset, length) => {
      if (offset >= head.length) return tail.read(offset - head.length, length)
      const front = head.subarray(offset, offset + length)
      return front.length === length ? front : Buffer.concat([front, tail.read(0, length - front.length)])
    },
  }
}
