import assert from 'node:assert/strict'
import { writeFileSync, readFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Fault } from '../../base/index.ts'
import { asFragments, imageFile, picture, write, type Canvas } from '../../../test/burned-in.ts'
import { peerTest, run, temporaryFolder } from '../../../test/peers.ts'
import {
  memorySource,
  openDataSet,
  transferSyntax,
  type DataSet,
  type NewElement,
  type TransferSyntax,
} from '../../standards/dicom/index.ts'
import type { Box, PixelDecision } from '../stages.ts'
import { decodePixels } from './decode.ts'
import { redacted } from './redact.ts'
import { pixelStage } from './stage.ts'
import { tesseract, type Reading, type TextReader } from './tesseract.ts'
import { judgeFor } from './words.ts'

const context = {
  names: ['Гаврильченко^Евдокия^Саввишна'],
  identifiers: ['73-115904'],
  places: ['Больница имени Мудрова'],
  dates: ['19580923', '20190312'],
  uids: [],
}
const on = { cleanPixelData: true, cleanRecognizableVisualFeatures: false }
const opened = (bytes: Uint8Array): DataSet<'identified'> => openDataSet(memorySource(bytes))
const syntax = (uid: string) => transferSyntax(`1.2.840.10008.1.2${uid}`) as TransferSyntax

/** reads what a test says, one list a page */
const saying = (...pages: (readonly Partial<Reading>[])[]): TextReader & { asked: number } => {
  const reader = {
    asked: 0,
    read: (asked: readonly unknown[]) => {
      const said = pages[reader.asked++] ?? []
      const whole = { x: 10, y: 10, width: 40, height: 10, text: '', confidence: 90, line: '1' }
      return Promise.resolve(asked.map((_, at) => (at === 0 ? said.map((one) => ({ ...whole, ...one })) : [])))
    },
  }
  return reader
}
const outside = (a: Uint8Array, b: Uint8Array, { width }: Canvas, boxes: readonly Box[]): number =>
  a.reduce((changed, value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    const isInside = boxes.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)
    return changed + (!isInside && value !== b[at] ? 1 : 0)
  }, 0)
const fault = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (error) {
    return error instanceof Fault ? error.code : 'other'
  }
  return 'none'
}
type Redaction = Extract<PixelDecision, { decision: 'redact' }>
const redaction = (decision: PixelDecision): Redaction => {
  assert.equal(decision.decision, 'redact', JSON.stringify(decision))
  return decision as Redaction
}

peerTest(
  'burned-in names, dates and numbers are blanked whatever the header declares; the rest stays bit for bit',
  ['tesseract'],
  async () => {
    const stage = pixelStage()
    const decide = async (declared: string | undefined) => {
      const canvas = picture(320, 240)
      const planted = [write(canvas, 'ГАВРИЛЬЧЕНКО Е.С.', 12, 8), write(canvas, '23.09.1958 73-115904', 12, 30)]
      const marker = write(canvas, 'L 5cm', 250, 214)
      const more: readonly NewElement[] = declared ? [{ tag: 0x00280301, vr: 'CS', value: declared }] : []
      const decided = redaction(await stage.decide(opened(imageFile(canvas, { more })), context, on))
      const after = decided.pixelData.read(0, decided.pixelData.sizeBytes)
      assert.equal(decided.looked, true)
      assert.equal(outside(canvas.pixels, after, canvas, decided.boxes), 0)
      assert.equal(outside(canvas.pixels, after, canvas, planted.concat(decided.boxes)), 0)
      for (const { x, y, width, height } of planted)
        for (let row = y; row < y + height; row++)
          for (let at = x; at < x + width; at++)
            assert.ok((after[row * canvas.width + at] ?? 255) < 100, `${declared} ${at} ${row}`)
      for (let at = marker.x; at < marker.x + marker.width; at++)
        assert.equal(after[222 * canvas.width + at], canvas.pixels[222 * canvas.width + at])
    }
    await Promise.all(['YES', 'NO', undefined].map(decide))
  },
)

peerTest('a picture without text is kept as it stands, and somebody has looked', ['tesseract'], async () => {
  const decision = await pixelStage().decide(opened(imageFile(picture(256, 256))), context, on)
  assert.deepEqual([decision.decision, 'looked' in decision && decision.looked], ['keep', true])
})

test('originals of machines that burn nothing in are not looked at', async () => {
  const reader = saying()
  const more: readonly NewElement[] = [{ tag: 0x00080008, vr: 'CS', value: 'ORIGINAL\\PRIMARY\\AXIAL' }]
  const CT = '1.2.840.10008.5.1.4.1.1.2'
  const file = (extra: readonly NewElement[] = []) =>
    opened(imageFile(picture(32, 32), { SOPClassUID: CT, modality: 'CT', more: [...more, ...extra] }))
  const decision = await pixelStage({ reader }).decide(file(), context, on)
  assert.deepEqual([decision.decision, 'looked' in decision && decision.looked, reader.asked], ['keep', false, 0])
  await pixelStage({ reader }).decide(file([{ tag: 0x00280301, vr: 'CS', value: 'YES' }]), context, on)
  assert.equal(reader.asked, 1)
  await pixelStage({ reader }).decide(opened(imageFile(picture(32, 32), { SOPClassUID: CT })), context, on)
  assert.equal(reader.asked, 2)
})

test('text that nobody can read, or that does not go, sends the picture to quarantine', async () => {
  const at = (...pages: (readonly Partial<Reading>[])[]) =>
    pixelStage({ reader: saying(...pages) }).decide(opened(imageFile(picture(64, 64))), context, on)
  const unreadable = await at([{ text: 'Xqwk', confidence: 55 }])
  assert.deepEqual(unreadable.decision === 'quarantine' && unreadable.what, 'text on the picture that cannot be read')
  const name = [{ text: 'Гаврильчeнко' }]
  const staying = await at(name, name, name)
  assert.deepEqual(staying.decision === 'quarantine' && staying.what, 'text on the picture that does not go')
  assert.equal((await at(name)).decision, 'redact')
})

test('words are the patient’s in spite of misreadings, alphabets and order; measures and sides are nobody’s', () => {
  const judge = judgeFor(context)
  for (const own of [
    'ГАВРИЛЬЧЕНКО',
    'ГABPИЛЬЧEHKO',
    'Гаврильченно',
    'GAVRILCHENKO',
    'Gavrilchenka',
    'ЕВДОКИЯ',
    '73-115904',
    '73115904',
    '23.09.1958',
    '19580923',
    'МУДРОВА',
  ])
    assert.equal(judge(own), 'own', own)
  for (const other of ['07.11.2024', '10:15', '4401992', 'И.И.', 'a@b.ru'])
    assert.equal(judge(other), 'recognised', other)
  for (const harmless of ['L', 'R', '5cm', 'L5cm', '120kV', '3.5', '12', 'MHz', 'мм', 'AP', 'Gain', '55%'])
    assert.equal(judge(harmless), 'harmless', harmless)
  for (const unknown of ['Петрова', 'GENERAL', 'Hospital']) assert.equal(judge(unknown), 'unknown', unknown)
  for (const none of ['/', '‚4x', 'i}']) assert.notEqual(judge(none), 'own', none)
})

test('what an ultrasound does not declare as image is blanked before anybody looks', async () => {
  const canvas = picture(64, 48)
  const region = (x0: number, y0: number, x1: number, y1: number): readonly NewElement[] => [
    { tag: 0x00186018, vr: 'UL', value: [x0] },
    { tag: 0x0018601a, vr: 'UL', value: [y0] },
    { tag: 0x0018601c, vr: 'UL', value: [x1] },
    { tag: 0x0018601e, vr: 'UL', value: [y1] },
  ]
  const decide = (regions: readonly (readonly NewElement[])[]) =>
    pixelStage({ reader: saying() }).decide(
      opened(imageFile(canvas, { more: [{ tag: 0x00186011, vr: 'SQ', value: regions }] })),
      context,
      on,
    )
  const decided = redaction(await decide([region(8, 10, 39, 47), region(30, 20, 55, 29)]))
  const after = decided.pixelData.read(0, decided.pixelData.sizeBytes)
  const inside = (x: number, y: number) =>
    (x >= 8 && x <= 39 && y >= 10 && y <= 47) || (x >= 30 && x <= 55 && y >= 20 && y <= 29)
  const black = Math.min(...canvas.pixels)
  for (const [at, value] of after.entries())
    assert.equal(value, inside(at % 64, Math.floor(at / 64)) ? canvas.pixels[at] : black)
  assert.equal((await decide([region(90, 10, 120, 40)])).decision, 'keep')
})

test('a site’s region is blanked on the devices it describes, and on no others', async () => {
  const regions = [
    { name: 'corner', manufacturer: '^acme', rows: 48, columns: 64, blank: [{ x: 0, y: 0, width: 9, height: 5 }] },
  ]
  const decide = (maker: string, of = {}, more: readonly NewElement[] = []) =>
    pixelStage({ reader: saying() }).decide(
      opened(imageFile(picture(64, 48), { more: [...more, { tag: 0x00080070, vr: 'LO', value: maker }], ...of })),
      context,
      { ...on, regions },
    )
  assert.deepEqual(redaction(await decide('Acme Ltd')).boxes, regions[0]?.blank)
  assert.equal((await decide('Other')).decision, 'keep')
  // originals of a CT are not looked at, unless the site knows better
  const ct = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', modality: 'CT' }
  const original = [{ tag: 0x00080008, vr: 'CS', value: 'ORIGINAL\\PRIMARY' }] as const
  assert.deepEqual(redaction(await decide('ACME', ct, original)).boxes, regions[0]?.blank)
  const other = await decide('Other', ct, original)
  assert.ok(other.decision === 'keep' && !other.looked)
})

test('16 bits, both byte orders, colours by pixel and by plane: only the box changes', async () => {
  const box = { x: 2, y: 1, width: 3, height: 2 }
  const [width, height] = [8, 4]
  for (const [uid, bits, samples, planar] of [
    ['', 16, 1, 0],
    ['.2', 16, 1, 0],
    ['.1', 8, 3, 0],
    ['.1', 8, 3, 1],
  ] as const) {
    const bytes = Uint8Array.from({ length: (width * height * samples * bits) / 8 }, (_, at) => (at * 37 + 11) & 0xff)
    const file = imageFile(
      { width, height, pixels: bytes },
      {
        transferSyntax: syntax(uid),
        more: [
          { tag: 0x00280002, vr: 'US', value: [samples] },
          { tag: 0x00280004, vr: 'CS', value: samples === 3 ? 'RGB' : 'MONOCHROME2' },
          { tag: 0x00280006, vr: 'US', value: [planar] },
          { tag: 0x00280100, vr: 'US', value: [bits] },
          { tag: 0x00280101, vr: 'US', value: [bits] },
          { tag: 0x7fe00010, vr: bits === 16 ? 'OW' : 'OB', value: bytes },
        ],
      },
    )
    const before = await decodePixels(opened(file))
    const after = redacted(before, [box])
    const [first, second] = [before.frames[0], after.frames[0]] as [Uint8Array, Uint8Array]
    let changed = 0
    for (const [at, value] of first.entries()) {
      const sample = Math.floor(at / (bits / 8))
      const pixel = samples === 1 ? sample : planar ? sample % (width * height) : Math.floor(sample / samples)
      const [x, y] = [pixel % width, Math.floor(pixel / width)]
      const isInside = x >= 2 && x < 5 && y >= 1 && y < 3
      if (!isInside) assert.equal(second[at], value)
      else if (second[at] !== value) changed++
    }
    assert.ok(changed > 0)
  }
})

peerTest(
  'compressed pixels of other people’s encoders decode to the samples they were made of',
  ['dcmcjpeg', 'dcmcjpls', 'dcmcrle'],
  async (t) => {
    const folder = temporaryFolder(t)
    const canvas = picture(64, 48)
    const source = join(folder, 'native.dcm')
    writeFileSync(source, imageFile(canvas))
    for (const [program, ...args] of [
      ['dcmcjpeg', '+e1'],
      ['dcmcjpeg', '+el'],
      ['dcmcjpls', '+el'],
      ['dcmcrle'],
    ] as const) {
      const target = join(folder, 'compressed.dcm')
      assert.equal((await run(program, [...args, source, target])).status, 0)
      const { frames } = await decodePixels(opened(readFileSync(target)))
      assert.deepEqual(Buffer.from(frames[0] as Uint8Array), Buffer.from(canvas.pixels), `${program} ${args.join(' ')}`)
    }
    await jpegLosesItsText(folder, source)
  },
)

/** a baseline JPEG with a comment: the comment goes, what another decoder makes of it stays */
async function jpegLosesItsText(folder: string, source: string): Promise<void> {
  const target = join(folder, 'baseline.dcm')
  await run('dcmcjpeg', ['+eb', source, target])
  const compressed = opened(readFileSync(target))
  const jpeg = Buffer.concat(
    (compressed.attributes.byTag.get(0x7fe00010)?.fragments ?? [])
      .slice(1)
      .map(({ offset, length }) => Buffer.from(compressed.source.read(offset, length))),
  )
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 14]), Buffer.from('GAVRILCHENKO')])
  const dirty = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
  const off = { cleanPixelData: false, cleanRecognizableVisualFeatures: false }
  const file = (frame: Uint8Array) =>
    opened(imageFile(picture(64, 48), { transferSyntax: syntax('.4.50'), fragments: asFragments([frame]) }))
  const decided = redaction(await pixelStage().decide(file(dirty), context, off))
  assert.deepEqual([decided.boxes.length, decided.looked, decided.transferSyntax.uid], [0, false, syntax('.4.50').uid])
  const cleaned = Buffer.from(decided.pixelData.read(0, decided.pixelData.sizeBytes))
  assert.equal(cleaned.includes('GAVRILCHENKO'), false)
  assert.ok(cleaned.includes(jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xda])))))
  assert.equal((await pixelStage().decide(file(jpeg), context, off)).decision, 'keep')
}

test('pixels that are not as described, cut, or larger than they say end in a code', async () => {
  const canvas = picture(32, 32)
  const decide = (bytes: Uint8Array) => fault(pixelStage({ reader: saying() }).decide(opened(bytes), context, on))
  assert.equal(
    await decide(imageFile(canvas, { more: [{ tag: 0x00280010, vr: 'US', value: [33] }] })),
    'pixels-unreadable',
  )
  assert.equal(
    await decide(imageFile(canvas, { more: [{ tag: 0x00280008, vr: 'IS', value: '2' }] })),
    'pixels-unreadable',
  )
  const bomb = Buffer.from('ffd8ffc0000b08fffffffff0010111000000', 'hex')
  for (const [uid, frame, expected] of [
    ['.4.50', bomb, 'pixels-unreadable'],
    ['.4.50', Buffer.from('ffd8ffc0000b080020002001011100ffda0008010100003f00', 'hex'), 'pixels-unreadable'],
    ['.5', new Uint8Array(70), 'pixels-unreadable'],
    ['.4.90', Buffer.from('not a codestream'), 'pixels-unreadable'],
  ] as const)
    assert.equal(
      await decide(imageFile(canvas, { transferSyntax: syntax(uid), fragments: asFragments([frame]) })),
      expected,
      uid,
    )
  const video = opened(imageFile(canvas, { transferSyntax: syntax('.4.102'), fragments: asFragments([bomb]) }))
  const decision = await pixelStage().decide(video, context, on)
  assert.deepEqual(decision, { decision: 'quarantine', what: 'video', path: '(0002,0010)' })
})

/** a program in place of tesseract that knows the languages and then does what the test wants */
function program(t: TestContext, then: string): string {
  const file = join(temporaryFolder(t), 'reader')
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = --list-langs ]; then echo rus; echo eng; exit; fi\n${then}\n`)
  chmodSync(file, 0o700)
  return file
}

test('a reader that hangs, dies, skips a picture or is not there decides nothing', async (t) => {
  const page = { width: 8, height: 8, grey: new Uint8Array(64) }
  const read = (options: Parameters<typeof tesseract>[0]) => fault(tesseract(options).read([page]))
  assert.equal(await read({ program: program(t, 'exec sleep 60'), startMs: 150 }), 'text-recognition-failed')
  assert.equal(await read({ program: program(t, 'kill -9 $$') }), 'text-recognition-failed')
  assert.equal(await read({ program: program(t, 'cat >/dev/null') }), 'text-recognition-failed')
  assert.equal(await read({ program: join(temporaryFolder(t), 'nowhere') }), 'text-recognition-missing')
  assert.equal(await read({ program: '/bin/echo' }), 'text-recognition-missing')
})
