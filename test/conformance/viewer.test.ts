/** The viewer before what devices really send: palettes, single bits, real numbers, what is no image, what cannot be read. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  writeFileMeta,
  type NewElement,
} from '../../src/standards/dicom/index.ts'
import { hasChromium, openPage, screenshot } from '../browser.ts'
import { CT, el } from '../gate-instances.ts'
import { valueOf, world } from './dicomweb-world.ts'

const SIDE = 64
const words = (numbers: readonly number[]) => new Uint8Array(Uint16Array.from(numbers).buffer)
const picture = (of: (x: number, y: number) => number) =>
  Array.from({ length: SIDE * SIDE }, (_, at) => of(at % SIDE, Math.floor(at / SIDE)))

let made = 0
/** an instance of a series of its own unless a number is given */
function instance(more: readonly NewElement[], series = 100 + made): Buffer {
  const uid = `1.3.6.1.4.1.99.7.${++made}`
  const of = [
    el('SOPClassUID', 'UI', CT),
    el('SOPInstanceUID', 'UI', uid),
    el('PatientName', 'PN', 'Petrova^Anna'),
    el('PatientID', 'LO', 'A204117'),
    el('StudyInstanceUID', 'UI', '1.3.6.1.4.1.99.2'),
    el('SeriesInstanceUID', 'UI', `1.3.6.1.4.1.99.3.${series}`),
    el('SeriesNumber', 'IS', String(series)),
    el('InstanceNumber', 'IS', String(made)),
    ...more,
  ].sort((a, b) => a.tag - b.tag)
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
    mediaStorageSOPClassUID: CT,
    mediaStorageSOPInstanceUID: uid,
  })
  return Buffer.concat([meta, encodeDataSet(of, EXPLICIT_LITTLE_ENDIAN)])
}
const image = (bits: 1 | 8 | 16 | 32, photometric = 'MONOCHROME2', side = SIDE) => [
  el('SamplesPerPixel', 'US', words([1])),
  el('PhotometricInterpretation', 'CS', photometric),
  el('Rows', 'US', words([side])),
  el('Columns', 'US', words([side])),
  el('BitsAllocated', 'US', words([bits])),
]
const stored = (bits: number) => [
  el('BitsStored', 'US', words([bits])),
  el('HighBit', 'US', words([bits - 1])),
  el('PixelRepresentation', 'US', words([0])),
]
const bright = words(picture((x, y) => 1000 + x * y))
const plain = [...image(16), ...stored(12)]
const table = (of: (entry: number) => number) => words(Array.from({ length: 256 }, (_, entry) => of(entry) << 8))

const SERIES: Readonly<Record<string, readonly Buffer[]>> = {
  // the loader alone takes the first letter of this word for the word
  slices: [1, 2, 3].map(() =>
    instance(
      [el('Modality', 'CS', 'MR'), ...plain, el('VOILUTFunction', 'CS', 'LINEAR_EXACT'), el('PixelData', 'OW', bright)],
      1,
    ),
  ),
  'no modality': [instance([...plain, el('PixelData', 'OW', bright)], 2)],
  palette: [
    instance(
      [
        el('Modality', 'CS', 'US'),
        ...[...image(8, 'PALETTE COLOR'), ...stored(8)],
        ...(['Red', 'Green', 'Blue'] as const).flatMap((colour) => [
          el(`${colour}PaletteColorLookupTableDescriptor`, 'US', words([256, 0, 16])),
          el(
            `${colour}PaletteColorLookupTableData`,
            'OW',
            table((entry) => (colour === 'Red' ? entry : 0)),
          ),
        ]),
        el('PixelData', 'OW', Uint8Array.from(picture(() => 200))),
      ],
      3,
    ),
  ],
  'single bits': [
    instance(
      [
        el('Modality', 'CS', 'SEG'),
        ...[...image(1), ...stored(1)],
        el('NumberOfFrames', 'IS', '2'),
        // the left half of each line
        el(
          'PixelData',
          'OB',
          Uint8Array.from({ length: (2 * SIDE * SIDE) / 8 }, (_, at) => (at % 8 < 4 ? 0xff : 0)),
        ),
      ],
      4,
    ),
  ],
  'real numbers': [
    instance(
      [
        el('Modality', 'CS', 'OT'),
        ...image(32),
        el('WindowCenter', 'DS', '0.5'),
        el('WindowWidth', 'DS', '1'),
        el('VOILUTFunction', 'CS', 'LINEAR_EXACT'),
        el('FloatPixelData', 'OF', new Uint8Array(Float32Array.from(picture((x) => x / SIDE)).buffer)),
      ],
      5,
    ),
  ],
  'no image': [instance([el('Modality', 'CS', 'RTPLAN')], 6)],
  'no palette': [
    instance(
      [
        el('Modality', 'CS', 'US'),
        ...[...image(8, 'PALETTE COLOR'), ...stored(8)],
        el('PixelData', 'OW', Uint8Array.from(picture(() => 200))),
      ],
      7,
    ),
  ],
  'one that is cut short': [
    instance([el('Modality', 'CS', 'CT'), ...plain, el('PixelData', 'OW', bright)], 8),
    instance([el('Modality', 'CS', 'CT'), ...plain, el('PixelData', 'OW', bright.subarray(0, 100))], 8),
    instance([el('Modality', 'CS', 'CT'), ...plain, el('PixelData', 'OW', bright)], 8),
  ],
}

test(
  'the viewer shows what devices send, and says of the rest why not',
  { skip: !hasChromium, timeout: 120_000 },
  async (t) => {
    spawnSync(process.execPath, ['tools/build-web-if-stale.ts'], { stdio: 'inherit' })
    const { put, json, base, secret } = await world(t, resolve('web/dist/research'))
    for (const [name, files] of Object.entries(SERIES))
      for (const file of files) {
        const { outcome, ...why } = await put(file)
        assert.equal(outcome, 'archived', `${name}: ${JSON.stringify(why)}`)
      }
    const [study] = await json('/dicom-web/studies')
    const page = await openPage(t, 'en')
    await page.context().addCookies([{ name: 'sluice_research', value: secret, url: base }])
    const said: string[] = []
    // the loader throws a request that failed twice, once to nobody
    page.on('pageerror', (error) => {
      if (String(error) !== 'XMLHttpRequest') said.push(String(error))
    })
    page.on('console', (message) => {
      if (/WebGL/.test(message.text())) said.push(message.text())
    })
    await page.goto(`${base}/#/studies/${String(valueOf(study, '0020000D'))}`)
    const open = (name: string) => page.locator('nav button').nth(Object.keys(SERIES).indexOf(name)).click()
    const isShown = () => page.locator('[data-testid=viewport][data-shown=yes]').waitFor()
    const says = (text: string) => page.getByText(text).first().waitFor()

    for (const name of ['slices', 'no modality', 'real numbers']) {
      await open(name)
      await isShown()
      const { left, right } = await colours(page)
      assert.ok(right[0] - left[0] > 60, `${name}: ${String(left)} to ${String(right)}`)
    }
    await says('Window 0.5 / 1')
    await open('palette')
    await isShown()
    const [red, green, blue] = (await colours(page)).left
    assert.deepEqual([red, green, blue], [200, 0, 0])
    await open('single bits')
    await isShown()
    const halves = await colours(page)
    assert.deepEqual([halves.left[0], halves.right[0]], [255, 0])

    await open('no image')
    await says('This series has no images')
    await open('no palette')
    await says('This image cannot be shown')
    await open('one that is cut short')
    await says('This image cannot be shown')
    await screenshot(page, 'image-that-cannot-be-shown')
    await page.getByTestId('viewport').hover()
    await page.mouse.wheel(0, 120)
    await isShown()
    await says('3 / 3')

    // a server that does not answer is no fault of the image
    await open('slices')
    await isShown()
    await page.reload()
    await page.route('**/frames/*', (route) => route.abort())
    await open('slices')
    await says('The server does not answer')
    await page.unroute('**/frames/*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await isShown()
    assert.ok((await colours(page)).right[0] > 60)

    // from series to series, faster than they load and slower: a picture is that of its series, and the browser holds out
    for (let round = 0; round < 4; round++)
      for (const name of ['slices', 'palette', 'no image', 'one that is cut short', 'single bits']) await open(name)
    await isShown()
    assert.deepEqual((await colours(page)).left, [255, 255, 255])
    for (const name of ['palette', 'no image', 'slices', 'palette']) {
      await open(name)
      if (name === 'no image') await says('This series has no images')
      else await isShown()
    }
    assert.deepEqual((await colours(page)).left, [200, 0, 0])
    assert.deepEqual(said, [])
  },
)

/** of the picture in the middle of the place, a quarter of its side from the left and from the right edge */
async function colours(
  page: Page,
): Promise<{ readonly left: number[] & { 0: number }; readonly right: number[] & { 0: number } }> {
  await page.waitForTimeout(400)
  return page.evaluate(`(() => {
    const canvas = document.querySelector('[data-testid=viewport] canvas')
    const at = (part) => {
      const x = canvas.width / 2 + (part - 0.5) * canvas.height
      return [...canvas.getContext('2d').getImageData(Math.round(x), Math.round(canvas.height / 2), 1, 1).data].slice(0, 3)
    }
    return { left: at(0.25), right: at(0.75) }
  })()`)
}
