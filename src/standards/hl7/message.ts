/**
 * A message as a view over the bytes it came in: segments, fields, repetitions and components are ranges, nothing is
 * copied and nothing is normalised. A change is a splice (edit.ts); every other byte stays.
 */
import { Fault } from '../../base/index.ts'
import { readDelimiters, type DelimiterFlag, type Delimiters, type Roles } from './delimiters.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import { parsePath, type Path } from './path.ts'
import { divides, part, parts, type Range } from './ranges.ts'
import { latin1Of, type Latin1 } from './latin1.ts'

export interface Segment extends Range {
  /** as it stands before the first field separator: three characters in HL7, one in ASTM */
  readonly name: string
  /** @internal what `fieldsOf` found, divided once for all who ask */
  fields?: readonly Range[] | undefined
}

export type MessageFlag =
  | DelimiterFlag
  | 'byte-order-mark'
  | 'batch-header'
  | 'terminator-line-feed'
  | 'terminator-both'
  | 'last-segment-open'
  | 'segment-unnamed'

export interface Message {
  readonly bytes: Buffer
  readonly delimiters: Delimiters
  /** from the header on; what stands before it is not among them */
  readonly segments: readonly Segment[]
  readonly flags: readonly MessageFlag[]
  /** the segment whose first fields are its delimiters: MSH, or H in ASTM */
  readonly header: string
  /** false: the bytes are a UTF-8 copy of a message whose characters hide delimiters, and are not to be changed */
  readonly original: boolean
  /** bytes of a range as Latin-1, escapes as they stand: for codes and identifiers, not for texts */
  readonly latin1: Latin1
}

const CR = 0x0d
const LF = 0x0a
const ROLES: Roles = ['component', 'repetition', 'escape', 'subcomponent']
const ENVELOPE: ReadonlySet<string> = new Set(['FHS', 'BHS', 'BTS', 'FTS'])

/**
 * Reads one message (HL7 v2.x §2): byte-order mark, blanks and batch headers before MSH are passed over, the end of a
 * segment is CR if there is any, else LF; an LF after CR is skipped, another LF is data.
 * @throws Fault 'message-invalid' with offset and reason, 'limit-exceeded'
 */
export function readMessage(bytes: Buffer, { original = true } = {}): Message {
  const flags: MessageFlag[] = []
  const at = headerStart(bytes, flags)
  const field = bytes[at + 3] as number
  let end = at + 4
  while (end < bytes.length && bytes[end] !== field && bytes[end] !== CR && bytes[end] !== LF) end++
  const read = readDelimiters(bytes, at + 3, end, ROLES)
  if (!read) throw new Fault('message-invalid', { offset: at + 3, reason: 'delimiters' })
  flags.push(...read.flags)
  const segments = segmentsFrom(bytes, at, read.delimiters, flags)
  return { bytes, delimiters: read.delimiters, segments, flags, header: 'MSH', original, latin1: latin1Of(bytes) }
}

/** where MSH begins, past what may stand before it */
function headerStart(bytes: Buffer, flags: MessageFlag[]): number {
  let at = 0
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    flags.push('byte-order-mark')
    at = 3
  }
  for (;;) {
    while (isBlank(bytes[at])) at++
    if (bytes[at] === 0x4d && bytes[at + 1] === 0x53 && bytes[at + 2] === 0x48 && at + 4 < bytes.length) return at
    const name = bytes.toString('latin1', at, at + 3)
    if (!ENVELOPE.has(name)) throw new Fault('message-invalid', { offset: at, reason: 'no MSH' })
    if (!flags.includes('batch-header')) flags.push('batch-header')
    while (at < bytes.length && bytes[at] !== CR && bytes[at] !== LF) at++
  }
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === CR || byte === LF

/** @internal segments of the view; ASTM records are divided the same way */
export function segmentsFrom(bytes: Buffer, start: number, { field }: Delimiters, flags: MessageFlag[]): Segment[] {
  const segments: Segment[] = []
  const terminator = placeOf(bytes, CR, start) >= 0 ? CR : LF
  if (terminator === LF) flags.push('terminator-line-feed')
  let both = false
  for (let at = start; at < bytes.length;) {
    const found = placeOf(bytes, terminator, at)
    const end = found < 0 ? bytes.length : found
    if (end > at) {
      const name = nameOf(bytes, at, end, field)
      if (ENVELOPE.has(name)) break
      if (segments.length >= MESSAGE_LIMITS.segments.value)
        throw new Fault('limit-exceeded', { what: 'segments', offset: at })
      if (name === '' && !flags.includes('segment-unnamed')) flags.push('segment-unnamed')
      segments.push({ name, start: at, end, fields: undefined })
    }
    if (found < 0) flags.push('last-segment-open')
    at = end + 1
    if (terminator === CR && bytes[at] === LF) {
      both = true
      at++
    }
  }
  if (both) flags.push('terminator-both')
  return segments
}

/** near by a loop is faster than a search, which is faster far away */
function placeOf(bytes: Buffer, byte: number, from: number): number {
  const near = Math.min(bytes.length, from + 200)
  for (let at = from; at < near; at++) if (bytes[at] === byte) return at
  return near === bytes.length ? -1 : bytes.indexOf(byte, near)
}

/** what a segment is called: letters and digits up to the first field; empty when it begins otherwise */
function nameOf(bytes: Buffer, start: number, end: number, field: number): string {
  let at = start
  let number = 0
  for (; at < end && at < start + 3 && bytes[at] !== field; at++) {
    const byte = bytes[at] as number
    const isLetter = byte > 0x40 && byte < 0x5b
    if (!isLetter && (at === start || byte < 0x30 || byte > 0x39)) return ''
    number = (number << 8) | byte
  }
  if (at < end && bytes[at] !== field) return ''
  let name = names.get(number)
  if (name === undefined) names.set(number, (name = bytes.toString('latin1', start, at)))
  return name
}
/** by their characters as a number: names of 26 letters and ten digits, each one text for all messages */
const names = new Map<number, string>()

/**
 * @returns fields of a segment from number 1 on; the header's first two are its delimiters (HL7 v2.5 §2.15.9)
 * @throws Fault 'limit-exceeded', as everything that divides does
 */
export function fieldsOf(message: Message, segment: Segment): readonly Range[] {
  if (segment.fields) return segment.fields
  const fields = dividedFields(message, segment)
  if (message.bytes.length <= REMEMBERED_BYTES) segment.fields = fields
  return fields
}

/** what is known of the places of a longer message is not kept: they may be as many as its bytes */
const REMEMBERED_BYTES = 1 << 20

function dividedFields(message: Message, segment: Segment): readonly Range[] {
  const { end, name } = segment
  if (isHeader(message, segment)) {
    const fields = parts(message.bytes, segment, message.delimiters.field)
    const at = segment.start + name.length
    fields[0] = { start: at, end: at + 1 }
    return fields
  }
  const start = part(message.bytes, segment, message.delimiters.field, 1)?.end ?? end
  return start === end ? [] : parts(message.bytes, { start: start + 1, end }, message.delimiters.field)
}

/** @returns a field by its number, with all its repetitions; undefined when the segment ends before it */
export function fieldOf(message: Message, segment: Segment, number: number): Range | undefined {
  const { bytes, delimiters } = message
  if (segment.fields) return segment.fields[number - 1]
  if (!isHeader(message, segment)) return part(bytes, segment, delimiters.field, number + 1)
  const at = segment.start + segment.name.length
  return number === 1 ? { start: at, end: at + 1 } : part(bytes, segment, delimiters.field, number)
}

export const repetitionsOf = ({ bytes, delimiters }: Message, field: Range): Range[] =>
  parts(bytes, field, delimiters.repetition)
export const componentsOf = ({ bytes, delimiters }: Message, repetition: Range): Range[] =>
  parts(bytes, repetition, delimiters.component)
export const subcomponentsOf = ({ bytes, delimiters }: Message, component: Range): Range[] =>
  parts(bytes, component, delimiters.subcomponent)

/**
 * The ranges that a path leads to, in the order of the message; none when it leads nowhere.
 * @throws Fault 'bad-request' when a text is no path
 */
export function find(message: Message, path: string | Path): Range[] {
  const wanted = typeof path === 'string' ? parsePath(path) : path
  if (!wanted) throw new Fault('bad-request', { what: 'path' })
  const { segment: name, occurrence, field, repetition, component, subcomponent } = wanted
  const { bytes, delimiters } = message
  const found: Range[] = []
  let count = 0
  for (const segment of message.segments) {
    if (segment.name !== name) continue
    count++
    if (occurrence !== 'all' && occurrence !== count) continue
    if (field === undefined) {
      found.push({ start: segment.start, end: segment.end })
      continue
    }
    const whole = fieldOf(message, segment, field)
    if (!whole) continue
    const isDelimiters = isHeader(message, segment) && field <= 2
    const all =
      isDelimiters || (component === undefined && repetition === 1 && !divides(bytes, whole, delimiters.repetition))
        ? [whole]
        : chosen(repetitionsOf(message, whole), repetition)
    for (const one of all) {
      const inside = component === undefined || isDelimiters ? one : part(bytes, one, delimiters.component, component)
      const leaf =
        inside && subcomponent !== undefined ? part(bytes, inside, delimiters.subcomponent, subcomponent) : inside
      if (leaf) found.push(leaf)
    }
    if (occurrence === count) break
  }
  return found
}

const chosen = (all: readonly Range[], which: number | 'all'): readonly Range[] =>
  which === 'all' ? all : all.slice(which - 1, which)

const isHeader = (message: Message, segment: Segment): boolean => segment.name === message.header

/** A field that was sent as `""`: the receiver is to delete what it has (HL7 v2.5 §2.5.3). */
export const isExplicitNull = ({ bytes }: Message, { start, end }: Range): boolean =>
  end - start === 2 && bytes[start] === 0x22 && bytes[start + 1] === 0x22

/**
 * The first range that a path leads to; as `find`, without a list of it.
 * @throws Fault 'bad-request' when a text is no path
 */
export function findFirst(message: Message, path: string | Path): Range | undefined {
  const wanted = typeof path === 'string' ? parsePath(path) : path
  if (!wanted) throw new Fault('bad-request', { what: 'path' })
  const { segment: name, occurrence, field, repetition, component, subcomponent } = wanted
  if (occurrence !== 1 || repetition !== 1 || field === undefined) return find(message, wanted)[0]
  const segment = segmentOf(message, name)
  const whole = segment && fieldOf(message, segment, field)
  if (!whole || (field <= 2 && isHeader(message, segment))) return whole
  const { bytes, delimiters } = message
  const one = part(bytes, whole, delimiters.repetition, 1)
  const inside = one && component !== undefined ? part(bytes, one, delimiters.component, component) : one
  return inside && subcomponent !== undefined ? part(bytes, inside, delimiters.subcomponent, subcomponent) : inside
}

function segmentOf({ segments }: Message, name: string): Segment | undefined {
  for (const segment of segments) if (segment.name === name) return segment
  return undefined
}

/** @returns the bytes of a path's first range as Latin-1, escapes as they stand: for codes and identifiers, not for texts */
export function code(message: Message, path: string | Path): string {
  const range = findFirst(message, path)
  return range ? message.latin1(range.start, range.end) : ''
}

/** `ORU^R01` of MSH-9; the first component alone where there is no second */
export function messageType(message: Message): string {
  const [type, trigger] = [code(message, MESSAGE_CODE), code(message, TRIGGER)]
  return trigger ? `${type}^${trigger}` : type
}

const MESSAGE_CODE = parsePath('MSH.9.1') as Path
const TRIGGER = parsePath('MSH.9.2') as Path
