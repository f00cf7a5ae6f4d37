import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/peers.ts'
import {
  attribute,
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  numbers,
  openDataSet,
  strings,
  writeFileMeta,
  type NewElement,
} from '../standards/dicom/index.ts'
import { compileProfile, deidentify, temporaryKeys, type ProfileSource } from './index.ts'

const CLASS = '1.2.840.10008.5.1.4.1.1.104.'
const SECRET = 'Горностаев Прокопий'
const keys = temporaryKeys(new Uint8Array(32).fill(7))

/** @param bytes how much of it: more than a value that is held in memory, too */
function document(kind: number, bytes = 200) {
  const value = Buffer.alloc(bytes, `%PDF-1.4 ${SECRET} `)
  const elements: readonly NewElement[] = [
    { tag: 0x00080016, vr: 'UI', value: `${CLASS}${kind}` },
    { tag: 0x00080018, vr: 'UI', value: '1.2.3.1' },
    { tag: 0x00100010, vr: 'PN', value: 'Gornostaev^Prokopii' },
    { tag: 0x00100020, vr: 'LO', value: '30-118826' },
    { tag: 0x0020000d, vr: 'UI', value: '1.2.3.2' },
    { tag: 0x0020000e, vr: 'UI', value: '1.2.3.3' },
    { tag: 0x00280301, vr: 'CS', value: 'YES' },
    { tag: 0x00420010, vr: 'ST', value: 'Gornostaev discharge' },
    { tag: 0x00420011, vr: 'OB', value },
    { tag: 0x00420012, vr: 'LO', value: 'application/pdf' },
    { tag: 0x00420015, vr: 'UL', value: [value.length] },
  ]
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
    mediaStorageSOPClassUID: `${CLASS}${kind}`,
    mediaStorageSOPInstanceUID: '1.2.3.1',
  })
  return openDataSet(memorySource(Buffer.concat([meta, encodeDataSet(elements, EXPLICIT_LITTLE_ENDIAN)])))
}

const through = (kind: number, profile: ProfileSource, bytes?: number) =>
  deidentify(document(kind, bytes), { name: 'p', profile }, keys)
const REPLACED: ProfileSource = { base: 'basic', documents: 'replace', options: ['clean-pixel-data'] }

test('a document is replaced by a blank one of its kind where the project says so, and stays in quarantine elsewhere', async (t) => {
  for (const [kind, type] of [
    [1, 'application/pdf'],
    [2, 'text/XML'],
  ] as const)
    for (const bytes of [200, 3_000_000]) {
      const outcome = await through(kind, REPLACED, bytes)
      assert.equal(outcome.outcome, 'de-identified', JSON.stringify(outcome))
      if (outcome.outcome !== 'de-identified') return
      const { source } = outcome.dataSet
      const written = Buffer.from(source.read(0, source.sizeBytes))
      const { attributes } = openDataSet(memorySource(written))
      assert.ok(!written.includes(SECRET) && !written.includes('Gornostaev'))
      assert.deepEqual(strings(attributes, 'MIMETypeOfEncapsulatedDocument'), [type])
      assert.deepEqual(strings(attributes, 'BurnedInAnnotation'), ['NO'])
      const length = numbers(attributes, 'EncapsulatedDocumentLength')[0] ?? 0
      const value = Buffer.from(attribute(attributes, 'EncapsulatedDocument')?.value ?? []).subarray(0, length)
      assert.ok(outcome.report.decisions.some(({ reason }) => reason === 'documents: replace'))
      if (kind === 1) opensAsPDF(value, join(temporaryFolder(t), 'blank.pdf'))
      else assert.match(value.toString(), /^<\?xml[^]*<\/ClinicalDocument>\n$/)
    }
  for (const [kind, profile] of [
    [1, { ...REPLACED, documents: 'quarantine' }],
    [2, { base: 'basic', options: ['clean-pixel-data'] }],
    [3, REPLACED],
  ] as const) {
    const outcome = await through(kind, profile)
    assert.equal(outcome.outcome === 'quarantined' && outcome.what, 'encapsulated document')
  }
})

/** every offset of its table leads to its object; Ghostscript agrees where it stands */
function opensAsPDF(bytes: Buffer, file: string): void {
  const text = bytes.toString('latin1')
  assert.match(text, /^%PDF-1\.4\n[^]*%%EOF\n$/)
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n /gm)].map(([, offset]) => Number(offset))
  assert.equal(offsets.length, 3)
  for (const [at, offset] of offsets.entries()) assert.ok(text.startsWith(`${at + 1} 0 obj`, offset))
  const table = Number(/startxref\n(\d+)/.exec(text)?.[1])
  assert.ok(text.startsWith('xref\n', table))
  writeFileSync(file, bytes)
  const opened = spawnSync('gs', ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=nullpage', file])
  if (!opened.error) assert.equal(opened.status, 0)
}

test('the hash of a profile tells what it does with documents and with weeks', () => {
  const base: ProfileSource = { base: 'basic', options: ['retain-longitudinal-modified-dates'] }
  const hashes = [base, { ...base, documents: 'replace' }, { ...base, wholeWeeks: true }] as const
  assert.equal(new Set(hashes.map((source) => compileProfile(source).hash)).size, hashes.length)
  assert.equal(compileProfile({ ...base, documents: 'quarantine' }).hash, compileProfile(base).hash)
})
