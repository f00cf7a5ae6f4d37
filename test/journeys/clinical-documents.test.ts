/** Clinical documents: inside a message of a link, alone over a link, and uploaded, under the pseudonym of the person's messages, in FHIR and on the screen. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Bundle, DiagnosticReport, ImagingStudy, Observation } from '@medplum/fhirtypes'
import { examination } from '../../src/app/demo/images.ts'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import type { MessageText } from '../../src/research/serve/contract.ts'
import { frame } from '../../src/standards/hl7/index.ts'
import { hasChromium, openPage, screenshot } from '../browser.ts'
import { CANARIES, documentText } from '../cda-documents.ts'
import { sendImage, startHospital } from '../hospital.ts'
import { talk } from '../laboratory.ts'
import { eventually, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { interaction, packed, resultsOf } from '../v3-messages.ts'

const person = examination(1)
const ROOT = '1.2.643.5.1.13.13.12.2.78.1.100.1.1.10'

/** a document of the same person as the laboratory's messages, with its own number */
const documentOf = (number: string, results = 6): string =>
  documentText({ observations: results })
    .replace(`MRN-${CANARIES.policy}`, person.patientID)
    .replaceAll(`doc-${CANARIES.setId}`, `doc-${number}`)
    .replace('на слабость.', 'на слабость. Анемия лёгкой степени.')

const carrying = (document: string): Buffer =>
  Buffer.from(
    [
      `MSH|^~\\&|MIS|КЛИНИКА|LIS|ЛАБ|20260714110000||MDM^T02^MDM_T02|D1|P|2.5||||||UNICODE UTF-8`,
      `PID|1||${person.patientID}^^^БОЛЬНИЦА^MR||${person.patientName}||${person.birthDate}|${person.sex}`,
      `TXA|1|LAB|AP|20260714110000`,
      `OBX|1|ED|11502-2^Laboratory report^LN||^text^xml^Base64^${Buffer.from(document).toString('base64')}||||||F`,
      '',
    ].join('\r'),
  )

test('a clinical document in a message and one that is uploaded are one person’s records, beside their originals', async (t) => {
  const { sluice, lis, mllpPort } = await startHospital(t, {
    types: 'hl7.messageType in ["ORU^R01", "MDM^T02"]',
    issuers: `БОЛЬНИЦА, '${ROOT}'`,
  })
  const chemistry = laboratoryMessages(1).hl7[1] as Buffer
  const broken = carrying(documentOf('3').replace('code="108"', `code="${CANARIES.family}"`))
  const sent = [chemistry, carrying(documentOf('1')), Buffer.from(broken.toString().replace('|D1|', '|D3|'))]
  await talk(mllpPort, sent.map(frame))
  assert.ok(lis.received().equals(Buffer.concat(sent.map(frame))), 'every byte of it went to the laboratory')

  const { secret, json } = await sluice.signIn()
  const upload = (document: string, type = 'application/xml') =>
    fetch(`${sluice.ready.web}/api/documents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': type },
      body: document,
    })
  const uploaded = await upload(documentOf('2', 12))
  assert.deepEqual([uploaded.status, await uploaded.json()], [200, { outcome: 'archived' }])
  assert.deepEqual(await (await upload(documentOf('2', 12))).json(), { outcome: 'already-archived' })
  const wrapped = await upload(interaction('RCMR_IN000002UV02', 'u-4', packed(documentOf('4', 2))))
  assert.deepEqual([wrapped.status, await wrapped.json()], [200, { outcome: 'archived' }])
  for (const other of ['<Bundle xmlns="http://hl7.org/fhir"/>', interaction('PRPA_IN201301UV02', 'u-5', '<a/>')])
    assert.equal((await upload(other)).status, 400)
  assert.equal((await upload('{}', 'application/json')).status, 415)

  const found = await eventually('the results of the documents and the message', async () => {
    const observations = await json<Bundle<Observation>>('/fhir/Observation?_count=100')
    return observations.total === 3 + 6 + 12 + 2 ? observations : undefined
  })
  const subjects = new Set(found.entry?.map(({ resource }) => resource?.subject?.reference))
  assert.equal(subjects.size, 1, 'one pseudonym')
  assert.equal((await json<Bundle>('/fhir/Patient')).total, 1)
  const reports = await json<Bundle<DiagnosticReport>>('/fhir/DiagnosticReport?_count=100')
  assert.ok(reports.entry?.some(({ resource }) => resource?.conclusion?.includes('Анемия лёгкой степени')))
  const served = JSON.stringify([found, reports])
  for (const word of [CANARIES.family, CANARIES.doctor, person.patientID, '20260714', person.patientName.split('^')[0]])
    assert.equal(served.includes(word ?? ''), false, word)

  const config = ['--config', join(sluice.folder, 'sluice.yaml')]
  const cli = (...args: string[]) => run(process.execPath, ['src/app/main.ts', 'quarantine', ...args, ...config])
  const waiting = await eventually('the document that names somebody waits', async () => {
    const { stdout } = await cli('list', '--json')
    return /"not-deidentified"/.test(stdout) ? stdout : undefined
  })
  const ref = /"ref":\s*"([^"]+)"/.exec(waiting)?.[1] ?? ''
  const { stdout: look } = await cli('show', ref, '--json')
  assert.match(look, /MDM\^T02/)
  assert.match(look, /OBX\[1\]\.5 line \d+/)
  assert.equal(look.includes(CANARIES.family), false)

  if (!hasChromium) return
  const page = await personPage(t, sluice.ready.web, secret)
  await page
    .getByText(/Анемия лёгкой степени/)
    .first()
    .waitFor()
  await page
    .getByRole('button', { name: /^141 g\/L/ })
    .first()
    .click()
  await page.getByText('CDA 7').first().waitFor()
  await page.getByText('displayName="Гемоглобин"').first().waitFor()
  await page.waitForTimeout(400)
  await screenshot(page, 'person-document')
})

peerTest(
  'XML of HL7 v3 straight over a link is one person’s record beside the images',
  ['storescu', 'storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'pacs'))
    const hospital = await startHospital(t, {
      types:
        'hl7.messageType == "ClinicalDocument" || hl7.messageType.startsWith("RCMR_") || hl7.messageType.startsWith("POLB_")',
      issuers: `БОЛЬНИЦА, '${ROOT}'`,
      upstreamPort: await startStorescp(t, join(folder, 'pacs')),
    })
    const { sluice, lis, mllpPort } = hospital
    const image = await sendImage(hospital, person, folder)
    assert.equal(image.status, 0, image.stderr)
    const bomb = `<!DOCTYPE x [<!ENTITY e "${CANARIES.family}">]>`
    const frames = [
      documentOf('11', 6),
      interaction('RCMR_IN000002UV02', 'm-12', packed(documentOf('12', 12))),
      interaction('POLB_IN224200UV01', 'm-13', resultsOf(person.patientID)),
      interaction('POLB_IN224200UV01', 'm-14', resultsOf(person.patientID) + resultsOf('somebody else')),
      interaction(
        'RCMR_IN000002UV02',
        'm-15',
        packed(documentOf('15').replace('<ClinicalDocument', `${bomb}<ClinicalDocument`)),
      ),
    ].map((text) => frame(Buffer.from(text)))
    const answers = await talk(mllpPort, frames)
    assert.ok(lis.received().equals(Buffer.concat(frames)), 'every byte of it went to the laboratory')
    assert.ok(answers.equals(lis.sent()), 'and every byte of its answers came back')

    const { secret, json } = await sluice.signIn()
    const found = await eventually('images and results of one person', async () => {
      const studies = await json<Bundle<ImagingStudy>>('/fhir/ImagingStudy')
      const patient = studies.entry?.[0]?.resource?.subject?.reference
      const results = await json<Bundle<Observation>>(`/fhir/Observation?patient=${patient ?? 'none'}&_count=100`)
      return results.total === 6 + 12 + 2 ? results : undefined
    })
    assert.equal((await json<Bundle>('/fhir/Patient')).total, 1)
    const hemoglobin = found.entry?.filter(({ resource }) =>
      resource?.code?.coding?.some(({ code }) => code === 'hemoglobin'),
    )
    assert.equal(hemoglobin?.length, 1 + 2 + 1)
    const ids = new Set(found.entry?.map(({ resource }) => resource?.id?.split('.')[0] ?? ''))
    const originals = await Promise.all([...ids].map((id) => json<MessageText>(`/api/messages/${id}`)))
    assert.deepEqual(originals.map(({ messageType }) => messageType).sort(), ['CDA 7', 'CDA 7', 'POLB_IN224200UV01'])
    const served = JSON.stringify([found, originals])
    for (const word of [CANARIES.family, CANARIES.doctor, person.patientID, '20260714', 'somebody else', 'm-13'])
      assert.equal(served.includes(word), false, word)

    const list = ['src/app/main.ts', 'quarantine', 'list', '--json', '--config', join(sluice.folder, 'sluice.yaml')]
    const waiting = await eventually('what cannot be read waits', async () => {
      const { stdout } = await run(process.execPath, list)
      return /"interaction-not-read"/.test(stdout) && /"xml-doctype"/.test(stdout) ? stdout : undefined
    })
    assert.equal(waiting.includes(CANARIES.family), false)

    if (!hasChromium) return
    const page = await personPage(t, sluice.ready.web, secret)
    await page
      .getByRole('button', { name: /^6[.,]2 / })
      .first()
      .click()
    await page.getByText('POLB_IN224200UV01').first().waitFor()
    await page.getByText('displayName="Leukocytes"').first().waitFor()
  },
)

/** the page of the only person there is */
async function personPage(t: TestContext, web: string, secret: string) {
  const page = await openPage(t, 'ru')
  await page.context().addCookies([{ name: 'sluice_research', value: secret, url: web }])
  await page.goto(`${web}/#/people`)
  await page.getByRole('button', { name: 'HEADCT-' }).click()
  return page
}
