/** Two ranges of one analyte that differ by a power of ten: one of them has the wrong unit. */
import { parseDecimal, formatDecimal } from '../decimal.ts'

interface Bounds {
  readonly low?: string
  readonly high?: string
}

/** laboratories differ, but hardly by more than this */
const TOLERANCE = 1.7
const SCALES = [1000, 100, 10, 0.1, 0.01, 0.001]

/** @returns `1000 times` and the like where every bound that both have says so; undefined where they agree or nothing does */
export function scaleBetween(one: Bounds, other: Bounds): string | undefined {
  const factor = ratios(one, other)
  const scale = factor.length ? SCALES.find((power) => factor.every((ratio) => near(ratio, power))) : undefined
  return scale === undefined ? undefined : scale >= 1 ? `${scale} times` : `1/${Math.round(1 / scale)} of`
}

/** whether two ranges are about the same, as far as they have the same sides */
export function sameScale(one: Bounds, other: Bounds): boolean {
  const factor = ratios(one, other)
  return factor.length > 0 && factor.every((ratio) => near(ratio, 1))
}

/** bounds of the first over those of the second, sides at zero left out; a comparison, so a float does */
function ratios(one: Bounds, other: Bounds): number[] {
  return (['low', 'high'] as const).flatMap((side) => {
    const [above, below] = [number(one[side]), number(other[side])]
    return above > 0 && below > 0 ? [above / below] : []
  })
}

const near = (ratio: number, power: number): boolean => ratio / power < TOLERANCE && power / ratio < TOLERANCE

function number(text: string | undefined): number {
  const value = text === undefined ? undefined : parseDecimal(text)
  return value ? Number(formatDecimal(value)) : 0
}
