/** WADO-RS payloads: instances, frames and bulk data as streams of parts. */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { Fault } from '../../../base/index.ts'
import {
  attribute,
  frameRanges,
  openDataSet,
  type Attributes,
  type ByteSource,
  type Range,
} from '../../../standards/dicom/index.ts'
import type { Archive, Located } from '../../archive/index.ts'
import { memoryFor } from './answer-memory.ts'

/** structures that are kept: a viewer asks for the frames of a series one after the other */
const KEPT = 256
interface Structure {
  readonly attributes: Attributes
  /** known once frames were asked for */
  frames?: readonly (readonly Range[])[]
}
const structures = new Map<string, Structure>()

/** The structure of a blob, read once; a blob never changes. */
function structureOf(archive: Archive, sha256: string, needed: (of: Structure, source: ByteSource) => void): Structure {
  const known = structures.get(sha256)
  const blob = archive.openBlob(sha256)
  try {
    const structure = known ?? { attributes: openDataSet(blob).attributes }
    needed(structure, blob)
    if (!known) structures.set(sha256, structure)
    const [oldest] = structures.keys()
    if (structures.size > KEPT && oldest !== undefined) structures.delete(oldest)
    return structure
  } finally {
    blob.close()
  }
}

/** Bytes of one blob, in order. */
export interface OutgoingPart {
  readonly contentType: string
  readonly sha256: string
  readonly ranges: readonly Range[]
}

/** bodies up to here are answered in one piece, with their length */
const WHOLE_BYTES = 4 << 20
/** what is read at once of larger ones, as the client takes it */
const PIECE_BYTES = 1 << 20

/** multipart/related of parts: a small one whole, a large one read from the archive as the client takes it */
export function multipart(
  archive: Archive,
  type: string,
  outgoing: readonly OutgoingPart[],
  reply: FastifyReply,
): { readonly contentType: string; readonly body: Readable | Buffer } {
  const boundary = randomBytes(16).toString('hex')
  const heads = outgoing.map(({ contentType }, at) =>
    Buffer.from(`${at ? '\r\n' : ''}--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`),
  )
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  const contentType = `multipart/related; type="${type}"; boundary=${boundary}`
  const sizeBytes = outgoing.reduce((sum, { ranges }) => sum + sizeOf(ranges), 0)
  if (sizeBytes <= WHOLE_BYTES) {
    const body = memoryFor(
      reply,
      heads.reduce((sum, head) => sum + head.length, sizeBytes + end.length),
    )
    let at = 0
    for (const [index, part] of outgoing.entries()) {
      at += (heads[index] as Buffer).copy(body, at)
      at = readWhole(archive, part, body, at)
    }
    end.copy(body, at)
    return { contentType, body }
  }
  const pieces = (function* () {
    for (const [index, part] of outgoing.entries()) {
      yield heads[index]
      yield* readPieces(archive, part)
    }
    yield end
  })()
  return { contentType, body: Readable.from(pieces, { objectMode: false }) }
}

/** the bytes of one part alone */
export function single(archive: Archive, part: OutgoingPart, reply: FastifyReply): Readable | Buffer {
  const sizeBytes = sizeOf(part.ranges)
  if (sizeBytes > WHOLE_BYTES) return Readable.from(readPieces(archive, part), { objectMode: false })
  const body = memoryFor(reply, sizeBytes)
  readWhole(archive, part, body, 0)
  return body
}

export const instancePart = (instance: Located): OutgoingPart => ({
  contentType: `application/dicom; transfer-syntax=${instance.transfer_syntax_uid}`,
  sha256: instance.sha256,
  ranges: [{ offset: 0, length: Number(instance.size_bytes) }],
})

/** @param list frame numbers from 1 @throws Fault 'not-found' for a frame that is not there, 'bad-request' for what is no number */
export function frameParts(
  archive: Archive,
  { sha256, transfer_syntax_uid }: Located,
  list: string,
): readonly OutgoingPart[] {
  const { frames = [] } = structureOf(archive, sha256, (structure, source) => {
    structure.frames ??= frameRanges(structure.attributes, source)
  })
  const contentType = `application/octet-stream; transfer-syntax=${transfer_syntax_uid}`
  return list.split(',').map((word) => {
    if (!/^[1-9]\d{0,8}$/.test(word)) throw new Fault('bad-request', { parameter: 'frames' })
    const ranges = frames[Number(word) - 1]
    if (!ranges) throw new Fault('not-found', { frames: frames.length })
    return { contentType, sha256, ranges }
  })
}

/** @param path `ggggeeee` with `/index/` into items, as the metadata names it */
export function bulkDataPart(archive: Archive, { sha256 }: Located, path: string): OutgoingPart {
  const { attributes } = structureOf(archive, sha256, () => {})
  const words = path.split('/')
  let at: Attributes | undefined = attributes
  for (let word = 0; word + 2 < words.length && at; word += 2)
    at = attribute(at, tagOfKey(words[word]))?.items?.[Number(words[word + 1])]
  const found = at && attribute(at, tagOfKey(words.at(-1)))
  if (!found || found.items) throw new Fault('not-found')
  const ranges = found.fragments?.slice(1) ?? [{ offset: found.valueOffset, length: found.length }]
  return { contentType: 'application/octet-stream', sha256, ranges }
}

const sizeOf = (ranges: readonly Range[]) => ranges.reduce((sum, { length }) => sum + length, 0)

/** @returns where it ends in `into` */
function readWhole(archive: Archive, { sha256, ranges }: OutgoingPart, into: Buffer, at: number): number {
  const blob = archive.openBlob(sha256)
  try {
    for (const { offset, length } of ranges) {
      blob.readInto(into.subarray(at, at + length), offset)
      at += length
    }
    return at
  } finally {
    blob.close()
  }
}

function* readPieces(archive: Archive, { sha256, ranges }: OutgoingPart): Generator<Uint8Array> {
  const blob = archive.openBlob(sha256)
  try {
    for (const { offset, length } of ranges)
      for (let at = 0; at < length; at += PIECE_BYTES) {
        const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, length - at))
        blob.readInto(piece, offset + at)
        yield piece
      }
  } finally {
    blob.close()
  }
}

function tagOfKey(key: string | undefined): number {
  if (!key || !/^[0-9A-Fa-f]{8}$/.test(key)) throw new Fault('not-found')
  return Number.parseInt(key, 16)
}
