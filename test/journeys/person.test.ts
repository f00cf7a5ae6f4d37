/** One person's laboratory results and images, through two links, under one pseudonym: in FHIR and on the screen. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle, ImagingStudy, Observation } from '@medplum/fhirtypes'
import { examination } from '../../src/app/demo/images.ts'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import { frame } from '../../src/standards/hl7/index.ts'
import { hasChromium, openPage, screenshot } from '../browser.ts'
import { sendImage, startHospital } from '../hospital.ts'
import { talk } from '../laboratory.ts'
import { eventually, peerTest, startStorescp, temporaryFolder } from '../peers.ts'

peerTest(
  'results and images of one person are found under one pseudonym, in FHIR and on the screen',
  ['storescu', 'storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'pacs'))
    const hospital = await startHospital(t, {
      types: 'hl7.messageType == "ORU^R01"',
      issuers: 'БОЛЬНИЦА',
      upstreamPort: await startStorescp(t, join(folder, 'pacs')),
    })
    const { sluice, mllpPort } = hospital
    const person = examination(1)
    const sent = await sendImage(hospital, person, folder)
    assert.equal(sent.status, 0, sent.stderr)
    const [haematology, chemistry] = laboratoryMessages(1).hl7
    const later = Buffer.from(
      (chemistry as Buffer)
        .toString()
        .replace('|C1|', '|C1B|')
        .replace(/74,5/, '131,0')
        .replaceAll(person.studyDate, dayAfter(person.studyDate)),
    )
    await talk(
      mllpPort,
      [haematology, chemistry, later].map((bytes) => frame(bytes as Buffer)),
    )

    const { secret, json } = await sluice.signIn()
    const found = await eventually('images and results of one person', async () => {
      const studies = await json<Bundle<ImagingStudy>>('/fhir/ImagingStudy')
      const patient = studies.entry?.[0]?.resource?.subject?.reference
      const results = await json<Bundle<Observation>>(`/fhir/Observation?patient=${patient ?? 'none'}&_count=100`)
      return results.total === 10 ? { patient, results } : undefined
    })
    assert.match(found.patient ?? '', /^Patient\/HEADCT-[0-9A-Z]{11}$/)
    const text = JSON.stringify(found.results)
    for (const word of [...person.patientName.split('^'), person.patientID, person.accessionNumber, person.studyDate])
      assert.equal(text.includes(word), false)
    const creatinine = found.results.entry?.flatMap(({ resource }) =>
      resource?.code?.coding?.some(({ code }) => code === 'creatinine') ? [resource] : [],
    )
    assert.deepEqual(
      creatinine?.map(({ valueQuantity }) => valueQuantity?.code),
      ['mol/L', 'mol/L'],
    )
    assert.equal((await json<Bundle>('/fhir/Patient')).total, 1)

    if (!hasChromium) return
    const page = await openPage(t, 'ru')
    await page.context().addCookies([{ name: 'sluice_research', value: secret, url: sluice.ready.web }])
    await page.goto(sluice.ready.web)
    await page.getByText('Люди →').click()
    await page.getByRole('button', { name: 'HEADCT-' }).click()
    await page.getByRole('group', { name: 'Креатинин' }).waitFor()
    assert.equal(new URL(page.url()).hash, '#/person', 'the address names nobody')
    await screenshot(page, 'person')
    await page.getByRole('button', { name: /131,0 мкмоль/ }).click()
    await page.getByText('ORU^R01').first().waitFor()
    await page
      .getByText(/CREA\^Креатинин/)
      .first()
      .waitFor()
    await page.waitForTimeout(400)
    await screenshot(page, 'person-message')
  },
)

const dayAfter = (day: string): string => String(Number(day) + 1)
