import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lettered, picture, type Lettering } from '../../../test/burned-in.ts'
import { placesOfText } from './places.ts'

const [width, height] = [512, 384]

/** @returns how much of a text lies in the places that are read; all of it where the whole is read */
function share(how: Partial<Lettering>): number {
  const canvas = picture(width, height)
  const before = Uint8Array.from(canvas.pixels)
  const { x, y, ...size } = lettered(canvas, { text: 'ЕВДОКИЯ 73-115904', x: 12, y: 8, rows: 12, shade: 255, ...how })
  const found = placesOfText({ width, height, grey: canvas.pixels })
  let [inside, all] = [0, 0]
  for (let row = y; row < y + size.height; row++)
    for (let column = x; column < x + size.width; column++) {
      const at = row * width + column
      if (Math.abs((canvas.pixels[at] as number) - (before[at] as number)) < 20) continue
      all++
      if (
        typeof found === 'string' ||
        found.some((one) => column >= one.x && column < one.x + one.width && row >= one.y && row < one.y + one.height)
      )
        inside++
    }
  return inside / all
}

test('letters of any size and shade lie in the places that are read, at the edge and on anatomy too', () => {
  for (const rows of [8, 10, 12, 16, 24, 40])
    for (const shade of [255, 150, 60])
      for (const [x, y] of [
        [12, 8],
        [0, 0],
        [12, height - rows],
      ] as const)
        assert.equal(share({ rows, shade, x, y }), 1, `${rows} rows, shade ${shade}, ${x} ${y}`)
  for (const rows of [10, 16, 24]) assert.equal(share({ rows, x: 180, y: 170 }), 1, `${rows} rows on anatomy`)
  for (const rows of [10, 16, 24]) assert.equal(share({ rows, x: 40, y: 30, under: 200, shade: 20 }), 1, `${rows} dark`)
})

test('without letters nothing is read but the whole once; small pictures are read as they are, noise is told from both', () => {
  assert.deepEqual(placesOfText({ width, height, grey: picture(width, height).pixels }), [])
  assert.deepEqual(placesOfText({ width, height, grey: new Uint8Array(width * height) }), [])
  assert.equal(placesOfText({ width: 64, height: 48, grey: new Uint8Array(64 * 48) }), 'whole')
  let state = 1
  const noise = Uint8Array.from({ length: width * height }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 24
  })
  assert.equal(placesOfText({ width, height, grey: noise }), 'noise')
})

test('letters as large as anatomy are read with the whole picture', () => {
  const canvas = picture(width, height)
  lettered(canvas, { text: 'ЕВГ', x: 20, y: 40, rows: 200, shade: 255 })
  assert.equal(placesOfText({ width, height, grey: canvas.pixels }), 'whole')
})
