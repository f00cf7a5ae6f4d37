import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clinicalDocument } from '../../../../test/cda-documents.ts'
import { readClinicalDocument } from '../../../standards/cda/index.ts'
import { unificationTables } from '../tables.ts'
import { unifyDocument } from './unify-document.ts'

test('every result of a clinical document becomes the same observation as one of a message', () => {
  const document = readClinicalDocument(clinicalDocument())
  const { reports } = unifyDocument(document, unificationTables(), { sex: 'M', ageYears: 50 })
  assert.deepEqual(
    reports.map(({ place, codes, observations }) => [place, codes[0]?.code, observations.length]),
    [
      ['section[1]', 'DOCINFO', 0],
      ['section[2]', 'RESLAB', 60],
    ],
  )
  const results = reports[1]?.observations.slice(0, 6) ?? []
  assert.deepEqual(
    results.map(({ concept, status, value, interpretation }) => [
      concept?.code,
      status,
      value?.kind === 'quantity' ? `${value.value} ${value.unit}` : undefined,
      interpretation,
    ]),
    [
      ['glucose', 'ok', '0.00560 mol/L', 'N'],
      ['creatinine', 'ok', '0.000088 mol/L', 'N'],
      ['hemoglobin', 'ok', '141 g/L', 'N'],
      ['leukocytes', 'ok', '6.20 10*9/L', 'N'],
      ['alt', 'ok', '31 U/L', 'N'],
      ['urea', 'ok', '0.0061 mol/L', 'N'],
    ],
  )
  const [maker] = results[4]?.ranges ?? []
  assert.deepEqual([maker?.from, maker?.high, maker?.unit, maker?.text], ['maker', '41', 'U/L', '<= 41 U/L'])
  assert.equal(reports[1]?.specimen?.type, 'Кровь венозная')
})
