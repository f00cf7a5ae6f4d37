import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ultrasound } from '../../../test/grainy.ts'
import { cut } from './picture.ts'
import { middles } from './stand-out.ts'

test('the middle shade of each square is that of its pixels in order, at edges and in narrow pictures too', () => {
  const { width, height, pixels } = ultrasound(1)
  const all = { width, height, grey: pixels }
  for (const place of [
    { x: 200, y: 60, width: 121, height: 67 },
    { x: 250, y: 100, width: 9, height: 90 },
    { x: 250, y: 100, width: 90, height: 9 },
    { x: 250, y: 100, width: 1, height: 5 },
  ])
    for (const [reach, step] of [
      [12, 2],
      [40, 4],
      [12, 3],
    ] as const) {
      const picture = cut(all, place)
      const { wide, high, shades } = middles(picture, { reach, step })
      assert.deepEqual([wide, high], [Math.ceil(place.width / 4), Math.ceil(place.height / 4)])
      for (const [cell, shade] of shades.entries()) {
        const [left, right] = square(cell % wide, place.width, reach)
        const [top, bottom] = square(Math.floor(cell / wide), place.height, reach)
        const inside: number[] = []
        for (let y = top; y <= bottom; y += step)
          for (let x = Math.ceil(left / step) * step; x <= right; x += step)
            inside.push(picture.grey[y * place.width + x] as number)
        inside.sort((a, b) => a - b)
        assert.equal(shade, inside[inside.length >> 1], `${place.width} ${place.height} ${step} ${cell}`)
      }
    }
})

/** as large at an edge as elsewhere, where the picture is */
function square(cell: number, size: number, reach: number): readonly [first: number, last: number] {
  const first = Math.max(0, Math.min(cell * 4 + 2 - reach, size - 1 - 2 * reach))
  return [first, Math.min(size - 1, first + 2 * reach)]
}
