import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ctImage, examination, SLICES } from '../../app/demo/images.ts'
import {
  asFile,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  numbers,
  openDataSet,
  readAttributes,
  readFileMeta,
  type DataSet,
} from '../../standards/dicom/index.ts'
import { decodePixels } from './decode.ts'
import { isAxialHeadCT, withoutFace } from './faces.ts'
import { samplesOf } from './picture.ts'
import { pixelStage } from './stage.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'head-ct-ge/dicom')
const CT = '1.2.840.10008.5.1.4.1.1.2'
const TISSUE = -300
const BONE = 250

/** Hounsfield units before and after */
async function both(instance: DataSet<'identified'>) {
  const before = await decodePixels(instance)
  const after = withoutFace(before, instance.attributes)
  assert.ok(after)
  const one = (keyword: string) => numbers(instance.attributes, keyword)[0] ?? 0
  const hounsfield = (of: typeof before) =>
    Float32Array.from(samplesOf(of, 0), (value) => value * (one('RescaleSlope') || 1) + one('RescaleIntercept'))
  return { before: hounsfield(before), after: hounsfield(after), width: one('Columns'), height: one('Rows') }
}
type Both = Awaited<ReturnType<typeof both>>

/** soft tissue with bone on all four sides: what lies in a skull, by other means than those of the code */
function inSkull({ before, width, height }: Both): readonly number[] {
  const hits = Array.from({ length: 4 }, () => new Uint8Array(before.length))
  const walk = (start: number, step: number, length: number, into: Uint8Array) => {
    let seen = 0
    for (let n = 0, at = start; n < length; n++, at += step) {
      if ((before[at] as number) > BONE) seen = 1
      into[at] = seen
    }
  }
  for (let row = 0; row < height; row++) {
    walk(row * width, 1, width, hits[0] as Uint8Array)
    walk(row * width + width - 1, -1, width, hits[1] as Uint8Array)
  }
  for (let column = 0; column < width; column++) {
    walk(column, width, height, hits[2] as Uint8Array)
    walk((height - 1) * width + column, -width, height, hits[3] as Uint8Array)
  }
  const inside: number[] = []
  for (const [at, value] of before.entries())
    if (value > -20 && value < 100 && hits.every((hit) => hit[at] === 1)) inside.push(at)
  return inside
}

/** the first tissue of each column from the front, in front of the middle of the head */
function frontSkin({ before, width }: Both): readonly number[] {
  const first = before.findIndex((value) => value > TISSUE)
  const last = before.findLastIndex((value) => value > TISSUE)
  const middle = (Math.floor(first / width) + Math.floor(last / width)) / 2
  return Array.from({ length: width }, (_, column) => {
    for (let row = 0; row < middle - 10; row++)
      if ((before[row * width + column] as number) > TISSUE) return row * width + column
    return -1
  }).filter((at) => at >= 0 && (before[at] as number) < BONE)
}

const share = (places: readonly number[], { before, after }: Both) =>
  places.filter((at) => before[at] === after[at]).length / Math.max(1, places.length)

test('the face of the demo’s heads goes, slice by slice, and what is in the skull stays voxel for voxel', async () => {
  for (let index = 2; index < SLICES; index += 9) {
    const file = asFile(memorySource(ctImage(examination(0), index)), {
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
      SOPClassUID: CT,
      SOPInstanceUID: '1.2.3',
    })
    const instance = openDataSet(file)
    assert.ok(isAxialHeadCT(instance))
    const slice = await both(instance)
    assert.ok(frontSkin(slice).length > 50)
    assert.ok(
      share(frontSkin(slice), slice) < 0.02,
      `slice ${index}: ${share(frontSkin(slice), slice)} of the skin is left`,
    )
    assert.equal(share(inSkull(slice), slice), 1)
    const on = { cleanPixelData: false, cleanRecognizableVisualFeatures: true }
    const context = { names: [], identifiers: [], places: [], dates: [], uids: [] }
    const decision = await pixelStage().decide(instance, context, on)
    assert.equal(decision.decision === 'redact' && decision.defaced, true)
  }
})

test('what is no axial slice of a head is not cut: it stays in quarantine', async () => {
  const of = (from: string, to: string) => {
    const bytes = Buffer.from(ctImage(examination(0), 9))
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from)) bytes.write(to, at, 'latin1')
    return openDataSet(
      asFile(memorySource(bytes), {
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
        SOPClassUID: CT,
        SOPInstanceUID: '1.2.3',
      }),
    )
  }
  const on = { cleanPixelData: false, cleanRecognizableVisualFeatures: true }
  const context = { names: [], identifiers: [], places: [], dates: [], uids: [] }
  const sagittal = of('1\\0\\0\\0\\1\\0', '0\\1\\0\\0\\0\\1')
  const decision = await pixelStage().decide(sagittal, context, on)
  assert.deepEqual(decision, { decision: 'quarantine', what: 'a face may be seen', path: '(7FE0,0010)' })
})

test(
  'of a real head the skin in front goes and the brain stays voxel for voxel',
  { skip: existsSync(CORPUS) ? false : 'needs the corpus' },
  async (t) => {
    const files = readdirSync(CORPUS).sort()
    let [skin, left] = [0, 0]
    for (const [index, name] of files.entries()) {
      if (index % 4 !== 1) continue
      const source = memorySource(readFileSync(join(CORPUS, name)))
      const { dataSetOffset } = readFileMeta(source)
      const attributes = readAttributes(source, EXPLICIT_LITTLE_ENDIAN, { startOffset: dataSetOffset })
      // the series has UIDs longer than a UID may be, so it is no instance; its pixels are
      const instance = { source, attributes, transferSyntax: EXPLICIT_LITTLE_ENDIAN, SOPClassUID: CT }
      const slice = await both(instance as unknown as DataSet<'identified'>)
      const front = frontSkin(slice)
      skin += front.length
      left += Math.round(share(front, slice) * front.length)
      // above the orbits bone on four sides is the skull
      if (index >= 13) assert.equal(share(inSkull(slice), slice), 1, name)
    }
    t.diagnostic(`${left} of ${skin} columns keep their skin`)
    assert.ok(left / skin < 0.02)
  },
)
