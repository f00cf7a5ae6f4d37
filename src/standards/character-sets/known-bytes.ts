/**
 * What bytes are by themselves, whatever stands beside them: their shape, how Russian they look, what they read as. Units,
 * tests and wards come with every message of a device, and short ones are looked up rather than weighed again.
 */
import { isAscii } from 'node:buffer'
import { Recent } from '../../base/index.ts'
import { decode, utf8Shape, type SingleByte } from './encodings.ts'
import { repairMojibake, type Repair } from './mojibake.ts'
import { CYRILLIC, latinText, russianBytes } from './score.ts'

export const CANDIDATES = [...CYRILLIC, 'windows-1252'] as const satisfies readonly SingleByte[]

/** of each candidate the sum over the bytes beyond ASCII */
export interface Scores {
  readonly sums: readonly number[]
  readonly bytes: number
}

/** As UTF-8: its text without a character that was cut off, and what that text says once it is put right. */
interface AsUtf8 {
  readonly text: string
  readonly repair: Repair | undefined
}

/** UTF-8 of so many characters beyond ASCII; `cut` bytes at the end are the beginning of another */
export type Shape = 'plain' | 'single-byte' | { readonly characters: number; readonly cut: number }

export class KnownBytes {
  readonly bytes: Uint8Array
  readonly shape: Shape
  #scores: Scores | undefined
  #utf8: AsUtf8 | undefined
  readonly #texts: (string | undefined)[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.shape = isAscii(bytes) || wide(bytes) !== undefined ? 'plain' : (utf8Shape(bytes) ?? 'single-byte')
  }

  get scores(): Scores {
    return (this.#scores ??= newScores(this.bytes))
  }

  get utf8(): AsUtf8 {
    return (this.#utf8 ??= readUtf8(this.bytes, typeof this.shape === 'string' ? 0 : this.shape.cut))
  }

  as(encoding: (typeof CANDIDATES)[number]): string {
    return (this.#texts[CANDIDATES.indexOf(encoding)] ??= decode(this.bytes, encoding))
  }
}

const SHORT = 48
const KEPT = 2000
const known = new Recent<KnownBytes>(KEPT)

/** @param text with `latin1`, the same a character a byte, where that is at hand */
export function knownBytes(text: { readonly bytes: Uint8Array; readonly latin1?: string | undefined }): KnownBytes {
  const { latin1 = text.bytes.length > SHORT ? undefined : decode(text.bytes, 'iso-8859-1') } = text
  if (latin1 === undefined || latin1.length > SHORT) return new KnownBytes(text.bytes)
  // kept for other messages, and not this one's memory with it
  return known.of(latin1, newKnown)
}
const newKnown = (latin1: string) => new KnownBytes(Buffer.from(latin1, 'latin1'))

/** UTF-16: a byte order mark, or every other byte zero or the one of the Cyrillic block. */
export function wide(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 4 || bytes.length % 2 === 1) return undefined
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const [isBigEndian, isLittleEndian] = [isHighFrom(bytes, 0), isHighFrom(bytes, 1)]
  return isLittleEndian && !isBigEndian ? 'utf-16le' : isBigEndian && !isLittleEndian ? 'utf-16be' : undefined
}

function isHighFrom(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at += 2) if (bytes[at] !== 0 && bytes[at] !== 4) return false
  return true
}

function readUtf8(bytes: Uint8Array, cut: number): AsUtf8 {
  const text = decode(bytes.subarray(0, bytes.length - cut), 'utf-8').replace(/^\ufeff/, '')
  return { text, repair: repairMojibake(text) }
}

function newScores(bytes: Uint8Array): Scores {
  const latin = latinText(decode(bytes, 'windows-1252'))
  const sums = CANDIDATES.map((encoding) => (encoding === 'windows-1252' ? latin : russianBytes(bytes, encoding)))
  return { sums, bytes: bytes.reduce((count, byte) => count + Number(byte >= 0x80), 0) }
}
