/** Segments of a message as texts: of its bytes, or of a text that passed the gate and is divided as nearly all are. */
import {
  componentsOf,
  fieldsOf,
  part,
  readMessage,
  repetitionsOf,
  textsInUTF8,
  unescapeBytes,
  type Message,
  type Range,
  type Segment,
  type Texts,
} from '../../standards/hl7/index.ts'
import { readRecords } from '../../standards/astm/index.ts'

/** Fields and components count from 1; what is not there is empty. */
export interface TextSegment {
  readonly name: string
  /** the field's first repetition, components and all */
  field(number: number): string
  /** without blanks around it */
  component(number: number, component: number): string
  components(number: number): readonly string[]
  repetitions(number: number): readonly string[]
  /**
   * A field and those about it, from one to another, as they stand.
   * @returns undefined where the segment is not at hand as a text
   */
  around(number: number, from: number, to: number): Around | undefined
}

export interface Around {
  readonly field: string
  /** the others, separators and all: equal where each of them is */
  readonly others: string
  /** whether fields stand behind the last of them */
  readonly isMore: boolean
}

export interface TextMessage {
  readonly segments: readonly TextSegment[]
  /** what divides sub-components; empty where nothing does */
  readonly subcomponent: string
}

/**
 * @param text a message that passed the gate
 * @throws Fault 'message-invalid', 'limit-exceeded'
 */
export function segmentsOfText(kind: 'hl7' | 'astm', text: string): TextMessage {
  const usual = kind === 'hl7' ? usualSegments(text) : undefined
  if (usual) return { segments: usual, subcomponent: '&' }
  const bytes = Buffer.from(text)
  const message = kind === 'hl7' ? readMessage(bytes) : readRecords(bytes)
  return segmentsOf(message, textsInUTF8(message))
}

/** @param message in whatever character set it is */
export function segmentsOf(message: Message, texts: Pick<Texts, 'text'>): TextMessage {
  const { subcomponent } = message.delimiters
  return {
    segments: message.segments.map((segment) => new SegmentOfBytes(message, texts, segment)),
    subcomponent: subcomponent < 0 ? '' : String.fromCharCode(subcomponent),
  }
}

class SegmentOfBytes implements TextSegment {
  readonly name: string
  readonly #message: Message
  readonly #texts: Pick<Texts, 'text'>
  readonly #segment: Segment

  constructor(message: Message, texts: Pick<Texts, 'text'>, segment: Segment) {
    this.name = segment.name
    this.#message = message
    this.#texts = texts
    this.#segment = segment
  }

  #field(number: number): Range | undefined {
    const field = fieldsOf(this.#message, this.#segment)[number - 1]
    return field && field.end > field.start ? field : undefined
  }
  #first(number: number): Range | undefined {
    const field = this.#field(number)
    return field && part(this.#message.bytes, field, this.#message.delimiters.repetition, 1)
  }
  #text = (range: Range): string => this.#texts.text(range) ?? ''

  field(number: number): string {
    const first = this.#first(number)
    return first ? this.#text(first) : ''
  }
  component(number: number, component: number): string {
    const first = this.#first(number)
    const found = first && part(this.#message.bytes, first, this.#message.delimiters.component, component)
    return found ? this.#text(found).trim() : ''
  }
  components(number: number): readonly string[] {
    const first = this.#first(number)
    return first ? componentsOf(this.#message, first).map(this.#text) : []
  }
  repetitions(number: number): readonly string[] {
    const field = this.#field(number)
    return field ? repetitionsOf(this.#message, field).map(this.#text) : []
  }
  around(): undefined {
    return undefined
  }
}

const USUAL = 'MSH|^~\\&'
const NAME = /^[A-Z][A-Z0-9]{2}$/
const ENVELOPE = /^[FB]HS$|^[FB]TS$/

/** @returns undefined where lines end or are called otherwise than the gate writes them */
function usualSegments(text: string): readonly TextSegment[] | undefined {
  if (!text.startsWith(USUAL) || !/[|\r]/.test(text[USUAL.length] ?? '') || text.includes('\n')) return undefined
  const segments: TextSegment[] = []
  for (const line of text.split('\r')) {
    if (line === '') continue
    const end = line.indexOf('|')
    const name = end < 0 ? line : line.slice(0, end)
    if (!NAME.test(name) || ENVELOPE.test(name)) return undefined
    segments.push(new SegmentOfText(name, line))
  }
  return segments
}

class SegmentOfText implements TextSegment {
  readonly name: string
  readonly #line: string
  /** divided when somebody asks: of most segments nobody does */
  #fields: readonly string[] | undefined
  /** the header's first field is the separator itself */
  readonly #before: number
  readonly #isRepeated: boolean
  readonly #isEscaped: boolean

  constructor(name: string, line: string) {
    this.name = name
    this.#line = line
    this.#before = name === 'MSH' ? 1 : 0
    this.#isRepeated = line.includes('~')
    this.#isEscaped = line.includes('\\')
  }

  #field(number: number): string {
    return (this.#fields ??= this.#line.split('|'))[number - this.#before] ?? ''
  }
  #first(number: number): string {
    const field = this.#field(number)
    const end = this.#isRepeated ? field.indexOf('~') : -1
    return end < 0 ? field : field.slice(0, end)
  }
  #text(text: string): string {
    return this.#isEscaped ? unescaped(text) : text
  }

  field(number: number): string {
    return this.#text(this.#first(number))
  }
  component(number: number, component: number): string {
    const first = this.#first(number)
    if (first === '') return ''
    if (component === 1 && !first.includes('^')) return this.#text(first).trim()
    return this.#text(first.split('^')[component - 1] ?? '').trim()
  }
  components(number: number): readonly string[] {
    if (this.#field(number) === '') return []
    const all = this.#first(number).split('^')
    return this.#isEscaped ? all.map(unescaped) : all
  }
  repetitions(number: number): readonly string[] {
    const field = this.#field(number)
    if (field === '') return []
    return this.#isRepeated && field.includes('~') ? field.split('~').map(unescaped) : [this.#text(field)]
  }
  around(number: number, from: number, to: number): Around {
    const line = this.#line
    const start = placeOf(line, from - this.#before, 0)
    const field = placeOf(line, number - from, start)
    const behind = placeOf(line, 1, field)
    const end = placeOf(line, to - number, behind)
    return {
      field: line.slice(field, behind - 1),
      others: line.slice(start, field) + line.slice(behind, end - 1),
      isMore: end <= line.length,
    }
  }
}

/** @returns where a line goes on behind so many separators; behind its end where there are fewer */
function placeOf(line: string, separators: number, from: number): number {
  let at = from
  for (let left = separators; left > 0 && at <= line.length; left--) {
    const next = line.indexOf('|', at)
    at = (next < 0 ? line.length : next) + 1
  }
  return at
}

const DELIMITERS = { field: 0x7c, component: 0x5e, repetition: 0x7e, escape: 0x5c, subcomponent: 0x26 }

/** an escape sequence stands between two delimiters */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text
        .split(/([~^&])/)
        .map((one) => (one.includes('\\') ? Buffer.from(unescapeBytes(Buffer.from(one), DELIMITERS)).toString() : one))
        .join('')
    : text
