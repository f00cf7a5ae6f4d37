/** Lines of letters: strokes that stand so, on pages with nothing else on them, and the ground that a line may stand on. */
import { components, high, histogram, placeOf, threshold, wide, type Component } from './components.ts'
import { cut } from './picture.ts'
import { apart, area, aroundBoth, grown, isInside, type Place } from './place.ts'
import { isTooMuch, MARGIN, MOST_OF_PICTURE, MOST_PIECES, SMALLEST, tallestOf } from './places.ts'
import type { StandingOut } from './stand-out.ts'
import type { GreyPicture } from './tiff.ts'

/** more letters no device writes */
const MOST_LETTERS = 4096
/** letters that are larger do not stand out of what is around them, they are it; of thinner ones nothing is left */
const TALLEST = 48
const THINNEST = 1 / 8
/** so many make a line; a person is not told by fewer */
const FEWEST_LETTERS = 3
/** letters that touch are a piece as long as a word */
const WORD = 2
/** beside the letters so much may be on their side of a threshold */
const MOST_BESIDE = 1.5
/** of the larger of two letters that follow each other: as far as they may be apart, and how much taller one may be */
const MOST_GAP = 2
const MOST_TALLER = 2.5
/** of its height, to both sides of a letter: points, dashes and torn strokes stand there */
const BESIDE = 1
const ABOVE = 2
/** the lowest ground of letters, and how much of it they leave */
const PLATE = 8
const FILLED = 1 / 2

export interface Lines {
  readonly place: Place
  /** around the letters of each line: a word that is somebody's is not the only one there */
  readonly runs: readonly Place[]
  /** light letters on black, whatever they are on the picture */
  readonly page: GreyPicture
  readonly isLight: boolean
}

/** @returns of each part with lines its page, of a picture full of them one; undefined when what stands out is too much to be text */
export function linesOf({ picture, strokes, isLight }: StandingOut): readonly Lines[] | undefined {
  const pieces = components(strokes, 0, Math.ceil(strokes.width * strokes.height * MOST_PIECES))
  const letters = pieces?.filter(isStroke)
  if (!letters || letters.length > MOST_LETTERS) return undefined
  const runs = runsOf(letters, strokes).map((run) => run.map(placeOf).reduce(aroundBoth))
  const all = { x: 0, y: 0, width: picture.width, height: picture.height }
  const parts = apart(runs.map((run) => grown(run, MARGIN, picture)))
  const places = area(parts) > area([all]) * MOST_OF_PICTURE ? [all] : parts
  return places.map((place) => ({
    place,
    runs: runs.filter((run) => isInside(run, place)),
    page: pageOf(picture, place, letters),
    isLight,
  }))
}

/** @returns whether a threshold for this part of the picture, which is what a reader sets, leaves the letters and little else */
export function showsPlainly(picture: GreyPicture, part: Place, line: Lines): boolean {
  if (!isInside(line.place, part)) return false
  const above = threshold(histogram(cut(picture, part))) ?? 0
  const side = cut(picture, line.place).grey.filter((shade) => shade > above === line.isLight).length
  return side <= line.page.grey.filter((shade) => shade > 0).length * MOST_BESIDE
}

function isStroke(piece: Component): boolean {
  const [area, long] = [wide(piece) * high(piece), Math.max(wide(piece), high(piece))]
  return piece.isLight && long >= SMALLEST && high(piece) <= TALLEST && piece.pixels >= area * THINNEST
}

/** Letters that follow each other, as far as they are a line. */
function runsOf(letters: readonly Component[], strokes: GreyPicture): readonly (readonly Component[])[] {
  const runs: Component[][] = []
  for (const letter of letters.toSorted((a, b) => a.left - b.left)) {
    const run = runs.find((run) => follows(letter, run.at(-1) as Component))
    if (run) run.push(letter)
    else runs.push([letter])
  }
  return runs.filter((run) => run.length >= FEWEST_LETTERS || run.some((letter) => isWord(letter, strokes)))
}

/** Letters that touch: of one stroke, as long as it may be, a row crosses fewer. */
function isWord(letter: Component, { width, grey }: GreyPicture): boolean {
  if (wide(letter) < high(letter) * WORD) return false
  for (let row = letter.top; row < letter.bottom; row++) {
    let crossed = 0
    for (let at = row * width + letter.left; at < row * width + letter.right; at++)
      if (grey[at] && (at === row * width + letter.left || !grey[at - 1])) crossed++
    if (crossed > FEWEST_LETTERS) return true
  }
  return false
}

function follows(next: Component, last: Component): boolean {
  const [lower, taller] = [Math.min(high(next), high(last)), Math.max(high(next), high(last))]
  const beside = Math.min(next.bottom, last.bottom) - Math.max(next.top, last.top)
  return (
    beside * 2 > lower &&
    taller <= lower * MOST_TALLER &&
    next.left - last.right <= taller * MOST_GAP &&
    next.right > last.right
  )
}

/** @returns what is filled as the ground of a line of letters is, and no higher than one may be */
export function platesOf(ground: GreyPicture): readonly Place[] {
  const pieces = components(ground, 0, Math.ceil(ground.width * ground.height * MOST_PIECES)) ?? []
  const tallest = tallestOf(ground)
  const isPlate = (piece: Component) =>
    piece.isLight &&
    high(piece) >= PLATE &&
    high(piece) <= tallest &&
    wide(piece) >= high(piece) * WORD &&
    piece.pixels >= wide(piece) * high(piece) * FILLED
  const found = pieces.filter(isPlate).map(placeOf)
  return isTooMuch(found, ground) ? [] : found
}

/** the letters, and what stands close to them */
function pageOf(picture: GreyPicture, { x, y, width, height }: Place, letters: readonly Component[]): GreyPicture {
  const grey = new Uint8Array(width * height)
  for (const letter of letters.filter((one) => isInside(placeOf(one), { x, y, width, height }))) {
    const beside = Math.ceil(high(letter) * BESIDE)
    const [from, to] = [Math.max(x, letter.left - beside), Math.min(x + width, letter.right + beside)]
    const last = Math.min(y + height, letter.bottom + ABOVE)
    for (let row = Math.max(y, letter.top - ABOVE); row < last; row++)
      grey.set(
        picture.grey.subarray(row * picture.width + from, row * picture.width + to),
        (row - y) * width + from - x,
      )
  }
  return { width, height, grey }
}
