import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asFragments, imageFile } from '../../../test/burned-in.ts'
import { peerTest, run, temporaryFolder } from '../../../test/peers.ts'
import {
  describePixels,
  encodeRLE,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  openDataSet,
  transferSyntax,
  type NewElement,
  type TransferSyntax,
} from '../../standards/dicom/index.ts'
import { pixelStage } from './stage.ts'

const RLE = transferSyntax('1.2.840.10008.1.2.5') as TransferSyntax
const [width, height, frames] = [300, 40, 2]
const nobody = { names: [], identifiers: [], places: [], dates: [], uids: [] }

peerTest('what was RLE is RLE once blanked, in its own colours, and DCMTK reads it', ['dcmdrle'], async (t) => {
  const samples = Uint8Array.from({ length: width * height * 3 * frames }, (_, at) =>
    at % 7 < 4 ? 90 : (at * 31) % 251,
  )
  const colours: readonly NewElement[] = [
    { tag: 0x00080070, vr: 'LO', value: 'Acme' },
    { tag: 0x00280002, vr: 'US', value: [3] },
    { tag: 0x00280004, vr: 'CS', value: 'YBR_FULL' },
    { tag: 0x00280006, vr: 'US', value: [1] },
    { tag: 0x00280008, vr: 'IS', value: String(frames) },
  ]
  const native = openDataSet(memorySource(imageFile({ width, height, pixels: samples }, { more: colours })))
  const description = describePixels(native.attributes)
  const size = samples.length / frames
  const packed = [0, 1].map((at) => encodeRLE(samples.subarray(at * size, (at + 1) * size), description))
  const file = (fragments: Uint8Array) =>
    imageFile({ width, height, pixels: samples }, { transferSyntax: RLE, fragments, more: colours })
  const region = { name: 'corner', manufacturer: '^acme', rows: height, columns: width }
  const decided = await pixelStage({ reader: { read: (pages) => Promise.resolve(pages.map(() => [])) } }).decide(
    openDataSet(memorySource(file(asFragments(packed)))),
    nobody,
    {
      cleanPixelData: true,
      cleanRecognizableVisualFeatures: false,
      regions: [{ ...region, blank: [{ x: 0, y: 0, width: 150, height: 10 }] }],
    },
  )
  assert.equal(decided.decision, 'redact')
  if (decided.decision !== 'redact') return
  assert.equal(decided.transferSyntax.uid, RLE.uid)
  assert.equal([...decided.attributes.keys()].includes(0x00280004), false)
  const folder = temporaryFolder(t)
  const value = decided.pixelData.read(0, decided.pixelData.sizeBytes)
  writeFileSync(join(folder, 'rle.dcm'), file(value))
  assert.equal((await run('dcmdrle', [join(folder, 'rle.dcm'), join(folder, 'native.dcm')])).status, 0)
  const read = openDataSet(memorySource(readFileSync(join(folder, 'native.dcm'))))
  assert.equal(read.transferSyntax.uid, EXPLICIT_LITTLE_ENDIAN.uid)
  const { valueOffset = 0, length = 0 } = read.attributes.byTag.get(0x7fe00010) ?? {}
  const planes = read.source.read(valueOffset, length)
  assert.equal(planes.length, samples.length)
  const black = [0, 128, 128]
  for (let at = 0; at < samples.length; at++) {
    const [frame, sample] = [Math.floor(at / size), Math.floor((at % size) / (width * height))]
    const pixel = at % (width * height)
    const isInside = pixel % width < 150 && Math.floor(pixel / width) < 10
    assert.equal(planes[at], isInside ? black[sample] : samples[frame * size + pixel * 3 + sample])
  }
})
