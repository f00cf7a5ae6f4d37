/** The texts of a message: escapes undone, character set decided for the message and checked in every value. */
import { isAscii } from 'node:buffer'
import {
  decideTexts,
  type CharacterSetMemory,
  type Declared,
  type PooledText,
  type TextDecision,
} from '../character-sets/index.ts'
import { declaration, declaredOf, type CharacterSetDecision } from './character-sets.ts'
import { unescapeBytes } from './escapes.ts'
import { findFirst, type Message } from './message.ts'
import type { Path } from './path.ts'
import type { Range } from './ranges.ts'

export interface Texts {
  readonly characterSet: CharacterSetDecision
  /** @returns the text of a range, delimiters inside it as they are; undefined when its character set is unsure */
  text(range: Range): string | undefined
  /** @returns the text of a path's first value; undefined when there is none, it is empty, or unsure */
  at(path: string | Path): string | undefined
  /** @returns the values beyond ASCII, in the order of the message */
  decisions(): readonly (Range & TextDecision)[]
  /** with what this message taught about its device */
  readonly memory: CharacterSetMemory
}

/** A value that is not plain ASCII as it stands. */
class Leaf implements Range, PooledText {
  readonly start: number
  readonly end: number
  readonly latin1: string | undefined
  readonly #message: Message
  #bytes: Uint8Array | undefined
  text: string | undefined
  declared: Declared | undefined

  constructor(message: Message, start: number, end: number, isEscaped: boolean) {
    this.start = start
    this.end = end
    this.#message = message
    if (!isEscaped) this.latin1 = message.latin1(start, end)
    else this.#bytes = unescapeBytes(message.bytes.subarray(start, end), message.delimiters)
  }

  /** escapes undone */
  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#message.bytes.subarray(this.start, this.end))
  }
}

/**
 * @param hidden of `readDecoded`, when the message is a decoded copy
 * @param memory what the same device wrote before
 */
export function textsOf(message: Message, hidden?: CharacterSetDecision, memory: CharacterSetMemory = {}): Texts {
  const leaves = special(message)
  const declared = declaredOf(message)
  const said = declaration(hidden ? 'UTF-8' : declared)
  const beyond: Leaf[] = []
  for (const leaf of leaves)
    if (leaf.latin1 === undefined && isAscii(leaf.bytes)) leaf.text = asText(leaf.bytes, 'latin1')
    else {
      leaf.declared = said
      beyond.push(leaf)
    }
  const pool = decideTexts(beyond, memory)
  for (let at = 0; at < beyond.length; at++) (beyond[at] as Leaf).text = pool.texts[at]?.text
  return {
    characterSet: hidden ?? settled(declared, pool.texts),
    ...reading(message, leaves),
    decisions: () => beyond.map(({ start, end }, at) => ({ start, end, ...(pool.texts[at] as TextDecision) })),
    memory: pool.memory,
  }
}

/** The same of a message that is known to be in UTF-8, as every message is that passed the gate: nothing is decided. */
export function textsInUTF8(message: Message): Pick<Texts, 'text' | 'at'> {
  const leaves = special(message)
  for (const leaf of leaves) leaf.text = asText(leaf.bytes, 'utf8')
  return reading(message, leaves)
}

const asText = (bytes: Uint8Array, encoding: 'latin1' | 'utf8'): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding)

function reading(message: Message, leaves: readonly Leaf[]): Pick<Texts, 'text' | 'at'> {
  const { latin1 } = message
  const text = ({ start, end }: Range): string | undefined => {
    const first = firstFrom(leaves, start)
    const only = leaves[first]
    if (!only || only.start >= end) return latin1(start, end)
    if (only.start === start && only.end === end) return only.text
    let out = ''
    let at = start
    for (let next = first; next < leaves.length; next++) {
      const leaf = leaves[next] as Leaf
      if (leaf.start >= end) break
      // unsure, or a range that is no value's but ends inside one
      if (leaf.text === undefined || leaf.end > end || leaf.start < start) return undefined
      out += latin1(at, leaf.start) + leaf.text
      at = leaf.end
    }
    return out + latin1(at, end)
  }
  return {
    text,
    at: (path) => {
      const range = findFirst(message, path)
      return range && range.end > range.start ? text(range) : undefined
    },
  }
}

/** values that are not plain ASCII as they stand: beyond it, or with escapes */
function special(message: Message): Leaf[] {
  const { bytes, delimiters, segments } = message
  const first = segments[0]
  if (!first) return []
  const { field, component, repetition, subcomponent, escape } = delimiters
  const leaves: Leaf[] = []
  for (const segment of segments) {
    // the header's own delimiters hold an escape character that escapes nothing
    let at = segment === first ? endOfDelimiters(bytes, segment, field) : segment.start
    let start = at
    let isBeyond = false
    let isEscaped = false
    for (; at <= segment.end; at++) {
      const byte = bytes[at] as number
      if (at < segment.end) {
        if (byte >= 0x80) {
          isBeyond = true
          continue
        }
        if (byte === escape) {
          isEscaped = true
          continue
        }
        if (byte !== field && byte !== component && byte !== repetition && byte !== subcomponent) continue
      }
      if (isBeyond || isEscaped) {
        leaves.push(new Leaf(message, start, at, isEscaped))
        isBeyond = isEscaped = false
      }
      start = at + 1
    }
  }
  return leaves
}

function endOfDelimiters(bytes: Buffer, { start, end, name }: Range & { name: string }, field: number): number {
  const at = bytes.indexOf(field, start + name.length + 1)
  return at < 0 || at > end ? end : at
}

function firstFrom(leaves: readonly Leaf[], start: number): number {
  let low = 0
  let high = leaves.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((leaves[middle] as Leaf).end <= start) low = middle + 1
    else high = middle
  }
  return low
}

function settled(declared: string, texts: readonly TextDecision[]): CharacterSetDecision {
  if (texts.length === 0) return { declared, encoding: 'us-ascii', status: 'ascii' }
  let encoding: string | undefined
  let sure = 0
  for (const text of texts) {
    if (text.status === 'unsure') continue
    encoding = sure++ === 0 || text.encoding === encoding ? text.encoding : 'mixed'
  }
  const said = declaration(declared)
  const isDeclared = !said.byDefault && encoding === said.encoding
  return { declared, encoding, status: sure === 0 ? 'unsure' : isDeclared ? 'declared' : 'detected' }
}
