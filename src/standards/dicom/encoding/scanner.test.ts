import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../../base/index.ts'
import {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  transferSyntax,
  type TransferSyntax,
} from '../dictionary/transfer-syntaxes.ts'
import { memorySource } from '../source.ts'
import { attribute, items, numbers, readAttributes, strings, text } from './attributes.ts'
import { delimiter, elementHeader, encodeDataSet, type NewElement } from './encode.ts'
import { DataSetScanner } from './scanner.ts'

const BIG_ENDIAN = transferSyntax('1.2.840.10008.1.2.2') as TransferSyntax
const SYNTAXES = [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, BIG_ENDIAN]
const read = (bytes: Uint8Array, syntax = EXPLICIT_LITTLE_ENDIAN) => readAttributes(memorySource(bytes), syntax)
const faultOf = (run: () => unknown): Fault => {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** standard tags whose VR is the same in every encoding */
const leaf = fc.oneof(
  fc.record({
    tag: fc.constant(0x00100020),
    vr: fc.constant('LO' as const),
    value: fc.stringMatching(/^[A-Z0-9]{0,12}$/),
  }),
  fc.record({
    tag: fc.constant(0x00280010),
    vr: fc.constant('US' as const),
    value: fc.array(fc.nat(65535), { maxLength: 3 }),
  }),
  fc.record({
    tag: fc.constant(0x00189087),
    vr: fc.constant('FD' as const),
    value: fc.array(fc.double({ noNaN: true }), { maxLength: 3 }),
  }),
  fc.record({ tag: fc.constant(0x00080018), vr: fc.constant('UI' as const), value: fc.constant('1.2.3') }),
)
const level = (inner: fc.Arbitrary<NewElement[]>): fc.Arbitrary<NewElement[]> =>
  fc
    .tuple(fc.uniqueArray(leaf, { selector: ({ tag }) => tag }), fc.array(inner, { maxLength: 3 }))
    .map(([leaves, nested]) => [...leaves, { tag: 0x00400275, vr: 'SQ' as const, value: nested }])
const dataSets = level(level(level(fc.constant([]))))

/** what was written, as the reader gives it */
const plain = (attributes: ReturnType<typeof read>): unknown =>
  [...attributes.byTag.values()].map((found) => [
    found.tag,
    found.vr,
    found.items?.map(plain) ??
      (found.vr === 'US' || found.vr === 'FD' ? numbers(attributes, found.tag) : strings(attributes, found.tag)),
  ])
const expected = (elements: readonly NewElement[]): unknown =>
  [...elements]
    .sort((a, b) => a.tag - b.tag)
    .map(({ tag, vr, value }) => [
      tag,
      vr,
      vr === 'SQ'
        ? (value as NewElement[][]).map(expected)
        : typeof value === 'string'
          ? value
            ? [value]
            : []
          : value,
    ])

test('decode(encode(x)) is x, in every encoding and at any depth', () => {
  for (const syntax of SYNTAXES) {
    fc.assert(
      fc.property(dataSets, (elements) =>
        assert.deepEqual(plain(read(encodeDataSet(elements, syntax), syntax)), expected(elements)),
      ),
      { numRuns: 60 },
    )
  }
})

test('a data set cut at any byte is refused with a place, or ends at an element', () => {
  const elements: readonly NewElement[] = [
    { tag: 0x00080018, vr: 'UI', value: '1.2.3' },
    { tag: 0x00081140, vr: 'SQ', value: [[{ tag: 0x00081150, vr: 'UI', value: '1.2' }]] },
    { tag: 0x00280010, vr: 'US', value: [512] },
  ]
  const whole = encodeDataSet(elements, EXPLICIT_LITTLE_ENDIAN)
  const complete = new Set(elements.map((_, at) => encodeDataSet(elements.slice(0, at), EXPLICIT_LITTLE_ENDIAN).length))
  for (let cut = 0; cut < whole.length; cut++) {
    if (complete.has(cut)) read(whole.subarray(0, cut))
    else assert.equal(faultOf(() => read(whole.subarray(0, cut))).code, 'truncated', `cut at ${cut}`)
  }
})

test('fifty thousand nested sequences are refused at once, without recursion', () => {
  for (const inner of [0xffffffff, 8]) {
    const level = Buffer.concat([
      elementHeader(0x00081140, 'SQ', inner, EXPLICIT_LITTLE_ENDIAN),
      delimiter(0xfffee000, 0xffffffff, EXPLICIT_LITTLE_ENDIAN),
    ])
    const fault = faultOf(() => read(Buffer.concat(Array.from({ length: 50_000 }, () => level))))
    assert.ok(['limit-exceeded', 'malformed', 'truncated'].includes(fault.code))
  }
})

test('a million empty items reach the limit', () => {
  const item = delimiter(0xfffee000, 0, EXPLICIT_LITTLE_ENDIAN)
  const bytes = Buffer.concat([
    elementHeader(0x00081140, 'SQ', 0xffffffff, EXPLICIT_LITTLE_ENDIAN),
    ...Array.from({ length: 1_000_000 }, () => item),
  ])
  assert.equal(faultOf(() => read(bytes)).code, 'limit-exceeded')
})

test('hostile structure is refused with path and offset, never with a value', () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    [
      'undefined length on a text VR',
      elementHeader(0x00100010, 'UN', 0, EXPLICIT_LITTLE_ENDIAN).with(4, 0x55).with(5, 0x54).fill(0xff, 8),
      'malformed',
    ],
    ['a length past the end', elementHeader(0x00100010, 'PN', 400, EXPLICIT_LITTLE_ENDIAN), 'truncated'],
    ['4 GiB - 2 announced', elementHeader(0x00091010, 'OB', 0xfffffffe, EXPLICIT_LITTLE_ENDIAN), 'truncated'],
    ['an unknown VR', elementHeader(0x00100010, 'PN', 0, EXPLICIT_LITTLE_ENDIAN).fill(0x3f, 4, 6), 'malformed'],
    ['a delimiter at the top', delimiter(0xfffee00d, 0, EXPLICIT_LITTLE_ENDIAN), 'malformed'],
    ['an orphan item', delimiter(0xfffee000, 0, EXPLICIT_LITTLE_ENDIAN), 'malformed'],
    [
      'a tag twice',
      encodeDataSet(
        [
          { tag: 0x00100020, vr: 'LO', value: 'A' },
          { tag: 0x00100020, vr: 'LO', value: 'B' },
        ],
        EXPLICIT_LITTLE_ENDIAN,
      ),
      'malformed',
    ],
    [
      'an item longer than its sequence',
      Buffer.concat([
        elementHeader(0x00081140, 'SQ', 16, EXPLICIT_LITTLE_ENDIAN),
        delimiter(0xfffee000, 64, EXPLICIT_LITTLE_ENDIAN),
        new Uint8Array(80),
      ]),
      'malformed',
    ],
    [
      'a fragment that never ends',
      Buffer.concat([
        elementHeader(0x7fe00010, 'OB', 0xffffffff, EXPLICIT_LITTLE_ENDIAN),
        delimiter(0xfffee000, 0xffffffff, EXPLICIT_LITTLE_ENDIAN),
      ]),
      'malformed',
    ],
  ]
  for (const [what, bytes, code] of cases) {
    const fault = faultOf(() => read(bytes))
    assert.equal(fault.code, code, what)
    assert.ok('offset' in fault.where && 'path' in fault.where, what)
  }
})

test('UN of undefined length is read as an implicit sequence (CP-246)', () => {
  const inside = encodeDataSet([{ tag: 0x00080060, vr: 'CS', value: 'CT' }], IMPLICIT_LITTLE_ENDIAN)
  const bytes = Buffer.concat([
    elementHeader(0x00081140, 'UN', 0xffffffff, EXPLICIT_LITTLE_ENDIAN),
    delimiter(0xfffee000, inside.length, IMPLICIT_LITTLE_ENDIAN),
    inside,
    delimiter(0xfffee0dd, 0, IMPLICIT_LITTLE_ENDIAN),
  ])
  const attributes = read(bytes)
  assert.equal(text(items(attributes, 0x00081140)[0] as never, 'Modality'), 'CT')
})

test('large values are stepped over, not read', () => {
  const pixels = { tag: 0x7fe00010, vr: 'OW' as const, value: new Uint8Array(1 << 20) }
  const bytes = encodeDataSet([{ tag: 0x00280010, vr: 'US', value: [512] }, pixels], EXPLICIT_LITTLE_ENDIAN)
  let readBytes = 0
  const source = {
    sizeBytes: bytes.length,
    read: (offset: number, length: number) => ((readBytes += length), bytes.subarray(offset, offset + length)),
  }
  const scanner = new DataSetScanner(source, EXPLICIT_LITTLE_ENDIAN)
  while (scanner.next());
  assert.ok(readBytes <= 65_536, `${readBytes} bytes read`)
  assert.equal(attribute(readAttributes(source, EXPLICIT_LITTLE_ENDIAN), 'PixelData')?.value, undefined)
})
