/** Instances for the gate, an element at a time, and what it made of them. */
import assert from 'node:assert/strict'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  openDataSet,
  tagOf,
  writeFileMeta,
  type NewElement,
  type OptionName,
  type TransferSyntax,
} from '../src/standards/dicom/index.ts'
import { deidentify, type GateParts } from '../src/deidentify/gate.ts'
import { temporaryKeys } from '../src/deidentify/pseudonyms/temporary.ts'
import type { ProfileRow } from '../src/deidentify/profile/source.ts'

export const CT = '1.2.840.10008.5.1.4.1.1.2'
export const SR = '1.2.840.10008.5.1.4.1.1.88.33'
export const keys = temporaryKeys(new Uint8Array(32).fill(7))
export const tag = (keyword: string) => tagOf(keyword) as number
export const el = (keyword: string, vr: NewElement['vr'], value: NewElement['value']): NewElement => ({
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
export const file = (
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
export const project = (options: readonly OptionName[] = [], rows: readonly ProfileRow[] = []) =>
  ({ name: 'head-ct', profile: { base: 'basic', options, rows } }) as const
export const cleared = async (bytes: Uint8Array, at: ReturnType<typeof project> = project(), parts: GateParts = {}) => {
  const outcome = await deidentify(openDataSet(memorySource(bytes)), at, keys, parts)
  assert.equal(outcome.outcome, 'de-identified', JSON.stringify(outcome))
  if (outcome.outcome !== 'de-identified') throw new Error('unreachable')
  const written = Buffer.from(outcome.dataSet.source.read(0, outcome.dataSet.source.sizeBytes))
  return { ...outcome, written, ...openDataSet(memorySource(written)) }
}

/** replaces every capitalised word: enough to see where a cleaner is asked */
export const cleaner: GateParts = {
  text: {
    clean: (text) => ({
      text: text.replaceAll(/[A-Z][a-z]+/g, '[NAME]'),
      found: [{ kind: 'name', count: 1 }],
      sure: !text.includes('?'),
    }),
  },
}
