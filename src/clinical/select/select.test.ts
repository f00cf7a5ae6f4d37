import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  readAttributes,
  type NewElement,
} from '../../standards/dicom/index.ts'
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
    ['hl7.PID == "x"', 1, /hl7 is unknown/],
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
