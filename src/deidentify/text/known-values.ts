/** What is known of this patient, made ready to be found in a text: names in any case, spelling and alphabet, numbers in any grouping. */
import { Recent } from '../../base/index.ts'
import { ENDING, stemsOf } from './name-forms.ts'
import { isWord } from './dictionary.ts'
import { fold, type Word } from './letters.ts'
import type { Kind, Span } from './spans.ts'
import { latinSkeleton, transliterations } from './transliteration.ts'

/** Values as decoded; `PatientContext` of the gate is one of these. */
export interface KnownOfPatient {
  readonly names: readonly string[]
  readonly identifiers: readonly string[]
  readonly places: readonly string[]
}

export interface KnownValues {
  /** @returns whether a word is a known name, or the beginning of one that was cut off */
  isName(word: Word): boolean
  isPlace(word: Word): boolean
  numbersIn(text: string): readonly Span[]
  /** @param squeezed of `squeezedOf`; false: no known number stands in the text */
  mayHold(squeezed: string): boolean
}

type WordFinder = (word: Word) => boolean

/** of the patients met last: their instances and messages say the same of their names, and each other numbers */
const named = new Recent<WordFinder>(1000)
const placed = new Recent<WordFinder>(200)

export function knownValues({ names, identifiers, places }: KnownOfPatient): KnownValues {
  // most texts have nothing in them that looks like a number of anybody's
  let made: readonly GroupedForm[] | undefined
  const forms = () => (made ??= [...identifiers, ...places].flatMap((value) => grouped.of(value, groupedForm)))
  let plain: readonly string[] | undefined
  return {
    isName: named.of(joined(names), () => wordFinder([...new Set(names.flatMap(lettersOf))])),
    isPlace: placed.of(joined(places), () => wordFinder(places.flatMap(lettersOf).filter(isPlaceWord))),
    numbersIn: (text) => {
      const squeezed = squeezedOf(text)
      if (squeezed === undefined) return []
      return forms().flatMap(({ plain, form }) => (squeezed.includes(plain) ? spansOf(text, form(), 'number') : []))
    },
    mayHold: (squeezed) => {
      plain ??= [...plainNumbers(identifiers), ...plainNumbers(places)]
      for (const number of plain) if (squeezed.includes(number)) return true
      return false
    },
  }
}

const joined = (values: readonly string[]): string => (values.length === 1 ? (values[0] as string) : values.join('\0'))

const SHORTEST_STEM = 3
const CUT_OFF = 5

const lettersOf = (value: string): readonly string[] =>
  (value.match(/\p{L}{2,}/gu) ?? []).map(fold).filter((word) => word !== 'removed')
const isPlaceWord = (word: string) => word.length >= 4 && /^[а-я]+$/.test(word) && !isWord(word)

/** one word of a name: surnames differ, given names and those of doctors come again with the next patient */
const formsOfWords = new Recent<{ readonly stems: readonly string[]; readonly skeletons: readonly string[] }>(2000)
/** a name that is known in Latin letters is found in Cyrillic ones through its skeleton, and the other way round */
function formsOf(word: string) {
  return formsOfWords.of(word, () => {
    const isCyrillic = /^[а-я]/.test(word)
    const stems = isCyrillic ? stemsOf(word).filter((stem) => stem.length >= SHORTEST_STEM) : []
    const spelled = isCyrillic ? stems.flatMap(transliterations) : [word.replace(/(?:a|y|iy)$/, '')]
    const skeletons = [...new Set(spelled.map(latinSkeleton))].filter((skeleton) => skeleton.length >= 4)
    return { stems, skeletons }
  })
}

const skeletonsOfWords = new Recent<string>(5000)
const skeletonOf = (folded: string, isCyrillic: boolean) =>
  skeletonsOfWords.of(folded, () => latinSkeleton(isCyrillic ? (transliterations(folded)[0] ?? '') : folded))

function wordFinder(words: readonly string[]): WordFinder {
  const cyrillic = words.filter((word) => /^[а-я]/.test(word))
  const exact = new Set(words)
  const forms = words.map(formsOf)
  const stems = new Set(forms.flatMap((one) => one.stems))
  const skeletons = new Set(forms.flatMap((one) => one.skeletons))
  const longest = Math.max(0, ...[...stems].map((stem) => stem.length))
  const starts = new Set([...words, ...stems].map(startOf))
  const skeletonStarts = new Set([...skeletons].map(startOf))
  const isAlike = ({ folded, shape }: Word): boolean => {
    if (exact.has(folded))
      return shape !== 'small' || folded.length >= 4 ? !(shape === 'small' && isWord(folded)) : false
    if (shape === 'small' && isWord(folded)) return false
    for (let length = Math.min(longest, folded.length); length >= SHORTEST_STEM; length--)
      if (stems.has(folded.slice(0, length)) && isTail(folded.slice(length), length)) return true
    return folded.length >= CUT_OFF && words.some((name) => name.startsWith(folded)) && !isWord(folded)
  }
  return (word) => {
    const { folded, shape, isCyrillic } = word
    // what is alike begins alike
    if (starts.has(startOf(folded)) && isAlike(word)) return true
    if (skeletons.size === 0 || (isCyrillic && cyrillic.length === words.length)) return false
    if (folded.length < SHORTEST_STEM || exact.has(folded)) return false
    const skeleton = (word.skeleton ??= skeletonOf(folded, isCyrillic))
    if (!skeletonStarts.has(startOf(skeleton)) || (shape === 'small' && isWord(folded))) return false
    for (let length = Math.max(4, skeleton.length - 4); length <= skeleton.length; length++)
      if (skeletons.has(skeleton.slice(0, length))) return true
    return false
  }
}

/** the first two letters as a number */
const startOf = (word: string): number => word.charCodeAt(0) * 0x10000 + word.charCodeAt(1)

/** the longer what is the same, the freer the rest: Вересаевский, Вересаевна */
const isTail = (rest: string, sameLetters: number) => ENDING.test(rest) || (sameLetters >= 5 && rest.length <= 4)

/** a known number, or its first part, has at least so many */
const THREE_DIGITS = /\d(?:.*?\d){2}/s
/** @returns letters and digits alone, in one case: a number that is not among these is nowhere in the text; undefined: none is */
export function squeezedOf(text: string): string | undefined {
  if (!THREE_DIGITS.test(text)) return undefined
  const squeezed = inOneCase(charactersOf(text))
  return squeezed.length < FEWEST_CHARACTERS && /^\d*$/.test(squeezed) ? undefined : squeezed
}
/** of a whole number; a first part is shorter, and has a letter */
const FEWEST_CHARACTERS = 5
const FEWEST_DIGITS = 4
const MOST_CHARACTERS = 64
const inOneCase = (text: string) => text.toUpperCase().toLowerCase()
const charactersOf = (value: string) => (PLAIN.test(value) ? value : value.replace(/[^\p{L}\d]/gu, ''))
const PLAIN = /^[\dA-Za-zА-Яа-яЁё]*$/
function digitsOf(value: string): number {
  let digits = 0
  for (let at = 0; at < value.length; at++) {
    const sign = value.charCodeAt(at)
    if (sign > 0x2f && sign < 0x3a) digits++
  }
  return digits
}

/** Numbers and their first parts as they stand in a squeezed text; most are digits alone, and need no form made ready. */
function plainNumbers(values: readonly string[]): readonly string[] {
  const plain: string[] = []
  for (const value of values) {
    const digits = digitsOf(value)
    if (digits < FEWEST_DIGITS) continue
    if (digits < value.length) for (const form of grouped.of(value, groupedForm)) plain.push(form.plain)
    else if (value.length >= FEWEST_CHARACTERS && value.length <= MOST_CHARACTERS) plain.push(value)
  }
  return plain
}

interface GroupedForm {
  readonly plain: string
  form(): RegExp
}

const grouped = new Recent<readonly GroupedForm[]>(2000)

/** Digits and letters of a number, whatever stands between them; of one in parts (S19-1_A_1) also its first parts. */
function groupedForm(value: string): readonly GroupedForm[] {
  const { length } = charactersOf(value)
  if (digitsOf(value) < FEWEST_DIGITS || length < FEWEST_CHARACTERS || length > MOST_CHARACTERS) return []
  if (!/[-_/.]/.test(value)) return [separately(value)]
  const firstParts = [...value.matchAll(/(?<=[\p{L}\d])[-_/.](?=[\p{L}\d])/gu)]
    .map(({ index }) => value.slice(0, index))
    .filter((part) => /\p{L}/u.test(part) && digitsOf(part) >= 3)
  return [value, ...firstParts].map(separately)
}

function separately(value: string): GroupedForm {
  const characters = charactersOf(value)
  const [between, edge] = ['[\\s.,/()№+_-]{0,3}', '[\\p{L}\\d]']
  return {
    // letters whose capitals are two of another kind are looked for by the form alone
    plain: /^[\dA-ZА-ЯЁ]+$/i.test(characters) ? inOneCase(characters) : '',
    form: () => new RegExp(`(?<!${edge})${[...characters].join(between)}(?!${edge})`, 'giu'),
  }
}

const spansOf = (text: string, form: RegExp, kind: Kind): Span[] =>
  [...text.matchAll(form)].map(({ 0: found, index }) => ({ start: index, end: index + found.length, kind }))
