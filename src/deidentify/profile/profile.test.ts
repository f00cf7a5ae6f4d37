import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  confidentialityTable,
  dictionaryEntry,
  formatTag,
  OPTION_NAMES,
  tagOf,
  type OptionName,
  type VR,
} from '../../standards/dicom/index.ts'
import { compileProfile } from './compile.ts'
import { dummyValue, fitsVR } from './dummies.ts'
import { effectiveTable, profileDifference } from './effective.ts'
import { lintProfile } from './lint.ts'
import type { ProfileRow, ProfileSource } from './source.ts'
import { basicAction } from './table-rule.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const PET = '1.2.840.10008.5.1.4.1.1.128'
const tag = (keyword: string) => tagOf(keyword) as number
const profile = (options: readonly OptionName[] = [], rows: readonly ProfileRow[] = []): ProfileSource => ({
  base: 'basic',
  options,
  rows,
})
const action = (
  source: ProfileSource,
  keyword: string,
  { vr, top = true, of = CT }: { vr?: VR; top?: boolean; of?: string } = {},
) =>
  compileProfile(source)
    .of(of)
    .rule(tag(keyword), vr ?? dictionaryEntry(tag(keyword))?.vrs[0] ?? 'UN', top).action

test('compound codes are resolved by the type in the IOD, and on the safe side where it is unknown', () => {
  const cells: readonly (readonly [Parameters<typeof basicAction>[0], string, string, string, string])[] = [
    ['X/Z', 'remove', 'empty', 'empty', 'empty'],
    ['X/D', 'remove', 'dummy', 'dummy', 'dummy'],
    ['Z/D', 'empty', 'empty', 'dummy', 'dummy'],
    ['X/Z/D', 'remove', 'empty', 'dummy', 'dummy'],
    ['X', 'remove', 'remove', 'remove', 'remove'],
    ['Z', 'empty', 'empty', 'empty', 'empty'],
    ['D', 'dummy', 'dummy', 'dummy', 'dummy'],
    ['U', 'uid', 'uid', 'uid', 'uid'],
  ]
  for (const [code, three, two, one, unknown] of cells)
    assert.deepEqual(
      [basicAction(code, 'LO', 3), basicAction(code, 'LO', 2), basicAction(code, 'LO', 1), basicAction(code, 'LO')],
      [three, two, one, unknown],
      code,
    )
  assert.equal(basicAction('X/Z/U', 'SQ'), 'inside')
  assert.equal(basicAction('X/Z/D', 'SQ', 1), 'inside')
  assert.equal(basicAction('X/Z', 'SQ'), 'remove')
  assert.equal(action(profile(), 'SeriesDate'), 'remove')
  assert.equal(action(profile(), 'SeriesDate', { of: PET }), 'dummy')
  assert.equal(action(profile(), 'SeriesDate', { of: '1.2.3' }), 'dummy')
  assert.equal(action(profile(), 'StationName', { top: false }), 'dummy')
})

test('over every cell of the table: without an option nothing is kept, with it what the column says', () => {
  const table = confidentialityTable()
  const columns: readonly (readonly [OptionName, string])[] = [
    ['retain-uids', 'U'],
    ['retain-device-identity', 'E'],
    ['retain-institution-identity', 'I'],
    ['retain-patient-characteristics', 'P'],
    ['retain-longitudinal-full-dates', 'F'],
    ['retain-longitudinal-modified-dates', 'M'],
    ['clean-descriptors', 'T'],
  ]
  const basic = compileProfile(profile()).of(CT)
  for (const [name, letter] of columns) {
    const chosen = compileProfile(profile([name])).of(CT)
    for (const [at, row] of table?.rows ?? []) {
      const vr = dictionaryEntry(at)?.vrs[0] ?? 'LO'
      const [without, withIt] = [basic.rule(at, vr, true).action, chosen.rule(at, vr, true).action]
      assert.ok(['remove', 'empty', 'dummy', 'uid', 'inside', 'pseudonym'].includes(without), `${at} ${without}`)
      const cell = (row.options as Record<string, string>)[letter]
      if (cell === undefined) assert.equal(withIt, without, dictionaryEntry(at)?.keyword)
      else if (cell === 'K')
        assert.ok(['keep', 'inside', 'code-string', 'generalise'].includes(withIt), dictionaryEntry(at)?.keyword)
      else assert.notEqual(withIt, vr === 'TM' ? 'shift' : 'dummy', dictionaryEntry(at)?.keyword)
    }
  }
})

test('options combine freely: every pair that does not contradict itself compiles', () => {
  let refused = 0
  for (const one of OPTION_NAMES)
    for (const other of OPTION_NAMES.filter((name) => name > one))
      if (lintProfile(profile([one, other])).length) refused++
      else assert.ok(compileProfile(profile([one, other])).of(CT))
  assert.equal(refused, 2)
})

test('a modified date is modified, whatever other option would keep it', () => {
  const both = profile(['retain-device-identity', 'retain-longitudinal-modified-dates'])
  assert.equal(action(both, 'DateOfLastDetectorCalibration'), 'shift')
  assert.equal(action(both, 'StationName'), 'keep')
  assert.equal(action(both, 'AcquisitionTime'), 'keep')
})

test('a site’s rows win over the table, one for a SOP class over one for all, a path over an attribute', () => {
  const source = profile(
    [],
    [
      { attribute: 'BodyPartExamined', action: 'keepIfIn', values: ['HEAD'] },
      { attribute: 'BodyPartExamined', sopClass: PET, action: 'X' },
      { path: 'ReferencedSeriesSequence[].SeriesInstanceUID', action: 'X' },
      { private: { creator: 'MAKER', group: '0019', element: '0c' }, action: 'K' },
      { private: { creator: 'OTHER', group: '0021' }, action: 'K' },
      { vr: 'LO', action: 'clean' },
      { sopClass: '1.2.840.10008.5.1.4.1.1.7', action: 'quarantine' },
    ],
  )
  assert.deepEqual(lintProfile(source), [])
  const rules = compileProfile(source).of(CT)
  assert.equal(action(source, 'BodyPartExamined'), 'keep-if-in')
  assert.equal(action(source, 'BodyPartExamined', { of: PET }), 'remove')
  assert.deepEqual(
    rules.paths(tag('SeriesInstanceUID'))?.map(({ tags, rule }) => [tags.length, rule.action]),
    [[2, 'remove']],
  )
  assert.equal(rules.privateRule('MAKER', 0x19, 0x0c)?.action, 'keep')
  assert.equal(rules.privateRule('MAKER', 0x19, 0x0d), undefined)
  assert.equal(rules.privateRule('OTHER', 0x21, 0x77)?.action, 'keep')
  assert.equal(rules.rule(0x0008fffe, 'LO', true).action, 'clean')
  assert.equal(rules.rule(tag('InstitutionName'), 'LO', true).action, 'remove')
  assert.equal(compileProfile(source).of('1.2.840.10008.5.1.4.1.1.7').refused?.action, 'quarantine')
})

test('every contradiction is refused, and said where it stands', () => {
  const cases: readonly (readonly [ProfileSource, string, RegExp])[] = [
    [profile(['retain-longitudinal-full-dates', 'retain-longitudinal-modified-dates']), 'options.1', /not both/],
    [profile(['retain-uids', 'retain-longitudinal-modified-dates']), 'options.1', /original UID/],
    [profile(['retain-uids', 'retain-uids']), 'options.1', /twice/],
    [{ base: 'basic', edition: '1999z' }, 'edition', /no edition/],
    ...(
      [
        [{ attribute: 'PatientName', action: 'K' }, 'attribute', /gate itself/],
        [{ attribute: 'OtherPatientIDs', action: 'K' }, 'action', /verification refuses/],
        [{ attribute: 'RequestingPhysician', action: 'K' }, 'action', /verification refuses/],
        [{ attribute: 'FrameOfReferenceUID', action: 'K' }, 'action', /retain-uids/],
        [{ attribute: 'OverlayData', action: 'K' }, 'attribute', /not a keyword/],
        [{ attribute: '(6000,3000)', action: 'K' }, 'action', /clean-graphics/],
        [{ attribute: 'Nonsense', action: 'X' }, 'attribute', /not a keyword/],
        [{ attribute: '(0019,100C)', action: 'K' }, 'attribute', /named by private/],
        [{ attribute: 'StudyDate', action: 'clean' }, 'action', /not for DA/],
        [{ attribute: 'StudyDate', action: 'D', value: '20240230x' }, 'value', /does not fit/],
        [{ attribute: 'SliceThickness', action: 'D', value: 'ANONYMIZED' }, 'value', /does not fit DS/],
        [{ attribute: 'PatientAge', action: 'generalise' }, 'action', /an age/],
        [{ attribute: 'StudyDate', action: 'generalise', to: 'day' }, 'to', /year or month/],
        [{ attribute: 'Modality', action: 'keepIfIn' }, 'action', /needs values/],
        [{ attribute: 'Modality', action: 'X', values: ['CT'] }, 'values', /for keepIfIn/],
        [{ path: 'ReferencedSeriesSequence.SeriesInstanceUID', action: 'X' }, 'path', /needs \[\]/],
        [{ path: 'Modality[].SeriesInstanceUID', action: 'X' }, 'path', /not a sequence/],
        [{ path: 'ReferencedSeriesSequence[]', action: 'X' }, 'path', /ends with an attribute/],
        [{ private: { creator: '', group: '0019' }, action: 'K' }, 'private', /creator/],
        [{ private: { creator: 'A\\B', group: '0019' }, action: 'K' }, 'private', /creator/],
        [{ private: { creator: 'A', group: '0018' }, action: 'K' }, 'private', /not a private one/],
        [{ private: { creator: 'A', group: '0019', element: '1001' }, action: 'K' }, 'private', /two hexadecimal/],
        [{ private: { creator: 'A', group: '0019' }, action: 'pseudonym' }, 'action', /not for private/],
        [{ vr: 'LO', action: 'K' }, 'action', /wholesale/],
        [{ sopClass: '1.2.3', action: 'quarantine' }, 'sopClass', /not a SOP class/],
        [{ sopClass: CT, action: 'X' }, 'action', /only say quarantine/],
        [{ action: 'X' }, 'action', /needs one of/],
        [{ vr: 'LO', attribute: 'Modality', action: 'X' }, 'vr', /not attribute and vr/],
      ] as readonly (readonly [ProfileRow, string, RegExp])[]
    ).map(([row, key, message]) => [profile([], [row]), `rows.0.${key}`, message] as const),
  ]
  for (const [source, path, message] of cases) {
    const mistakes = lintProfile(source)
    const found = mistakes.find((mistake) => mistake.path.join('.') === path)
    assert.match(found?.message ?? `nothing at ${path}: ${JSON.stringify(mistakes)}`, message, JSON.stringify(source))
    assert.throws(() => compileProfile(source), /config|mistake/)
  }
  assert.match(
    lintProfile(profile(['retain-longitudinal-modified-dates'], [{ attribute: 'SeriesDate', action: 'K' }]))[0]
      ?.message ?? '',
    /give the shift away/,
  )
  assert.match(
    lintProfile(
      profile(
        [],
        [
          { attribute: 'Modality', action: 'X' },
          { attribute: 'Modality', action: 'K' },
        ],
      ),
    )[0]?.message ?? '',
    /row 1 decides/,
  )
})

test('two editions under one profile differ where their tables do, and have other hashes', () => {
  const rows = [...(confidentialityTable()?.rows ?? [])].map(([at, { basic, options }]) =>
    [at.toString(16).padStart(8, '0'), basic, ...Object.entries(options).map((pair) => pair.join('='))].join(' '),
  )
  const table = rows
    .filter((row) => !row.startsWith('00080080'))
    .map((row) => (row.startsWith('00081030') ? '00081030 Z' : row))
    .join('\n')
  const later = compileProfile({ base: 'basic', edition: '2099a', table: `${table}\n00080068 X\n` })
  const now = compileProfile({ base: 'basic' })
  assert.equal(later.edition, '2099a')
  assert.notEqual(later.hash, now.hash)
  assert.deepEqual(
    profileDifference(now, later).map(({ place, before, after }) => [place, before, after]),
    [
      // a row that is gone leaves the attribute to its VR, which is no weaker
      ['(0008,0080)', 'dummy (E.1-1 X/Z/D)', undefined],
      ['(0008,1030)', 'remove (E.1-1 X)', 'empty (E.1-1 Z)'],
      ['(0008,0068)', undefined, 'remove (E.1-1 X)'],
    ],
  )
  assert.match(
    lintProfile({ base: 'basic', edition: '2099a', table: '00080080 Q' })[0]?.message ?? '',
    /line 1 of its file/,
  )
})

test('the named rules stand in the effective table with what the profile does under them', () => {
  const ruleOf = (source: ProfileSource, name: string) =>
    effectiveTable(compileProfile(source)).find(({ place }) => place === `rule: ${name}`)?.action
  const plain: ProfileSource = { base: 'basic' }
  const all: ProfileSource = {
    ...{ base: 'basic', options: ['clean-pixel-data', 'clean-graphics'], documents: 'replace' },
    regions: [{ name: 'corner', modality: 'US', blank: [{ x: 0, y: 0, width: 9, height: 9 }] }],
  }
  for (const [name, without, having] of [
    ['documents', 'quarantine', 'replace'],
    ['other documents', 'quarantine', 'quarantine'],
    ['JPEG segments', 'remove', 'remove'],
    ['JP2 boxes', 'remove', 'remove'],
    ['icons', 'remove', 'remove'],
    ['overlays', 'remove', 'keep regions of interest'],
    ['secondary capture', 'quarantine', 'look and blank'],
    ['region', undefined, 'blank'],
  ] as const)
    assert.deepEqual([ruleOf(plain, name), ruleOf(all, name)], [without, having], name)
  assert.ok(
    profileDifference(compileProfile(plain), compileProfile(all)).some(({ place }) => place === 'rule: documents'),
  )
})

test('every dummy fits its VR', () => {
  for (const vr of [
    'AE',
    'AS',
    'CS',
    'DA',
    'DS',
    'DT',
    'IS',
    'LO',
    'LT',
    'PN',
    'SH',
    'ST',
    'TM',
    'UC',
    'UR',
    'UT',
  ] as const)
    assert.ok(fitsVR(vr, dummyValue(vr) as string), vr)
  assert.equal(fitsVR('DA', '20240931'), true)
  for (const [vr, value] of [
    ['DA', '99991332'],
    ['DT', '99999'],
    ['DS', '1,5'],
    ['CS', 'lower'],
    ['AS', '45'],
    ['TM', '2460'],
  ] as const)
    assert.equal(fitsVR(vr, value), false, value)
})

test('the effective table names every row of the edition, and a difference is only what differs', () => {
  const [plain, cleaned] = [compileProfile(profile()), compileProfile(profile(['clean-descriptors']))]
  const places = new Set(effectiveTable(plain).map(({ place }) => place))
  for (const at of confidentialityTable()?.rows.keys() ?? []) assert.ok(places.has(formatTag(at)), formatTag(at))
  assert.deepEqual(profileDifference(plain, plain), [])
  const differences = profileDifference(plain, cleaned)
  assert.ok(
    differences.some(
      ({ keyword, before, after }) =>
        keyword === 'StudyDescription' && before === 'remove (E.1-1 X)' && after === 'clean (clean-descriptors)',
    ),
  )
  // bytes and attributes newer than the dictionary cannot be cleaned as text: they are removed either way
  const cleanable = [...(confidentialityTable()?.rows ?? [])].filter(([at, { options }]) => {
    const vr = dictionaryEntry(at)?.vrs[0] ?? 'UN'
    return options.T && vr !== 'UN' && vr !== 'OB'
  })
  assert.equal(differences.length, cleanable.length)
  assert.notEqual(plain.hash, cleaned.hash)
})
