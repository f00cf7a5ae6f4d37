import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  readAttributes,
  type NewElement,
} from '../../standards/dicom/index.ts'
import { readMessage, textsOf } from '../../standards/hl7/index.ts'
import { compileRules, type Selection } from './index.ts'

const header: readonly NewElement[] = [
  { tag: 0x00080008, vr: 'CS', value: 'ORIGINAL\\PRIMARY' },
  { tag: 0x00080060, vr: 'CS', value: 'CT' },
  { tag: 0x00180015, vr: 'CS', value: 'HEAD' },
  { tag: 0x00180050, vr: 'DS', value: '1.25' },
  { tag: 0x00200013, vr: 'IS', value: '0012' },
  { tag: 0x00280010, vr: 'US', value: [512] },
  { tag: 0x00400275, vr: 'SQ', value: [[{ tag: 0x00400009, vr: 'SH', value: 'STEP7' }]] },
]
const attributes = readAttributes(memorySource(encodeDataSet(header, EXPLICIT_LITTLE_ENDIAN)), EXPLICIT_LITTLE_ENDIAN)
const association = { callingAETitle: 'CT01', calledAETitle: 'PACS', remoteAddress: '10.0.0.7', link: 'ct-to-pacs' }
const resultOf = (when: string): Selection['result'] | undefined => {
  const { selector, problems } = compileRules([{ name: 'rule', project: 'p', when }])
  assert.deepEqual(problems, [], when)
  return selector?.select(attributes, association)[0]?.result
}

test('rules read keywords, the association, lists and items by path; numbers are numbers', () => {
  for (const when of [
    'dicom.Modality == "CT" && dicom.BodyPartExamined in ["HEAD", "BRAIN"]',
    'dicom.Rows == 512 && dicom.SliceThickness < 2 && dicom.InstanceNumber == 12',
    'dicom.SliceThickness == 1.25',
    '"PRIMARY" in dicom.ImageType',
    'dicom.ImageType[0] == "ORIGINAL"',
    'dicom.RequestAttributesSequence[0].ScheduledProcedureStepID == "STEP7"',
    'dicom.RequestAttributesSequence.exists(item, item.ScheduledProcedureStepID.startsWith("STEP"))',
    'association.callingAETitle.matches("^CT[0-9]+$") && association.link == "ct-to-pacs"',
    'has(dicom.Modality) && !has(dicom.StationName)',
    'dicom.StationName == "X" || dicom.Modality == "CT"',
  ])
    assert.equal(resultOf(when), 'selected', when)
  assert.equal(resultOf('dicom.Modality == "MR"'), 'not selected')
})

test('a missing attribute is absent, not an error: such a rule does not select', () => {
  for (const when of ['dicom.StationName == "X"', 'dicom.StationName != "TEST"', 'dicom.EchoTime > 10'])
    assert.equal(resultOf(when), 'absent', when)
})

test('every mistake is found at load, with its column', () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['dicom.Modality = "CT"', 16, /./],
    ['dicom.Modalty == "CT"', 6, /Modalty is not a keyword/],
    ['dicom.Rows == "512"', 12, /a number is compared with text/],
    ['dicom.Modality', 1, /a yes or no/],
    ['cda.PID == "x"', 1, /cda is unknown/],
    ['association.port == "x"', 12, /association has no port/],
    ['dicom.Modality && true', 6, /text where a yes or no/],
    ['dicom.Modality in "CT"', 16, /text is not a list/],
    ['dicom.Rows.startsWith("5")', 6, /a number where text/],
    ['', 1, /./],
  ]
  for (const [when, column, message] of cases) {
    const [problem] = compileRules([{ name: 'rule', project: 'p', when }]).problems
    assert.match(problem?.message ?? 'none', message, when)
    assert.ok(Math.abs((problem?.column ?? -9) - column) <= 1, `${when}: column ${problem?.column}`)
  }
})

test('every rule gets an answer of its own', () => {
  const { selector } = compileRules([
    { name: 'a', project: 'p', when: 'dicom.Modality == "CT"' },
    { name: 'b', project: 'q', when: 'dicom.Rows > 1000' },
    { name: 'c', project: 'r', when: 'dicom.EchoTime > 1' },
  ])
  assert.deepEqual(
    selector?.select(attributes, association).map(({ rule, result }) => [rule, result]),
    [
      ['a', 'selected'],
      ['b', 'not selected'],
      ['c', 'absent'],
    ],
  )
})

test('rules read messages by paths, lists of places, segments and the type', () => {
  const bytes = Buffer.from(
    'MSH|^~\\&|LAB||LIS||2026||ORU^R01|1|P|2.5||||||UNICODE UTF-8\rPID|1||7||ИВАНОВ^ИВАН\rPV1|1|I|ICU^4\rOBX|1|NM|718-7^HGB\rOBX|2|NM|6690-2^WBC\r',
  )
  const message = readMessage(bytes)
  const seen = { kind: 'hl7', message, texts: textsOf(message) } as const
  const facts = { link: 'lab', remoteAddress: '10.0.0.7' }
  const cases: readonly (readonly [string, string])[] = [
    ['hl7["PV1.3.1"] == "ICU"', 'selected'],
    ['hl7.PV1["3.1"] == "ICU" && has(hl7.PV1)', 'selected'],
    ['hl7.messageType == "ORU^R01"', 'selected'],
    ['hl7.messageType.startsWith("ADT")', 'not selected'],
    ['"6690-2" in hl7["OBX[*].3.1"]', 'selected'],
    ['hl7["OBX[2].3.2"] == "WBC"', 'selected'],
    ['hl7["OBX[*].3.1"].exists(c, c == "718-7")', 'selected'],
    ['hl7["PID.5.1"] == "ИВАНОВ"', 'selected'],
    ['has(hl7.ZZZ)', 'not selected'],
    ['hl7["PV1.7"] == "x"', 'absent'],
    ['dicom.Modality == "CT"', 'absent'],
    ['association.callingAETitle == "CT"', 'absent'],
    ['association.link == "lab"', 'selected'],
    ['astm["P.3"] == "7"', 'absent'],
  ]
  for (const [when, result] of cases) {
    const { selector, problems } = compileRules([{ name: 'rule', project: 'p', when }])
    assert.deepEqual(problems, [], when)
    assert.equal(selector?.selectMessage(seen, facts)[0]?.result, result, when)
  }
})

test('a mistake in a path is found at load', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['hl7["PV1-"] == "x"', /no path/],
    ['hl7["P.3"] == "x"', /P is no segment/],
    ['hl7.patient == "x"', /hl7 has no patient/],
    ['hl7["PV1.3"] > 5', /text is compared with a number/],
    ['hl7["OBX[*].3"] == "x"', /a list of text is compared with text/],
    ['hl7[association.link] == "x"', /written out/],
    ['astm["PID.3"] == "x"', /PID is no record/],
  ]
  for (const [when, message] of cases) {
    const [problem] = compileRules([{ name: 'rule', project: 'p', when }]).problems
    assert.match(problem?.message ?? 'none', message, when)
  }
})

test('XML of HL7 v3 is selected by its type and its link; what needs a field of a message does not select it', () => {
  const { selector } = compileRules([
    { name: 'one', project: 'p', when: 'hl7.messageType == "ClinicalDocument"' },
    { name: 'two', project: 'p', when: 'hl7.messageType.startsWith("POLB_IN") && association.link == "lab"' },
    { name: 'three', project: 'p', when: 'hl7["PV1.3.1"] == "ICU"' },
  ])
  const results = (type: string) =>
    selector?.selectInteraction(type, { link: 'lab', remoteAddress: '10.0.0.7' }).map(({ result }) => result)
  assert.deepEqual(results('ClinicalDocument'), ['selected', 'not selected', 'absent'])
  assert.deepEqual(results('POLB_IN224200UV01'), ['not selected', 'selected', 'absent'])
})
