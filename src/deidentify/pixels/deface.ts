/**
 * The face of one axial CT slice. What a surface rendering shows of a face is soft tissue in front of the skull: rays go
 * from the front backwards, and everything is blanked up to the first bone, the inside of the skull, or the middle of the
 * head. A slice needs no other slice, so the gate can do it instance by instance and always gets the same result.
 */

/** A slice in Hounsfield units, turned so that row 0 is in front of the patient. */
export interface AxialSlice {
  readonly width: number
  readonly height: number
  readonly hounsfield: Float32Array
  /** of a pixel from front to back and from side to side */
  readonly millimetres: { readonly down: number; readonly across: number }
}

export type Defaced =
  | { readonly outcome: 'blanked'; readonly blank: Uint8Array }
  | { readonly outcome: 'nobody' }
  /** wider than a head: shoulders, or no head at all */
  | { readonly outcome: 'no-head' }

const TISSUE_HU = -300
const BONE_HU = 250
/** gaps of bone up to twice this are taken as closed when the inside of the skull is looked for */
const CLOSING_MM = 4
/** an inside smaller than this is an orbit or a sinus */
const BRAIN_MM2 = 1500
/** a shard smaller than this is an implant, a wire, a tooth of noise */
const BONE_MM2 = 20
const HEAD_MM2 = 500
const WIDEST_MM = 240
/** from the skin backwards where no bone comes: the depth of an orbit, of the mouth */
const DEEPEST_MM = 60
const SLIT_MM = 6

/** @returns which pixels to blank (1) */
export function deface(slice: AxialSlice): Defaced {
  const { width, height, hounsfield, millimetres } = slice
  const { down, across } = millimetres
  const area = down * across
  const tissue = components(
    hounsfield.map((value) => (value > TISSUE_HU ? 1 : 0)),
    width,
  )
  const head = tissue.largest(1)[0]
  if (!head || head.size * area < HEAD_MM2) return { outcome: 'nobody' }
  if ((head.right - head.left + 1) * across > WIDEST_MM) return { outcome: 'no-head' }
  const bone = hounsfield.map((value) => (value > BONE_HU ? 1 : 0))
  const bones = components(bone, width)
  const isBone = (at: number) => (bones.sizeAt(at) * area >= BONE_MM2 ? 1 : 0)
  const inside = insideOfSkull(bone, slice)
  const middle = Math.round((head.top + head.bottom) / 2)
  const reach = Array.from({ length: width }, (_, column) => {
    let skin = 0
    while (skin < height && tissue.labels[skin * width + column] !== head.label) skin++
    if (skin >= middle) return NOBODY
    const last = Math.min(middle, skin + Math.round(DEEPEST_MM / down))
    let row = skin
    while (row < last && !isBone(row * width + column) && !inside[row * width + column]) row++
    return row
  })
  const blank = new Uint8Array(width * height)
  for (const [column, last] of withoutSlits(reach, Math.round(SLIT_MM / across)).entries())
    for (let row = 0; row < last; row++) blank[row * width + column] = 1
  return { outcome: 'blanked', blank }
}

/** of a ray that meets nobody in front of the middle */
const NOBODY = -1

/** a way between two bones narrower than this leads into the skull, not to a face: a ray goes as deep as its neighbours */
function withoutSlits(reach: readonly number[], span: number): readonly number[] {
  const half = Math.ceil(span / 2)
  const around = (values: readonly number[], at: number) =>
    values.slice(Math.max(0, at - half), at + half + 1).filter((value) => value !== NOBODY)
  const narrowed = reach.map((value, at) => (value === NOBODY ? NOBODY : Math.min(...around(reach, at))))
  return narrowed.map((value, at) => (value === NOBODY ? 0 : Math.max(...around(narrowed, at))))
}

/** what a flood from the edges of the slice does not reach once gaps of the bone are closed */
function insideOfSkull(bone: Float32Array, { width, height, millimetres }: AxialSlice): Uint8Array {
  const radius = [millimetres.down, millimetres.across].map((one) => Math.round(CLOSING_MM / one)) as [number, number]
  const wall = dilated(bone, width, height, radius)
  const rooms = components(
    wall.map((value) => 1 - value),
    width,
  )
  const outside = new Set<number>()
  for (let at = 0; at < width * height; at++) {
    const [row, column] = [Math.floor(at / width), at % width]
    if (row === 0 || column === 0 || row === height - 1 || column === width - 1) outside.add(rooms.labels[at] as number)
  }
  const area = millimetres.down * millimetres.across
  const brain = Float32Array.from(rooms.labels, (label, at) =>
    label > 0 && !outside.has(label) && rooms.sizeAt(at) * area >= BRAIN_MM2 ? 1 : 0,
  )
  // back to the bone, over what the closing took
  return Uint8Array.from(dilated(brain, width, height, radius))
}

/** a rectangle of `radius` in each direction, one direction after the other */
function dilated(mask: Float32Array, width: number, height: number, [down, across]: readonly [number, number]) {
  const pass = (from: Float32Array, radius: number, step: number, length: number, lines: number, stride: number) => {
    const to = new Float32Array(from.length)
    for (let line = 0; line < lines; line++) {
      let until = -1
      for (let at = -radius; at < length; at++) {
        const ahead = at + radius
        if (ahead < length && from[line * stride + ahead * step]) until = ahead + radius
        if (at >= 0 && at <= until) to[line * stride + at * step] = 1
      }
    }
    return to
  }
  return pass(pass(mask, across, 1, width, height, width), down, width, height, width, 1)
}

interface Component {
  readonly label: number
  readonly size: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Regions of pixels that touch with a side; labels from 1, 0 where the mask is 0. */
function components(mask: Float32Array, width: number) {
  const labels = new Uint32Array(mask.length)
  const all: Component[] = []
  const work = new Uint32Array(mask.length)
  for (let seed = 0; seed < mask.length; seed++) {
    if (!mask[seed] || labels[seed]) continue
    const label = all.length + 1
    const found = { label, size: 0, left: width, right: 0, top: mask.length, bottom: 0 }
    let waiting = 0
    work[waiting++] = seed
    labels[seed] = label
    while (waiting > 0) {
      const at = work[--waiting] as number
      const column = at % width
      const row = (at - column) / width
      found.size++
      found.left = Math.min(found.left, column)
      found.right = Math.max(found.right, column)
      found.top = Math.min(found.top, row)
      found.bottom = Math.max(found.bottom, row)
      for (const next of [column > 0 ? at - 1 : -1, column < width - 1 ? at + 1 : -1, at - width, at + width])
        if (next >= 0 && next < mask.length && mask[next] && !labels[next]) {
          labels[next] = label
          work[waiting++] = next
        }
    }
    all.push(found)
  }
  return {
    labels,
    sizeAt: (at: number): number => all[(labels[at] as number) - 1]?.size ?? 0,
    largest: (count: number): readonly Component[] => [...all].sort((a, b) => b.size - a.size).slice(0, count),
  }
}
