/** The bytes that a value may have been written as: in any encoding, misread from one into another, in Latin letters. */
import { Recent } from '../../base/index.ts'
import { decode, encode, type Encoding } from '../../standards/character-sets/index.ts'
import { transliterations } from '../text/transliteration.ts'

const WRITTEN: readonly Encoding[] = ['utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5', 'utf-16le', 'utf-16be']
const MISREAD: readonly Encoding[] = ['utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5']
const TAKEN_FOR: readonly Encoding[] = ['iso-8859-1', 'windows-1252', 'iso-8859-5', 'windows-1251']
/** the places of UTF-8 and UTF-16 among the ways below: all others write ASCII as UTF-8 does */
const WAYS_OF_ASCII = [0, 5, 6]
const WAYS = WRITTEN.length + MISREAD.length * (TAKEN_FOR.length + 1)
/** fewer bytes stand anywhere by chance */
const SHORTEST_BYTES = 4
const WHOLE_BELOW = 6
/** of one character, misread: three bytes, each taken for a sign of three */
const MOST_BYTES = 9

/** Sequences of bytes that give somebody away, one after another; capitals of ASCII as small letters. */
export interface Patterns {
  readonly bytes: Uint8Array
  /** where each ends and the next begins */
  readonly ends: readonly number[]
  /** what is short must stand alone */
  readonly isWhole: boolean
}

/** capitals of ASCII as small letters */
export const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x40 && byte < 0x5b ? byte + 32 : byte))

/** @param value as it was decoded; letters in its own case, in capitals, and with one capital */
export function patternsOf(value: string): Patterns {
  const { forms, latin, ways } = spellingsOf(value)
  let longest = 0
  for (const { length } of forms) longest = Math.max(longest, length)
  const room = Buffer.allocUnsafe(longest * MOST_BYTES * WAYS * forms.length + latin.join('').length)
  const ends: number[] = []
  let end = 0
  for (const form of forms) {
    const characters = Array.from(form, writtenAs)
    for (const way of ways) {
      const at = spell(characters, way, room, end)
      if (at - end >= SHORTEST_BYTES) ends.push((end = at))
    }
  }
  for (const one of latin) ends.push((end += room.write(one, end, 'latin1')))
  return { bytes: new Uint8Array(room.subarray(0, end)), ends, isWhole: value.length < WHOLE_BELOW }
}

/** @returns a number of bytes that no way of writing it exceeds */
export const longestOf = (value: string): number => value.length * MOST_CAPITALS * MOST_BYTES
/** one letter may be three as capitals */
const MOST_CAPITALS = 3

/** @returns the first four bytes of all that `patternsOf` has, folded, as signed numbers; some more may be among them */
export function beginningsOf(value: string): readonly number[] {
  if (ASCII.test(value)) return beginningsOfASCII(value)
  const letters = FIRST_LETTERS.exec(value)
  return letters ? begun.of(letters[0], newBeginningsOf) : newBeginningsOf(value)
}

/**
 * Names and numbers of many people begin alike: of a Cyrillic one five letters that have a Latin spelling, or digits, say how
 * it begins in every way, for of the first four bytes or Latin letters none depends on what follows the fifth.
 */
const FIRST_LETTERS = /^(?:[ъь]*[а-щыэ-яё\d-]){5}/i
const begun = new Recent<readonly number[]>(5000)

/** as itself, and in UTF-16 with either byte first */
function beginningsOfASCII(value: string): readonly number[] {
  if (value.length < 2) return []
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => FOLDED[value.charCodeAt(at)] ?? 0) as Four
  const wide = [(first << 24) | (second << 8), (first << 16) | second]
  return value.length < 4 ? wide : [...wide, (first << 24) | (second << 16) | (third << 8) | fourth]
}
type Four = [number, number, number, number]

function newBeginningsOf(value: string): readonly number[] {
  const { forms, latin, ways } = spellingsOf(value)
  const found: number[] = []
  for (const form of forms) {
    const [first = '', second = '', third = '', fourth = ''] = form
    const byTwo = ways === ALL_WAYS && second ? pairs.of(first + second, () => pairOf(first, second)) : undefined
    if (byTwo) found.push(...byTwo.prefixes)
    const characters = [first, second, third, fourth].filter(Boolean).map(writtenAs)
    for (const way of byTwo?.longer ?? ways)
      if (spell(characters, way, BEGINNING, 0) >= SHORTEST_BYTES) found.push(prefixAt(BEGINNING, 0))
  }
  for (const one of latin) {
    for (let at = 0; at < SHORTEST_BYTES; at++) BEGINNING[at] = one.charCodeAt(at)
    found.push(prefixAt(BEGINNING, 0))
  }
  return found
}

/** two letters in all ways of which they are four bytes; `longer`: the others */
interface Pair {
  readonly prefixes: readonly number[]
  readonly longer: readonly number[]
}
const pairs = new Recent<Pair>(2000)

function pairOf(first: string, second: string): Pair {
  const characters = [writtenAs(first), writtenAs(second)]
  const prefixes = new Set<number>()
  const longer: number[] = []
  for (const way of ALL_WAYS) {
    if (characters.some((character) => !character[way])) continue
    if (spell(characters, way, BEGINNING, 0) < SHORTEST_BYTES) longer.push(way)
    else prefixes.add(prefixAt(BEGINNING, 0))
  }
  return { prefixes: [...prefixes], longer }
}
const BEGINNING = new Uint8Array(SHORTEST_BYTES * MOST_BYTES)

/** @returns four folded bytes as a signed number, the first uppermost */
export const prefixAt = (bytes: Uint8Array, at: number): number =>
  ((FOLDED[bytes[at] as number] as number) << 24) |
  ((FOLDED[bytes[at + 1] as number] as number) << 16) |
  ((FOLDED[bytes[at + 2] as number] as number) << 8) |
  (FOLDED[bytes[at + 3] as number] as number)

export const ASCII = /^[\x20-\x7e]*$/
const ALL_WAYS = Array.from({ length: WAYS }, (_, way) => way)

function spellingsOf(value: string): {
  readonly forms: readonly string[]
  readonly latin: readonly string[]
  readonly ways: readonly number[]
} {
  if (ASCII.test(value)) return { forms: [value], latin: [], ways: WAYS_OF_ASCII }
  const forms = new Set([value, value.toUpperCase(), value.charAt(0).toUpperCase() + value.slice(1).toLowerCase()])
  const latin = /[а-яё]/i.test(value) ? transliterations(value).filter((one) => one.length >= 5) : []
  return { forms: [...forms], latin: latin.map((one) => one.toLowerCase()), ways: ALL_WAYS }
}

/** @returns where the form ends that was written at `from`; `from` where a character cannot be written so */
function spell(characters: readonly WrittenAs[], way: number, room: Uint8Array, from: number): number {
  let at = from
  for (let next = 0; next < characters.length; next++) {
    const bytes = (characters[next] as WrittenAs)[way]
    if (!bytes) return from
    for (let one = 0; one < bytes.length; one++) room[at++] = bytes[one] as number
  }
  return at
}

/** one character in every way, folded; no way looks at a character's neighbours */
type WrittenAs = readonly (Uint8Array | undefined)[]
const characters = new Recent<WrittenAs>(1000)
const latin2 = new TextDecoder('iso-8859-2')
/** of Latin and Cyrillic letters, which names are of */
const FIRST_CODES = 0x500
const letters: (WrittenAs | undefined)[] = new Array<undefined>(FIRST_CODES).fill(undefined)
function writtenAs(character: string): WrittenAs {
  const code = character.charCodeAt(0)
  return code < FIRST_CODES ? (letters[code] ??= newWrittenAs(character)) : characters.of(character, newWrittenAs)
}

function newWrittenAs(character: string): WrittenAs {
  const misread = MISREAD.flatMap((encoding) => {
    const bytes = encode(character, encoding)
    const texts = [...TAKEN_FOR.map((taken) => bytes && decode(bytes, taken)), bytes && latin2.decode(bytes)]
    return texts.map((text) => (text === undefined || text.includes('\ufffd') ? undefined : Buffer.from(text)))
  })
  return [...WRITTEN.map((encoding) => encode(character, encoding)), ...misread].map((bytes) =>
    bytes?.map((byte) => FOLDED[byte] as number),
  )
}
