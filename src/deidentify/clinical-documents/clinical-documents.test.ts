import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANARIES, clinicalDocument, documentText } from '../../../test/cda-documents.ts'
import { interaction, packed, resultsOf } from '../../../test/v3-messages.ts'
import { encode } from '../../standards/character-sets/index.ts'
import { clinicalParts, readClinicalDocument } from '../../standards/cda/index.ts'
import { readMessage, textsOf } from '../../standards/hl7/index.ts'
import type { GateProject } from '../gate-project.ts'
import { deidentifyMessage } from '../messages/deidentify-message.ts'
import { temporaryKeys } from '../pseudonyms/temporary.ts'
import { carrierOf, deidentifyDocument, type IdentifiedDocument } from './deidentify-document.ts'
import { saidInWrapper } from './said-in-document.ts'

const project: GateProject = {
  name: 'lab',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
}
const RECEIVED = new Date('2026-07-14T09:30:00Z')
const keys = temporaryKeys(new Uint8Array(32))
const gate = (bytes: Uint8Array, carrier?: IdentifiedDocument['carrier']) =>
  deidentifyDocument({ bytes, receivedAt: RECEIVED, ...(carrier ? { carrier } : {}) }, project, keys)
const cleared = async (bytes: Uint8Array, carrier?: IdentifiedDocument['carrier']) => {
  const done = await gate(bytes, carrier)
  assert.equal(done.outcome, 'de-identified', JSON.stringify(done))
  if (done.outcome !== 'de-identified') throw new Error('unreachable')
  return done
}

/** words of what was planted, and its digits in one run; a day of birth may stand in a year alone */
const planted = Object.values(CANARIES).flatMap((value) => [
  ...(value.match(/\p{Lu}\p{L}{4,}/gu) ?? []).filter((word) => !/^(Больница|Пациентка)$/.test(word)),
  ...(/\d{6,}/.exec(value.replace(/[\s+-]/g, '')) ?? []),
])

test('nothing that names anybody passes: every field of the list, narrative, titles, remarks, processing instructions', async () => {
  for (const [encoding, written] of [
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['windows-1251', (text: string) => encode(text, 'windows-1251') ?? Buffer.of()],
  ] as const) {
    const { message, report } = await cleared(clinicalDocument({ encoding }, written))
    const digits = message.text.replace(/[\s+-]/g, '')
    for (const word of planted) {
      assert.equal(message.text.includes(word), false, `${word} in ${encoding}`)
      assert.equal(digits.includes(word), false, `${word} in ${encoding}`)
      assert.equal(JSON.stringify(report).includes(word), false)
    }
    for (const word of ['canary', '20260714', '1.2.643.5.1.13.13.12.2.78', '197341'])
      assert.equal(message.text.includes(word), false, word)
    assert.match(message.text, /^<\?xml version="1.0" encoding="UTF-8"\?>/)
    assert.equal(report.verification, 'passed')
  }
})

test('what was measured passes as it was said, moved in time with the images of the person', async () => {
  const { message } = await cleared(clinicalDocument())
  const [before, after] = [readClinicalDocument(clinicalDocument()), readClinicalDocument(Buffer.from(message.text))]
  assert.equal(after.observations.length, 60)
  const said = ({ observations }: typeof before) =>
    observations.map(({ code, value, unit, ranges, interpretations, specimen }) => ({
      ...{ code, value, unit, interpretations, specimen },
      ranges: ranges.map(({ low, high }) => ({ low, high })),
    }))
  assert.deepEqual(said(after), said(before))
  assert.deepEqual(message.subject, { sex: 'F', ageYears: 65 })
  assert.equal(message.messageType, 'CDA 7')
  assert.match(after.effectiveTime, /^\d{8}103000\+0300$/)
  const days = (Date.parse(message.receivedAt.toISOString()) - RECEIVED.getTime()) / 86_400_000
  const moved = new Date(Date.UTC(2026, 6, 14) + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  assert.equal(after.effectiveTime.slice(0, 8), moved)
  assert.equal(after.patient.ids[0]?.extension, message.pseudonym)
})

test('words of a narrative stay where they name nobody, and rows of a table stay rows', async () => {
  const narrative = `<table><tbody><tr><td>Заключение</td><td>Анемия лёгкой степени</td></tr><tr><td>Врач</td><td>${CANARIES.doctor} П. С.</td></tr></tbody></table>`
  const text = documentText({ observations: 1 }).replace(/<text><table>.*?<\/text>/s, `<text>${narrative}</text>`)
  const { message } = await cleared(Buffer.from(text))
  const [, results] = readClinicalDocument(Buffer.from(message.text)).sections
  assert.match(results?.text ?? '', /^Заключение; Анемия лёгкой степени Врач; \[ИМЯ\]$/)
})

test('embedded data, references that hide letters, and words beside codes of nobody’s table do not pass', async () => {
  const c = CANARIES
  const hidden = [...c.family].map((letter) => `&#x${letter.codePointAt(0)?.toString(16) ?? ''};`).join('')
  const packed = Buffer.from(`%PDF-1.4 ${c.family} ${'x'.repeat(300)}`).toString('base64')
  const odd = documentText({ observations: 1 })
    .replace('<title>РЕЗУЛЬТАТЫ</title>', `<title>${hidden}</title>`)
    .replace(
      '<entry><organizer',
      `<entry><observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="1.2.3" codeSystemName="${c.family}" displayName="Врач ${c.doctor}"/>
       <text mediaType="application/pdf" representation="B64">${packed}</text><value xsi:type="ED" representation="B64">${packed}</value></observation></entry>
       <entry><observationMedia><value mediaType="image/png" representation="B64">${packed}</value></observationMedia></entry><entry><organizer`,
    )
  const { message } = await cleared(Buffer.from(odd))
  for (const word of [c.family, c.doctor, hidden, packed.slice(0, 40), packed.slice(60, 100)])
    assert.equal(message.text.includes(word), false, word)
})

test('a name that stands where a code is expected keeps the document in quarantine', async () => {
  const text = documentText({ observations: 1 }).replace('code="108"', `code="${CANARIES.family}"`)
  const done = await gate(Buffer.from(text))
  assert.equal(done.outcome, 'quarantined')
  if (done.outcome !== 'quarantined') return
  assert.equal(done.code, 'not-deidentified')
  assert.match(done.path ?? '', /^line \d+$/)
  const hostile = await gate(Buffer.from(`<!DOCTYPE x [<!ENTITY e "${CANARIES.family}">]>${text}`))
  assert.equal(hostile.outcome === 'quarantined' && hostile.code, 'xml-doctype')
})

test('one person is one pseudonym in a message, in the document it carries, and in a document that comes alone', async () => {
  const line = `MSH|^~\\&|LIS||||20260714||ORU^R01|1|P|2.5\rPID|1||MRN-${CANARIES.policy}^^^1.2.643.5.1.13.13.12.2.78.1.100.1.1.10^MR||${CANARIES.family}^${CANARIES.given}\r`
  const message = readMessage(Buffer.from(line))
  const texts = textsOf(message)
  const carried = await deidentifyMessage(
    { kind: 'hl7', message, texts, link: 'lis', receivedAt: RECEIVED },
    project,
    keys,
  )
  const alone = await cleared(clinicalDocument())
  const inside = await cleared(clinicalDocument(), carrierOf({ message, texts }))
  assert.equal(carried.outcome === 'de-identified' && carried.message.pseudonym, alone.message.pseudonym)
  assert.equal(inside.message.pseudonym, alone.message.pseudonym)
  assert.equal(inside.message.id, alone.message.id, 'the same document, whatever way it came')
})

test('results in a message of HL7 v3 pass without anything that names anybody, and are read again on the other side', async () => {
  const { message } = await cleared(
    Buffer.from(interaction('POLB_IN224200UV01', 'm-17', resultsOf(`MRN-${CANARIES.policy}`))),
  )
  const digits = message.text.replace(/[\s+-]/g, '')
  for (const word of [...planted, 'canary', '20260714', 'm-17', '448812', '1.2.643.5.1.13.13.12.2.78', 'MIS'])
    assert.equal(message.text.includes(word) || digits.includes(word), false, word)
  const { observations, patient, effectiveTime } = readClinicalDocument(Buffer.from(message.text))
  assert.deepEqual(
    observations.map(({ value, unit }) => `${value} ${unit}`),
    ['141 g/L', '6.2 10*9/L'],
  )
  assert.equal(patient.ids[0]?.extension, message.pseudonym)
  assert.match(effectiveTime, /^\d{8}110000\+0300$/)
  assert.deepEqual([message.messageType, message.subject], ['POLB_IN224200UV01', { sex: 'F', ageYears: 65 }])
  assert.equal(message.pseudonym, (await cleared(clinicalDocument())).message.pseudonym)
})

test('whom a message names around the documents it carries is looked for in them', async () => {
  const stranger = 'Незнакомцева'
  const document = documentText({ observations: 1 }).replace('на слабость.', `на слабость, сообщил ${stranger}.`)
  const around = interaction('RCMR_IN000002UV02', '1', packed(document)).replace(CANARIES.doctor, stranger)
  const [part = Buffer.of()] = clinicalParts(Buffer.from(around)).parts
  const { message } = await cleared(part, { said: saidInWrapper(Buffer.from(around)) })
  assert.equal(message.text.includes(stranger), false)
})
