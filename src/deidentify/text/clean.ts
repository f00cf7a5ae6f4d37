/** Takes out of a text what identifies somebody and says in its place what kind of thing it was; what is medical stays. */
import { Recent } from '../../base/index.ts'
import { addressesIn } from './addresses.ts'
import { datesIn } from './dates.ts'
import { knownValues, squeezedOf, type KnownOfPatient, type KnownValues } from './known-values.ts'
import { wordsOf, type Word } from './letters.ts'
import { namesIn } from './names.ts'
import { numbersIn } from './numbers.ts'
import { PLACEHOLDER, settled, type Kind, type Span } from './spans.ts'

export interface TextContext extends Partial<KnownOfPatient> {
  /** of the person; absent: dates are taken out and not said again */
  readonly dateShiftDays?: number
  /**
   * what becomes of a word with a capital that is in no dictionary and does not look like a name: taken for a name, or the
   * whole text is refused. Default: refused in a text of one line and 64 characters, as descriptors are.
   */
  readonly strangers?: 'replace' | 'refuse'
}

export interface Cleaned {
  readonly text: string
  readonly found: readonly { readonly kind: Kind; readonly count: number }[]
  /** false: something may be left, and the text should not be kept */
  readonly sure: boolean
}

const DESCRIPTOR_LENGTH = 64

/**
 * @param text decoded; of any length, of one value
 * @returns the text with `[ИМЯ]`, `[ДАТА 02.03.2019]`, … in place of what was found
 */
export const cleanText = (text: string, context: TextContext = {}): Cleaned => textCleaner(context).clean(text)

/** The texts of one message: what is known of its patient is made ready once. */
export interface TextCleaner {
  clean(text: string): Cleaned
  /** @returns whether a plain text names this patient, and has to be cleaned */
  isAbout(plain: PlainText): boolean
}

export function textCleaner(context: TextContext): TextCleaner {
  const known = knownOf(context)
  const isAbout = (plain: PlainText) => known !== undefined && isKnown(plain, known)
  return {
    clean: (text) => {
      const plain = plainText(text)
      return plain && !isAbout(plain)
        ? { text, found: NOTHING, sure: true }
        : cleaned(text, context, identifyingSpans(text, context, known))
    },
    isAbout,
  }
}
const NOTHING: Cleaned['found'] = []

function cleaned(text: string, context: TextContext, { spans, strangers }: Found): Cleaned {
  const isRefused = strangers.length > 0 && strangersOf(text, context) === 'refuse'
  let cleaned = ''
  let at = 0
  const counts = new Map<Kind, number>()
  for (const { start, end, kind, replacement } of spans) {
    cleaned += text.slice(at, start) + (replacement ?? PLACEHOLDER[kind])
    at = end
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return {
    text: cleaned + text.slice(at),
    found: [...counts].map(([kind, count]) => ({ kind, count })),
    sure: !isRefused,
  }
}

/** A text in which the rules find nobody and no stranger, whoever it is about: of a test, a unit, a remark of every day. */
export interface PlainText {
  readonly words: readonly Word[]
  /** its letters and digits, where they may be somebody's number */
  readonly squeezed: string | undefined
}

const plainTexts = new Recent<PlainText | 'not plain'>(4000)
const LONGEST_PLAIN = 80
/** too short for a date without signs between, and for every number that the rules know */
const MEASURED = /^[<>=≤≥]{0,2} ?[+-]?\d{1,5}(?:[.,]\d{1,4})?$/
/** @returns undefined where a text has to be looked at anew for every patient */
export function plainText(text: string): PlainText | undefined {
  if (MEASURED.test(text)) return { words: [], squeezed: squeezedOf(text) }
  if (text.length > LONGEST_PLAIN) return undefined
  const plain = plainTexts.of(text, newPlainText)
  return plain === 'not plain' ? undefined : plain
}

function newPlainText(text: string): PlainText | 'not plain' {
  const { spans, strangers } = spansOfPiece(text, {})
  return spans.length + strangers.length === 0 ? { words: wordsOf(text), squeezed: squeezedOf(text) } : 'not plain'
}

function isKnown({ words, squeezed }: PlainText, known: KnownValues): boolean {
  for (const word of words) if (known.isName(word) || known.isPlace(word)) return true
  return squeezed !== undefined && known.mayHold(squeezed)
}

const strangersOf = (text: string, { strangers }: TextContext) =>
  strangers ?? (text.length <= DESCRIPTOR_LENGTH && !/[.!?]\s+\S/.test(text) ? 'refuse' : 'replace')

export interface Found {
  readonly spans: readonly Span[]
  readonly strangers: readonly Span[]
}

/** patterns cost the square of what they are given at worst: a long text is cleaned piece by piece */
const PIECE_LENGTH = 8192

/** Where a text identifies somebody, in order of place, without overlaps. */
export function identifyingSpans(text: string, context: TextContext = {}, known = knownOf(context)): Found {
  if (text.length <= PIECE_LENGTH) return spansOfPiece(text, context, known)
  const found = { spans: [] as Span[], strangers: [] as Span[] }
  const how = { ...context, strangers: strangersOf(text, context) }
  for (let at = 0; at < text.length;) {
    const piece = pieceAt(text, at)
    const moved = (span: Span): Span => ({ ...span, start: span.start + at, end: span.end + at })
    const { spans, strangers } = spansOfPiece(piece, how, known)
    found.spans.push(...spans.map(moved))
    found.strangers.push(...strangers.map(moved))
    at += piece.length
  }
  return found
}

/** Up to the end of a line, of a sentence, of a word: what names somebody is not torn where it can be helped. */
function pieceAt(text: string, from: number): string {
  const whole = text.slice(from, from + PIECE_LENGTH)
  if (from + whole.length === text.length) return whole
  const end = ['\n', '. ', ' '].map((sign) => whole.lastIndexOf(sign) + sign.length).find((at) => at > PIECE_LENGTH / 2)
  return whole.slice(0, end ?? whole.length)
}

function spansOfPiece(text: string, context: TextContext, known?: KnownValues): Found {
  if (!/[\p{L}\d]/u.test(text)) return { spans: [], strangers: [] }
  const words = wordsOf(text)
  const names = namesIn(text, words, known)
  const places = known ? words.filter((word) => word.shape !== 'small' && known.isPlace(word)) : []
  const isReplaced = strangersOf(text, context) === 'replace'
  const spans = settled(
    [
      ...numbersIn(text),
      ...(known?.numbersIn(text) ?? []),
      ...datesIn(text, context.dateShiftDays),
      ...addressesIn(text),
      ...places.map(({ start, end }): Span => ({ start, end, kind: 'place' })),
      ...names.spans,
      ...(isReplaced ? names.strangers : []),
    ],
    text,
  )
  const strangers = names.strangers.filter(
    ({ start, end }) => !spans.some((span) => span.start < end && start < span.end),
  )
  return { spans, strangers }
}

function knownOf({ names = [], identifiers = [], places = [] }: TextContext) {
  if (names.length + identifiers.length + places.length === 0) return undefined
  return knownValues({ names, identifiers, places })
}
