import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SR, keys, tag, el, file, project, cleared, cleaner } from '../../test/gate-instances.ts'
import {
  attribute,
  items,
  memorySource,
  openDataSet,
  strings,
  text,
  type NewElement,
} from '../standards/dicom/index.ts'
import { deidentify } from './gate.ts'

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
