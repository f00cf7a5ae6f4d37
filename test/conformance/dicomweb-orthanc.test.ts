/** The same instances in Orthanc and in our archive: where both implement PS3.18, both answer the same. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DicomJson } from '../../src/standards/dicom/index.ts'
import { freePort, peerTest, start } from '../peers.ts'
import { instanceFile, partsOf, valueOf, world } from './dicomweb-world.ts'

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'

async function startOrthanc(t: TestContext, home: string): Promise<string> {
  const port = await freePort()
  const folder = join(home, 'orthanc')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'orthanc.json'),
    JSON.stringify({
      ...{
        StorageDirectory: folder,
        IndexDirectory: folder,
        Plugins: [PLUGIN],
        HttpPort: port,
        DicomPort: await freePort(),
      },
      ...{ RemoteAccessAllowed: false, AuthenticationEnabled: false },
    }),
  )
  await start(t, 'Orthanc', [join(folder, 'orthanc.json')], port)
  return `http://127.0.0.1:${port}`
}

peerTest('Orthanc and Sluice give the same answers over the same instances', ['Orthanc'], async (t) => {
  if (!existsSync(PLUGIN)) return t.skip('needs orthanc-dicomweb')
  const w = await world(t)
  const orthanc = await startOrthanc(t, w.home)
  const put = []
  for (const [number, index] of [
    [0, 3],
    [0, 4],
    [1, 3],
    [4, 5],
  ] as const) {
    const one = await w.put(instanceFile(number, index))
    put.push(one)
    const sent = await fetch(`${orthanc}/instances`, { method: 'POST', body: new Uint8Array(one.file ?? []) })
    assert.equal(sent.status, 200)
  }
  const [first] = put
  const { StudyInstanceUID: study = '', SeriesInstanceUID: series = '', SOPInstanceUID: instance = '' } = first ?? {}
  const theirs = async (path: string) => (await (await fetch(`${orthanc}${path}`)).json()) as DicomJson[]
  const [about] = await w.json(`/dicom-web/studies?StudyInstanceUID=${study}`)
  const pseudonym = String(valueOf(about, '00100020'))
  const sex = String(valueOf(about, '00100040'))
  const date = String(valueOf(about, '00080020'))
  assert.match(date, /^\d{8}$/)

  for (const [level, key, queries] of [
    [
      'studies',
      '0020000D',
      [
        ...['', 'ModalitiesInStudy=CT', 'ModalitiesInStudy=MR', `PatientID=${pseudonym}`, `00100020=${pseudonym}`],
        ...['PatientID=HEADCT-*', `PatientID=${pseudonym.slice(0, -1)}?`, `PatientName=${pseudonym.slice(0, 9)}*`],
        ...[`StudyInstanceUID=${study}`, `StudyInstanceUID=${study},2.25.1`, `PatientSex=${sex}`, 'limit=2&offset=1'],
        ...[
          'StudyDate=20000101-20301231',
          'StudyDate=-20301231',
          'StudyDate=20310101-',
          `StudyDate=${date}`,
          'AccessionNumber=1',
        ],
      ],
    ],
    ['series', '0020000E', ['', 'Modality=CT', 'Modality=US', `StudyInstanceUID=${study}`, 'SeriesNumber=2']],
    ['instances', '00080018', ['', `SOPInstanceUID=${instance}`, 'InstanceNumber=4', `SeriesInstanceUID=${series}`]],
    [`studies/${study}/series`, '0020000E', ['', 'Modality=CT']],
    [`studies/${study}/series/${series}/instances`, '00080018', ['', 'InstanceNumber=5']],
  ] as const) {
    for (const query of queries) {
      const at = `/dicom-web/${level}?${query}`
      const [ours, others] = [await w.json(at), await theirs(at)]
      const uids = (list: readonly DicomJson[]) => list.map((one) => String(valueOf(one, key))).sort()
      if (query.startsWith('limit')) assert.equal(ours.length, others.length, at)
      else assert.deepEqual(uids(ours), uids(others), at)
    }
  }

  const at = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`
  const body = async (answer: Response) =>
    partsOf(Buffer.from(await answer.arrayBuffer()), answer.headers.get('content-type') ?? '')
  const dicom = { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' }
  const frame = { accept: 'multipart/related; type="application/octet-stream"' }
  for (const [path, headers] of [
    [at, dicom],
    [`/dicom-web/studies/${study}`, dicom],
    [`${at}/frames/1`, frame],
  ] as const) {
    const [ours, others] = [
      await body(await w.ask(path, { headers })),
      await body(await fetch(orthanc + path, { headers })),
    ]
    assert.ok(ours.length > 0, path)
    const sorted = (list: Buffer[]) => list.map((part) => part.toString('base64')).sort()
    assert.deepEqual(sorted(ours), sorted(others), path)
  }

  const [[ours], [others]] = [await w.json(`${at}/metadata`), await theirs(`${at}/metadata`)]
  // bulk data has other addresses there; group 0002 is not part of the metadata
  const values = (json: DicomJson = {}) =>
    Object.fromEntries(
      Object.entries(json).flatMap(([key, { vr, Value }]) => (key === '7FE00010' ? [] : [[key, { vr, Value }]])),
    )
  assert.deepEqual(values(ours), values(others))
  const missing = '/dicom-web/studies/2.25.1/metadata'
  assert.equal((await w.ask(missing)).status, (await fetch(orthanc + missing)).status)
})
