import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../../base/index.ts'
import {
  announcedSize,
  decodeRLE,
  encodeRLE,
  describePixels,
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  readAttributes,
  withoutText,
  type NewElement,
  type PixelDescription,
} from '../index.ts'

const described = (more: readonly NewElement[]) =>
  describePixels(
    readAttributes(
      memorySource(
        encodeDataSet(
          [
            { tag: 0x00280002, vr: 'US', value: [1] },
            { tag: 0x00280010, vr: 'US', value: [4] },
            { tag: 0x00280011, vr: 'US', value: [4] },
            { tag: 0x00280100, vr: 'US', value: [8] },
          ].map((element) => more.find(({ tag }) => tag === element.tag) ?? (element as NewElement)),
          EXPLICIT_LITTLE_ENDIAN,
        ),
      ),
      EXPLICIT_LITTLE_ENDIAN,
    ),
  )
const code = (run: () => unknown): string | undefined => {
  try {
    run()
  } catch (error) {
    return error instanceof Fault ? error.code : 'other'
  }
  return undefined
}

test('a picture that no memory holds, or that nobody can draw, is refused by its description', () => {
  const us = (tag: number, value: number): NewElement => ({ tag, vr: 'US', value: [value] })
  assert.equal(described([]).rows, 4)
  assert.equal(
    code(() => described([us(0x00280010, 65_535), us(0x00280011, 65_535)])),
    'limit-exceeded',
  )
  assert.equal(
    code(() => described([us(0x00280010, 0)])),
    'pixels-unreadable',
  )
  assert.equal(
    code(() => described([us(0x00280100, 32)])),
    'pixels-unreadable',
  )
  assert.equal(
    code(() => described([us(0x00280002, 4)])),
    'pixels-unreadable',
  )
})

const of = (rows: number, columns: number, bitsAllocated: number, samplesPerPixel: number): PixelDescription => ({
  ...{ rows, columns, bitsAllocated, samplesPerPixel, frames: 1, bitsStored: bitsAllocated },
  ...{ signed: false, planar: false, photometricInterpretation: 'MONOCHROME2' },
})

/** each plane as literal runs of at most 128 bytes, or as repeats where the byte repeats */
function encodedRLE(samples: Uint8Array, { bitsAllocated, samplesPerPixel }: PixelDescription): Uint8Array {
  const bytes = bitsAllocated / 8
  const planes = bytes * samplesPerPixel
  const segments = Array.from({ length: planes }, (_, plane) => {
    const offset = Math.floor(plane / bytes) * bytes + (bytes - 1 - (plane % bytes))
    const values = [...samples].filter((_, at) => at % planes === offset)
    const packed: number[] = []
    for (let at = 0; at < values.length;) {
      let run = 1
      while (run < 128 && values[at + run] === values[at]) run++
      if (run > 1) packed.push(257 - run, values[at] as number)
      else packed.push(0, values[at] as number)
      at += run
    }
    return Buffer.from(packed)
  })
  const header = Buffer.alloc(64)
  header.writeUInt32LE(planes, 0)
  let at = 64
  for (const [index, segment] of segments.entries()) {
    header.writeUInt32LE(at, 4 + index * 4)
    at += segment.length
  }
  return Buffer.concat([header, ...segments])
}

test('RLE frames give their samples back, and broken ones are refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8, 16),
      fc.constantFrom(1, 3),
      fc.array(fc.constantFrom(0, 0, 0, 7, 255), { minLength: 96, maxLength: 96 }),
      (bits, samples, values) => {
        const description = of(4, (96 * 8) / (bits * samples * 4), bits, samples)
        const frame = encodedRLE(Uint8Array.from(values), description)
        assert.deepEqual([...decodeRLE(frame, description)], values)
        const ours = encodeRLE(Uint8Array.from(values), description)
        assert.equal(ours.length % 2, 0)
        assert.deepEqual([...decodeRLE(ours, description)], values)
        assert.equal(
          code(() => decodeRLE(frame.subarray(0, frame.length - 2), description)),
          'pixels-unreadable',
        )
      },
    ),
    { numRuns: 50 },
  )
  assert.equal(
    code(() => decodeRLE(new Uint8Array(64), of(1, 1, 8, 1))),
    'pixels-unreadable',
  )
})

const segment = (marker: number, value: Uint8Array | string) => {
  const bytes = Buffer.from(value as string)
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(bytes.length + 2, 2)
  return Buffer.concat([head, bytes])
}
const START = Buffer.from([0xff, 0xd8])
const SOF = segment(0xc0, Uint8Array.from([8, 0, 4, 0, 6, 1, 1, 0x11, 0]))
const SCAN = Buffer.concat([
  segment(0xda, Uint8Array.from([1, 1, 0, 0, 63, 0])),
  Buffer.from([1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4, 5]),
])
const END = Buffer.from([0xff, 0xd9])
const JFIF = segment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex'))
const ADOBE = segment(0xee, Buffer.from('41646f626500640000000000', 'hex'))

test('comments and application segments leave a JPEG; headers of fixed form and every entropy-coded byte stay', () => {
  const clean = Buffer.concat([START, JFIF, ADOBE, SOF, SCAN, END])
  const dirty = Buffer.concat([
    ...[START, JFIF, segment(0xfe, 'IVANOV'), segment(0xe1, 'Exif IVANOV'), ADOBE, SOF],
    ...[SCAN, segment(0xfe, 'IVANOV between scans'), END, Buffer.from('IVANOV behind the end')],
  ])
  assert.equal(withoutText(clean), clean)
  const cleaned = Buffer.from(withoutText(dirty))
  assert.equal(cleaned.includes('IVANOV'), false)
  assert.deepEqual(cleaned.subarray(0, clean.length), clean)
  assert.equal(cleaned.length % 2, 0)
  const thumbnail = segment(
    0xe0,
    Buffer.concat([Buffer.from('4a4649460001010000010001', 'hex'), Buffer.from([1, 1, 9, 9, 9])]),
  )
  assert.equal(Buffer.from(withoutText(Buffer.concat([START, thumbnail, SOF, SCAN, END]))).includes(thumbnail), false)
  for (let length = 3; length < dirty.length - 40; length += 7)
    assert.equal(
      code(() => withoutText(dirty.subarray(0, length))),
      length < 4 ? undefined : 'malformed',
      `${length}`,
    )
})

test('comments leave a JPEG 2000 codestream, and the boxes around one', () => {
  const mark = (marker: number, value: Uint8Array | string) => segment(marker, value)
  const tile = Buffer.from('ff90000a0000000000120001ff93aabbccddffd9', 'hex').subarray(0, 18)
  const siz = Buffer.alloc(39)
  siz.writeUInt32BE(6, 2)
  siz.writeUInt32BE(4, 6)
  siz.writeUInt16BE(1, 34)
  const main = [Buffer.from([0xff, 0x4f]), mark(0x51, siz)]
  const clean = Buffer.concat([...main, tile, END])
  const dirty = Buffer.concat([...main, mark(0x64, '\0\x01IVANOV'), tile, END])
  assert.equal(withoutText(clean), clean)
  assert.deepEqual(Buffer.from(withoutText(dirty)).subarray(0, clean.length), clean)
  const box = (type: string, value: Uint8Array) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(value.length + 8, 0)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, value])
  }
  const boxed = Buffer.concat([
    box('jP  ', Buffer.from('0d0a870a', 'hex')),
    box('xml ', Buffer.from('<name>IVANOV</name>')),
    box('jp2c', dirty),
  ])
  assert.deepEqual(Buffer.from(withoutText(boxed)).subarray(0, clean.length), clean)
  assert.deepEqual(announcedSize(clean), { width: 6, height: 4, components: 1 })
  assert.deepEqual(announcedSize(Buffer.concat([START, JFIF, SOF, SCAN, END])), { width: 6, height: 4, components: 1 })
})
