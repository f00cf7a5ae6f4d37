/** What hangs together in a picture: the light and the dark pieces on either side of a threshold. */
import type { Place } from './place.ts'
import type { GreyPicture } from './tiff.ts'

/** Pixels of one side of the threshold that touch, corners included; `right` and `bottom` are the first outside. */
export interface Component {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly isLight: boolean
  /** how many there are */
  readonly pixels: number
}

export const wide = ({ left, right }: Component): number => right - left
export const high = ({ top, bottom }: Component): number => bottom - top
export const placeOf = (piece: Component): Place => ({
  ...{ x: piece.left, y: piece.top },
  ...{ width: wide(piece), height: high(piece) },
})

const SHADES = 256

/** how many pixels there are of each shade */
export function histogram({ grey }: GreyPicture): Uint32Array {
  const count = new Uint32Array(SHADES)
  for (let at = 0; at < grey.length; at++) (count[grey[at] as number] as number)++
  return count
}

/**
 * The threshold between two groups of shades that differ most (Otsu), as tesseract sets it.
 * @param from the lowest shade that counts, `to` the highest
 * @returns the highest shade of the darker group; undefined when all are of one shade
 */
export function threshold(count: Uint32Array, from = 0, to = SHADES - 1): number | undefined {
  let [all, sum] = [0, 0]
  for (let shade = from; shade <= to; shade++) {
    all += count[shade] as number
    sum += shade * (count[shade] as number)
  }
  let [below, sumBelow, best, most] = [0, 0, -1, 0]
  for (let shade = from; shade < to; shade++) {
    below += count[shade] as number
    sumBelow += shade * (count[shade] as number)
    if (below === 0 || below === all) continue
    const between = below * (all - below) * (sumBelow / below - (sum - sumBelow) / (all - below)) ** 2
    if (between > most) [best, most] = [shade, between]
  }
  return best < 0 ? undefined : best
}

/** @returns undefined when there are more than `most` pieces: noise */
export function components(
  { width, height, grey }: GreyPicture,
  above: number,
  most: number,
): readonly Component[] | undefined {
  const pieces = new Pieces(most)
  // the runs of a row and of the one before: where each ends, and the piece that it belongs to; light and dark alternate
  let [ends, labels, before, labelsBefore] = Array.from({ length: 4 }, () => new Int32Array(width)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  let [runs, firstIsLight] = [0, false]
  for (let y = 0; y < height; y++) {
    ;[ends, before, labels, labelsBefore] = [before, ends, labelsBefore, labels]
    const row = y * width
    const [runsBefore, firstWasLight] = [runs, firstIsLight]
    firstIsLight = (grey[row] as number) > above
    let isLight = firstIsLight
    runs = 0
    for (let x = 1; x <= width; x++) {
      if (x < width && (grey[row + x] as number) > above === isLight) continue
      ends[runs++] = x
      isLight = !isLight
    }
    let upper = 0
    for (let run = 0; run < runs; run++) {
      const start = run === 0 ? 0 : (ends[run - 1] as number)
      const end = ends[run] as number
      const isRunLight = firstIsLight === (run % 2 === 0)
      let label = -1
      while (upper > 0 && (before[upper - 1] as number) >= start) upper--
      while (upper < runsBefore && (before[upper] as number) < start) upper++
      for (let at = upper; at < runsBefore && (at === 0 ? 0 : (before[at - 1] as number)) <= end; at++) {
        if ((firstWasLight === (at % 2 === 0)) !== isRunLight) continue
        const other = labelsBefore[at] as number
        label = label < 0 ? pieces.root(other) : pieces.join(label, other)
      }
      if (label < 0) label = pieces.begin(isRunLight)
      if (label < 0) return undefined
      labels[run] = label
      pieces.cover(label, start, end, y)
    }
  }
  return pieces.list()
}

/** Pieces that grow, and become one where they meet. */
class Pieces {
  readonly #parent: Int32Array
  readonly #box: Int32Array
  readonly #isLight: Uint8Array
  readonly #pixels: Int32Array
  #count = 0

  constructor(most: number) {
    this.#parent = new Int32Array(most)
    this.#box = new Int32Array(most * 4)
    this.#isLight = new Uint8Array(most)
    this.#pixels = new Int32Array(most)
  }

  begin(isLight: boolean): number {
    if (this.#count === this.#parent.length) return -1
    const label = this.#count++
    this.#parent[label] = label
    this.#isLight[label] = isLight ? 1 : 0
    this.#box.set([FAR, FAR, 0, 0], label * 4)
    return label
  }

  root(label: number): number {
    let at = label
    while (this.#parent[at] !== at) at = this.#parent[at] = this.#parent[this.#parent[at] as number] as number
    return at
  }

  join(one: number, other: number): number {
    const [a, b] = [this.root(one), this.root(other)]
    if (a === b) return a
    const [into, from] = a < b ? [a, b] : [b, a]
    this.#parent[from] = into
    const [left, top, right, bottom] = this.#box.subarray(from * 4, from * 4 + 4) as unknown as Quad
    this.#grow(into, left, top, right, bottom)
    this.#pixels[into] = (this.#pixels[into] as number) + (this.#pixels[from] as number)
    return into
  }

  cover(label: number, start: number, end: number, y: number): void {
    const root = this.root(label)
    this.#grow(root, start, y, end, y + 1)
    this.#pixels[root] = (this.#pixels[root] as number) + end - start
  }

  list(): readonly Component[] {
    const found: Component[] = []
    for (let label = 0; label < this.#count; label++) {
      if (this.#parent[label] !== label) continue
      const [left, top, right, bottom] = this.#box.subarray(label * 4, label * 4 + 4) as unknown as Quad
      found.push({
        left,
        top,
        right,
        bottom,
        isLight: this.#isLight[label] === 1,
        pixels: this.#pixels[label] as number,
      })
    }
    return found
  }

  #grow(label: number, left: number, top: number, right: number, bottom: number): void {
    const box = this.#box
    const at = label * 4
    if (left < (box[at] as number)) box[at] = left
    if (top < (box[at + 1] as number)) box[at + 1] = top
    if (right > (box[at + 2] as number)) box[at + 2] = right
    if (bottom > (box[at + 3] as number)) box[at + 3] = bottom
  }
}

const FAR = 0x7fffffff
type Quad = readonly [number, number, number, number]
