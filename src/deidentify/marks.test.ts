import assert from 'node:assert/strict'
import { test } from 'node:test'
import { el, file, project, cleared } from '../../test/gate-instances.ts'
import { items, memorySource, openDataSet, strings, text, type OptionName } from '../standards/dicom/index.ts'
import { deidentify } from './gate.ts'
import { temporaryKeys } from './pseudonyms/temporary.ts'

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
