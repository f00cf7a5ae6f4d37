import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageFile, lettered, picture, type Canvas, type Lettering } from '../../../test/burned-in.ts'
import { head, radiograph, section, ultrasound } from '../../../test/grainy.ts'
import { peerTest } from '../../../test/peers.ts'
import { memorySource, openDataSet, type NewElement } from '../../standards/dicom/index.ts'
import { decodePixels } from './decode.ts'
import { findText } from './find-text.ts'
import type { Place } from './place.ts'
import { pixelStage } from './stage.ts'
import type { Reading, TextReader } from './tesseract.ts'
import { judgeFor } from './words.ts'

const context = {
  names: ['Гаврильченко^Евдокия^Саввишна'],
  identifiers: ['73-115904'],
  places: [],
  dates: ['19580923'],
  uids: [],
}
const on = { cleanPixelData: true, cleanRecognizableVisualFeatures: false }
const opened = (bytes: Uint8Array) => openDataSet(memorySource(bytes))

const wide = (canvas: Canvas): readonly NewElement[] => {
  const value = Buffer.alloc(canvas.pixels.length * 2)
  for (const [at, shade] of canvas.pixels.entries()) value.writeUInt16LE(shade * 12 + 40, at * 2)
  return [
    { tag: 0x00280100, vr: 'US', value: [16] },
    { tag: 0x00280101, vr: 'US', value: [12] },
    { tag: 0x00280102, vr: 'US', value: [11] },
    { tag: 0x7fe00010, vr: 'OW', value },
  ]
}
/** grey but for the letters, which are yellow */
const yellow = (canvas: Canvas): readonly NewElement[] => [
  { tag: 0x00280002, vr: 'US', value: [3] },
  { tag: 0x00280004, vr: 'CS', value: 'RGB' },
  { tag: 0x00280006, vr: 'US', value: [0] },
  {
    tag: 0x7fe00010,
    vr: 'OB',
    value: Buffer.from([...canvas.pixels].flatMap((shade) => [shade, shade, shade > 200 ? 0 : shade])),
  },
]

const HARDER: readonly (readonly [what: string, Partial<Lettering>, ((canvas: Canvas) => readonly NewElement[])?])[] = [
  ['letters of 10 pixels', { rows: 13 }],
  ['letters of 28 pixels', { rows: 40 }],
  ['at the upper edge', { x: 0, y: 0 }],
  ['at the lower edge', { x: 0, y: 384 - 18 }],
  ['on anatomy', { x: 180, y: 190, rows: 18 }],
  ['little brighter than anatomy', { x: 180, y: 190, shade: 170 }],
  ['dark on a light plate', { under: 220, shade: 10 }],
  ['in middle grey', { shade: 120 }],
  ['of 12 bits', {}, wide],
  ['in colour', {}, yellow],
]

peerTest(
  'names are found in small and large letters, dark and light, at the edge, on anatomy, in 12 bits and in colour',
  ['tesseract'],
  async () => {
    const stage = pixelStage()
    const decide = async ([what, how, more]: (typeof HARDER)[number]) => {
      const canvas = picture(512, 384)
      const before = Uint8Array.from(canvas.pixels)
      const { x, y, width, height } = lettered(canvas, {
        ...{ text: 'ГАВРИЛЬЧЕНКО', x: 20, y: 12, rows: 20, shade: 255 },
        ...how,
      })
      const decided = await stage.decide(opened(imageFile(canvas, { more: more?.(canvas) ?? [] })), context, on)
      assert.equal(decided.decision, 'redact', `${what}: ${JSON.stringify(decided)}`)
      const boxes = decided.decision === 'redact' ? decided.boxes : []
      for (let row = y; row < y + height; row++)
        for (let column = x; column < x + width; column++) {
          const at = row * canvas.width + column
          if (canvas.pixels[at] === before[at]) continue
          const isInside = boxes.some(
            (box) => column >= box.x && column < box.x + box.width && row >= box.y && row < box.y + box.height,
          )
          assert.ok(isInside, `${what}: ${column} ${row}`)
        }
    }
    await Promise.all(HARDER.map(decide))
  },
)

/** @returns how much of what was written on a picture is blanked */
function blankedShare(written: Place, boxes: readonly Place[]): number {
  let inside = 0
  for (let row = written.y; row < written.y + written.height; row++)
    for (let column = written.x; column < written.x + written.width; column++)
      if (
        boxes.some((box) => column >= box.x && column < box.x + box.width && row >= box.y && row < box.y + box.height)
      )
        inside++
  return inside / (written.width * written.height)
}

peerTest(
  'names are found on speckle, on grain and on slow shades, and nothing where there is none',
  ['tesseract'],
  async () => {
    const stage = pixelStage()
    const grainy = [ultrasound(1), ultrasound(2, 2.5), section(1), head(3), radiograph(2)]
    const decide = async (canvas: Canvas, number: number) => {
      const plain = await stage.decide(opened(imageFile(canvas)), context, on)
      assert.equal(plain.decision, 'keep', `${number} without text: ${JSON.stringify(plain)}`)
      const written = lettered(canvas, { text: 'ГАВРИЛЬЧЕНКО', x: 190, y: 260, rows: 20, shade: 255 })
      const decided = await stage.decide(opened(imageFile(canvas)), context, on)
      assert.equal(decided.decision, 'redact', `${number}: ${JSON.stringify(decided)}`)
      assert.equal(decided.decision === 'redact' && blankedShare(written, decided.boxes), 1, String(number))
    }
    await Promise.all(grainy.map(decide))
  },
)

test('on grain the rest of a line goes with a word that goes, though nobody could read it', async () => {
  const canvas = section(1)
  const written = lettered(canvas, { text: 'ЕВДОКИЯ 73-115904', x: 190, y: 260, rows: 20, shade: 255 })
  const instance = opened(imageFile(canvas))
  const pixels = await decodePixels(instance)
  const judge = judgeFor(context)
  // on a page the letters stand in the middle: sixteen pixels and eight more are around them
  const word = { x: 24, y: 24, width: 60, height: 16, text: 'ЕВДОКИЯ', confidence: 90, line: '1' }
  const isLine = ({ width, height }: Place) => width - 48 > written.width / 2 && height < 100 && width < 300
  const found = await findText(pixels, instance.attributes, judge, {
    read: (pages) => Promise.resolve(pages.map((page) => (isLine({ x: 0, y: 0, ...page }) ? [word] : []))),
  })
  assert.equal(blankedShare(written, found.boxes), 1, JSON.stringify(found))
})

/** reads these words on the first page it is given, and counts the pages */
const reading = (...words: readonly Partial<Reading>[]): TextReader & { pages: number } => {
  const reader = {
    pages: 0,
    read: (asked: readonly unknown[]) => {
      reader.pages += asked.length
      const whole = { x: 20, y: 20, width: 40, height: 10, text: '', confidence: 90, line: '1' }
      return Promise.resolve(asked.map((_, at) => (at > 0 ? [] : words.map((one) => ({ ...whole, ...one })))))
    },
  }
  return reader
}
const withText = () => {
  const canvas = picture(512, 384)
  lettered(canvas, { text: 'ABC 5cm', x: 20, y: 12, rows: 20, shade: 255 })
  return canvas
}

test('what has not changed is not read again, on later looks and on further frames', async () => {
  const canvas = withText()
  const frames = Buffer.concat([canvas.pixels, canvas.pixels, canvas.pixels])
  const more: readonly NewElement[] = [{ tag: 0x00280008, vr: 'IS', value: '3' }]
  const instance = opened(imageFile({ ...canvas, pixels: frames }, { more }))
  const pixels = await decodePixels(instance)
  const reader = reading()
  const known = { memory: new Map(), blanked: [], frames: [0, 1, 2] }
  await findText(pixels, instance.attributes, judgeFor(context), reader, known)
  // the letters in two sizes, and the whole
  assert.equal(reader.pages, 3)
  await findText(pixels, instance.attributes, judgeFor(context), reader, known)
  assert.equal(reader.pages, 3)
})

test('a bare number close to a word that goes is part of it, a measure is none', async () => {
  const instance = opened(imageFile(withText()))
  const words = [
    { text: 'ГАВРИЛЬЧЕНКО', x: 20 },
    { text: '23.09.', x: 62 },
    { text: '5cm', x: 104 },
    { text: '12', x: 180 },
  ]
  const pixels = await decodePixels(instance)
  const { boxes } = await findText(pixels, instance.attributes, judgeFor(context), reading(...words))
  const [box] = boxes
  assert.equal(boxes.length, 1)
  assert.ok(box && box.width > 80 && box.width < 110, JSON.stringify(boxes))
})
