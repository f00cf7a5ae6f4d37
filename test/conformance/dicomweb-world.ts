/** A real archive in a real database behind our DICOMweb, with an account, for the conformance tests. */
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { deidentify, temporaryKeys, type GateProject } from '../../src/deidentify/index.ts'
import { admitFile } from '../../src/pipeline/index.ts'
import { openArchive } from '../../src/research/archive/index.ts'
import { createResearchServer, type AdmitOutcome } from '../../src/research/serve/index.ts'
import {
  memorySource,
  openDataSet,
  writeFileMeta,
  type DataSet,
  type DicomJson,
} from '../../src/standards/dicom/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'

const project: GateProject = {
  name: 'head-ct',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
}
export const instanceFile = (number: number, index: number): Buffer => {
  const study = examination(number)
  return Buffer.concat([
    writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
    }),
    ctImage(study, index),
  ])
}

const uidsOf = ({ SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID }: DataSet<'de-identified'>) => ({
  ...{ SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID },
})

/** @param pages the folder of the built pages; without it the server gives none */
export async function world(t: TestContext, pages?: string) {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  const connection = await postgres.createDatabase('catalogue')
  // several starters migrate at once
  const [archive, second] = await Promise.all([
    openArchive({ connection, blobs: join(home, 'blobs') }),
    openArchive({ connection, blobs: join(home, 'blobs') }),
  ])
  await second.close()
  atEnd(t, () => archive.close())
  const keys = temporaryKeys(new Uint8Array(32))
  const put = async (file: Uint8Array): Promise<AdmitOutcome & { file?: Buffer }> => {
    const gate = await deidentify(openDataSet(memorySource(file)), project, keys)
    if (gate.outcome !== 'de-identified') return gate
    const { dataSet } = gate
    const stored = await archive.store(dataSet, { project: project.name, rule: 'test', report: '{}' })
    return {
      outcome:
        stored.outcome === 'stored' ? 'archived' : stored.outcome === 'conflict' ? 'conflict' : 'already-archived',
      ...uidsOf(dataSet),
      file: Buffer.from(dataSet.source.read(0, dataSet.source.sizeBytes)),
    }
  }
  const server = await createResearchServer({
    ...{
      listen: { host: '127.0.0.1', port: 0 },
      archive,
      connection,
      projects: [{ name: 'head-ct', title: 'Head CT' }],
      staticFolder: pages ?? join(home, 'none'),
    },
    admit: async (part) => {
      const pieces: Buffer[] = []
      for await (const piece of part) pieces.push(Buffer.from(piece))
      const stations = { projects: new Map([[project.name, project]]), keys, archive }
      const admitted = await admitFile(memorySource(Buffer.concat(pieces)), project.name, stations)
      return 'code' in admitted
        ? admitted
        : { outcome: admitted.outcome, ...(admitted.instance ? uidsOf(admitted.instance) : {}) }
    },
  })
  atEnd(t, () => server.close())
  const base = `http://127.0.0.1:${server.port}`
  const signed = await fetch(`${base}/api/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: server.bootstrapToken, name: 'admin', password: 'correct horse' }),
  })
  assert.equal(signed.status, 200)
  const secret = /sluice_research=([^;]+)/.exec(signed.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(`${base}${path}`, { ...init, headers: { authorization: `Bearer ${secret}`, ...init.headers } })
  return {
    home,
    connection,
    archive,
    put,
    server,
    base,
    secret,
    ask,
    json: async (path: string) => {
      const answer = await ask(path)
      return answer.status === 204 ? [] : ((await answer.json()) as DicomJson[])
    },
  }
}

export const valueOf = (json: DicomJson | undefined, key: string): unknown => json?.[key]?.Value?.[0]
export const partsOf = (body: Buffer, contentType: string): Buffer[] => {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? ''
  const out: Buffer[] = []
  for (let at = body.indexOf(`--${boundary}`); ;) {
    const from = body.indexOf('\r\n\r\n', at) + 4
    const next = body.indexOf(`\r\n--${boundary}`, from)
    if (at < 0 || next < 0 || from < 4) return out
    out.push(body.subarray(from, next))
    at = next + 2
  }
}
