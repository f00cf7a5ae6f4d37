/**
 * What stands out of its surroundings: strokes of letters lie above (or below) the shades around them by more than these differ
 * among themselves, on speckle and on anatomy, where no threshold for the whole picture finds them.
 */
import { ONE, positions } from './picture.ts'
import type { GreyPicture } from './tiff.ts'

/** surroundings are known for cells of so many pixels a side */
const CELL = 4
/** from the middle of a cell: strokes cover less than half of such a square, the ground under a line of letters less of the wide one */
const REACH = 12
const WIDE_REACH = 40
/** so many pixels each way tell enough of it */
const SAMPLES = 9
/** beside an edge half of the square is of the other side: what stands out does so of the next cells too */
const CELLS_BESIDE = 1
/** what surroundings differ by: of a normal distribution 1.48 times the median deviation, and no less than what compression leaves */
const DEVIATION = 1.4826
const LEAST_DEVIATION = 4
/** so many deviations are a stroke, and so many the rest of it: its edges, and where it crosses what is bright */
const STROKE = 3
const REST = 2
const SHADES = 256

export interface StandingOut {
  /** how much lighter (or darker) than its surroundings a pixel is; 0 where it is no more than they differ */
  readonly picture: GreyPicture
  /** 1 where it is enough for a stroke */
  readonly strokes: GreyPicture
  readonly isLight: boolean
}

/** @returns what is lighter and what is darker than its surroundings */
export function standingOut(picture: GreyPicture, isNoise: boolean): readonly [light: StandingOut, dark: StandingOut] {
  const [light, dark] = [nothing(picture, true), nothing(picture, false)] as const
  mark(picture, REACH, light, dark)
  if (!isNoise) return [light, dark]
  // noise differs from pixel to pixel, strokes less: some stand out of it blended only, thin ones only as they are
  mark(blended(picture), REACH, light, dark)
  return [light, dark]
}

/** @returns what is larger and lighter than its surroundings, and what is darker: the ground that letters may stand on */
export function groundsIn(picture: GreyPicture): readonly GreyPicture[] {
  const [light, dark] = [nothing(picture, true), nothing(picture, false)] as const
  mark(picture, WIDE_REACH, light, dark)
  return [light.strokes, dark.strokes]
}

const nothing = ({ width, height, grey }: GreyPicture, isLight: boolean): StandingOut => ({
  isLight,
  picture: { width, height, grey: new Uint8Array(grey.length) },
  strokes: { width, height, grey: new Uint8Array(grey.length) },
})

function mark({ width, height, grey }: GreyPicture, reach: number, light: StandingOut, dark: StandingOut): void {
  const { wide, lightest, darkest } = surroundings({ width, height, grey }, reach)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * wide
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor(x / CELL)
      const at = y * width + x
      const shade = grey[at] as number
      put(light, at, shade - (lightest.shade[cell] as number), lightest.deviation[cell] as number)
      put(dark, at, (darkest.shade[cell] as number) - shade, darkest.deviation[cell] as number)
    }
  }
}

function put({ picture, strokes }: StandingOut, at: number, by: number, deviation: number): void {
  if (by <= REST * deviation) return
  if (by > (picture.grey[at] as number)) picture.grey[at] = by
  if (by > STROKE * deviation) strokes.grey[at] = 1
}

/** each pixel with its neighbours, these by half */
function blended({ width, height, grey }: GreyPicture): GreyPicture {
  const [along, out] = [new Uint16Array(grey.length), new Uint8Array(grey.length)]
  for (let y = 0; y < height; y++)
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const [before, after] = [grey[x > 0 ? at - 1 : at] as number, grey[x + 1 < width ? at + 1 : at] as number]
      along[at] = before + 2 * (grey[at] as number) + after
    }
  for (let y = 0; y < height; y++)
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const before = along[y > 0 ? at - width : at] as number
      const after = along[y + 1 < height ? at + width : at] as number
      out[at] = (before + 2 * (along[at] as number) + after) >> 4
    }
  return { width, height, grey: out }
}

/** Middle shades and their deviations, a cell each: of the lightest and of the darkest of those beside it. */
function surroundings(picture: GreyPicture, reach: number) {
  const { wide, high, shades } = middles(picture, reach)
  // from a slope, not from a level: what changes slowly is no deviation
  const deviations = middles(off(picture, { wide, high, shades }), reach).shades
  const lightest = beside(wide, high, (one, other) => (shades[other] as number) > (shades[one] as number))
  const darkest = beside(wide, high, (one, other) => (shades[other] as number) < (shades[one] as number))
  const of = (cells: Uint32Array) => {
    const deviation = new Float32Array(cells.length)
    const shade = new Uint8Array(cells.length)
    for (const [at, cell] of cells.entries()) {
      shade[at] = shades[cell] as number
      deviation[at] = Math.max(LEAST_DEVIATION, DEVIATION * (deviations[cell] as number))
    }
    return { shade, deviation }
  }
  return { wide, lightest: of(lightest), darkest: of(darkest) }
}

interface Cells {
  readonly wide: number
  readonly high: number
  /** the middle one of those around each cell */
  readonly shades: Uint8Array
}

function middles({ width, height, grey }: GreyPicture, reach: number): Cells {
  const step = Math.floor((2 * reach) / (SAMPLES - 1))
  const [wide, high] = [Math.ceil(width / CELL), Math.ceil(height / CELL)]
  const shades = new Uint8Array(wide * high)
  const count = new Uint16Array(SHADES)
  for (let row = 0; row < high; row++) {
    const [top, bottom] = around(row, height, reach)
    for (let column = 0; column < wide; column++) {
      const [left, right] = around(column, width, reach)
      count.fill(0)
      for (let y = top; y <= bottom; y += step)
        for (let at = y * width + left; at <= y * width + right; at += step) (count[grey[at] as number] as number)++
      const half = ((Math.floor((bottom - top) / step) + 1) * (Math.floor((right - left) / step) + 1)) / 2
      let shade = 0
      for (let seen = count[0] as number; seen <= half;) seen += count[++shade] as number
      shades[row * wide + column] = shade
    }
  }
  return { wide, high, shades }
}

/** at an edge of the picture as much of it as elsewhere */
const around = (cell: number, size: number, reach: number) => {
  const first = Math.max(0, Math.min(cell * CELL + CELL / 2 - reach, size - 1 - 2 * reach))
  return [first, Math.min(size - 1, first + 2 * reach)] as const
}

/** how far each pixel is from the shade that the cells around it give it, linearly */
function off({ width, height, grey }: GreyPicture, { wide, high, shades }: Cells): GreyPicture {
  const out = new Uint8Array(grey.length)
  const across = positions(width, wide, CELL)
  const down = positions(height, high, CELL)
  const line = new Float32Array(wide)
  for (let y = 0, at = 0; y < height; y++) {
    const [upper, lower] = [(down.first[y] as number) * wide, (down.second[y] as number) * wide]
    const below = (down.share[y] as number) / ONE
    for (let cell = 0; cell < wide; cell++)
      line[cell] = (shades[upper + cell] as number) * (1 - below) + (shades[lower + cell] as number) * below
    for (let x = 0; x < width; x++, at++) {
      const after = (across.share[x] as number) / ONE
      const expected =
        (line[across.first[x] as number] as number) * (1 - after) + (line[across.second[x] as number] as number) * after
      out[at] = Math.abs((grey[at] as number) - expected) + 0.5
    }
  }
  return { width, height, grey: out }
}

/** @returns for each cell that of the cells up to `CELLS_BESIDE` away which `isBetter`: along rows, then along columns */
function beside(wide: number, high: number, isBetter: (one: number, other: number) => boolean): Uint32Array {
  const best = Uint32Array.from({ length: wide * high }, (_, cell) => cell)
  const along = (lines: number, line: number, length: number, step: number) => {
    const before = Uint32Array.from(best)
    for (let one = 0; one < lines; one++)
      for (let at = 0; at < length; at++) {
        const cell = one * line + at * step
        const last = Math.min(length - 1, at + CELLS_BESIDE)
        for (let other = Math.max(0, at - CELLS_BESIDE); other <= last; other++) {
          const candidate = before[one * line + other * step] as number
          if (isBetter(best[cell] as number, candidate)) best[cell] = candidate
        }
      }
  }
  along(high, wide, wide, 1)
  along(wide, 1, high, wide)
  return best
}
