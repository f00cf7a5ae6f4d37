import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  items,
  memorySource,
  openDataSet,
  readFileMeta,
  strings,
  text,
  transferSyntax,
  writeFileMeta,
  type NewElement,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { deidentify, temporaryKeys, type GateOutcome, type GateProject } from './index.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const keys = temporaryKeys(new Uint8Array(32).fill(7))
const project = (options: Partial<GateProject['options']> = {}, name = 'head-ct'): GateProject => ({
  name,
  profile: 'basic',
  options: { dates: 'removed', patientCharacteristics: false, ...options },
})
const base: readonly NewElement[] = [
  { tag: 0x00080016, vr: 'UI', value: CT },
  { tag: 0x00080018, vr: 'UI', value: '1.3.6.1.4.1.99.1' },
  { tag: 0x00080020, vr: 'DA', value: '20240229' },
  { tag: 0x00080060, vr: 'CS', value: 'CT' },
  { tag: 0x00100010, vr: 'PN', value: Uint8Array.from([0xc8, 0xe2, 0xe0, 0xed, 0xee, 0xe2]) },
  { tag: 0x00100020, vr: 'LO', value: 'A204117' },
  { tag: 0x0020000d, vr: 'UI', value: '1.3.6.1.4.1.99.2' },
  { tag: 0x0020000e, vr: 'UI', value: '1.3.6.1.4.1.99.3' },
]
const file = (more: readonly NewElement[] = [], syntax: TransferSyntax = EXPLICIT_LITTLE_ENDIAN): Buffer => {
  const elements = [...base.filter(({ tag }) => !more.some((other) => other.tag === tag)), ...more]
  return Buffer.concat([
    writeFileMeta({
      transferSyntaxUID: syntax.uid,
      mediaStorageSOPClassUID: CT,
      mediaStorageSOPInstanceUID: '1.3.6.1.4.1.99.1',
      sourceApplicationEntityTitle: 'WARD7CT',
    }),
    encodeDataSet(elements, syntax),
  ])
}
const gate = (bytes: Uint8Array, at = project()): Promise<GateOutcome> =>
  deidentify(openDataSet(memorySource(bytes)), at, keys)
const cleared = async (bytes: Uint8Array, at = project()) => {
  const outcome = await gate(bytes, at)
  assert.equal(outcome.outcome, 'de-identified', JSON.stringify(outcome))
  if (outcome.outcome !== 'de-identified') throw new Error('unreachable')
  const written = Buffer.from(outcome.dataSet.source.read(0, outcome.dataSet.source.sizeBytes))
  return { ...outcome, written, again: openDataSet(memorySource(written)) }
}

test('a cleared instance is a whole file again, marked, under a pseudonym, and counts add up', async () => {
  for (const syntax of [
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    transferSyntax('1.2.840.10008.1.2.2') as TransferSyntax,
  ]) {
    const { again, report, written } = await cleared(
      file(
        [
          { tag: 0x00091001, vr: 'LO', value: 'PRIVATE' },
          { tag: 0x00090010, vr: 'LO', value: 'MAKER' },
        ],
        syntax,
      ),
    )
    const { attributes } = again
    assert.match(text(attributes, 'PatientName') ?? '', /^HEADCT-[0-9A-Z]{11}$/)
    assert.equal(text(attributes, 'PatientID'), text(attributes, 'PatientName'))
    assert.equal(text(attributes, 'PatientIdentityRemoved'), 'YES')
    assert.equal(text(items(attributes, 'DeidentificationMethodCodeSequence')[0] ?? attributes, 'CodeValue'), '113100')
    assert.equal(text(attributes, 'LongitudinalTemporalInformationModified'), 'REMOVED')
    assert.equal(text(attributes, 'Modality'), 'CT')
    assert.deepEqual(strings(attributes, 'StudyDate'), [])
    assert.ok(again.StudyInstanceUID.startsWith('2.25.'))
    assert.equal(again.SOPClassUID, CT)
    assert.equal(report.parsed, report.kept + report.changed + report.removed)
    assert.equal(report.parsed, base.length + 2)
    assert.ok(written.subarray(0, 128).every((byte) => byte === 0))
    const meta = readFileMeta(memorySource(written))
    assert.equal(meta.mediaStorageSOPInstanceUID, again.SOPInstanceUID)
    assert.equal(written.includes('WARD7CT'), false)
  }
})

test('the same instance twice is byte for byte the same; another project shares nothing', async () => {
  const [a, b, other] = [await cleared(file()), await cleared(file()), await cleared(file(), project({}, 'stroke'))]
  assert.deepEqual(a.written, b.written)
  assert.notEqual(text(a.again.attributes, 'PatientID'), text(other.again.attributes, 'PatientID'))
  assert.notEqual(a.again.StudyInstanceUID, other.again.StudyInstanceUID)
})

test('every UID is mapped alike wherever it stands, several values too; registered ones stay', async () => {
  const { again } = await cleared(
    file([
      {
        tag: 0x00081140,
        vr: 'SQ',
        value: [
          [
            { tag: 0x00081150, vr: 'UI', value: CT },
            { tag: 0x00081155, vr: 'UI', value: '1.3.6.1.4.1.99.1' },
          ],
        ],
      },
      { tag: 0x00200052, vr: 'UI', value: '1.3.6.1.4.1.99.2\\1.3.6.1.4.1.99.3' },
    ]),
  )
  const inside = items(again.attributes, 'ReferencedImageSequence')[0] ?? again.attributes
  assert.equal(text(inside, 'ReferencedSOPClassUID'), CT)
  assert.equal(text(inside, 'ReferencedSOPInstanceUID'), again.SOPInstanceUID)
  assert.deepEqual(strings(again.attributes, 'FrameOfReferenceUID'), [again.StudyInstanceUID, again.SeriesInstanceUID])
})

test('dates are shifted by one number of days for a person, and removed where they do not exist', async () => {
  const shifted = project({ dates: 'shifted' })
  const day = 86_400_000
  const of = async (studyDate: string, other: string) => {
    const { again } = await cleared(
      file([
        { tag: 0x00080020, vr: 'DA', value: studyDate },
        { tag: 0x00080022, vr: 'DA', value: other },
        { tag: 0x00080032, vr: 'TM', value: '101112.5' },
      ]),
      shifted,
    )
    assert.equal(text(again.attributes, 'AcquisitionTime'), '101112.5')
    return ['StudyDate', 'AcquisitionDate'].map((keyword) => text(again.attributes, keyword))
  }
  const at = (value = '') => Date.UTC(Number(value.slice(0, 4)), Number(value.slice(4, 6)) - 1, Number(value.slice(6)))
  const [first, second] = await of('20240229', '20240301')
  assert.equal(at(second) - at(first), day)
  assert.notEqual(first, '20240229')
  assert.deepEqual(
    (await of('20240230', '00000000')).map((value) => value ?? ''),
    ['', ''],
  )
})

test('default deny: text that no table knows does not pass, at any depth, and codes must be codes', async () => {
  const secret = 'IVANOVA OLGA'
  const { written, again } = await cleared(
    file([
      { tag: 0x00081030, vr: 'LO', value: secret },
      { tag: 0x00180015, vr: 'CS', value: 'Ivanova' },
      { tag: 0x00189004, vr: 'CS', value: 'RESEARCH' },
      {
        tag: 0x00400260,
        vr: 'SQ',
        value: [
          [
            { tag: 0x00080100, vr: 'SH', value: 'X1' },
            { tag: 0x00080102, vr: 'SH', value: '99LOCAL' },
            { tag: 0x00080104, vr: 'LO', value: secret },
            { tag: 0x0040a160, vr: 'UT', value: secret },
          ],
        ],
      },
      { tag: 0x60000010, vr: 'US', value: [4] },
      { tag: 0x60001500, vr: 'LO', value: secret },
      { tag: 0x00880200, vr: 'SQ', value: [[{ tag: 0x00280010, vr: 'US', value: [1] }]] },
    ]),
  )
  assert.equal(written.includes('IVANOVA'), false)
  assert.equal(written.includes('Ivanova'), false)
  assert.equal(text(again.attributes, 'ContentQualification'), 'RESEARCH')
})

test('a storage class of a later edition stays what it is; what only begins like one is mapped', async () => {
  const later = '1.2.840.10008.5.1.4.1.1.66.97'
  const { again, dataSet } = await cleared(
    file([
      { tag: 0x00080016, vr: 'UI', value: later },
      { tag: 0x00081155, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.19580923' },
    ]),
  )
  assert.equal(dataSet.SOPClassUID, later)
  assert.equal(text(again.attributes, 'SOPClassUID'), later)
  assert.match(text(again.attributes, 'ReferencedSOPInstanceUID') ?? '', /^2\.25\./)
})

test('what a segmentation needs stays valid: labels cleaned, or a value that says nothing', async () => {
  const segments = [
    [
      { tag: 0x00620005, vr: 'LO', value: 'Liver' } as const,
      { tag: 0x00620020, vr: 'UT', value: 'lesion of Ivanova' } as const,
    ],
  ]
  const elements: readonly NewElement[] = [
    { tag: 0x00620002, vr: 'SQ', value: segments },
    { tag: 0x00700081, vr: 'LO', value: 'measured by Ivanova' },
  ]
  for (const [options, label] of [
    [[], 'REMOVED'],
    [['clean-descriptors'], 'Liver'],
  ] as const) {
    const { again, written } = await cleared(file(elements), { name: 'p', profile: { base: 'basic', options } })
    const [segment] = items(again.attributes, 'SegmentSequence')
    assert.ok(segment)
    assert.equal(text(segment, 'SegmentLabel'), label)
    assert.equal(text(segment, 'TrackingID'), 'REMOVED')
    const said = label === 'Liver' ? 'measured by [ИМЯ]' : ''
    assert.equal(
      Buffer.from(again.attributes.byTag.get(0x00700081)?.value ?? [])
        .toString()
        .trim(),
      said,
    )
    assert.equal(/ivanova/i.test(written.toString('latin1')), false)
  }
})

test('a code meaning that stands outside of any code goes, and the instance passes', async () => {
  for (const value of ['', 'Ivanova']) {
    const { again } = await cleared(file([{ tag: 0x00080104, vr: 'LO', value }]))
    assert.equal(text(again.attributes, 'CodeMeaning') ?? '', '')
  }
})

test('pixel data is copied as it stands, native and encapsulated', async () => {
  const native = new Uint8Array(4096).map((_, at) => at * 7)
  const { written } = await cleared(file([{ tag: 0x7fe00010, vr: 'OW', value: native }]))
  assert.ok(written.includes(Buffer.from(native)))
  const fragments = Buffer.from(
    'e07f10004f420000fffffffffeff00e000000000feff00e0040000000102030404feffdde000000000'.replace('0404', '04'),
    'hex',
  )
  const jpeg = transferSyntax('1.2.840.10008.1.2.4.70') as TransferSyntax
  const encapsulated = await cleared(Buffer.concat([file([], jpeg), fragments]))
  assert.ok(encapsulated.written.includes(fragments))
})

test('what the header cannot clear goes to quarantine with code and place', async () => {
  const cases: readonly (readonly [string, Buffer])[] = [
    ['burned-in annotation', file([{ tag: 0x00280301, vr: 'CS', value: 'YES' }])],
    ['secondary capture', file([{ tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.7' }])],
    ['structured report', file([{ tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.88.11' }])],
    ['encapsulated document', file([{ tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.104.1' }])],
    ['screen capture', file([{ tag: 0x00080008, vr: 'CS', value: 'DERIVED\\SECONDARY\\SCREEN SAVE' }])],
  ]
  for (const [what, bytes] of cases) {
    const outcome = await gate(bytes)
    assert.equal(outcome.outcome, 'quarantined', what)
    if (outcome.outcome === 'quarantined') assert.deepEqual([outcome.code, outcome.what], ['not-deidentified', what])
  }
})

test('no text value of any data set survives, and everything parsed is accounted for', async () => {
  const TEXTS = [
    0x00080081, 0x00081040, 0x00101000, 0x00102160, 0x00104000, 0x00181030, 0x00204000, 0x00321060, 0x00380300,
    0x00400254, 0x00402016,
  ] as const
  const word = fc.stringMatching(/^[a-z]{6,12}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 6 }),
      word,
      fc.boolean(),
      async (tags, secret, nested) => {
        const elements: readonly NewElement[] = tags.map((tag) => ({ tag, vr: 'LO', value: secret }))
        const { written, report } = await cleared(
          file(
            nested
              ? [
                  { tag: 0x00400275, vr: 'SQ', value: [elements] },
                  { tag: 0x00081115, vr: 'SQ', value: [[...elements]] },
                ]
              : elements,
          ),
        )
        assert.equal(written.includes(secret), false)
        assert.equal(report.parsed, report.kept + report.changed + report.removed)
      },
    ),
    { numRuns: 60 },
  )
})

test('a short patient number does not cost a measure that holds its digits; a long one as a whole value goes', async () => {
  const { again } = await cleared(
    file([
      { tag: 0x00100020, vr: 'LO', value: '7031\\20417731' },
      { tag: 0x00181151, vr: 'IS', value: '20417731' },
      { tag: 0x00280030, vr: 'DS', value: '0.7031\\0.7031' },
    ]),
  )
  assert.deepEqual(strings(again.attributes, 'PixelSpacing'), ['0.7031', '0.7031'])
  assert.deepEqual(strings(again.attributes, 'XRayTubeCurrent'), [])
})
