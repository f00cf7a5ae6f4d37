/**
 * Where text may stand on a picture: pieces of the size of letters that have neighbours. Found by thresholds as tesseract
 * finds its letters, but with less asked of them, so that nothing it would read is left out. It need not be told apart what
 * is text: that costs a reading. Where most of a picture may be text, the whole of it is read.
 */
import { components, high, histogram, placeOf, threshold, wide, type Component } from './components.ts'
import { apart, area, grown, isInside, type Place } from './place.ts'
import type { GreyPicture } from './tiff.ts'

/** a picture of so few pixels is read sooner than looked at */
const SMALL_PICTURE = 192 * 192
/** beyond it the parts cost as much as the whole */
export const MOST_OF_PICTURE = 0.25
/** so many pages cost more than the whole, too; no device writes into so many corners */
const MOST_PLACES = 24
/** pieces by pixel: more are noise */
export const MOST_PIECES = 1 / 8
/** at a further threshold, at which tesseract does not look, more are noise */
const MOST_FURTHER_PIECES = 1 / 128
/** and so are many specks with few letters among them */
const MANY_PIECES = 64
const FEWEST_LETTERS = 1 / 4
/** letters below it nobody reads, letters beyond this share of a picture are anatomy unless several stand side by side */
export const SMALLEST = 4
const TALLEST_SHARE = 1 / 5
/** letters that touch are a piece as long as a word */
const WORD = 1.5
/** a line of so few pixels is no letter when it is long */
const THIN = 2
const CELL = 4
/** what stands around letters says where they begin, and what they stand on */
export const MARGIN = 16

/**
 * @returns the parts to be read, which do not meet; 'whole' when all has to be, 'noise' when letters cannot be told from
 *   what they stand on
 */
export function placesOfText(picture: GreyPicture): readonly Place[] | 'whole' | 'noise' {
  const pixels = picture.width * picture.height
  if (pixels <= SMALL_PICTURE) return 'whole'
  const count = histogram(picture)
  const middle = threshold(count)
  if (middle === undefined) return []
  const pieces = components(picture, middle, Math.ceil(pixels * MOST_PIECES))
  if (!pieces || isNoise(pieces, picture)) return 'noise'
  const found = placesOf(pieces, picture)
  if (!found) return 'whole'
  if (isTooMuch(found, picture)) return 'noise'
  const more = furtherThresholds(count, middle).flatMap((above) => {
    const pieces = components(picture, above, Math.ceil(pixels * MOST_FURTHER_PIECES))
    const places = pieces && !isNoise(pieces, picture) ? (placesOf(pieces, picture) ?? []) : []
    return places.length > MOST_PLACES ? [] : places
  })
  const places = apart([...found, ...more].map((place) => grown(place, MARGIN, picture)))
  return isTooMuch(places, picture) ? 'noise' : places
}

export const isTooMuch = (places: readonly Place[], { width, height }: GreyPicture): boolean =>
  places.length > MOST_PLACES || area(places) > width * height * MOST_OF_PICTURE

/** between the shades of either side, and once more beyond: text of a third shade, as on a bright organ */
function furtherThresholds(count: Uint32Array, middle: number): readonly number[] {
  const lower = threshold(count, 0, middle)
  const upper = threshold(count, middle + 1)
  return [
    lower,
    ...(lower === undefined ? [] : [threshold(count, 0, lower)]),
    upper,
    ...(upper === undefined ? [] : [threshold(count, upper + 1)]),
  ].filter((one) => one !== undefined)
}

export const tallestOf = ({ width, height }: GreyPicture) => Math.min(width, height) * TALLEST_SHARE

const isNoise = (pieces: readonly Component[], picture: GreyPicture): boolean =>
  pieces.length > MANY_PIECES &&
  pieces.filter((piece) => isLetter(piece, tallestOf(picture))).length < pieces.length * FEWEST_LETTERS

/** @returns undefined where letters may be larger than anatomy */
function placesOf(pieces: readonly Component[], picture: GreyPicture): readonly Place[] | undefined {
  const tallest = tallestOf(picture)
  const letters = pieces.filter((piece) => isLetter(piece, tallest))
  if (standSideBySide(pieces.filter((piece) => high(piece) > tallest && wide(piece) > tallest))) return undefined
  return apart(
    around(letters, picture).filter((place) => {
      const inside = letters.filter((letter) => isInside(placeOf(letter), place))
      return inside.length > 1 || inside.some(isWord)
    }),
  )
}

function isLetter(piece: Component, tallest: number): boolean {
  const [short, long] = [Math.min(wide(piece), high(piece)), Math.max(wide(piece), high(piece))]
  return long >= SMALLEST && short <= tallest && (short > THIN || long <= tallest)
}

function isWord(piece: Component): boolean {
  const [short, long] = [Math.min(wide(piece), high(piece)), Math.max(wide(piece), high(piece))]
  return short >= SMALLEST && long >= short * WORD
}

/** Three of about one size in a row are a word, whatever their size. */
function standSideBySide(pieces: readonly Component[]): boolean {
  return pieces.some(
    (one) =>
      pieces.filter(
        (other) =>
          other.isLight === one.isLight &&
          Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > high(one) / 2 &&
          high(other) < high(one) * 2 &&
          (other === one || other.left >= one.right || other.right <= one.left),
      ).length >= WORD_LETTERS,
  )
}
const WORD_LETTERS = 3

/** The parts around letters that stand near each other: as far as the next letter of a line may be. */
function around(letters: readonly Component[], { width, height }: GreyPicture): readonly Place[] {
  const cells: GreyPicture = {
    width: Math.ceil(width / CELL),
    height: Math.ceil(height / CELL),
    grey: new Uint8Array(Math.ceil(width / CELL) * Math.ceil(height / CELL)),
  }
  for (const letter of letters) {
    const reach = Math.max(
      MIN_REACH,
      Math.min(Math.max(wide(letter), high(letter)), 3 * Math.min(wide(letter), high(letter))),
    )
    const from = Math.max(0, Math.floor((letter.left - reach) / CELL))
    const to = Math.min(cells.width, Math.ceil((letter.right + reach) / CELL))
    const first = Math.max(0, Math.floor((letter.top - reach / 2) / CELL))
    const last = Math.min(cells.height, Math.ceil((letter.bottom + reach / 2) / CELL))
    for (let row = first; row < last; row++) cells.grey.fill(1, row * cells.width + from, row * cells.width + to)
  }
  return (components(cells, 0, cells.grey.length) ?? [])
    .filter(({ isLight }) => isLight)
    .map(({ left, top, right, bottom }) => ({
      x: left * CELL,
      y: top * CELL,
      width: Math.min(width, right * CELL) - left * CELL,
      height: Math.min(height, bottom * CELL) - top * CELL,
    }))
}
const MIN_REACH = 6
