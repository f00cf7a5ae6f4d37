import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  attributeType,
  CONFIDENTIALITY_EDITIONS,
  CONFIDENTIALITY_OPTIONS,
  confidentialityTable,
  dictionaryEntry,
  OPTION_NAMES,
  SAFE_PRIVATE,
  tagOf,
  typedSOPClasses,
  uidEntry,
} from '../index.ts'

const tag = (keyword: string) => tagOf(keyword) as number

test('Table E.1-1 carries every option’s column, with as many K and C as the standard prints', () => {
  const table = confidentialityTable()
  assert.ok(table)
  assert.ok(CONFIDENTIALITY_EDITIONS.includes(table.edition))
  const all = [...table.rows.values(), ...table.families.values()]
  assert.equal(all.length, 621)
  const count = (letter: string, action: string) =>
    all.filter(({ options }) => (options as Record<string, string>)[letter] === action).length
  assert.deepEqual(
    ['U K', 'E K', 'E C', 'I K', 'P K', 'P C', 'F K', 'M C', 'T C', 'S C', 'G C', 'V C'].map((column) => {
      const [letter = '', action = ''] = column.split(' ')
      return count(letter, action)
    }),
    [59, 46, 11, 10, 9, 4, 165, 165, 125, 3, 4, 1],
  )
  const codes = new Map<string, number>()
  for (const { basic } of all) codes.set(basic, (codes.get(basic) ?? 0) + 1)
  assert.deepEqual(Object.fromEntries([...codes].sort()), {
    ...{ D: 92, U: 54, X: 384, 'X/D': 22, 'X/Z': 11, 'X/Z/D': 8, 'X/Z/U': 2, Z: 42, 'Z/D': 6 },
  })
  assert.equal(confidentialityTable('1999z'), undefined)
})

test('each option has its section, its code of CID 7050, and a column unless it works on pixels alone', () => {
  assert.deepEqual(CONFIDENTIALITY_OPTIONS.map(({ name }) => name).sort(), [...OPTION_NAMES].sort())
  assert.deepEqual(
    CONFIDENTIALITY_OPTIONS.map(({ code }) => Number(code)),
    Array.from({ length: 12 }, (_, at) => 113101 + at),
  )
  assert.deepEqual(
    CONFIDENTIALITY_OPTIONS.filter(({ letter }) => !letter).map(({ name }) => name),
    ['clean-pixel-data', 'clean-recognizable-visual-features'],
  )
})

test('the type of an attribute is the strictest of its IOD’s modules, and unknown where nobody wrote it down', () => {
  const CT = '1.2.840.10008.5.1.4.1.1.2'
  const PET = '1.2.840.10008.5.1.4.1.1.128'
  const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4'
  assert.equal(attributeType(CT, tag('SeriesDate')), 3)
  assert.equal(attributeType(PET, tag('SeriesDate')), 1)
  assert.equal(attributeType(PET, tag('AcquisitionDate')), 2)
  assert.equal(attributeType(CT, tag('DeviceSerialNumber')), 3)
  assert.equal(attributeType(SEGMENTATION, tag('DeviceSerialNumber')), 1)
  assert.equal(attributeType(CT, tag('PatientID')), undefined)
  assert.equal(attributeType('1.2.3', tag('SeriesDate')), undefined)
  for (const uid of typedSOPClasses()) assert.equal(uidEntry(uid)?.kind, 'SOP Class', uid)
})

test('every attribute whose type is written down has a compound code, and every module is used', () => {
  const rows = confidentialityTable()?.rows
  for (const uid of typedSOPClasses())
    for (const [at, row] of rows ?? [])
      if (attributeType(uid, at) !== undefined) assert.match(row.basic, /\//, dictionaryEntry(at)?.keyword)
  assert.ok(typedSOPClasses().some((uid) => attributeType(uid, tag('LabelText')) === 2))
})

test('safe private attributes are odd groups, one byte of element, and none is there twice', () => {
  const keys = SAFE_PRIVATE.map(({ creator, group, element }) => `${creator} ${group} ${element}`)
  assert.equal(new Set(keys).size, keys.length)
  for (const { group, element } of SAFE_PRIVATE) {
    assert.equal(group % 2, 1)
    assert.ok(element >= 0 && element <= 0xff)
  }
})
