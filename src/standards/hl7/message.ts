/**
 * A message of HL7 v2 as ranges over its own bytes (v2.5.1 §2.5, §2.6): nothing is decoded, nothing is made again. What is
 * changed is spliced; every other byte stays.
 */
import { Fault } from '../../base/index.ts'
import { MESSAGE_LIMITS } from './limits.ts'

/** Where something stands, in bytes of the message; the end is excluded. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface Segment extends Range {
  /** three letters or digits; as it stands where it is something else */
  readonly name: string
}

/** Delimiters as bytes; undefined where MSH-2 has none: then there is no such part. */
export interface Delimiters {
  readonly field: number
  readonly component?: number
  readonly repetition?: number
  readonly escape?: number
  readonly subcomponent?: number
}

export interface Message {
  readonly bytes: Buffer
  readonly delimiters: Delimiters
  readonly segments: readonly Segment[]
}

export interface Edit extends Range {
  readonly bytes: Uint8Array
}

const CR = 0x0d
const LF = 0x0a
const HEADERS: ReadonlySet<string> = new Set(['MSH', 'FHS', 'BHS'])
const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const MSH = Buffer.from('MSH')

/**
 * One message. A byte order mark, blanks, and headers of a file or batch may stand before its MSH.
 * @throws Fault 'message-invalid' with the offset where there is no MSH, or one that names no delimiters; 'limit-exceeded'
 */
export function parseMessage(bytes: Uint8Array): Message {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (whole.length > MESSAGE_LIMITS.messageBytes.value) throw new Fault('limit-exceeded', { what: 'message' })
  const terminator = terminatorOf(whole)
  const start = headerOf(whole, terminator)
  const delimiters = delimitersOf(whole, start, terminator)
  const segments: Segment[] = []
  for (let at = start; at < whole.length;) {
    const found = whole.indexOf(terminator, at)
    const end = found < 0 ? whole.length : found
    if (end > at) {
      if (segments.length >= MESSAGE_LIMITS.segments.value) throw new Fault('limit-exceeded', { what: 'segments' })
      segments.push({ name: nameOf(whole, at, end, delimiters), start: at, end })
    }
    at = end + 1
    // a line feed behind a carriage return ends the same segment (§2.6 knows none; devices write it)
    if (terminator === CR && whole[at] === LF) at++
  }
  return { bytes: whole, delimiters, segments }
}

/**
 * A batch or a file of messages (v2.5.1 §2.10.3): each from its MSH to the next; headers and trailers are left out.
 * @returns one range a message, in order; none where there is no MSH
 */
export function messagesIn(bytes: Uint8Array): readonly Range[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const terminator = terminatorOf(whole)
  const found: { start: number; end: number }[] = []
  for (let at = skipBlanks(whole, 0); at < whole.length;) {
    const next = whole.indexOf(terminator, at)
    const end = next < 0 ? whole.length : next + 1
    if (whole.subarray(at, at + 3).equals(MSH)) found.push({ start: at, end })
    else if (found.length && !/^[FB]([HT]S)/.test(whole.toString('latin1', at, at + 3)))
      (found.at(-1) as { end: number }).end = end
    at = skipBlanks(whole, end)
  }
  return found
}

/** CR, where there is one; a message that has none was written with line feeds. */
const terminatorOf = (bytes: Buffer): number => (bytes.includes(CR) ? CR : LF)

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  if (bytes.subarray(at, at + 3).equals(BOM)) at += 3
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++
  return at
}

function headerOf(bytes: Buffer, terminator: number): number {
  let at = skipBlanks(bytes, 0)
  while (/^[FB]HS/.test(bytes.toString('latin1', at, at + 3))) {
    const end = bytes.indexOf(terminator, at)
    if (end < 0) break
    at = skipBlanks(bytes, end)
  }
  if (!bytes.subarray(at, at + 3).equals(MSH)) throw new Fault('message-invalid', { what: 'no MSH', offset: at })
  return at
}

/** MSH-1 and MSH-2 (§2.5.4): one field separator, two to five encoding characters, all different, none of them a letter or digit. */
function delimitersOf(bytes: Buffer, start: number, terminator: number): Delimiters {
  const field = bytes[start + 3]
  const refuse = (offset: number): never => {
    throw new Fault('message-invalid', { what: 'MSH-1 and MSH-2', offset })
  }
  if (field === undefined || !isDelimiter(field)) return refuse(start + 3)
  const from = start + 4
  let end = from
  while (end < bytes.length && bytes[end] !== field && bytes[end] !== terminator) end++
  const stated = [...bytes.subarray(from, end)]
  // an escape character that a program wrote twice, as its own language asks for, is one
  const characters = stated.filter((byte, at) => at !== 3 || byte !== stated[2])
  const all = [field, ...characters]
  if (characters.length > 5 || !characters.every(isDelimiter) || new Set(all).size !== all.length) return refuse(from)
  const [component, repetition, escape, subcomponent] = characters
  return {
    field,
    ...(component === undefined ? {} : { component }),
    ...(repetition === undefined ? {} : { repetition }),
    ...(escape === undefined ? {} : { escape }),
    ...(subcomponent === undefined ? {} : { subcomponent }),
  }
}

const isDelimiter = (byte: number): boolean =>
  byte > 0x20 && byte < 0x7f && !/[0-9A-Za-z]/.test(String.fromCharCode(byte))

function nameOf(bytes: Buffer, start: number, end: number, { field }: Delimiters): string {
  const found = bytes.indexOf(field, start)
  return bytes.toString('latin1', start, Math.min(found < 0 || found > end ? end : found, start + 8))
}

/**
 * @param number from 1, as the standard counts: MSH-1 is the separator itself
 * @returns undefined where the segment ends before
 */
export function fieldAt({ bytes, delimiters }: Message, segment: Segment, number: number): Range | undefined {
  if (HEADERS.has(segment.name)) {
    if (number === 1) return { start: segment.start + 3, end: segment.start + 4 }
    return nth(bytes, { start: segment.start + 4, end: segment.end }, delimiters.field, number - 1)
  }
  return nth(bytes, segment, delimiters.field, number + 1)
}

/** Encoding characters of a header are a value, not delimiters. */
export const isEncodingCharacters = (segment: Segment, field: number): boolean =>
  HEADERS.has(segment.name) && field <= 2

/** @returns each repetition, at least one, which may be empty */
export const repetitionsOf = (message: Message, field: Range): readonly Range[] =>
  parts(message.bytes, field, message.delimiters.repetition)

/** @returns the component, from 1, or undefined where the field ends before */
export const componentAt = (message: Message, repetition: Range, number: number): Range | undefined =>
  nth(message.bytes, repetition, message.delimiters.component, number)

export const subcomponentAt = (message: Message, component: Range, number: number): Range | undefined =>
  nth(message.bytes, component, message.delimiters.subcomponent, number)

export const componentsOf = (message: Message, repetition: Range): readonly Range[] =>
  parts(message.bytes, repetition, message.delimiters.component)

/** @returns fields from 1 to the last */
export function fieldsOf(message: Message, segment: Segment): readonly Range[] {
  const { bytes, delimiters } = message
  if (!HEADERS.has(segment.name)) return parts(bytes, segment, delimiters.field).slice(1)
  const separator = { start: segment.start + 3, end: segment.start + 4 }
  return [separator, ...parts(bytes, { start: separator.end, end: segment.end }, delimiters.field)]
}

function parts(bytes: Buffer, { start, end }: Range, delimiter: number | undefined): readonly Range[] {
  const found: Range[] = []
  let from = start
  if (delimiter !== undefined)
    for (let at = bytes.indexOf(delimiter, from); at >= 0 && at < end; at = bytes.indexOf(delimiter, from)) {
      found.push({ start: from, end: at })
      from = at + 1
    }
  found.push({ start: from, end })
  return found
}

function nth(bytes: Buffer, { start, end }: Range, delimiter: number | undefined, number: number): Range | undefined {
  if (number < 1) return undefined
  let from = start
  for (let count = 1; ; count++) {
    const at = delimiter === undefined ? -1 : bytes.indexOf(delimiter, from)
    const stop = at < 0 || at >= end ? end : at
    if (count === number) return { start: from, end: stop }
    if (stop === end) return undefined
    from = stop + 1
  }
}

/**
 * @param edits in any order; they must not overlap
 * @returns the message with those ranges replaced, every other byte as it was
 * @throws RangeError for edits that overlap: a mistake of ours
 */
export function splice({ bytes }: Pick<Message, 'bytes'>, edits: readonly Edit[]): Buffer {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at || edit.end > bytes.length) throw new RangeError('edits overlap')
    pieces.push(bytes.subarray(at, edit.start), edit.bytes)
    at = edit.end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}
