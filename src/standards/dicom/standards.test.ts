/** What DICOM's other readers say of the same files. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { peerTest, run, temporaryFolder } from '../../../test/peers.ts'
import { Fault } from '../../base/index.ts'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  openDataSet,
  readAttributes,
  readFileMeta,
  toJSON,
  transferSyntax,
  writeFileMeta,
  type DicomJson,
} from './index.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom')
const samples = [
  ...globSync('/usr/lib/python3/dist-packages/pydicom/data/test_files/**/*.dcm'),
  ...(existsSync(CORPUS) ? globSync(`${CORPUS}/**/*.dcm`) : []),
]

peerTest('sample files are read as dcm2json reads them, or refused with a fault', ['dcm2json'], async (t) => {
  let compared = 0
  let refused = 0
  const differences: string[] = []
  for (const file of samples) {
    const bytes = readFileSync(file)
    let ours: DicomJson
    try {
      const source = memorySource(bytes)
      const meta = readFileMeta(source)
      const syntax = transferSyntax(meta.transferSyntaxUID)
      if (!syntax || syntax.deflated) continue
      ours = toJSON(readAttributes(source, syntax, { startOffset: meta.dataSetOffset }))
    } catch (error) {
      if (!(error instanceof Fault)) throw new Error(`${file}: ${String(error)}`)
      refused++
      continue
    }
    const peer = await run('dcm2json', ['+fc', file])
    if (peer.status !== 0) continue
    let theirs: DicomJson
    try {
      theirs = JSON.parse(peer.stdout) as DicomJson
    } catch {
      continue
    }
    compared++
    differences.push(...compare(ours, theirs).map((difference) => `${file.split('/').pop()}: ${difference}`))
  }
  t.diagnostic(`${compared} compared, ${refused} refused`)
  assert.ok(compared >= samples.length / 4, `${compared} compared`)
  assert.ok(
    differences.length <= samples.length * 0.02,
    `${differences.length}: ${differences.slice(0, 12).join('; ')}`,
  )
})

/** tags and values of public attributes; private ones and binary VRs that the two write in different ways are left out */
function compare(ours: DicomJson, theirs: DicomJson): string[] {
  const out: string[] = []
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  for (const key of keys) {
    if (
      Number.parseInt(key.slice(3, 4), 16) % 2 === 1 ||
      key.endsWith('0000') ||
      key === '7FE00010' ||
      key === '00080005'
    )
      continue
    const [a, b] = [ours[key], theirs[key]]
    if (!a || !b) out.push(`${key} only in ${a ? 'ours' : 'theirs'}`)
    else if (a.vr === 'SQ' && b.vr === 'SQ') {
      const [left, right] = [(a.Value ?? []) as DicomJson[], (b.Value ?? []) as DicomJson[]]
      if (left.length !== right.length) out.push(`${key} has ${left.length} items, not ${right.length}`)
      else left.forEach((item, at) => out.push(...compare(item, right[at] ?? {}).map((d) => `${key}[${at}].${d}`)))
    } else if (['CS', 'UI', 'US', 'DA', 'LO', 'SH', 'IS'].includes(a.vr) && a.vr === b.vr) {
      const left = JSON.stringify((a.Value ?? []).map(String))
      const right = JSON.stringify((b.Value ?? []).map(String))
      if (left !== right && !right.includes('\\u') && !/[^\x20-\x7e]/.test(left + right))
        out.push(`${key} ${a.vr} differs`)
    }
  }
  return out
}

peerTest('a file that we write is read by dcmdump and pydicom', ['dcmdump', 'python3'], async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'own.dcm')
  const dataSet = encodeDataSet(
    [
      { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
      { tag: 0x00080018, vr: 'UI', value: '2.25.1' },
      { tag: 0x00081140, vr: 'SQ', value: [[{ tag: 0x00081155, vr: 'UI', value: '2.25.2' }], []] },
      { tag: 0x0020000d, vr: 'UI', value: '2.25.3' },
      { tag: 0x0020000e, vr: 'UI', value: '2.25.4' },
    ],
    EXPLICIT_LITTLE_ENDIAN,
  )
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
    mediaStorageSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    mediaStorageSOPInstanceUID: '2.25.1',
  })
  writeFileSync(file, Buffer.concat([meta, dataSet]))
  const dump = await run('dcmdump', [file])
  assert.equal(dump.status, 0)
  assert.match(dump.stdout, /\(0008,1155\) UI \[2\.25\.2\]/)
  const python = await run('/usr/bin/python3', [
    '-c',
    `import pydicom; d = pydicom.dcmread(${JSON.stringify(file)}); print(d.file_meta.FileMetaInformationGroupLength, len(d[0x00081140].value))`,
  ])
  assert.match(python.stdout, /^\d+ 2$/m)
  assert.equal(openDataSet(memorySource(readFileSync(file))).StudyInstanceUID, '2.25.3')
})

test('a file cut at every byte of its head is refused with a fault', () => {
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
    mediaStorageSOPClassUID: '1.2.3',
    mediaStorageSOPInstanceUID: '2.25.1',
  })
  const whole = Buffer.concat([
    meta,
    encodeDataSet([{ tag: 0x00080018, vr: 'UI', value: '2.25.1' }], EXPLICIT_LITTLE_ENDIAN),
  ])
  for (let cut = 0; cut <= whole.length; cut++)
    assert.throws(() => openDataSet(memorySource(whole.subarray(0, cut))), Fault, `cut at ${cut}`)
})
