import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run, temporaryFolder } from '../../../test/peers.ts'
import { parseConfig } from './read.ts'
import { readUnification } from './unification.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
const FILES = {
  'ranges.tsv': 'analyte\tunit\tlow\thigh\tkind\tsource\nglucose\tммоль/л\t4.0\t6.0\tinterval\tlist 3\n',
  'devices.yaml': 'version: 1\ndevice: BC-5380\nmappings:\n  - { code: "0155", analyte: hematocrit, unit: "1" }\n',
  'fsli.tsv': 'ID\tLOINC\tFULLNAME\n1017\t14682-9\tКреатинин\n',
  'units.tsv': 'ID;SHORTNAME;UCUM\n7;ммоль/л;mmol/L\n',
}
const YAML = `version: 1
unification:
  ranges: [ranges.tsv]
  mappings: [devices.yaml]
  fsli: fsli.tsv
  units: units.tsv
`

test('a site’s ranges, mappings and federal directories are read beside sluice.yaml', (t) => {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  const { config, mistakes } = parseConfig(YAML, join(folder, 'sluice.yaml'))
  assert.deepEqual(mistakes, [])
  const { tables } = readUnification(config?.unification ?? assert.fail())
  assert.equal(tables.ranges.get('glucose')?.[0]?.high, '0.0060')
  assert.equal(tables.mappings.get('0155')?.[0]?.device, 'BC-5380')
  assert.equal(tables.fsli.get('1017'), 'creatinine')
  assert.equal(tables.units.get('7'), 'mmol/L')
})

test('check names file and line of every mistake in a site’s tables', (t) => {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'ranges.tsv'), `${FILES['ranges.tsv']}hemoglobin\tг/л\t117\t115\tinterval\tlist 3\n`)
  writeFileSync(join(folder, 'devices.yaml'), 'version: 1\nmappings:\n  - { code: "1", analyte: glucoza }\n')
  const { mistakes } = parseConfig(YAML.replace('units.tsv', 'none.tsv'), join(folder, 'sluice.yaml'))
  assert.deepEqual(
    mistakes.map(({ file, line }) => [file.slice(folder.length + 1), line]),
    [
      ['ranges.tsv', 3],
      ['devices.yaml', 3],
      ['none.tsv', 1],
    ],
  )
})

test('sluice units says what a value becomes, and with its exit code whether it stays open', async () => {
  const units = (...args: string[]) => run(process.execPath, [MAIN, 'units', ...args])
  const ok = await units('10 мкмоль/л', '--analyte', 'creatinine', '--json')
  assert.equal(ok.status, 0)
  assert.deepEqual((JSON.parse(ok.stdout) as { value: unknown }).value, {
    kind: 'quantity',
    value: '0.000010',
    unit: 'mol/L',
  })
  const open = await units('6,2 Г/л')
  assert.equal(open.status, 1)
  assert.match(open.stdout, /ambiguous/)
  const wrong = await units('10 мкмоль/л', '--analyte', 'creat')
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /creatinine/)
})
