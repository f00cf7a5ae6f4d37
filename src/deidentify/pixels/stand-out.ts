/**
 * What stands out of its surroundings: strokes of letters lie above (or below) the shades around them by more than these differ
 * among themselves, on speckle and on anatomy, where no threshold for the whole picture finds them.
 */
import { ONE, positions } from './picture.ts'
import type { GreyPicture } from './tiff.ts'

/** surroundings are known for cells of so many pixels a side */
const CELL = 4
export interface Surroundings {
  /** from the middle of a cell */
  readonly reach: number
  /** of the pixels one in so many each way tells enough of it: rows from that of its top, columns that this divides */
  readonly step: number
}
/** strokes cover less than half of such a square, the ground under a line of letters less of the wide one */
const NEAR: Surroundings = { reach: 12, step: 2 }
const WIDE: Surroundings = { reach: 40, step: 4 }
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
  mark(picture, NEAR, light, dark)
  if (!isNoise) return [light, dark]
  // noise differs from pixel to pixel, strokes less: some stand out of it blended only, thin ones only as they are
  mark(blended(picture), NEAR, light, dark)
  return [light, dark]
}

/** @returns what is larger and lighter than its surroundings, and what is darker: the ground that letters may stand on */
export function groundsIn(picture: GreyPicture): readonly GreyPicture[] {
  const [light, dark] = [nothing(picture, true), nothing(picture, false)] as const
  mark(picture, WIDE, light, dark)
  return [light.strokes, dark.strokes]
}

const nothing = ({ width, height, grey }: GreyPicture, isLight: boolean): StandingOut => ({
  isLight,
  picture: { width, height, grey: new Uint8Array(grey.length) },
  strokes: { width, height, grey: new Uint8Array(grey.length) },
})

function mark(picture: GreyPicture, which: Surroundings, light: StandingOut, dark: StandingOut): void {
  const { width, height, grey } = picture
  const { wide, lightest, darkest } = surroundings(picture, which)
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * wide
    for (let x = 0; x < width; x++, at++) {
      const cell = row + Math.floor(x / CELL)
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

/**
 * Middle shades and their deviations, a cell each, of the lightest and of the darkest of those beside it: at an edge half of the
 * square is of the other side, and what stands out does so of the next cells too.
 */
function surroundings(picture: GreyPicture, which: Surroundings) {
  const cells = middles(picture, which)
  // from a slope, not from a level: what changes slowly is no deviation
  const deviations = middles(off(picture, cells), which).shades
  const of = (taken: Uint32Array) => {
    const deviation = new Float32Array(taken.length)
    const shade = new Uint8Array(taken.length)
    for (let at = 0; at < taken.length; at++) {
      const cell = taken[at] as number
      shade[at] = cells.shades[cell] as number
      deviation[at] = Math.max(LEAST_DEVIATION, DEVIATION * (deviations[cell] as number))
    }
    return { shade, deviation }
  }
  const negative = cells.shades.map((shade) => SHADES - 1 - shade)
  return { wide: cells.wide, lightest: of(mostBeside(cells)), darkest: of(mostBeside({ ...cells, shades: negative })) }
}

export interface Cells {
  readonly wide: number
  readonly high: number
  /** the middle one of those around each cell */
  readonly shades: Uint8Array
}

/** @returns for each cell the middle shade of the square around it, found from that of the square before: few columns come and go */
export function middles({ width, height, grey }: GreyPicture, { reach, step }: Surroundings): Cells {
  const [wide, high] = [Math.ceil(width / CELL), Math.ceil(height / CELL)]
  const shades = new Uint8Array(wide * high)
  const count = new Uint16Array(SHADES)
  const stride = step * width
  for (let row = 0; row < high; row++) {
    const [top, bottom] = around(row, height, reach)
    const [first, last] = [top * width, bottom * width]
    const many = Math.floor((bottom - top) / step) + 1
    count.fill(0)
    let [from, upTo, total, shade, below] = [0, 0, 0, 0, 0]
    for (let cell = 0; cell < wide; cell++) {
      const [left, right] = around(cell, width, reach)
      for (; from < left; from += step, total -= many)
        below += counted(count, grey, first + from, last + from, stride, shade, -1)
      for (; upTo <= right; upTo += step, total += many)
        below += counted(count, grey, first + upTo, last + upTo, stride, shade, 1)
      while (below * 2 > total) below -= count[--shade] as number
      while ((below + (count[shade] as number)) * 2 <= total) below += count[shade++] as number
      shades[row * wide + cell] = shade
    }
  }
  return { wide, high, shades }
}

/** Counts the shades of a column, or takes them back. @returns by how many those below `shade` become more */
function counted(
  count: Uint16Array,
  grey: Uint8Array,
  from: number,
  last: number,
  stride: number,
  shade: number,
  by: 1 | -1,
): number {
  let below = 0
  for (let at = from; at <= last; at += stride) {
    const one = grey[at] as number
    count[one] = (count[one] as number) + by
    // -1 for what is below: a branch would be guessed wrong half of the time
    below -= (one - shade) >> 31
  }
  return below * by
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

/** @returns for each cell that which has most of it and those beside it: along rows, then along columns */
function mostBeside({ wide, high, shades }: Cells): Uint32Array {
  const own = new Uint32Array(shades.length)
  for (let cell = 0; cell < own.length; cell++) own[cell] = cell
  return along(along(own, shades, high, wide, wide, 1), shades, wide, 1, high, wide)
}

function along(
  cells: Uint32Array,
  shades: Uint8Array,
  lines: number,
  line: number,
  length: number,
  step: number,
): Uint32Array {
  const best = new Uint32Array(cells.length)
  for (let one = 0; one < lines; one++) {
    const last = one * line + (length - 1) * step
    let before = cells[one * line] as number
    for (let at = one * line; at <= last; at += step) {
      const own = cells[at] as number
      const after = at === last ? own : (cells[at + step] as number)
      const most = (shades[before] as number) > (shades[own] as number) ? before : own
      best[at] = (shades[after] as number) > (shades[most] as number) ? after : most
      before = own
    }
  }
  return best
}
