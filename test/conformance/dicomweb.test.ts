/** DICOMweb over a real archive: what was stored comes back, byte for byte, to our own requests and to others' programs. */
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { deidentify, temporaryKeys, type GateProject } from '../../src/deidentify/index.ts'
import { openArchive } from '../../src/research/archive/index.ts'
import { createResearchServer, type AdmitOutcome } from '../../src/research/serve/index.ts'
import { memorySource, openDataSet, writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { run, temporaryFolder } from '../peers.ts'

const project: GateProject = {
  name: 'head-ct',
  profile: 'basic',
  options: { dates: 'removed', patientCharacteristics: true },
}
const instanceFile = (number: number, index: number): Buffer => {
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

async function world(t: TestContext) {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  t.after(() => postgres.stop())
  const connection = await postgres.createDatabase('catalogue')
  // several starters migrate at once
  const [archive, second] = await Promise.all([
    openArchive({ connection, blobs: join(home, 'blobs') }),
    openArchive({ connection, blobs: join(home, 'blobs') }),
  ])
  await second.close()
  t.after(() => archive.close())
  const keys = temporaryKeys(new Uint8Array(32))
  const put = async (file: Uint8Array): Promise<AdmitOutcome & { file?: Buffer }> => {
    const gate = await deidentify(openDataSet(memorySource(file)), project, keys)
    if (gate.outcome !== 'de-identified') return gate
    const { dataSet } = gate
    const stored = await archive.store(dataSet, { project: project.name, rule: 'test', report: '{}' })
    const { SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID } = dataSet
    return {
      outcome:
        stored.outcome === 'stored' ? 'archived' : stored.outcome === 'conflict' ? 'conflict' : 'already-archived',
      SOPClassUID,
      SOPInstanceUID,
      StudyInstanceUID,
      SeriesInstanceUID,
      file: Buffer.from(dataSet.source.read(0, dataSet.source.sizeBytes)),
    }
  }
  const server = await createResearchServer({
    ...{
      listen: { host: '127.0.0.1', port: 0 },
      archive,
      connection,
      projects: [{ name: 'head-ct', title: 'Head CT' }],
      staticFolder: join(home, 'none'),
    },
    admit: async (part) => {
      const pieces: Buffer[] = []
      for await (const piece of part) pieces.push(Buffer.from(piece))
      try {
        const { file: _, ...outcome } = await put(Buffer.concat(pieces))
        return outcome
      } catch (error) {
        return { outcome: 'refused', code: (error as { code: string }).code }
      }
    },
  })
  t.after(() => server.close())
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
    json: async (path: string) => (await (await ask(path)).json()) as DicomJson[],
  }
}

const valueOf = (json: DicomJson | undefined, key: string): unknown => json?.[key]?.Value?.[0]
const partsOf = (body: Buffer, contentType: string): Buffer[] => {
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

test('an archive, its DICOMweb and its accounts', { timeout: 120_000 }, async (t) => {
  const w = await world(t)
  const first = await w.put(instanceFile(0, 3))
  await w.put(instanceFile(0, 4))
  await w.put(instanceFile(1, 3))
  const { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance } = first

  await t.test('nothing is served to whoever is not signed in, and the token works once', async () => {
    assert.equal((await fetch(`${w.base}/dicom-web/studies`)).status, 401)
    assert.equal((await fetch(`${w.base}/api/studies`)).status, 401)
    const again = await fetch(`${w.base}/api/bootstrap`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: w.server.bootstrapToken, name: 'other', password: 'correct horse' }),
    })
    assert.equal(again.status, 401)
    const wrong = await fetch(`${w.base}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: 'wrong' }),
    })
    assert.equal(wrong.status, 401)
    const foreign = await fetch(`${w.base}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: '{}',
    })
    assert.equal(foreign.status, 403)
    const basic = await fetch(`${w.base}/dicom-web/studies`, {
      headers: { authorization: `Basic ${Buffer.from(`admin:${w.secret}`).toString('base64')}` },
    })
    assert.equal(basic.status, 200)
  })

  await t.test('the same instance again changes nothing; other contents under its UID are a conflict', async () => {
    assert.equal((await w.put(instanceFile(0, 3))).outcome, 'already-archived')
    const changed = instanceFile(0, 3)
    changed[changed.length - 10] = (changed[changed.length - 10] ?? 0) ^ 1
    assert.equal((await w.put(changed)).outcome, 'conflict')
    assert.equal(valueOf((await w.json(`/dicom-web/studies?StudyInstanceUID=${study}`))[0], '00201208'), 2)
  })

  await t.test('QIDO-RS matches values, lists, wildcards and levels', async () => {
    assert.equal((await w.json('/dicom-web/studies')).length, 2)
    assert.equal((await w.json('/dicom-web/studies?ModalitiesInStudy=CT&limit=1')).length, 1)
    assert.equal((await w.json('/dicom-web/studies?ModalitiesInStudy=MR')).length, 0)
    assert.equal((await w.json('/dicom-web/studies?PatientID=HEADCT-*')).length, 2)
    assert.equal(
      (
        await w.json(
          `/dicom-web/studies?00100020=${String(valueOf((await w.json('/dicom-web/studies'))[0], '00100020'))}`,
        )
      ).length,
      1,
    )
    assert.equal((await w.json(`/dicom-web/studies/${study}/series`)).length, 1)
    assert.equal((await w.json(`/dicom-web/studies/${study}/series/${series}/instances`)).length, 2)
    assert.equal((await w.json(`/dicom-web/instances?SOPInstanceUID=${instance},2.25.1`)).length, 1)
    const [withKV] = await w.json(`/dicom-web/studies/${study}/instances?includefield=KVP&SOPInstanceUID=${instance}`)
    assert.equal(valueOf(withKV, '00180060'), 120)
    const fuzzy = await w.ask('/dicom-web/studies?fuzzymatching=true')
    assert.match(fuzzy.headers.get('warning') ?? '', /^299/)
    assert.equal((await w.ask('/dicom-web/studies?Nonsense=1')).status, 400)
    assert.equal((await w.ask('/dicom-web/studies', { headers: { accept: 'application/dicom+xml' } })).status, 406)
    assert.equal((await w.ask('/dicom-web/studies/not-a-uid/series')).status, 400)
  })

  await t.test('WADO-RS gives back what was stored, whole, by frame and as metadata', async () => {
    const at = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`
    const single = await w.ask(at, { headers: { accept: 'application/dicom' } })
    assert.deepEqual(Buffer.from(await single.arrayBuffer()), first.file)
    const whole = await w.ask(`/dicom-web/studies/${study}`, {
      headers: { accept: 'multipart/related; type="application/dicom"' },
    })
    const parts = partsOf(Buffer.from(await whole.arrayBuffer()), whole.headers.get('content-type') ?? '')
    assert.equal(parts.length, 2)
    assert.ok(parts.some((part) => first.file?.equals(part)))
    const frame = await w.ask(`${at}/frames/1`, {
      headers: { accept: 'multipart/related; type=application/octet-stream; transfer-syntax=*' },
    })
    const [pixels] = partsOf(Buffer.from(await frame.arrayBuffer()), frame.headers.get('content-type') ?? '')
    assert.equal(pixels?.length, 512 * 512 * 2)
    assert.ok(first.file?.includes(pixels))
    assert.equal((await w.ask(`${at}/frames/2`)).status, 404)
    const [metadata] = await w.json(`${at}/metadata`)
    assert.equal(valueOf(metadata, '00280010'), 512)
    const bulk = metadata?.['7FE00010']?.BulkDataURI ?? ''
    const data = await w.ask(new URL(bulk).pathname)
    assert.ok(partsOf(Buffer.from(await data.arrayBuffer()), data.headers.get('content-type') ?? '')[0]?.equals(pixels))
    assert.equal((await w.ask('/dicom-web/studies/2.25.1')).status, 404)
    assert.equal(
      (await w.ask(at, { headers: { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50' } })).status,
      406,
    )
  })

  await t.test('STOW-RS sends to the gate and says what became of each part', async () => {
    const stow = async (bodies: Uint8Array[], headers: Record<string, string> = {}) => {
      const body = Buffer.concat([
        ...bodies.flatMap((part) => [
          Buffer.from('--B\r\nContent-Type: application/dicom\r\n\r\n'),
          part,
          Buffer.from('\r\n'),
        ]),
        Buffer.from('--B--\r\n'),
      ])
      const answer = await w.ask('/dicom-web/studies', {
        method: 'POST',
        headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B', ...headers },
        body,
      })
      return { status: answer.status, json: (await answer.json()) as DicomJson }
    }
    const good = await stow([instanceFile(3, 1), instanceFile(3, 2)])
    assert.equal(good.status, 200)
    assert.equal(good.json['00081199']?.Value?.length, 2)
    const mixed = await stow([instanceFile(3, 3), Buffer.from('garbage')])
    assert.equal(mixed.status, 202)
    assert.equal((await stow([Buffer.from('garbage')])).status, 409)
    assert.equal((await stow([], { 'content-type': 'text/plain' })).status, 415)
    const torn = await w.ask('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B' },
      body: '--B\r\nContent-Type: application/dicom\r\n\r\nabc',
    })
    assert.equal(torn.status, 400)
  })

  await t.test('a Python client reads a retrieved instance', async () => {
    const file = join(w.home, 'retrieved.dcm')
    const answer = await w.ask(`/dicom-web/studies/${study}/series/${series}/instances/${instance}`, {
      headers: { accept: 'application/dicom' },
    })
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
    const dump = await run('dcmdump', [file]).catch(() => undefined)
    if (dump) assert.match(dump.stdout, /PatientIdentityRemoved/)
  })
})
