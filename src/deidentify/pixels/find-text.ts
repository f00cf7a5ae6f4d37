/** Looks at frames in several sizes and views, and says where text stands that may not stay. */
import type { Attributes } from '../../standards/dicom/index.ts'
import type { Box } from '../stages.ts'
import type { DecodedPixels } from './decode.ts'
import { partsOf, type Part } from './parts.ts'
import { apart, grown, type Place } from './place.ts'
import type { Reading, TextReader } from './tesseract.ts'
import { isBareNumber, type Judge, type Verdict } from './words.ts'

export interface FoundText {
  /** to be blanked: words of the patient or of nobody known, with the lines they stand in */
  readonly boxes: readonly Box[]
  /** text that nobody could read: what it says decides a person */
  readonly isUnsure: boolean
}

interface Seen {
  readonly frame: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly line: string
  /** which view in which size */
  readonly page: number
  readonly confidence: number
  readonly letters: number
  readonly isBareNumber: boolean
  readonly verdict: Verdict
}

/** below it a reader guesses; from the second on it reads */
const GUESS = 35
const DOUBT = 50
const SURE = 60
const DOUBT_LETTERS = 4
/** letters higher than this share of a picture are anatomy */
const TALLEST_SHARE = 1 / 5
const MARGIN = 4
/** of the height of letters: less than between words */
const PART_OF_WORD = 0.6

/** What was read of a part of a picture, by its pixels: what has not changed since is not read again. */
export type Memory = Map<string, readonly (readonly Reading[])[]>

/** What is known of an instance's pictures when they are looked at again. */
export interface Looked {
  readonly memory: Memory
  /** of which text was blanked */
  readonly blanked: readonly Box[]
  /** the frames that are looked at */
  readonly frames: readonly number[]
}

/** @param known default: nothing was looked at */
export async function findText(
  pixels: DecodedPixels,
  attributes: Attributes,
  judge: Judge,
  reader: TextReader,
  { memory, blanked, frames: among }: Looked = {
    ...{ memory: new Map(), blanked: [] },
    frames: [...pixels.frames.keys()],
  },
): Promise<FoundText> {
  const frames = among.map((frame) => {
    const here = blanked.filter((box) => box.frame === frame)
    return { frame, ...partsOf(pixels, frame, attributes, here) }
  })
  const first = frames.flatMap((parts) => parts.first)
  await readInto(memory, first, reader)
  const { rows, columns } = pixels.description
  const decided = (parts: readonly Part[]) => {
    const seen = seenOn(parts, memory, rows, judge)
    return new Map([...Map.groupBy(seen, ({ frame }) => frame)].map(([frame, all]) => [frame, onFrame(all)]))
  }
  const early = decided(first)
  // a frame that is to be blanked is looked at again without what was found
  const others = frames.filter(({ frame, then }) => then.length > 0 && !early.get(frame)?.bad.length)
  const then = others.flatMap((parts) => parts.then)
  if (then.length > 0) await readInto(memory, then, reader)
  const late = decided(others.flatMap((parts) => [...parts.first, ...parts.then]))
  const isRead = new Set(frames.filter(({ then }) => then.length === 0).map(({ frame }) => frame))
  const found = [...new Map([...early, ...late])]
  return {
    boxes: found.flatMap(([frame, { bad }]) => {
      const lines = frames.find((one) => one.frame === frame)?.lines ?? []
      return apart(withLines(bad, lines).map((one) => boxOf(one, rows, columns)))
    }),
    // another size may settle what one leaves open
    isUnsure: found.some(([frame, { isUnsure }]) => isUnsure && (late.has(frame) || isRead.has(frame))),
  }
}

function seenOn(parts: readonly Part[], memory: Memory, rows: number, judge: Judge): readonly Seen[] {
  let page = 0
  return parts.flatMap(({ frame, key, x, y, scales }) =>
    scales.flatMap((scale, size) => {
      page++
      const readings = memory.get(key)?.[size] ?? []
      return readings.flatMap((reading) => judged(reading, { frame, x, y, scale, page, rows }, judge))
    }),
  )
}

/** Parts of the same pixels are read once. */
async function readInto(memory: Memory, parts: readonly Part[], reader: TextReader): Promise<void> {
  const fresh = [...new Map(parts.map((part) => [part.key, part])).values()].filter(({ key }) => !memory.has(key))
  const read = await reader.read(fresh.flatMap((part) => part.pages()))
  let at = 0
  for (const { key, scales } of fresh) memory.set(key, read.slice(at, (at += scales.length)))
}

function onFrame(seen: readonly Seen[]): { readonly bad: readonly Seen[]; readonly isUnsure: boolean } {
  const places = seen.map((one) => verdictOfPlace(one, seen))
  const bad = seen.filter((_, at) => places[at] === 'blank')
  const lines = new Set(bad.map(({ line }) => line))
  // initials, a number, a title beside a name go with it
  const beside = seen.filter(
    (one, at) =>
      lines.has(one.line) &&
      (places[at] !== 'harmless' || (one.isBareNumber && bad.some((other) => isPartOf(one, other)))) &&
      one.confidence >= GUESS,
  )
  return { bad: [...new Set([...bad, ...beside])], isUnsure: places.includes('unsure') }
}

function judged(
  { x, y, width, height, text, confidence, line }: Reading,
  from: Pick<Part, 'frame' | 'x' | 'y'> & { readonly scale: number; readonly page: number; readonly rows: number },
  judge: Judge,
): readonly Seen[] {
  const { frame, scale, page, rows } = from
  const verdict = judge(text)
  if (height / scale > rows * TALLEST_SHARE && verdict !== 'own') return []
  const place = { x: from.x + x / scale, y: from.y + y / scale, width: width / scale, height: height / scale }
  const letters = text.replace(/[^\p{L}\p{N}]/gu, '').length
  return [
    { frame, ...place, line: `${page} ${line}`, page, confidence, letters, verdict, isBareNumber: isBareNumber(text) },
  ]
}

/**
 * The same place is read several times: it is somebody's word if it is in any of them, else what the surest says. A word that
 * nobody knows is blanked when it was read well once or at all twice; read once and badly it is a shape, unless it is long.
 */
function verdictOfPlace(one: Seen, all: readonly Seen[]): 'blank' | 'harmless' | 'unsure' | 'none' {
  const here = all.filter((other) => overlaps(one, other) && (other.confidence >= GUESS || other.verdict === 'own'))
  if (here.some(({ verdict }) => verdict === 'own')) return 'blank'
  if (here.length === 0) return 'none'
  const best = here.reduce((a, b) => (b.confidence > a.confidence ? b : a))
  const sureOf = (verdict: Verdict) => here.some((other) => other.verdict === verdict && other.confidence >= SURE)
  const isHarmless = here.some(({ verdict }) => verdict === 'harmless')
  if (isHarmless && (best.verdict === 'harmless' || !(sureOf('unknown') || sureOf('recognised')))) return 'harmless'
  if (here.some(({ verdict }) => verdict === 'recognised')) return 'blank'
  const unknown = here.filter(({ verdict }) => verdict === 'unknown')
  if (unknown.length === 0) return 'none'
  if (best.confidence >= SURE || new Set(unknown.map(({ page }) => page)).size > 1) return 'blank'
  return best.confidence >= DOUBT && best.letters >= DOUBT_LETTERS ? 'unsure' : 'none'
}

/** and the lines in which somebody's stand: a word that nobody knows may be a shape, and is no reason for more */
const withLines = (words: readonly Seen[], lines: readonly Place[]): readonly Place[] => {
  const somebodys = words.filter(({ verdict }) => verdict === 'own' || verdict === 'recognised')
  return [...words, ...lines.filter((line) => somebodys.some((word) => overlaps(word, line)))]
}

/** A number that stands so close to a word is the rest of it: a date is read in two. */
const isPartOf = (one: Seen, word: Seen): boolean =>
  one.line === word.line &&
  Math.max(one.x - word.x - word.width, word.x - one.x - one.width) <= word.height * PART_OF_WORD

/** half of the smaller one lies in the other */
function overlaps(a: Place, b: Place): boolean {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (wide <= 0 || high <= 0) return false
  return wide * high * 2 >= Math.min(a.width * a.height, b.width * b.height)
}

const boxOf = ({ frame, x, y, width, height }: Place, rows: number, columns: number): Box =>
  grown({ frame, x, y, width, height }, MARGIN + Math.ceil(height / 4), { width: columns, height: rows })
