/** WADO-RS payloads: instances, frames and bulk data as streams of parts. */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { Fault } from '../../../base/index.ts'
import {
  attribute,
  chunks,
  frameRanges,
  openDataSet,
  type Attributes,
  type ByteSource,
  type DataSet,
  type Range,
} from '../../../standards/dicom/index.ts'
import type { Archive, InstanceRow } from '../../archive/index.ts'

/** opened headers that are kept: a viewer asks for the frames of a series one after the other */
const OPENED = 256
type Opened = Pick<DataSet<'identified'>, 'attributes' | 'source'>
const opened = new Map<string, Opened & { close(): void }>()

/** A stored instance with its structure read; kept open for the next request. */
export function open(archive: Archive, instance: InstanceRow): Opened {
  const known = opened.get(instance.sha256)
  if (known) return known
  const blob = archive.openBlob(instance.sha256)
  const { attributes, source } = openDataSet(blob)
  const entry = { attributes, source, close: () => blob.close() }
  opened.set(instance.sha256, entry)
  if (opened.size > OPENED) {
    const [oldest] = opened.keys()
    if (oldest !== undefined) {
      opened.get(oldest)?.close()
      opened.delete(oldest)
    }
  }
  return entry
}

export interface OutgoingPart {
  readonly contentType: string
  readonly location?: string
  readonly sizeBytes: number
  /** pieces of memory that nobody else writes to */
  readonly bytes: () => Iterable<Uint8Array>
}

/** bodies up to here are answered in one piece, with their length */
const WHOLE_BYTES = 4 << 20

/** multipart/related of parts: a small one whole, a large one read from the archive as the client takes it */
export function multipart(
  type: string,
  outgoing: readonly OutgoingPart[],
): { readonly contentType: string; readonly body: Readable | Buffer } {
  const boundary = randomBytes(16).toString('hex')
  const pieces = (function* () {
    for (const { contentType, location, bytes } of outgoing) {
      yield Buffer.from(
        `--${boundary}\r\nContent-Type: ${contentType}\r\n${location ? `Content-Location: ${location}\r\n` : ''}\r\n`,
      )
      yield* bytes()
      yield Buffer.from('\r\n')
    }
    yield Buffer.from(`--${boundary}--\r\n`)
  })()
  const sizeBytes = outgoing.reduce((sum, part) => sum + part.sizeBytes, 0)
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: sizeBytes <= WHOLE_BYTES ? Buffer.concat([...pieces]) : Readable.from(pieces, { objectMode: false }),
  }
}

export function instancePart(archive: Archive, instance: InstanceRow): OutgoingPart {
  return {
    contentType: `application/dicom; transfer-syntax=${instance.transfer_syntax_uid}`,
    sizeBytes: Number(instance.size_bytes),
    bytes: function* () {
      const blob = archive.openBlob(instance.sha256)
      try {
        yield* chunks(blob)
      } finally {
        blob.close()
      }
    },
  }
}

/** @param list frame numbers from 1 @throws Fault 'not-found' for a frame that is not there, 'bad-request' for what is no number */
export function frameParts(archive: Archive, instance: InstanceRow, list: string): readonly OutgoingPart[] {
  const { attributes, source } = open(archive, instance)
  const frames = frameRanges(attributes, source)
  return list.split(',').map((word) => {
    if (!/^[1-9]\d{0,8}$/.test(word)) throw new Fault('bad-request', { parameter: 'frames' })
    const ranges = frames[Number(word) - 1]
    if (!ranges) throw new Fault('not-found', { frames: frames.length })
    return {
      contentType: `application/octet-stream; transfer-syntax=${instance.transfer_syntax_uid}`,
      sizeBytes: sizeOf(ranges),
      bytes: () => readRanges(source, ranges),
    }
  })
}

/** @param path `ggggeeee` with `/index/` into items, as the metadata names it */
export function bulkDataPart(archive: Archive, instance: InstanceRow, path: string): OutgoingPart {
  const { attributes, source } = open(archive, instance)
  const words = path.split('/')
  let at: Attributes | undefined = attributes
  for (let word = 0; word + 2 < words.length && at; word += 2)
    at = attribute(at, tagOfKey(words[word]))?.items?.[Number(words[word + 1])]
  const found = at && attribute(at, tagOfKey(words.at(-1)))
  if (!found || found.items) throw new Fault('not-found')
  const ranges = found.fragments?.slice(1) ?? [{ offset: found.valueOffset, length: found.length }]
  return {
    contentType: 'application/octet-stream',
    sizeBytes: sizeOf(ranges),
    bytes: () => readRanges(source, ranges),
  }
}

const sizeOf = (ranges: readonly Range[]) => ranges.reduce((sum, { length }) => sum + length, 0)

function* readRanges(source: ByteSource, ranges: readonly Range[]): Generator<Uint8Array> {
  const most = 1 << 20
  for (const { offset, length } of ranges)
    for (let at = 0; at < length; at += most) yield source.read(offset + at, Math.min(most, length - at))
}

function tagOfKey(key: string | undefined): number {
  if (!key || !/^[0-9A-Fa-f]{8}$/.test(key)) throw new Fault('not-found')
  return Number.parseInt(key, 16)
}
