/** Looks at frames in several sizes and views, and says where text stands that may not stay. */
import type { Attributes } from '../../standards/dicom/index.ts'
import type { Box } from '../stages.ts'
import type { DecodedPixels } from './decode.ts'
import { enlarged, halved, views } from './picture.ts'
import type { Reading, TextReader } from './tesseract.ts'
import type { GreyPicture } from './tiff.ts'
import type { Judge, Verdict } from './words.ts'

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
  readonly verdict: Verdict
}

const LONGEST_ENLARGED = 2048
const LARGEST_FACTOR = 3
const LARGE_PICTURE = 1024
/** below it a reader guesses; from the second on it reads */
const GUESS = 35
const DOUBT = 50
const SURE = 60
const DOUBT_LETTERS = 4
/** letters higher than this share of a picture are anatomy */
const TALLEST_SHARE = 1 / 5
const MARGIN = 4

/** @param among the frames that are looked at; default: all */
export async function findText(
  pixels: DecodedPixels,
  attributes: Attributes,
  judge: Judge,
  reader: TextReader,
  among: readonly number[] = [...pixels.frames.keys()],
): Promise<FoundText> {
  const pages = among.flatMap((frame) =>
    views(pixels, frame, attributes).flatMap((view) => sizes(view).map((size) => ({ frame, ...size }))),
  )
  const read = await reader.read(pages.map(({ page }) => page))
  const { rows, columns } = pixels.description
  const seen = pages.flatMap(({ frame, scale }, page) =>
    (read[page] ?? []).flatMap((reading) => judged(reading, { frame, scale, page, rows }, judge)),
  )
  const found = [...Map.groupBy(seen, ({ frame }) => frame).values()].map(onFrame)
  return {
    boxes: found.flatMap(({ bad }) => joined(bad.map((one) => grown(one, rows, columns)))),
    isUnsure: found.some(({ isUnsure }) => isUnsure),
  }
}

function onFrame(seen: readonly Seen[]): { readonly bad: readonly Seen[]; readonly isUnsure: boolean } {
  const places = seen.map((one) => verdictOfPlace(one, seen))
  const bad = seen.filter((_, at) => places[at] === 'blank')
  const lines = new Set(bad.map(({ line }) => line))
  // initials, a number, a title beside a name go with it
  const beside = seen.filter(
    ({ line, confidence }, at) => lines.has(line) && places[at] !== 'harmless' && confidence >= GUESS,
  )
  return { bad: [...new Set([...bad, ...beside])], isUnsure: places.includes('unsure') }
}

/** as it is, larger for small letters, and of a large picture half as large */
function sizes(view: GreyPicture): readonly { readonly page: GreyPicture; readonly scale: number }[] {
  const longest = Math.max(view.width, view.height)
  const factor = Math.min(LARGEST_FACTOR, Math.floor(LONGEST_ENLARGED / longest))
  return [
    { page: view, scale: 1 },
    ...(factor > 1 ? [{ page: enlarged(view, factor), scale: factor }] : []),
    ...(longest > LARGE_PICTURE ? [{ page: halved(view), scale: 0.5 }] : []),
  ]
}

function judged(
  { x, y, width, height, text, confidence, line }: Reading,
  from: { readonly frame: number; readonly scale: number; readonly page: number; readonly rows: number },
  judge: Judge,
): readonly Seen[] {
  const { frame, scale, page, rows } = from
  const verdict = judge(text)
  if (height / scale > rows * TALLEST_SHARE && verdict !== 'own') return []
  const place = { x: x / scale, y: y / scale, width: width / scale, height: height / scale }
  const letters = text.replace(/[^\p{L}\p{N}]/gu, '').length
  return [{ frame, ...place, line: `${page} ${line}`, page, confidence, letters, verdict }]
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

/** half of the smaller one lies in the other */
function overlaps(a: Seen, b: Seen): boolean {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (wide <= 0 || high <= 0) return false
  return wide * high * 2 >= Math.min(a.width * a.height, b.width * b.height)
}

function grown({ frame, x, y, width, height }: Seen, rows: number, columns: number): Box {
  const margin = MARGIN + Math.ceil(height / 4)
  const left = Math.max(0, Math.floor(x - margin))
  const top = Math.max(0, Math.floor(y - margin))
  return {
    frame,
    x: left,
    y: top,
    width: Math.min(columns, Math.ceil(x + width + margin)) - left,
    height: Math.min(rows, Math.ceil(y + height + margin)) - top,
  }
}

/** Boxes that meet become one around both, as long as there are any. */
function joined(boxes: readonly Box[]): readonly Box[] {
  const done: Box[] = []
  for (let box of boxes) {
    for (
      let at = done.findIndex((other) => meet(box, other));
      at >= 0;
      at = done.findIndex((other) => meet(box, other))
    )
      box = around(box, done.splice(at, 1)[0] as Box)
    done.push(box)
  }
  return done
}

const meet = (a: Box, b: Box) =>
  a.frame === b.frame && a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height

function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    ...a,
    ...{ x, y },
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}
