/** How much bytes, or a text, look like Russian (by letter pairs) or like a language of Latin letters (by where they stand). */
import { decode, type SingleByte } from './encodings.ts'
import { LETTER_PAIRS } from './letter-pairs.generated.ts'
import { CLASSES, classOf, isLower, isUpper, LEAST, outOfPlace, QUANTUM } from './letters.ts'

export const CYRILLIC = ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'] as const satisfies readonly SingleByte[]

/** the logarithm of a pair's probability over chance */
const PAIRS = Float32Array.from(LETTER_PAIRS.join(''), (step) => (step.charCodeAt(0) - 0x30) * QUANTUM + LEAST)
/** a capital after a small letter inside a word: what KOI8-R read as CP1251 is full of */
const CASE_TURNS = 3
const LOWER = 1
const UPPER = 2

interface Characters {
  readonly classes: Uint8Array
  readonly cases: Uint8Array
  readonly penalties: Float32Array
}

function charactersOf(length: number, codeAt: (at: number) => number): Characters {
  const made = { classes: new Uint8Array(length), cases: new Uint8Array(length), penalties: new Float32Array(length) }
  // step by step: what an iterator makes for each of ten thousand characters stays as a process's highest memory
  for (let at = 0; at < length; at++) {
    const code = codeAt(at)
    made.classes[at] = classOf(code)
    made.cases[at] = isUpper(code) ? UPPER : isLower(code) ? LOWER : 0
    made.penalties[at] = outOfPlace(code)
  }
  return made
}

const tables = new Map<SingleByte, Characters>()
function tableOf(encoding: SingleByte): Characters {
  const known = tables.get(encoding)
  if (known) return known
  const text = decode(
    Uint8Array.from({ length: 256 }, (_, at) => at),
    encoding,
  )
  // of one byte each, and no encoding here knows a character beyond the first plane
  const made = charactersOf(text.length, (at) => text.charCodeAt(at))
  tables.set(encoding, made)
  return made
}

/** @returns the sum over non-ASCII bytes; divide by their number */
export function russianBytes(bytes: Uint8Array, encoding: SingleByte): number {
  const table = tableOf(encoding)
  return sum(bytes, bytes, table)
}

/** The same for a text. @returns the sum, and the number of non-ASCII characters it is over */
export function russianText(text: string): { readonly sum: number; readonly count: number } {
  const codes = new Uint16Array(text.length)
  const places = new Uint16Array(text.length)
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    codes[at] = code
    places[at] = code < KNOWN_CODES ? code : code === 0xfffd ? LOST : FAR
    if (code >= 0x80) count++
  }
  return { sum: sum(codes, places, (everyCharacter ??= charactersOf(LOST + 1, codeOf))), count }
}

/** beyond box drawing there is nothing that a Russian text has: one letter stands for all */
const KNOWN_CODES = 0x25a0
const FAR = KNOWN_CODES
const LOST = KNOWN_CODES + 1
const codeOf = (place: number) => (place < KNOWN_CODES ? place : place === FAR ? 0x4e00 : 0xfffd)
let everyCharacter: Characters | undefined

function sum(codes: ArrayLike<number>, places: ArrayLike<number>, of: Characters): number {
  let total = 0
  let before = 0
  let caseBefore = 0
  let wasHigh = false
  for (let at = 0; at <= codes.length; at++) {
    const place = places[at]
    const isHigh = at < codes.length && (codes[at] as number) >= 0x80
    const now = place === undefined ? 0 : (of.classes[place] as number)
    if (isHigh || wasHigh) {
      // from no letter to no letter says nothing
      if (before !== 0 || now !== 0) total += PAIRS[before * CLASSES + now] as number
      if (place !== undefined) {
        total -= of.penalties[place] as number
        if (caseBefore === LOWER && of.cases[place] === UPPER) total -= CASE_TURNS
      }
    }
    before = now
    caseBefore = place === undefined ? 0 : (of.cases[place] as number)
    wasHigh = isHigh
  }
  return total
}

const isLatinLetter = (code: number) => (code > 0x40 && code < 0x5b) || (code > 0x60 && code < 0x7b)
const ACCENTED = /[À-ÖØ-öø-ʯŠšŽžŒœŸ]/

/** by the number of plain letters beside it: none, on one side, on both */
const ALONE = [-0.5, 1.5, 2]
const IN_PAIR = [-4, 0, 1]

/** Letters with accents stand alone among plain ones; a run of them, or one without plain neighbours, is no word. */
export function latinText(text: string): number {
  let total = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x80) continue
    if (code < 0xa0 || code === 0xfffd) total -= 8
    if (!ACCENTED.test(text[at] as string)) {
      total -= code < 0xa0 || code === 0xfffd ? 0 : outOfPlace(code) / 2
      continue
    }
    let end = at
    while (end < text.length && ACCENTED.test(text[end] as string)) end++
    const plain = Number(isLatinLetter(text.charCodeAt(at - 1))) + Number(isLatinLetter(text.charCodeAt(end)))
    const run = end - at
    total += run === 1 ? (ALONE[plain] as number) : run === 2 ? (IN_PAIR[plain] as number) : -3 * run
    at = end - 1
  }
  return total
}
