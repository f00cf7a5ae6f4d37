import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  attribute,
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  items,
  memorySource,
  numbers,
  openDataSet,
  strings,
  tagOf,
  text,
  writeFileMeta,
  type NewElement,
  type OptionName,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { ACTIONS, type Actions } from './actions.ts'
import { deidentify, type GateParts } from './gate.ts'
import type { Action } from './profile/rule.ts'
import type { ProfileRow } from './profile/source.ts'
import { temporaryKeys } from './pseudonyms/temporary.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const SR = '1.2.840.10008.5.1.4.1.1.88.33'
const keys = temporaryKeys(new Uint8Array(32).fill(7))
const tag = (keyword: string) => tagOf(keyword) as number
const el = (keyword: string, vr: NewElement['vr'], value: NewElement['value']): NewElement => ({
  tag: tag(keyword),
  vr,
  value,
})
const base = (SOPClassUID = CT): readonly NewElement[] => [
  el('SOPClassUID', 'UI', SOPClassUID),
  el('SOPInstanceUID', 'UI', '1.3.6.1.4.1.99.1'),
  el('StudyDate', 'DA', '20240229'),
  el('Modality', 'CS', 'CT'),
  el('PatientName', 'PN', 'Petrova^Anna'),
  el('PatientID', 'LO', 'A204117'),
  el('StudyInstanceUID', 'UI', '1.3.6.1.4.1.99.2'),
  el('SeriesInstanceUID', 'UI', '1.3.6.1.4.1.99.3'),
]
const file = (
  more: readonly NewElement[],
  { syntax = EXPLICIT_LITTLE_ENDIAN, of = CT }: { syntax?: TransferSyntax; of?: string } = {},
) => {
  const elements = [...base(of).filter((one) => !more.some((other) => other.tag === one.tag)), ...more]
  const meta = writeFileMeta({
    transferSyntaxUID: syntax.uid,
    mediaStorageSOPClassUID: of,
    mediaStorageSOPInstanceUID: '1.3.6.1.4.1.99.1',
  })
  return Buffer.concat([meta, encodeDataSet(elements, syntax)])
}
const project = (options: readonly OptionName[] = [], rows: readonly ProfileRow[] = []) =>
  ({ name: 'head-ct', profile: { base: 'basic', options, rows } }) as const
const cleared = async (bytes: Uint8Array, at: ReturnType<typeof project> = project(), parts: GateParts = {}) => {
  const outcome = await deidentify(openDataSet(memorySource(bytes)), at, keys, parts)
  assert.equal(outcome.outcome, 'de-identified', JSON.stringify(outcome))
  if (outcome.outcome !== 'de-identified') throw new Error('unreachable')
  const written = Buffer.from(outcome.dataSet.source.read(0, outcome.dataSet.source.sizeBytes))
  return { ...outcome, written, ...openDataSet(memorySource(written)) }
}

/** replaces every capitalised word: enough to see where a cleaner is asked */
const cleaner: GateParts = {
  text: {
    clean: (text) => ({
      text: text.replaceAll(/[A-Z][a-z]+/g, '[NAME]'),
      found: [{ kind: 'name', count: 1 }],
      sure: !text.includes('?'),
    }),
  },
}

test('a fault in any action removes its attribute, says so, and never lets the value through', async () => {
  const rows: readonly ProfileRow[] = [
    { attribute: 'StudyID', action: 'hash' },
    { attribute: 'PatientAge', action: 'generalise', to: '080Y' },
    { attribute: 'BodyPartExamined', action: 'keepIfIn', values: ['SECRETPART'] },
    { attribute: 'OperatorsName', action: 'pseudonym' },
    { attribute: 'StationName', action: 'D' },
    { attribute: 'InstitutionName', action: 'Z' },
    { attribute: 'ContentQualification', action: 'quarantine', sopClass: '1.2.840.10008.5.1.4.1.1.4' },
  ]
  const secrets = [
    'SECRETSTUDY',
    '067Y',
    'SECRETPART',
    'Secretoperator',
    'SECRETSTATION',
    'Secretinstitution',
    'Secretdescription',
    '20240229',
    '1.3.6.1.4.1.99.7',
    'SECRETCODE',
    'SECRETMODEL',
    'SECRETLABEL',
  ]
  const bytes = file([
    el('StudyID', 'SH', 'SECRETSTUDY'),
    el('PatientAge', 'AS', '067Y'),
    el('BodyPartExamined', 'CS', 'SECRETPART'),
    el('OperatorsName', 'PN', 'Secretoperator'),
    el('StationName', 'SH', 'SECRETSTATION'),
    el('InstitutionName', 'LO', 'Secretinstitution'),
    el('StudyDescription', 'LO', 'Secretdescription'),
    el('FrameOfReferenceUID', 'UI', '1.3.6.1.4.1.99.7'),
    el('ContentQualification', 'CS', 'SECRETCODE'),
    el('ManufacturerModelName', 'LO', 'SECRETMODEL'),
    { tag: 0x60000040, vr: 'CS', value: 'R' },
    { tag: 0x60001302, vr: 'DS', value: '12' },
  ])
  const at = project(
    ['clean-descriptors', 'clean-graphics', 'retain-longitudinal-modified-dates', 'retain-patient-characteristics'],
    rows,
  )
  const plain = await cleared(bytes, at, cleaner)
  const asked = new Set<Action>()
  for (const action of Object.keys(ACTIONS) as Action[]) {
    const actions: Actions = {
      ...ACTIONS,
      [action]: () => {
        asked.add(action)
        throw new Error('SECRET in an error')
      },
    }
    if (action === 'uid') {
      // without identifiers there is no instance: it stays
      const outcome = await deidentify(openDataSet(memorySource(bytes)), at, keys, { ...cleaner, actions })
      assert.equal(outcome.outcome, 'quarantined')
      assert.equal(JSON.stringify(outcome).includes('SECRET'), false)
      continue
    }
    const broken = await cleared(bytes, at, { ...cleaner, actions })
    const decided = plain.report.decisions.filter(
      (one) => one.action === action && one.reason !== 'written by the gate',
    )
    for (const { path } of decided)
      if (asked.has(action) && !path.includes('[]')) {
        const [, group = '', element = ''] = /\((....),(....)\)$/.exec(path) ?? []
        assert.equal(
          attribute(broken.attributes, Number.parseInt(group + element, 16))?.value?.length ?? 0,
          0,
          `${action} ${path}`,
        )
      }
    if (asked.has(action))
      assert.ok(
        broken.report.warnings.some(({ what }) => what === `${action} failed`),
        action,
      )
    for (const secret of secrets)
      if (!plain.written.includes(secret))
        assert.equal(broken.written.includes(secret), false, `${action} let ${secret} through`)
    assert.equal(JSON.stringify(broken.report).includes('SECRET'), false)
    assert.equal(broken.report.parsed, broken.report.kept + broken.report.changed + broken.report.removed)
  }
  for (const action of [
    'keep',
    'empty',
    'dummy',
    'uid',
    'shift',
    'pseudonym',
    'code-string',
    'clean',
    'generalise',
    'hash',
    'keep-if-in',
    'overlay',
  ] as const)
    assert.ok(asked.has(action), `${action} was never asked`)
})

test('a private attribute is kept by creator, group and element, in blocks that are counted anew', async () => {
  const elements: readonly NewElement[] = [
    { tag: 0x00190010, vr: 'LO', value: 'SOMEBODY' },
    { tag: 0x00190011, vr: 'LO', value: 'SIEMENS MR HEADER' },
    { tag: 0x0019100c, vr: 'LO', value: 'of somebody' },
    { tag: 0x0019110c, vr: 'IS', value: '1000' },
    { tag: 0x0019110f, vr: 'LO', value: 'not safe' },
    { tag: 0x0021100c, vr: 'LO', value: 'without a creator' },
    {
      tag: tag('ReferencedImageSequence'),
      vr: 'SQ',
      value: [
        [
          { tag: 0x00090010, vr: 'LO', value: 'OTHER' },
          { tag: 0x0019001f, vr: 'LO', value: 'SIEMENS MR HEADER' },
          { tag: 0x00191f27, vr: 'FD', value: [1, 2, 3, 4, 5, 6] },
        ],
      ],
    },
  ]
  for (const syntax of [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN]) {
    const { attributes, report, written } = await cleared(file(elements, { syntax }), project(['retain-safe-private']))
    assert.equal(text(attributes, 0x00190010), 'SIEMENS MR HEADER')
    assert.equal(Buffer.from(attribute(attributes, 0x0019100c)?.value ?? []).toString(), '1000')
    assert.equal(attribute(attributes, 0x0019100f), undefined)
    assert.equal(attribute(attributes, 0x00190011), undefined)
    assert.equal(attribute(attributes, 0x00210010), undefined)
    const inside = items(attributes, 'ReferencedImageSequence')[0] ?? attributes
    assert.equal(text(inside, 0x00190010), 'SIEMENS MR HEADER')
    assert.equal(attribute(inside, 0x00191027)?.length, 48)
    assert.equal(attribute(inside, 0x00090010), undefined)
    for (const gone of ['of somebody', 'not safe', 'without a creator'])
      assert.equal(written.includes(gone), false, gone)
    const [said] = items(attributes, tag('PrivateDataElementCharacteristicsSequence'))
    assert.equal(text(said ?? attributes, 'PrivateCreatorReference'), 'SIEMENS MR HEADER')
    assert.deepEqual(numbers(said ?? attributes, 'PrivateGroupReference'), [0x19])
    assert.equal(report.parsed, report.kept + report.changed + report.removed)
  }
  const none = await cleared(file(elements))
  assert.equal(
    [...none.attributes.byTag.keys()].some((one) => (one >>> 16) & 1),
    false,
  )
  assert.equal(items(none.attributes, tag('PrivateDataElementCharacteristicsSequence')).length, 0)
})

test('a site keeps its own private attributes; UIDs in them are mapped, dates treated as everywhere', async () => {
  const rows: readonly ProfileRow[] = [{ private: { creator: 'MAKER', group: '0029' }, action: 'K' }]
  const bytes = file([
    { tag: 0x00290010, vr: 'LO', value: 'MAKER' },
    { tag: 0x00291001, vr: 'UI', value: '1.3.6.1.4.1.99.2' },
    { tag: 0x00291002, vr: 'DA', value: '20240229' },
    { tag: 0x00291003, vr: 'LO', value: 'kernel 7' },
    { tag: 0x00291004, vr: 'LO', value: 'of Petrova' },
    { tag: 0x00291005, vr: 'SQ', value: [[el('StudyDescription', 'LO', 'inside'), el('SliceThickness', 'DS', '5')]] },
  ])
  const { attributes, written } = await cleared(bytes, project([], rows))
  assert.match(text(attributes, 0x00291001) ?? '', /^2\.25\./)
  assert.equal(attribute(attributes, 0x00291002), undefined)
  assert.equal(text(attributes, 0x00291003), 'kernel 7')
  assert.equal(written.includes('Petrova'), false)
  const inside = items(attributes, 0x00291005)[0] ?? attributes
  assert.equal(text(inside, 'SliceThickness'), '5')
  assert.equal(written.includes('inside'), false)
})

test('UN that is a sequence is read as one, of either length; what nobody knows is removed', async () => {
  const inner = encodeDataSet(
    [[el('StudyInstanceUID', 'UI', '1.3.6.1.4.1.99.2'), el('PatientComments', 'LT', 'secret of Petrova')]].flat(),
    IMPLICIT_LITTLE_ENDIAN,
  )
  const item = (length: number) => Buffer.from([0xfe, 0xff, 0x00, 0xe0, length & 255, length >> 8, 0, 0])
  const bytes = file([
    // Referenced Study Component Sequence is not in the table: its items are judged
    { tag: tag('ReferencedInstanceSequence'), vr: 'UN', value: Buffer.concat([item(inner.length), inner]) },
    { tag: 0x0008fffe, vr: 'UN', value: Buffer.from('opaque!!') },
    { tag: tag('SliceThickness'), vr: 'UN', value: Buffer.from('2.5 ') },
    { tag: tag('Manufacturer'), vr: 'UN', value: new Uint8Array() },
    { tag: tag('KVP'), vr: 'UN', value: new Uint8Array() },
    { tag: 0x0008fffc, vr: 'UN', value: new Uint8Array() },
  ])
  const { attributes, written, StudyInstanceUID } = await cleared(bytes)
  const inside = items(attributes, 'ReferencedInstanceSequence')[0]
  assert.equal(text(inside ?? attributes, 'StudyInstanceUID'), StudyInstanceUID)
  assert.equal(attribute(attributes, 'ReferencedInstanceSequence')?.vr, 'SQ')
  assert.equal(text(attributes, 'SliceThickness'), '2.5')
  assert.equal(attribute(attributes, 'SliceThickness')?.vr, 'DS')
  // of type 2: an IOD asks for them even when nobody knows what they are
  assert.deepEqual([attribute(attributes, 'Manufacturer')?.length, attribute(attributes, 'KVP')?.length], [0, 0])
  assert.equal(attributes.byTag.has(0x0008fffc), false)
  for (const gone of ['secret', 'opaque']) assert.equal(written.includes(gone), false)
})

test('words that the standard prescribes for an attribute stay there, and nowhere else, though a patient is called so', async () => {
  const bytes = file([
    el('PatientName', 'PN', 'Perfusion^Anna'),
    el('ImageType', 'CS', 'DERIVED\\PRIMARY\\PERFUSION\\RCBF'),
    el('BodyPartExamined', 'CS', 'PERFUSION'),
    el('ScanningSequence', 'CS', 'ANNA_X'),
  ])
  const { attributes } = await cleared(bytes)
  assert.deepEqual(strings(attributes, 'ImageType'), ['DERIVED', 'PRIMARY', 'PERFUSION', 'RCBF'])
  assert.ok(!strings(attributes, 'BodyPartExamined').includes('PERFUSION'))
  assert.equal(attributes.byTag.has(tag('ScanningSequence')), false)
  const other = await cleared(
    file([el('PatientName', 'PN', 'Perfusion^Anna'), el('ImageType', 'CS', 'DERIVED\\PRIMARY\\PERFUSION ANNA')]),
  )
  assert.equal(other.attributes.byTag.has(tag('ImageType')), false)
})

test('drawings: curves go, overlays stay only as regions of interest and without their texts', async () => {
  const overlay = (group: number, type: string): NewElement[] => [
    { tag: group + 0x10, vr: 'US', value: [4] },
    { tag: group + 0x22, vr: 'LO', value: 'secret overlay' },
    { tag: group + 0x40, vr: 'CS', value: type },
    { tag: group + 0x1500, vr: 'LO', value: 'secret label' },
    { tag: group + 0x3000, vr: 'OW', value: new Uint8Array([1, 2]) },
  ]
  const bytes = file([
    ...overlay(0x60000000, 'R'),
    ...overlay(0x60020000, 'G'),
    { tag: 0x50002600, vr: 'LO', value: 'secret curve' },
  ])
  const { attributes, written } = await cleared(bytes, project(['clean-graphics']))
  assert.deepEqual([...(attribute(attributes, 0x60003000)?.value ?? [])], [1, 2])
  assert.equal(attribute(attributes, 0x60023000), undefined)
  assert.equal(attribute(attributes, 0x60020010), undefined)
  assert.equal(written.includes('secret'), false)
  const basic = await cleared(bytes)
  assert.equal(basic.attributes.byTag.has(0x60003000), false)
})

test('a structured report is walked: names replaced, text cleaned, dates shifted, UIDs mapped, numbers kept', async () => {
  const code = (value: string, scheme: string, meaning: string): NewElement[] => [
    el('CodeValue', 'SH', value),
    el('CodingSchemeDesignator', 'SH', scheme),
    el('CodeMeaning', 'LO', meaning),
  ]
  const named = (type: string, ...more: NewElement[]): NewElement[] => [
    el('ValueType', 'CS', type),
    el('ConceptNameCodeSequence', 'SQ', [code('121071', 'DCM', 'Finding')]),
    ...more,
  ]
  const content: NewElement[][] = [
    named('TEXT', el('TextValue', 'UT', 'seen by Petrova, lesion of 5 mm')),
    named('TEXT', el('TextValue', 'UT', 'what is this?')),
    named('PNAME', el('PersonName', 'PN', 'Sidorov^Ivan')),
    named('DATE', el('Date', 'DA', '20240301')),
    named('UIDREF', el('UID', 'UI', '1.3.6.1.4.1.99.2')),
    named('CODE', el('ConceptCodeSequence', 'SQ', [code('X', '99LOCAL', 'Sidorov method')])),
    named('NUM', el('MeasuredValueSequence', 'SQ', [[el('NumericValue', 'DS', '5.5')]])),
    named('CONTAINER', el('ContentSequence', 'SQ', [named('TEXT', el('TextValue', 'UT', 'deep Sidorov'))])),
  ]
  const bytes = file([el('ContentSequence', 'SQ', content), el('Modality', 'CS', 'SR')], { of: SR })
  const refused = await deidentify(openDataSet(memorySource(bytes)), project(), keys)
  assert.equal(refused.outcome, 'quarantined')
  const { attributes, written, StudyInstanceUID, report } = await cleared(
    bytes,
    project(['clean-structured-content', 'retain-longitudinal-modified-dates']),
    cleaner,
  )
  const tree = items(attributes, 'ContentSequence')
  const at = (index: number) => tree[index] ?? attributes
  assert.equal(tree.length, content.length)
  assert.equal(text(at(0), 'TextValue'), 'seen by [NAME], lesion of 5 mm')
  assert.equal(text(at(1), 'TextValue'), 'REMOVED')
  assert.equal(text(at(2), 'PersonName'), 'REMOVED')
  assert.match(text(at(3), 'Date') ?? '', /^(19|20)\d{6}$/)
  assert.notEqual(text(at(3), 'Date'), '20240301')
  assert.equal(text(at(4), 'UID'), StudyInstanceUID)
  assert.equal(text(items(at(5), 'ConceptCodeSequence')[0] ?? attributes, 'CodeMeaning'), '[NAME] method')
  assert.equal(text(items(at(6), 'MeasuredValueSequence')[0] ?? attributes, 'NumericValue'), '5.5')
  assert.equal(text(items(at(7), 'ContentSequence')[0] ?? attributes, 'TextValue'), 'deep [NAME]')
  assert.equal(text(items(at(0), 'ConceptNameCodeSequence')[0] ?? attributes, 'CodeMeaning'), 'Finding')
  for (const gone of ['Petrova', 'Sidorov']) assert.equal(written.includes(gone), false)
  assert.equal(report.texts.name, 3)
})

test('rows of a site: by path, keyed codes, coarser values, lists, and a class that stays', async () => {
  const rows: readonly ProfileRow[] = [
    { path: 'ReferencedSeriesSequence[].SeriesInstanceUID', action: 'X' },
    { attribute: 'AccessionNumber', action: 'hash' },
    { attribute: 'PatientAge', action: 'generalise', to: '080Y' },
    { attribute: 'PatientBirthDate', action: 'generalise', to: 'year' },
    { attribute: 'PatientWeight', action: 'generalise', to: 5 },
    { attribute: 'BodyPartExamined', action: 'keepIfIn', values: ['HEAD'] },
    { attribute: 'ScanOptions', action: 'quarantine' },
  ]
  const inside = (keyword: string) => el(keyword, 'SQ', [[el('SeriesInstanceUID', 'UI', '1.3.6.1.4.1.99.3')]])
  const more = [
    inside('ReferencedSeriesSequence'),
    el('AccessionNumber', 'SH', ' acc 17'),
    el('PatientAge', 'AS', '093Y'),
    el('PatientBirthDate', 'DA', '19310507'),
    el('PatientWeight', 'DS', '63.7'),
    el('BodyPartExamined', 'CS', 'TORSO'),
  ]
  const { attributes, report } = await cleared(file(more), project([], rows))
  assert.equal(items(attributes, 'ReferencedSeriesSequence')[0]?.byTag.size, 0)
  assert.match(text(attributes, 'AccessionNumber') ?? '', /^[0-9A-Z]{12}$/)
  assert.equal(text(attributes, 'PatientAge'), '080Y')
  assert.equal(text(attributes, 'PatientBirthDate'), '19310101')
  assert.equal(text(attributes, 'PatientWeight'), '65')
  assert.equal(text(attributes, 'BodyPartExamined'), undefined)
  assert.deepEqual(
    report.decisions.find(({ path }) => path === '(0008,1115)[].(0020,000E)'),
    { path: '(0008,1115)[].(0020,000E)', action: 'remove', reason: 'row 1', count: 1 },
  )
  const again = await cleared(file([el('AccessionNumber', 'SH', 'ACC 17')]), project([], rows))
  assert.equal(text(again.attributes, 'AccessionNumber'), text(attributes, 'AccessionNumber'))
  const outcome = await deidentify(
    openDataSet(memorySource(file([el('ScanOptions', 'CS', 'HELICAL')]))),
    project([], rows),
    keys,
  )
  assert.deepEqual(outcome, { outcome: 'quarantined', code: 'not-deidentified', what: 'row 7', path: '(0018,0022)' })
})

test('text leaves in UTF-8 whatever it came in, and says so; an age of ninety and more is ninety', async () => {
  const cyrillic = Uint8Array.from([
    0xc3, 0xee, 0xeb, 0xee, 0xe2, 0xe0, 0x20, 0xe1, 0xe5, 0xe7, 0x20, 0xea, 0xee, 0xed, 0xf2, 0xf0, 0xe0, 0xf1, 0xf2,
    0xe0,
  ])
  const { attributes, report } = await cleared(
    file([
      el('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      el('ConvolutionKernel', 'SH', cyrillic.subarray(0, 6)),
      el('ManufacturerModelName', 'LO', cyrillic),
      el('PatientAge', 'AS', '097Y'),
    ]),
    project(['retain-patient-characteristics', 'retain-device-identity']),
  )
  assert.equal(text(attributes, 'SpecificCharacterSet'), 'ISO_IR 192')
  assert.equal(text(attributes, 'ManufacturerModelName'), 'Голова без контраста')
  assert.equal(text(attributes, 'PatientAge'), '090Y')
  assert.equal(report.characterSet.characterSet, 'windows-1251')
})

test('marks say what was applied, and nothing else', async () => {
  const codes = async (options: readonly OptionName[]) => {
    const { attributes } = await cleared(file([el('BodyPartExamined', 'CS', 'CHEST')]), project(options))
    return {
      codes: items(attributes, 'DeidentificationMethodCodeSequence').map((item) => text(item, 'CodeValue')),
      temporal: text(attributes, 'LongitudinalTemporalInformationModified'),
      dates: strings(attributes, 'StudyDate'),
    }
  }
  assert.deepEqual(await codes([]), { codes: ['113100'], temporal: 'REMOVED', dates: [] })
  assert.deepEqual(await codes(['retain-longitudinal-full-dates', 'retain-uids']), {
    codes: ['113100', '113106', '113110'],
    temporal: 'UNMODIFIED',
    dates: ['20240229'],
  })
  const every = await codes([
    'clean-pixel-data',
    'clean-recognizable-visual-features',
    'clean-graphics',
    'clean-structured-content',
    'clean-descriptors',
    'retain-longitudinal-modified-dates',
    'retain-patient-characteristics',
    'retain-device-identity',
    'retain-safe-private',
    'retain-institution-identity',
  ])
  // nobody looked at pixels here, so nothing is claimed of them
  assert.deepEqual(every.codes, [
    '113100',
    '113103',
    '113104',
    '113105',
    '113107',
    '113108',
    '113109',
    '113111',
    '113112',
  ])
  assert.equal(every.temporal, 'MODIFIED')
})

test('a report names no value and no original UID, and its reference needs the key', async () => {
  const bytes = file([el('StudyDescription', 'LO', 'Secretdescription'), el('InstitutionName', 'LO', 'Secretplace')])
  const { report } = await cleared(bytes)
  const said = JSON.stringify(report)
  for (const value of ['Petrova', 'A204117', '1.3.6.1.4.1.99', 'Secret', '20240229'])
    assert.equal(said.includes(value), false, value)
  assert.match(report.original, /^[0-9a-f]{32}$/)
  const other = await deidentify(openDataSet(memorySource(bytes)), project(), temporaryKeys(new Uint8Array(32).fill(8)))
  assert.notEqual(other.outcome === 'de-identified' && other.report.original, report.original)
  assert.ok(
    report.decisions.some(
      ({ path, action, reason }) => path === '(0008,1030)' && action === 'remove' && reason === 'E.1-1 X',
    ),
  )
})
