import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lettered, type Canvas, type Lettering } from '../../../test/burned-in.ts'
import { head, radiograph, section, SIDE, ultrasound } from '../../../test/grainy.ts'
import { linesOf, platesOf, showsPlainly } from './lines.ts'
import { area } from './place.ts'
import { groundsIn, standingOut } from './stand-out.ts'
import type { GreyPicture } from './tiff.ts'

const PICTURES: readonly (readonly [name: string, make: (number: number) => Canvas])[] = [
  ['speckle', (number) => ultrasound(number)],
  ['deep speckle', (number) => ultrasound(number, 2.5)],
  ['a grainy section', section],
  ['a grainy head', head],
  ['a grainy radiograph', radiograph],
]
const grey = ({ width, height, pixels }: Canvas): GreyPicture => ({ width, height, grey: pixels })
const lightLines = (canvas: Canvas) => linesOf(standingOut(grey(canvas), true)[0])

/** @returns how much of the ink of a text stands on the pages that are read */
function share(canvas: Canvas, how: Partial<Lettering>): number {
  const before = Uint8Array.from(canvas.pixels)
  lettered(canvas, { text: 'ЕВДОКИЯ 73-115904', x: 190, y: 260, rows: 16, shade: 255, ...how })
  const lines = lightLines(canvas) ?? []
  let [inside, all] = [0, 0]
  for (const [at, shade] of canvas.pixels.entries()) {
    if (shade - (before[at] as number) < 100) continue
    all++
    const [x, y] = [at % canvas.width, Math.floor(at / canvas.width)]
    if (
      lines.some(
        ({ place, page }) =>
          page.grey[(y - place.y) * page.width + x - place.x] && x >= place.x && x < place.x + place.width,
      )
    )
      inside++
  }
  return inside / all
}

test('letters stand out of speckle, of grain and of slow shades, and are all that stands on the pages', () => {
  for (const [name, make] of PICTURES)
    for (const rows of [12, 16, 24, 40]) assert.ok(share(make(rows), { rows }) > 0.9, `${name}, ${rows} rows`)
})

test('where there is no text nothing is found, but for spots of speckle on a small part of it', () => {
  for (const [name, make] of PICTURES)
    for (const number of [1, 2, 3])
      for (const out of standingOut(grey(make(number)), true)) {
        const found = linesOf(out)
        assert.ok(found, `${name} ${number}`)
        assert.ok(area(found.map(({ place }) => place)) < (SIDE * SIDE) / 20, `${name} ${number}`)
      }
})

test('a line shows plainly where nothing else is on its side of the threshold', () => {
  const canvas = section(1)
  lettered(canvas, { text: 'ЕВДОКИЯ', x: 190, y: 260, rows: 16, shade: 255 })
  lettered(canvas, { text: 'САВВИШНА', x: 12, y: 12, rows: 16, shade: 255 })
  const picture = grey(canvas)
  const [light] = standingOut(picture, true)
  const lines = linesOf(light) ?? []
  const whole = { x: 0, y: 0, width: SIDE, height: SIDE }
  const plain = lines.toSorted((a, b) => a.place.y - b.place.y).map((line) => showsPlainly(picture, whole, line))
  assert.deepEqual(plain, [true, false])
  const [first] = lines
  assert.ok(first)
  assert.equal(showsPlainly(picture, { ...first.place, width: 8 }, first), false, 'it is not in that part')
})

test('more pieces than text has are too much', () => {
  const checks: GreyPicture = {
    ...{ width: 512, height: 512 },
    grey: Uint8Array.from({ length: 512 * 512 }, (_, at) => (at % 6 < 5 && Math.floor(at / 512) % 6 < 5 ? 1 : 0)),
  }
  assert.equal(linesOf({ picture: checks, strokes: checks, isLight: true }), undefined)
})

test('the ground under a line of letters is found whole, at the edge of the picture too', () => {
  for (const [x, y] of [
    [12, 8],
    [0, 0],
    [60, 488],
  ] as const) {
    const canvas = ultrasound(3)
    const { width, height } = lettered(canvas, { text: 'ПАЛАТА 5', x, y, rows: 24, shade: 20, under: 200 })
    const plates = groundsIn(grey(canvas)).flatMap(platesOf)
    assert.ok(
      plates.some(
        (one) => Math.abs(one.x - x) < 4 && Math.abs(one.y - y) < 4 && one.width > width - 8 && one.height > height - 8,
      ),
      `${x} ${y}`,
    )
  }
})
