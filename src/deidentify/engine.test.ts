import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keys, tag, el, file, project, cleared, cleaner } from '../../test/gate-instances.ts'
import {
  attribute,
  encodeDataSet,
  IMPLICIT_LITTLE_ENDIAN,
  items,
  memorySource,
  openDataSet,
  text,
} from '../standards/dicom/index.ts'
import { ACTIONS, type Actions } from './actions.ts'
import { deidentify } from './gate.ts'
import type { Action } from './profile/rule.ts'
import type { ProfileRow } from './profile/source.ts'

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
