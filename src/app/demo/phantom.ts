/**
 * A head CT made by arithmetic: scalp, skull, brain with grey and white matter, ventricles, falx, and, where asked
 * for, a haematoma. Deterministic: the same seed gives the same pixels. No patient was ever near it.
 */
export type Haematoma = 'none' | 'epidural' | 'subdural' | 'intracerebral'

export interface Phantom {
  readonly haematoma: Haematoma
  /** 1 left of the image, -1 right */
  readonly side: 1 | -1
  /** head size against the average, 0.9 … 1.1 */
  readonly scale: number
  readonly seed: number
}

export const ROWS = 512
export const COLUMNS = 512
export const SLICES = 24
export const PIXEL_SPACING_MM = 0.45
export const SLICE_SPACING_MM = 6

/** Hounsfield units of what a head is made of. */
const HU = {
  air: -1000,
  fat: -80,
  skull: 1100,
  marrow: 420,
  grey: 38,
  white: 29,
  fluid: 6,
  falx: 55,
  clot: 68,
  oedema: 20,
}

/**
 * One axial slice.
 * @param index 0 (skull base) … SLICES - 1 (vertex)
 * @returns ROWS × COLUMNS stored values, row by row: Hounsfield units + 1024
 */
export function slice(phantom: Phantom, index: number): Uint16Array {
  const pixels = new Uint16Array(ROWS * COLUMNS)
  const z = ((index + 0.5) / SLICES) * 1.7 - 0.72
  const noise = noiseOf(phantom.seed * 7919 + index)
  const extent = Math.sqrt(Math.max(0, 1 - (z * 0.9) ** 2)) * phantom.scale
  for (let row = 0; row < ROWS; row++) {
    const y = (row / ROWS - 0.5) * 2.5
    for (let column = 0; column < COLUMNS; column++) {
      const x = (column / COLUMNS - 0.5) * 2.5
      const hu = tissue(phantom, x, y, z, extent)
      pixels[row * COLUMNS + column] = Math.max(
        0,
        Math.min(4095, Math.round(hu + 1024 + (hu > -500 ? noise() * 4 : noise() * 8))),
      )
    }
  }
  return pixels
}

/** The tissue at a point; x to the right of the image, y downwards (to the back), z upwards, the head about 1 in size. */
function tissue(phantom: Phantom, x: number, y: number, z: number, extent: number): number {
  if (extent < 0.05) return HU.air
  const wobble = 1 + 0.015 * Math.sin(5 * Math.atan2(y, x) + phantom.seed)
  const r = Math.hypot(x / 0.78, y / 0.96) / (extent * wobble)
  if (r > 1) return HU.air
  if (r > 0.955) return HU.fat
  if (r > 0.875) return r > 0.9 && r < 0.93 ? HU.marrow : HU.skull
  const clot = haematoma(phantom, x, y, z, r)
  if (clot !== undefined) return clot
  if (Math.abs(x) < 0.008 && (y < -0.28 || y > 0.3) && z > -0.2) return HU.falx
  if (r > 0.845) return HU.fluid
  return brain(x, y, z, r)
}

function brain(x: number, y: number, z: number, r: number): number {
  const mirrored = Math.abs(x)
  const horn = Math.hypot((mirrored - 0.085 - 0.1 * (y + 0.12) ** 2) / 0.05, (y + 0.05) / 0.3)
  if (z > -0.1 && z < 0.42 && horn < 1 && y < 0.22) return HU.fluid
  if (z > -0.22 && z <= 0 && Math.hypot(x / 0.018, (y - 0.02) / 0.13) < 1) return HU.fluid
  // cortex: a folded band under the skull; deep grey: two nuclei beside the ventricles
  const fold = 0.035 * Math.sin(22 * Math.atan2(y, x) + 9 * z) + 0.02 * Math.sin(41 * Math.atan2(y, x))
  if (r > 0.845 - 0.012 && Math.sin(22 * Math.atan2(y, x) + 9 * z) > 0.93) return HU.fluid
  if (r > 0.76 + fold) return HU.grey
  if (z > -0.05 && z < 0.3 && Math.hypot((mirrored - 0.2) / 0.07, (y + 0.02) / 0.15) < 1) return HU.grey
  return HU.white
}

function haematoma(
  { haematoma: kind, side, seed }: Phantom,
  x: number,
  y: number,
  z: number,
  r: number,
): number | undefined {
  const centre = 0.05 + 0.12 * Math.sin(seed)
  const sx = x * side
  if (kind === 'epidural') {
    // lens-shaped, against the skull
    const depth = 0.17 * Math.sqrt(Math.max(0, 1 - ((y - centre) / 0.32) ** 2 - ((z - 0.12) / 0.34) ** 2))
    if (sx < -0.1 && r > 0.872 - depth) return HU.clot + 4
  }
  if (kind === 'subdural') {
    // a crescent along the convexity
    const depth = 0.075 * Math.sqrt(Math.max(0, 1 - (y / 0.7) ** 2)) * Math.max(0, 1 - Math.abs(z - 0.15) / 0.55)
    if (sx < -0.05 && depth > 0 && r > 0.872 - depth) return HU.clot - 4
  }
  if (kind === 'intracerebral') {
    const edge = 1 + 0.12 * Math.sin(6 * Math.atan2(y - centre, sx + 0.3) + seed)
    const d = Math.hypot((sx + 0.3) / 0.13, (y - centre) / 0.17, (z - 0.08) / 0.2) / edge
    if (d < 1) return HU.clot
    if (d < 1.35) return HU.oedema
  }
  return undefined
}

/** About normal noise of unit spread, from a seeded generator (mulberry32). */
function noiseOf(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return () => (uniform() + uniform() + uniform() - 1.5) * 2
}
