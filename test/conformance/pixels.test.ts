/** Pictures through the gate: what a reader of pictures finds afterwards, what marks claim, what the report tells. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deidentify, temporaryKeys, tesseract, type GateProject } from '../../src/deidentify/index.ts'
import {
  attribute,
  items,
  memorySource,
  numbers,
  openDataSet,
  strings,
  text,
  transferSyntax,
  type TransferSyntax,
} from '../../src/standards/dicom/index.ts'
import { asFragments, imageFile, picture, write } from '../burned-in.ts'
import { peerTest, run, temporaryFolder } from '../peers.ts'

const project: GateProject = { name: 'echo', profile: { base: 'basic', options: ['clean-pixel-data'] } }
const SYNTH = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom/synth')

async function cleared(bytes: Uint8Array, at = project) {
  const outcome = await deidentify(openDataSet(memorySource(bytes)), at, temporaryKeys(new Uint8Array(32)))
  if (outcome.outcome !== 'de-identified') throw new Error(JSON.stringify(outcome))
  const written = Buffer.from(outcome.dataSet.source.read(0, outcome.dataSet.source.sizeBytes))
  return { ...outcome, written, again: openDataSet(memorySource(written)) }
}
const words = async (of: Awaited<ReturnType<typeof cleared>>): Promise<readonly string[]> => {
  const [width, height] = [
    numbers(of.again.attributes, 'Columns')[0] ?? 0,
    numbers(of.again.attributes, 'Rows')[0] ?? 0,
  ]
  const pixels = attribute(of.again.attributes, 'PixelData')
  const grey = Buffer.from(of.again.source.read(pixels?.valueOffset ?? 0, width * height))
  const read = await tesseract().read([{ width, height, grey }])
  return read.flat().flatMap(({ text, confidence }) => (confidence > 30 ? [text] : []))
}

peerTest(
  'a cleaned picture names nobody, says that it was cleaned, and its report tells places and no words',
  ['tesseract', 'dciodvfy'],
  async (t) => {
    const canvas = picture(320, 240)
    write(canvas, 'ГАВРИЛЬЧЕНКО Е.С.', 12, 8)
    write(canvas, '23.09.1958 73-115904', 12, 30)
    const original = imageFile(canvas, { more: [{ tag: 0x00280301, vr: 'CS', value: 'NO' }] })
    const done = await cleared(original)
    const { attributes } = done.again
    assert.deepEqual(
      (await words(done)).filter((word) => /[А-Я]{3}|\d{3}/.test(word)),
      [],
    )
    const codes = items(attributes, 'DeidentificationMethodCodeSequence').map((item) => text(item, 'CodeValue'))
    assert.deepEqual(codes, ['113100', '113101'])
    assert.equal(text(attributes, 'BurnedInAnnotation'), 'NO')
    assert.equal(text(attributes, 'DerivationDescription'), 'Areas with text blanked')
    assert.equal(done.report.pixels.decision, 'redacted')
    assert.ok(done.report.pixels.boxes?.length)
    assert.equal(/ГАВРИЛ|115904|1958/i.test(JSON.stringify(done.report)), false)
    const file = join(temporaryFolder(t), 'cleaned.dcm')
    const errors = async (bytes: Uint8Array) => {
      writeFileSync(file, bytes)
      const { stderr } = await run('dciodvfy', [file])
      return new Set(stderr.split('\n').filter((line) => line.startsWith('Error')))
    }
    const before = await errors(original)
    assert.deepEqual(
      [...(await errors(done.written))].filter((error) => !before.has(error)),
      [],
    )
  },
)

test('an option that looked at nothing is not claimed, and pixels stay byte for byte', async () => {
  const canvas = picture(64, 64)
  const original = imageFile(canvas, {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    modality: 'CT',
    more: [{ tag: 0x00080008, vr: 'CS', value: 'ORIGINAL\\PRIMARY\\AXIAL' }],
  })
  const { again, report, written } = await cleared(original)
  const codes = items(again.attributes, 'DeidentificationMethodCodeSequence').map((item) => text(item, 'CodeValue'))
  assert.deepEqual(codes, ['113100'])
  assert.deepEqual(strings(again.attributes, 'BurnedInAnnotation'), [])
  assert.deepEqual([report.pixels.decision, report.pixels.looked], ['unchanged', false])
  assert.ok(written.includes(Buffer.from(canvas.pixels)))
})

test('pixels that cannot be looked at, and overlays hidden in them, stay in quarantine under their names', async () => {
  const syntax = transferSyntax('1.2.840.10008.1.2.4.50') as TransferSyntax
  const gate = (bytes: Uint8Array) =>
    deidentify(openDataSet(memorySource(bytes)), project, temporaryKeys(new Uint8Array(32)))
  const broken = await gate(
    imageFile(picture(32, 32), {
      transferSyntax: syntax,
      fragments: asFragments([Buffer.from('ffd8ffc0000b080020002001011100ffda0008010100003f00', 'hex')]),
    }),
  )
  assert.equal(broken.outcome === 'quarantined' && broken.code, 'pixels-unreadable')
  const overlay = await gate(imageFile(picture(32, 32), { more: [{ tag: 0x60000102, vr: 'US', value: [12] }] }))
  assert.equal(overlay.outcome === 'quarantined' && overlay.what, 'overlay inside pixel data')
})

test(
  'burned-in text of the corpus is gone, the liar is caught, the marker stays',
  { skip: existsSync(SYNTH) ? false : 'needs the corpus' },
  async () => {
    const files = ['s13_burned_lies.dcm', 's13_burned_undeclared.dcm', 's13_burned_yes.dcm', 's14_jpeg_com.dcm']
    const results = await Promise.all(files.map((file) => cleared(readFileSync(join(SYNTH, file)))))
    for (const [at, done] of results.entries()) {
      const read = (await words(done)).join(' ')
      assert.equal(/ВЕРЕСАЕВ|А\.М|1961|004417/.test(read), false, files[at])
      assert.equal(done.written.includes('VERESAEV'), false)
      if (files[at] === 's14_jpeg_com.dcm') continue
      // what lies outside of the planted box is as it was
      const before = openDataSet(memorySource(readFileSync(join(SYNTH, files[at] ?? ''))))
      const bytes = (of: typeof before | typeof done.again) =>
        Buffer.from(of.source.read(attribute(of.attributes, 'PixelData')?.valueOffset ?? 0, 256 * 192))
      assert.deepEqual(bytes(done.again).subarray(50 * 256), bytes(before).subarray(50 * 256))
    }
  },
)
