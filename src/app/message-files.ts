/** Messages and clinical documents in files, folders, batches and captured streams, one after the other, with what is odd about each. */
import { readFileSync } from 'node:fs'
import { Fault } from '../base/index.ts'
import { readRecords, splitRecords } from '../standards/astm/index.ts'
import { clinicalParts, looksLikeXml, readClinicalDocument, type ClinicalDocument } from '../standards/cda/index.ts'
import { MllpDeframer, readDecoded, splitBatch, textsOf, VT, type Message, type Texts } from '../standards/hl7/index.ts'
import { filesBelow, cannotRead } from './files.ts'

export interface FoundMessage {
  readonly file: string
  /** where it begins in the file */
  readonly offset: number
  readonly kind: 'hl7' | 'astm' | 'cda'
  readonly flags: readonly string[]
  /** neither this nor a document: it cannot be read, and `problem` says why */
  readonly message?: Message
  readonly texts?: Texts
  readonly document?: ClinicalDocument
  readonly problem?: { readonly code: string; readonly offset: number; readonly reason: string }
}

/**
 * @param path a file, or a folder that is gone through in order of names
 * @throws Fault 'file-missing'; 'file-unreadable' for a folder that may not be looked into
 */
export function* messagesIn(path: string): Generator<FoundMessage> {
  for (const file of filesBelow(path)) {
    let bytes: Buffer
    try {
      bytes = readFileSync(file)
    } catch (error) {
      yield unreadable(cannotRead(error), { file, offset: 0, kind: 'hl7', flags: [] })
      continue
    }
    yield* inFile(file, bytes)
  }
}

/** a frame of v2, or of v3 */
const FRAMES = ['\vMSH', '\v<'].map((start) => Buffer.from(start))

function* inFile(file: string, bytes: Buffer): Generator<FoundMessage> {
  if (bytes[0] !== VT && !FRAMES.some((start) => bytes.includes(start))) yield* inBytes(file, bytes, 0, [])
  else {
    const deframer = new MllpDeframer()
    for (const piece of [...deframer.feed(bytes), ...deframer.end()]) {
      const problem = { code: 'message-cut', offset: piece.start, reason: piece.type }
      if (piece.type === 'frame')
        yield* inBytes(
          file,
          piece.bytes,
          piece.start + 1,
          piece.ending === 'FS CR' ? [] : [`frame-ends-${piece.ending.replace(' ', '-')}`],
        )
      else if (piece.type !== 'junk') yield { file, offset: piece.start, kind: 'hl7', flags: [piece.type], problem }
    }
  }
}

function* inBytes(file: string, bytes: Buffer, at: number, flags: readonly string[]): Generator<FoundMessage> {
  if (looksLikeXml(bytes)) {
    yield* readDocuments(bytes, { file, offset: at, kind: 'cda', flags })
    return
  }
  if (/^\s*H[^\w\s]/.test(bytes.toString('latin1', 0, 16))) {
    for (const { start, end } of splitRecords(bytes))
      yield read(file, 'astm', bytes.subarray(start, end), at + start, flags)
    return
  }
  const { messages, enveloped, statedMessages } = splitBatch(bytes)
  const more = [
    ...flags,
    ...(messages.length > 1 && !enveloped ? ['batch-without-header'] : []),
    ...(statedMessages !== undefined && statedMessages !== messages.length ? ['batch-count-wrong'] : []),
  ]
  if (messages.length <= 1) yield read(file, 'hl7', bytes, at, more)
  else for (const { start, end } of messages) yield read(file, 'hl7', bytes.subarray(start, end), at + start, more)
}

function read(
  file: string,
  kind: 'hl7' | 'astm',
  bytes: Buffer,
  offset: number,
  flags: readonly string[],
): FoundMessage {
  try {
    const { message, hidden } =
      kind === 'astm' ? { message: readRecords(bytes), hidden: undefined } : readDecoded(bytes)
    const texts = textsOf(message, hidden)
    const { declared, status } = texts.characterSet
    const odd = [
      ...flags,
      ...message.flags,
      ...(status === 'detected' ? ['character-set-not-as-declared'] : []),
      ...(status === 'unsure' ? ['character-set-unsure'] : []),
      ...(texts.decisions().some((one) => one.status === 'repaired') ? ['text-misread-before'] : []),
      ...(message.original ? [] : ['decoded-copy']),
    ]
    return {
      file,
      offset,
      kind,
      flags: odd.filter((one) => declared || one !== 'character-set-not-as-declared'),
      message,
      texts,
    }
  } catch (error) {
    return unreadable(error, { file, offset, kind, flags })
  }
}

/** documents that a message of HL7 v3 carries stand where it does */
function* readDocuments(
  bytes: Buffer,
  found: Pick<FoundMessage, 'file' | 'offset' | 'kind' | 'flags'>,
): Generator<FoundMessage> {
  try {
    const { parts } = clinicalParts(bytes)
    if (parts.length === 0) throw new Fault('interaction-not-read', { documents: 0 })
    for (const part of parts) yield { ...found, document: readClinicalDocument(part) }
  } catch (error) {
    yield unreadable(error, found)
  }
}

function unreadable(error: unknown, found: Pick<FoundMessage, 'file' | 'offset' | 'kind' | 'flags'>): FoundMessage {
  if (!(error instanceof Fault)) throw error
  const { offset = 0, what = error.code, reason = what } = error.where
  return {
    ...found,
    problem: { code: error.code, offset: found.offset + Number(offset), reason: String(reason) },
  }
}
