import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANARIES, documentText } from '../../../test/cda-documents.ts'
import { interaction, packed, resultsOf, v3Answer, withoutDeclaration } from '../../../test/v3-messages.ts'
import { Fault } from '../../base/index.ts'
import { clinicalParts, readClinicalDocument, readTransmission } from './index.ts'

const fault = (code: string) => (error: unknown) => error instanceof Fault && error.code === code
const ROOT = '1.2.643.5.1.13.13.12.2.78.1.100.1.1.90'
const document = documentText({ observations: 6 })

test('a message of HL7 v3 says what it is, its number, what acknowledgement it wants and which it is', () => {
  assert.deepEqual(readTransmission(Buffer.from(interaction('POLB_IN224200UV01', '7', resultsOf('17')))), {
    ...{ messageType: 'POLB_IN224200UV01', id: `${ROOT} 7`, acceptAckCode: 'AL', sender: 'MIS', receiver: 'LIS' },
  })
  for (const isElement of [false, true])
    assert.deepEqual(readTransmission(Buffer.from(v3Answer('7', 'AE', isElement))).acknowledgement, {
      ...{ code: 'AE', target: `${ROOT} 7`, alone: true },
    })
  const answering = interaction('POLB_IN364210', '8', resultsOf('17')).replace(
    '<receiver',
    `<acknowledgement typeCode="AA"><targetMessage><id root="1.2" extension="q"/></targetMessage></acknowledgement><receiver`,
  )
  assert.deepEqual(readTransmission(Buffer.from(answering)).acknowledgement, {
    code: 'AA',
    target: '1.2 q',
    alone: false,
  })
  assert.equal(
    readTransmission(Buffer.from(`<!-- x -->${withoutDeclaration(document)}`)).messageType,
    'ClinicalDocument',
  )
})

test('what is neither document nor message of HL7 v3, or would have entities, is named before it is read', () => {
  for (const read of [readTransmission, clinicalParts]) {
    assert.throws(() => read(Buffer.from('<Bundle xmlns="http://hl7.org/fhir"/>')), fault('not-cda'))
    assert.throws(() => read(Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><POLB_IN224200/>')), fault('xml-doctype'))
    assert.throws(() => read(Buffer.from('<POLB_IN224200><id></POLB_IN224200>')), fault('xml-malformed'))
  }
})

test('documents inside a message stand alone with their prefixes and encoding: as elements, packed, and as words', () => {
  const inside = withoutDeclaration(document).replace(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', '')
  const [asElement] = clinicalParts(Buffer.from(interaction('RCMR_IN000002UV02', '1', inside))).parts
  const written = Buffer.from(asElement ?? []).toString()
  assert.match(
    written,
    /^<\?xml version="1.0" encoding="utf-8"\?>\n<ClinicalDocument xmlns:xsi="[^"]*" xmlns="urn:hl7-org:v3"/,
  )
  assert.match(written, /<\/ClinicalDocument>$/)
  const expected = readClinicalDocument(Buffer.from(document)).observations.map(({ value, unit }) => [value, unit])
  const escaped = `<clinicalDocument><text mediaType="text/xml"><![CDATA[${document.replace(/<!\[CDATA\[.*?\]\]>/g, '')}]]></text></clinicalDocument>`
  for (const act of [inside, packed(document), escaped]) {
    const { messageType, parts, wrapped } = clinicalParts(Buffer.from(interaction('RCMR_IN000002UV02', '1', act)))
    assert.deepEqual([messageType, parts.length, wrapped], ['RCMR_IN000002UV02', 1, true])
    const { observations, patient } = readClinicalDocument(parts[0] ?? Buffer.of())
    assert.deepEqual(
      observations.map(({ value, unit }) => [value, unit]),
      expected,
    )
    assert.equal(patient.ids.length, 2)
  }
  const two = clinicalParts(Buffer.from(interaction('RCMR_IN000002UV02', '1', inside + inside)))
  assert.equal(two.parts.length, 2)
})

test('results of one patient in a message are read as those of a document', () => {
  const { root, sections, observations, patient } = readClinicalDocument(
    Buffer.from(interaction('POLB_IN224200UV01', '7', resultsOf('17'))),
  )
  assert.equal(root, 'POLB_IN224200UV01')
  assert.deepEqual(sections, [{ code: '58410-2', codeSystem: '2.16.840.1.113883.6.1', title: 'CBC panel', text: '' }])
  assert.deepEqual(
    observations.map(({ code, value, unit, specimen, status, sectionNumber, ranges }) => [
      ...[code.code, value, unit, specimen, status, sectionNumber, ranges[0]?.low?.value],
    ]),
    [
      ['718-7', '141', 'g/L', 'Blood', 'completed', 1, '120'],
      ['6690-2', '6.2', '10*9/L', 'Blood', 'completed', 1, '4.0'],
    ],
  )
  assert.deepEqual([patient.ids[0]?.extension, patient.sex, patient.birthTime], ['17', 'F', CANARIES.birth])
})

test('results of nobody, of two people, or none at all are not read', () => {
  const refused = (act: string) =>
    assert.throws(
      () => readClinicalDocument(Buffer.from(interaction('POLB_IN224200UV01', '7', act))),
      fault('interaction-not-read'),
    )
  refused(resultsOf('17') + resultsOf('18'))
  refused(resultsOf(''))
  refused(resultsOf('17').replaceAll('observationEvent', 'placerOrder'))
  assert.deepEqual(clinicalParts(Buffer.from(interaction('PRPA_IN201301UV02', '7', '<registrationEvent/>'))).parts, [])
})
