/** What is known of this patient, made ready to be found in a text: names in any case, spelling and alphabet, numbers in any grouping. */
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
}

/** of the patients met last: the instances of a study say the same of theirs */
const compiled = new Map<string, KnownValues>()
const COMPILED_KEPT = 64

export function knownValues(of: KnownOfPatient): KnownValues {
  const key = [of.names, of.identifiers, of.places].map((values) => values.join('\0')).join('\x01')
  const known = compiled.get(key)
  if (known) return known
  const made = compile(of)
  if (compiled.size >= COMPILED_KEPT) compiled.delete(compiled.keys().next().value as string)
  compiled.set(key, made)
  return made
}

const SHORTEST_STEM = 3
const CUT_OFF = 5

function compile({ names, identifiers, places }: KnownOfPatient): KnownValues {
  const nameWords = [...new Set(names.flatMap(lettersOf))]
  const name = wordFinder(nameWords)
  const placeWords = places
    .flatMap(lettersOf)
    .filter((word) => word.length >= 4 && /^[а-я]+$/.test(word) && !isWord(word))
  const place = wordFinder(placeWords)
  const numbers = [...identifiers, ...places].flatMap(groupedForm)
  return {
    isName: name,
    isPlace: place,
    numbersIn: (text) => numbers.flatMap((form) => spansOf(text, form, 'number')),
  }
}

const lettersOf = (value: string): readonly string[] =>
  (value.match(/\p{L}{2,}/gu) ?? []).map(fold).filter((word) => word !== 'removed')

function wordFinder(words: readonly string[]): (word: Word) => boolean {
  const cyrillic = words.filter((word) => /^[а-я]/.test(word))
  const exact = new Set(words)
  const stems = new Set(cyrillic.flatMap(stemsOf).filter((stem) => stem.length >= SHORTEST_STEM))
  // a name that is known in Latin letters is found in Cyrillic ones through its skeleton, and the other way round
  const skeletons = new Set(
    [
      ...[...stems].flatMap(transliterations),
      ...words.filter((word) => !/^[а-я]/.test(word)).map((word) => word.replace(/(?:a|y|iy)$/, '')),
    ]
      .map(latinSkeleton)
      .filter((skeleton) => skeleton.length >= 4),
  )
  const longest = Math.max(0, ...[...stems].map((stem) => stem.length))
  return ({ folded, shape, isCyrillic }) => {
    if (exact.has(folded))
      return shape !== 'small' || folded.length >= 4 ? !(shape === 'small' && isWord(folded)) : false
    if (shape === 'small' && isWord(folded)) return false
    if (folded.length < SHORTEST_STEM) return false
    for (let length = Math.min(longest, folded.length); length >= SHORTEST_STEM; length--)
      if (stems.has(folded.slice(0, length)) && isTail(folded.slice(length), length)) return true
    if (folded.length >= CUT_OFF && words.some((name) => name.startsWith(folded)) && !isWord(folded)) return true
    if (isCyrillic && cyrillic.length === words.length) return false
    const skeleton = latinSkeleton(isCyrillic ? (transliterations(folded)[0] ?? '') : folded)
    for (let length = Math.max(4, skeleton.length - 4); length <= skeleton.length; length++)
      if (skeletons.has(skeleton.slice(0, length))) return true
    return false
  }
}

/** the longer what is the same, the freer the rest: Вересаевский, Вересаевна */
const isTail = (rest: string, sameLetters: number) => ENDING.test(rest) || (sameLetters >= 5 && rest.length <= 4)

/** Digits and letters of a number, whatever stands between them. */
function groupedForm(value: string): readonly RegExp[] {
  const characters = value.replace(/[^\p{L}\d]/gu, '')
  if (characters.replace(/\D/g, '').length < 4 || characters.length < 5 || characters.length > 64) return []
  const between = '[\\s.,/()№+-]{0,3}'
  const form = [...characters].map((one) => one.replace(/[^\p{L}\d]/gu, '')).join(between)
  const edge = '[\\p{L}\\d]'
  return [new RegExp(`(?<!${edge})${form}(?!${edge})`, 'giu')]
}

const spansOf = (text: string, form: RegExp, kind: Kind): Span[] =>
  [...text.matchAll(form)].map(({ 0: found, index }) => ({ start: index, end: index + found.length, kind }))
