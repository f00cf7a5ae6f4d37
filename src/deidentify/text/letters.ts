/** Words of a text as they are compared: small letters, ё as е, Latin letters that pose as Cyrillic ones. */

export interface Word {
  readonly start: number
  readonly end: number
  readonly raw: string
  readonly folded: string
  readonly isCyrillic: boolean
  readonly shape: 'small' | 'capital' | 'capitals' | 'letter'
  /** what stands before is an end of a sentence, or nothing */
  readonly startsSentence: boolean
  /** @internal what `known-values.ts` compares names of two alphabets by, once somebody asked */
  skeleton: string | undefined
}

const CYRILLIC = /[а-яёіїєґў]/iu
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [...'aceopxykmthb'].map((latin, at) => [latin, [...'асеорхукмтнв'][at] as string]),
)

/** @returns the letters that two spellings of one word share; of the same length */
export function fold(raw: string): string {
  const small = raw.toLowerCase().replaceAll('ё', 'е')
  return CYRILLIC.test(small) && /[a-z]/.test(small) ? small.replace(/[a-z]/g, (one) => LOOKALIKES[one] ?? one) : small
}

/** a dot after these ends no sentence */
const ABBREVIATIONS = new Set(
  'г ул д кв корп стр обл пр пер наб пос зав проф доц акад им тел см рис табл отд др тов гр м с к ч мл ст зам исп иссл род дер вул'.split(
    ' ',
  ),
)

export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = []
  for (const { 0: raw, index: start } of text.matchAll(/\p{L}+/gu)) {
    const before = words[words.length - 1]
    words.push({
      start,
      end: start + raw.length,
      raw,
      folded: fold(raw),
      isCyrillic: CYRILLIC.test(raw),
      shape: shapeOf(raw),
      startsSentence: startsSentence(text, start, before),
      skeleton: undefined,
    })
  }
  return words
}

function shapeOf(raw: string): Word['shape'] {
  if (!/^\p{Lu}/u.test(raw)) return /\p{Lu}.*\p{Lu}/u.test(raw) ? 'capitals' : 'small'
  if ([...raw].length === 1) return 'letter'
  return /\p{Ll}/u.test(raw) ? 'capital' : 'capitals'
}

function startsSentence(text: string, start: number, before: Word | undefined): boolean {
  const between = text.slice(before?.end ?? 0, start).trimEnd()
  if (!before || /\n/.test(text.slice(before.end, start))) return true
  if (/[!?;:•–—]["«(]*$/.test(between)) return true
  if (!/[.]["«()»]*$/.test(between)) return false
  // a number with a full stop behind a word ends the sentence; an abbreviation or an initial does not
  const onlyDot = text.slice(before.end, start).trim() === '.'
  const isYear = /\d\s?$/.test(text.slice(0, before.start))
  return !(onlyDot && !isYear && (before.shape === 'letter' || ABBREVIATIONS.has(before.folded)))
}
