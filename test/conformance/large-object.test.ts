/**
 * One object larger than memory should have to be: 300 MB, or as many bytes as SLUICE_LARGE_OBJECT_BYTES says (tried
 * with 2.3e9, past what 31 bits count). The input is sparse; the output is written byte for byte.
 */
import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { writeFileMeta } from '../../src/standards/dicom/index.ts'
import { atEnd, run, temporaryFolder } from '../peers.ts'

const PIXEL_BYTES = Number(process.env.SLUICE_LARGE_OBJECT_BYTES ?? 300_000_000)
const SLICE_BYTES = 512 * 512 * 2
const PEAK_MB = 150

test('an object far larger than its memory goes through the gate, and nothing of its pixels is lost', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'out'))
  const input = join(folder, 'large.dcm')
  const study = examination(1)
  const slice = ctImage(study, 0)
  const header = Buffer.concat([
    writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid('instance 0'),
    }),
    slice.subarray(0, slice.length - SLICE_BYTES),
  ])
  header.writeUInt32LE(PIXEL_BYTES, header.length - 4)
  // a mark at the start, at every 31 bits' worth, and at the end
  const marks = [0, 123_456_789, 2 ** 31 - 2, 2 ** 31 + 2, PIXEL_BYTES - 4].filter((at) => at + 4 <= PIXEL_BYTES)
  const fd = openSync(input, 'w')
  ftruncateSync(fd, header.length + PIXEL_BYTES)
  writeSync(fd, header, 0, header.length, 0)
  for (const at of marks) writeSync(fd, markOf(at), 0, 4, header.length + at)
  closeSync(fd)

  const child = join(import.meta.dirname, 'large-object-child.ts')
  const { stdout, stderr } = await run(process.execPath, [child, input, join(folder, 'out')])
  const report = JSON.parse(stdout || '{}') as { outcome?: string; output?: string; peakMb?: number }
  assert.equal(report.outcome, 'de-identified', stdout + stderr)
  t.diagnostic(`${PIXEL_BYTES} bytes of pixels, at most ${report.peakMb} MB of memory`)
  assert.ok((report.peakMb ?? Infinity) < PEAK_MB, `${report.peakMb} MB`)

  const output = join(folder, 'out', report.output ?? '')
  const from = statSync(output).size - PIXEL_BYTES
  assert.ok(from > 0 && from < header.length + 2000)
  const written = openSync(output, 'r')
  atEnd(t, () => closeSync(written))
  const four = Buffer.alloc(4)
  for (const at of marks) {
    readSync(written, four, 0, 4, from + at)
    assert.deepEqual(four, markOf(at), `at ${at}`)
  }
})

function markOf(at: number): Buffer {
  const mark = Buffer.alloc(4)
  mark.writeUInt32LE(at % 2 ** 32 || 0xa5a5a5a5)
  return mark
}
