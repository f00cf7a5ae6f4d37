/** Pictures with grain, made by code: what devices give beside clean ones. 512 pixels a side, the same for the same number. */
import type { Canvas } from './burned-in.ts'

export const SIDE = 512
/** shares of the side: where the sector of a probe stands, and how wide it opens */
const SECTOR = { x: 1 / 2, y: 0.08, slope: 0.8, depth: 0.82 }

/** speckle in the sector of a probe, black around it; the larger its grains, the deeper it is */
export function ultrasound(number: number, grain = 1.3): Canvas {
  const draw = normal(number)
  const [real, imaginary, organs] = [field(draw, grain), field(draw, grain), waves(draw, 25)]
  return canvas((x, y, at) => {
    const [across, down] = [x - SIDE * SECTOR.x, y - SIDE * SECTOR.y]
    const isInside =
      down > 0 && Math.abs(across) < down * SECTOR.slope && Math.hypot(across, down) < SIDE * SECTOR.depth
    if (!isInside) return 0
    return 90 + 22 * of(organs, at) + 32 * Math.log(0.05 + Math.hypot(of(real, at), of(imaginary, at)))
  })
}

/** a section of a trunk with a liver, a lung and a vertebra, as grainy as a thin one */
export function section(number: number): Canvas {
  const grain = field(normal(number), 0.7)
  const inside = (x: number, y: number, [atX, atY, wide, high]: readonly [number, number, number, number]) =>
    Math.hypot((x - atX) / wide, (y - atY) / high) < 1
  return canvas((x, y, at) => {
    if (!inside(x, y, [256, 256, 200, 150])) return 3 * Math.abs(of(grain, at))
    const isBone = inside(x, y, [256, 350, 25, 25])
    const isLiver = inside(x, y, [190, 250, 80, 70])
    const isLung = inside(x, y, [330, 240, 60, 60])
    return (isBone ? 230 : isLiver ? 140 : isLung ? 20 : 110) + 14 * of(grain, at)
  })
}

/** a head as a magnet gives it: scalp, brain, ventricles, and the noise of a magnitude, which is black air's too (Rice) */
export function head(number: number): Canvas {
  const draw = normal(number)
  const [real, imaginary] = [field(draw, 0.5), field(draw, 0.5)]
  return canvas((x, y, at) => {
    const far = Math.hypot((x - 256) / 170, (y - 256) / 200)
    const signal = far < 0.25 ? 60 : far < 0.8 ? 130 : far < 1 ? 190 : 0
    return Math.hypot(signal + 12 * of(real, at), 12 * of(imaginary, at))
  })
}

/** soft shades all over */
export function radiograph(number: number): Canvas {
  const draw = normal(number)
  const [grain, shades] = [field(draw, 0.8), waves(draw, 40)]
  return canvas((_x, _y, at) => 105 + 40 * of(shades, at) + 8 * of(grain, at))
}

const canvas = (shade: (x: number, y: number, at: number) => number): Canvas => ({
  width: SIDE,
  height: SIDE,
  pixels: Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
    Math.max(0, Math.min(255, Math.round(shade(at % SIDE, Math.floor(at / SIDE), at)))),
  ),
})

const of = (values: Float32Array, at: number) => values[at] as number

/** normal deviates (Box and Muller) of numbers that are the same for the same seed (Mulberry 32) */
function normal(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** as a field, but of waves: for reaches over which a field would take long */
function waves(draw: () => number, reach: number): Float32Array {
  const all = Array.from({ length: 12 }, () => ({ x: draw() / reach, y: draw() / reach, from: draw() * Math.PI }))
  const size = Math.sqrt(all.length / 2)
  return Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [column, row] = [at % SIDE, Math.floor(at / SIDE)]
    let sum = 0
    for (const { x, y, from } of all) sum += Math.cos(column * x + row * y + from)
    return sum / size
  })
}

/** deviates of mean 0 and deviation 1 that hang together over about `reach` pixels */
function field(draw: () => number, reach: number): Float32Array {
  const half = Math.ceil(reach * 3)
  const weights = Array.from({ length: 2 * half + 1 }, (_, at) => Math.exp(-((at - half) ** 2) / (2 * reach * reach)))
  const blurred = (from: Float32Array, step: number, line: number) =>
    from.map((_, at) => {
      const place = Math.floor(at / step) % SIDE
      const start = at - place * step
      let sum = 0
      for (const [k, weight] of weights.entries())
        sum += weight * of(from, start + ((place + k - half + SIDE) % SIDE) * step)
      return sum * line
    })
  const size = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0))
  const white = Float32Array.from({ length: SIDE * SIDE }, draw)
  return blurred(blurred(white, 1, 1 / size), SIDE, 1 / size)
}
