/** The parts of a frame that are read, each in several sizes: where text may stand, or the whole where that is not clear. */
import { createHash } from 'node:crypto'
import type { Attributes } from '../../standards/dicom/index.ts'
import { histogram, threshold } from './components.ts'
import type { DecodedPixels } from './decode.ts'
import { linesOf, platesOf, showsPlainly, type Lines } from './lines.ts'
import { bordered, cut, enlarged, faded, halved, inverted, views } from './picture.ts'
import type { Place } from './place.ts'
import { placesOfText } from './places.ts'
import { groundsIn, standingOut } from './stand-out.ts'
import type { GreyPicture } from './tiff.ts'

export interface Part {
  readonly frame: number
  /** of its upper left corner, in pixels of the frame */
  readonly x: number
  readonly y: number
  /** the same for the same pixels in the same sizes */
  readonly key: string
  /** how many pixels of a page are one of the frame, a page each */
  readonly scales: readonly number[]
  /** made when they are asked for: most of what is looked at again has been read */
  pages(): readonly GreyPicture[]
}

const LONGEST_ENLARGED = 2048
const LARGEST_FACTOR = 3
const LARGE_PICTURE = 1024
/** letters at the edge of a page are not found */
const BORDER = 8

export interface Parts {
  /** around lines of letters: what stands in one with a word that goes, goes with it */
  readonly lines: readonly Place[]
  /** where text may stand; of a picture that may be text all over the whole */
  readonly first: readonly Part[]
  /** when nothing was found: the whole, not enlarged, in case that text stands where it was not expected */
  readonly then: readonly Part[]
}

/**
 * @param blanked what was text on this frame: a black box would change the threshold for what is left, and its edges stand out
 * @returns the parts of all views of a frame
 */
export function partsOf(
  pixels: DecodedPixels,
  frame: number,
  attributes: Attributes,
  blanked: readonly Place[] = [],
): Parts {
  const parts = views(pixels, frame, attributes).map((view) => partsOfView(faded(view, blanked), frame))
  return {
    lines: parts.flatMap(({ lines }) => lines),
    first: parts.flatMap(({ first }) => first),
    then: parts.flatMap(({ then }) => then),
  }
}

function partsOfView(view: GreyPicture, frame: number): Parts {
  const at = { frame, x: 0, y: 0 }
  const own = [1, ...(Math.max(view.width, view.height) > LARGE_PICTURE ? [0.5] : [])]
  const read = (page: GreyPicture, { x, y }: Place, further = enlargements(page)) =>
    partOf(page, { frame, x: x - BORDER, y: y - BORDER }, [...own, ...further])
  const asItIs = (place: Place, further?: readonly number[]) => read(readable(cut(view, place)), place, further)
  const whole: Parts = { lines: [], first: [partOf(view, at, [...own, ...enlargements(view)])], then: [] }
  const places = placesOfText(view)
  if (places === 'whole') return whole
  const isNoise = places === 'noise'
  const all = allOf(standingOut(view, isNoise).map(linesOf))
  if (isNoise && !all) return whole
  const lines = (all ?? []).map((line) => ({
    ...line,
    plainIn: isNoise ? undefined : places.find((place) => showsPlainly(view, place, line)),
  }))
  const hidden = lines.filter(({ plainIn }) => !plainIn)
  // in a large part that shows no line plainly small letters are read by their lines, if there are any
  const isAnatomy = (place: Place) =>
    Math.min(place.width, place.height) > LARGE_PART && !lines.some(({ plainIn }) => plainIn === place)
  return {
    lines: hidden.flatMap(({ runs }) => runs.map((run) => ({ ...run, frame }))),
    first: [
      ...(isNoise
        ? groundsIn(view)
            .flatMap(platesOf)
            .map((place) => asItIs(place))
        : places.map((place) => asItIs(place, all && isAnatomy(place) ? [] : undefined))),
      ...hidden.map(({ page, place }) => read(bordered(inverted(page), BORDER), place)),
    ],
    then: [partOf(view, at, isNoise ? NOISE : own)],
  }
}

/** higher than the ground of a line of letters, with what is cut out around it */
const LARGE_PART = 96
/** of noise no more is read as a whole than what larger letters ask for */
const NOISE = [0.5]

const allOf = (lines: readonly (readonly Lines[] | undefined)[]): readonly Lines[] | undefined =>
  lines.every((some) => some !== undefined) ? lines.flat() : undefined

/** small letters are read when they are larger */
function enlargements({ width, height }: GreyPicture): readonly number[] {
  const factor = Math.min(LARGEST_FACTOR, Math.floor(LONGEST_ENLARGED / Math.max(width, height)))
  return factor > 1 ? [factor] : []
}

function partOf(view: GreyPicture, at: Pick<Part, 'frame' | 'x' | 'y'>, scales: readonly number[]): Part {
  return {
    ...at,
    scales,
    key: `${view.width} ${scales.join(' ')} ${createHash('sha256').update(view.grey).digest('base64')}`,
    pages: () => scales.map((scale) => (scale > 1 ? enlarged(view, scale) : scale < 1 ? halved(view) : view)),
  }
}

/** with room around it, dark on light: tesseract reads light letters only after it has failed to read them as dark */
const readable = (part: GreyPicture) => bordered(isLightOnDark(part) ? inverted(part) : part, BORDER)

function isLightOnDark(picture: GreyPicture): boolean {
  const count = histogram(picture)
  const above = threshold(count) ?? 0
  const light = count.subarray(above + 1).reduce((sum, one) => sum + one, 0)
  return light * 2 < picture.grey.length
}
