/** What a character is to a scorer of Russian text: a letter of its alphabet, one of another, none at all, or out of place. */

/** 0: no letter · 1–33: а–я with ё after е · 34: a letter of another alphabet */
export const CLASSES = 35
/** one step of the table of letter pairs */
export const QUANTUM = 0.12
/** of the logarithm: what was never seen is rare, not impossible */
export const LEAST = -3.5
const NO_LETTER = 0
const OTHER_LETTER = 34

const ALPHABET = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя'
const INDEX = new Map<number, number>()
for (const [at, letter] of [...ALPHABET].entries()) {
  INDEX.set(letter.codePointAt(0) as number, at + 1)
  INDEX.set(letter.toUpperCase().codePointAt(0) as number, at + 1)
}

export const classOf = (code: number): number =>
  INDEX.get(code) ?? (/\p{L}/u.test(String.fromCodePoint(code)) ? OTHER_LETTER : NO_LETTER)

export const isRussian = (code: number): boolean => INDEX.has(code)
export const isUpper = (code: number): boolean => /\p{Lu}/u.test(String.fromCodePoint(code))
export const isLower = (code: number): boolean => /\p{Ll}/u.test(String.fromCodePoint(code))

const codes = (signs: string) => new Set([...signs].map((sign) => sign.codePointAt(0) as number))
/** signs that stand beside Russian words, and signs that seldom do */
const USUAL = codes('№«»„“”’–—…')
const RARE = codes('\u00a0°±²³µ·§×≤≥')
/** letters of the neighbours: names have them, if seldom */
const NEIGHBOURS = codes('іїєґўІЇЄҐЎ')

/** @returns what a character takes off the score of a text that should be Russian */
export function outOfPlace(code: number): number {
  if (code < 0x80 || INDEX.has(code) || USUAL.has(code)) return 0
  if (RARE.has(code)) return 1.5
  if (code === 0xfffd) return 12
  if (code < 0xa0) return 8
  if (code >= 0x2500 && code < 0x25a0) return 5
  if (NEIGHBOURS.has(code)) return 4
  return 6
}
