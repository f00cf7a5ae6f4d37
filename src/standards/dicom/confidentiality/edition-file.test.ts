import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { confidentialityTable, readEdition } from '../index.ts'
import { TABLE_E1_1_2024B } from './table-e1-1-2024b.ts'

const PUBLIC = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', '../data/confidentiality_profile_attributes.json')

test('an edition from a file is the table that it says, and a file with a mistake is none', () => {
  const read = readEdition('2099a', `# a later edition\n${TABLE_E1_1_2024B}\n00081999 X/Z/D T=C  # new\n`)
  assert.equal(read.table?.edition, '2099a')
  assert.equal(read.table.rows.size + read.table.families.size, 622)
  assert.deepEqual(read.table.rows.get(0x00081999), { basic: 'X/Z/D', options: { T: 'C' } })
  for (const [line, message] of [
    ['0008000 X', /no tag/],
    ['00080012 X', /already/],
    ['00081999 Y', /none of/],
    ['00081999 X Q=K', /no option/],
    ['00081999 X T=X', /no option/],
  ] as const) {
    const { table, mistakes } = readEdition('2099a', `${TABLE_E1_1_2024B}${line}\n`)
    assert.equal(table, undefined)
    assert.match(mistakes[0]?.message ?? '', message)
    assert.equal(mistakes[0]?.line, 623)
  }
  for (const text of ['', '00080012 X', '[', '{"rows": []}', '[1, null, {}]'])
    assert.ok(readEdition('2099a', text).mistakes.length > 0, text)
})

test('the public JSON of the table reads as our own', { skip: existsSync(PUBLIC) ? false : 'needs the data' }, () => {
  const { table, mistakes } = readEdition('2024b', readFileSync(PUBLIC, 'utf8'))
  assert.deepEqual(mistakes, [])
  assert.deepEqual(table, confidentialityTable('2024b'))
})
