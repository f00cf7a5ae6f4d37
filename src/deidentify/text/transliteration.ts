/** Cyrillic names in Latin letters, as passports, libraries and devices spell them. */

const ALPHABET = [...'абвгдеёжзийклмнопрстуфхцчшщъыьэюя']
const FIRST = 'а'.charCodeAt(0)
const SCHEMES = {
  /** ICAO Doc 9303, Russian passports since 2014 */
  icao: 'a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y _ e iu ia',
  /** GOST R 52535.1-2006, passports before */
  gost52535: 'a b v g d e e zh z i i k l m n o p r s t u f kh tc ch sh shch _ y _ e iu ia',
  /** BGN/PCGN 1947 without its marks */
  bgn: 'a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya',
  /** GOST 7.79-2000 B */
  gost779: 'a b v g d e yo zh z i j k l m n o p r s t u f x c ch sh shh _ y _ e yu ya',
  /** scientific, without its marks: as it stands in ASCII */
  scientific: 'a b v g d e e z z i j k l m n o p r s t u f ch c c s sc _ y _ e ju ja',
  /** as typed at consoles */
  typed: 'a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch _ y _ e yu ya',
} as const
/** by the letter's code, from the first of the alphabet */
const TABLES = Object.values(SCHEMES).map((scheme) => {
  const table: string[] = []
  for (const [at, latin] of scheme.split(' ').entries())
    table[(ALPHABET[at] as string).charCodeAt(0) - FIRST] = latin === '_' ? '' : latin
  return table
})
/** Cyrillic е after a vowel or a sign, or first: BGN writes ye */
const YE = /(?<=^|[аеёиоуыэюяъь])е/g

/** @returns the spellings of one word, in small letters, without repetition */
export function transliterations(word: string): readonly string[] {
  const small = word.toLowerCase()
  const ye = small.replace(YE, 'йе')
  const spelled = TABLES.map((table) => spelledBy(table, small))
  const withYe = ye === small ? spelled : TABLES.map((table) => spelledBy(table, ye))
  return [...new Set([...spelled, ...withYe.map(asYe), ...spelled.map(shortened)])]
}

function spelledBy(table: readonly string[], word: string): string {
  let spelled = ''
  for (let at = 0; at < word.length; at++) spelled += table[word.charCodeAt(at) - FIRST] ?? word[at]
  return spelled
}

const asYe = (latin: string): string =>
  latin.includes('e') ? latin.replaceAll('je', 'ye').replaceAll('ie', 'ye') : latin
const shortened = (latin: string): string => (/[iyj]$/.test(latin) ? latin.replace(/(?:iy|ij|yy|yj|ii)$/, 'y') : latin)

const FOLDS: readonly (readonly [RegExp, string])[] = [
  [/["'`’ʹʺ]/g, ''],
  [/shch|shh|sch|sc/g, 'S'],
  [/tch|ch|c?h$|č/g, 'C'],
  [/sh|š/g, 'S'],
  [/zh|ž/g, 'Z'],
  [/kh|x|h/g, 'H'],
  [/ts|tc|tz|cz|c/g, 'T'],
  [/(?:y|i|j)(?=[aeou])/g, ''],
  [/(?:iy|ij|yy|yj|ii|y|j)/g, 'i'],
  [/w/g, 'v'],
  [/ph/g, 'f'],
  [/(.)\1/g, '$1'],
]

/** @returns one spelling for all spellings: equal for a name and its transliterations */
export const latinSkeleton = (latin: string): string =>
  FOLDS.reduce(
    (text, [from, to]) => text.replace(from, to),
    latin.toLowerCase().normalize('NFD').replace(/\p{M}/gu, ''),
  )
