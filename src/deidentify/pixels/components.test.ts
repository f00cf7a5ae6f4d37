import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { components, histogram, threshold, type Component } from './components.ts'
import type { GreyPicture } from './tiff.ts'

const MOST = 1000

/** the same by flooding from every pixel */
function flooded({ width, height, grey }: GreyPicture, above: number): readonly Component[] {
  const seen = new Set<number>()
  const found: Component[] = []
  for (let start = 0; start < grey.length; start++) {
    if (seen.has(start)) continue
    const isLight = (grey[start] as number) > above
    const piece = [start]
    seen.add(start)
    for (const at of piece)
      for (const y of [-1, 0, 1])
        for (const x of [-1, 0, 1]) {
          const [column, row] = [(at % width) + x, Math.floor(at / width) + y]
          const next = row * width + column
          if (column < 0 || column >= width || row < 0 || row >= height || seen.has(next)) continue
          if ((grey[next] as number) > above !== isLight) continue
          seen.add(next)
          piece.push(next)
        }
    const [columns, rows] = [piece.map((at) => at % width), piece.map((at) => Math.floor(at / width))]
    const [left, top] = [Math.min(...columns), Math.min(...rows)]
    found.push({
      left,
      top,
      right: Math.max(...columns) + 1,
      bottom: Math.max(...rows) + 1,
      isLight,
      pixels: piece.length,
    })
  }
  return found
}

const sorted = (pieces: readonly Component[] | undefined) => pieces?.map((one) => JSON.stringify(one)).sort()

test('pieces are what a flood from every pixel finds, light and dark', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.constantFrom(0, 0, 9, 200), { minLength: 1, maxLength: 120 }),
      (width, shades) => {
        const height = Math.ceil(shades.length / width)
        const grey = Uint8Array.from({ length: width * height }, (_, at) => shades[at] ?? 0)
        const picture = { width, height, grey }
        assert.deepEqual(sorted(components(picture, 100, MOST)), sorted(flooded(picture, 100)))
        assert.deepEqual(sorted(components(picture, 5, MOST)), sorted(flooded(picture, 5)))
      },
    ),
    { numRuns: 200 },
  )
  const checks = Uint8Array.from({ length: 64 }, (_, at) => (at % 8 < 4 ? 255 : 0))
  assert.equal(components({ width: 8, height: 8, grey: checks }, 100, 1), undefined)
})

test('the threshold lies between the two groups of shades that differ most', () => {
  const of = (...shades: readonly number[]) =>
    histogram({ width: shades.length, height: 1, grey: Uint8Array.from(shades) })
  const found = threshold(of(8, 9, 10, 200, 201)) ?? 0
  assert.ok(found >= 10 && found < 200)
  const further = threshold(of(8, 9, 10, 60, 61, 200, 201), 0, 199) ?? 0
  assert.ok(further >= 10 && further < 60)
  assert.equal(threshold(of(7, 7, 7)), undefined)
})
