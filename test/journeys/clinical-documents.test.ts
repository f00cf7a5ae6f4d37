/** Clinical documents: inside a message of a link and uploaded, under the pseudonym of the person's messages, in FHIR and on the screen. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Bundle, DiagnosticReport, Observation } from '@medplum/fhirtypes'
import { examination } from '../../src/app/demo/images.ts'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import { frame } from '../../src/standards/hl7/index.ts'
import { hasChromium, openPage, screenshot } from '../browser.ts'
import { CANARIES, documentText } from '../cda-documents.ts'
import { startLaboratory, talk } from '../laboratory.ts'
import { eventually, freePort, run } from '../peers.ts'
import { startSluice } from '../sluice.ts'

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
  spawnSync(process.execPath, ['tools/build-web-if-stale.ts'], { stdio: 'inherit' })
  const lis = await startLaboratory(t, 'mllp')
  const mllpPort = await freePort()
  const sluice = await startSluice(t, {
    more: `hospital: { issuers: [БОЛЬНИЦА, '${ROOT}'] }\n`,
    prepare: (home) => {
      const file = join(home, 'sluice.yaml')
      const link = `  - { name: lab, protocol: mllp, listen: 127.0.0.1:${mllpPort}, upstream: 127.0.0.1:${lis.port} }`
      const rule = `  - { name: results, project: head-ct, when: 'hl7.messageType in ["ORU^R01", "MDM^T02"]' }`
      const text = readFileSync(file, 'utf8')
        .replace('projects:', `${link}\nprojects:`)
        .replace('rules:', `rules:\n${rule}`)
        .replace('profile: basic', 'profile: basic, dates: shifted, patientCharacteristics: true')
      writeFileSync(file, text)
      return Promise.resolve()
    },
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
  assert.equal((await upload('<Bundle xmlns="http://hl7.org/fhir"/>')).status, 400)
  assert.equal((await upload('{}', 'application/json')).status, 415)

  const found = await eventually('the results of both documents and the message', async () => {
    const observations = await json<Bundle<Observation>>('/fhir/Observation?_count=100')
    return observations.total === 3 + 6 + 12 ? observations : undefined
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
  const page = await openPage(t, 'ru')
  await page.context().addCookies([{ name: 'sluice_research', value: secret, url: sluice.ready.web }])
  await page.goto(`${sluice.ready.web}/#/people`)
  await page.getByRole('button', { name: 'HEADCT-' }).click()
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
