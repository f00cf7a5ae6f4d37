/** Messages of HL7 v3 in XML, made by code: a transmission wrapper (MCCI) around documents or results, and its answers. */
import { CANARIES } from './cda-documents.ts'

const ROOT = '1.2.643.5.1.13.13.12.2.78.1.100.1.1'
const id = (extension: string) => `<id root="${ROOT}.90" extension="${extension}"/>`

/** @returns an interaction with the given act; @param accept acceptAckCode */
export function interaction(
  name: string,
  number: string,
  act: string,
  { accept = 'AL', encoding = 'UTF-8' }: { readonly accept?: string; readonly encoding?: string } = {},
): string {
  return `<?xml version="1.0" encoding="${encoding}"?>
<!-- ${CANARIES.comment} -->
<${name} ITSVersion="XML_1.0" xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  ${id(number)}
  <creationTime value="20260714110000+0300"/>
  <interactionId root="2.16.840.1.113883.1.6" extension="${name}"/>
  <acceptAckCode code="${accept}"/>
  <receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="${ROOT}.2" extension="LIS"/></device></receiver>
  <sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="${ROOT}.1" extension="MIS"/></device></sender>
  <controlActProcess classCode="CACT" moodCode="EVN">
    <authorOrPerformer typeCode="AUT"><assignedPerson classCode="ASSIGNED">${id('d-448812')}
      <assignedPerson><name><family>${CANARIES.doctor}</family></name></assignedPerson></assignedPerson></authorOrPerformer>
    <subject typeCode="SUBJ">${act}</subject>
  </controlActProcess>
</${name}>
`
}

/** MCCI_IN000002; in later editions the code is an element */
export const v3Answer = (number: string, code = 'CA', isElement = false): string =>
  `<MCCI_IN000002UV01 xmlns="urn:hl7-org:v3">${id(`a-${number}`)}<acknowledgement${isElement ? '' : ` typeCode="${code}"`}>${
    isElement ? `<typeCode code="${code}"/>` : ''
  }<targetMessage>${id(number)}</targetMessage></acknowledgement></MCCI_IN000002UV01>`

/** a document packed as CDA R2 §3 has it */
export const packed = (document: string): string =>
  `<clinicalDocument classCode="DOCCLIN" moodCode="EVN"><text mediaType="multipart/related" representation="B64">${Buffer.from(
    `MIME-Version: 1.0\r\nContent-Type: text/xml\r\n\r\n${document}\r\n--`,
  ).toString('base64')}</text></clinicalDocument>`

export const withoutDeclaration = (document: string): string => document.replace(/^<\?xml[^>]*\?>\s*/, '')

/** a blood count as POLB_IN224200 has it; @param patient number of the patient */
export const resultsOf = (patient: string): string => `
  <observationBattery classCode="BATTERY" moodCode="EVN">
    ${id('b-1')}<code code="58410-2" codeSystem="2.16.840.1.113883.6.1" displayName="CBC panel"/>
    <recordTarget typeCode="RCT"><patient classCode="PAT"><id root="${ROOT}.10" extension="${patient}"/><patientPerson>
      <name><family>${CANARIES.family}</family><given>${CANARIES.given}</given></name>
      <administrativeGenderCode code="F"/><birthTime value="${CANARIES.birth}"/></patientPerson></patient></recordTarget>
    <specimen><specimen><specimenNatural><code code="BLD" codeSystem="2.16.840.1.113883.5.129" displayName="Blood"/></specimenNatural></specimen></specimen>
    ${[
      ['718-7', 'Hemoglobin', '141', 'g/L', '120', '160'],
      ['6690-2', 'Leukocytes', '6.2', '10*9/L', '4.0', '9.0'],
    ]
      .map(
        ([code, name, value, unit, low, high]) => `<component2><observationEvent classCode="OBS" moodCode="EVN">
      ${id(`o-${code}`)}<code code="${code}" codeSystem="2.16.840.1.113883.6.1" displayName="${name}"/><statusCode code="completed"/>
      <effectiveTime value="20260714103000+0300"/><value xsi:type="PQ" value="${value}" unit="${unit}"/><interpretationCode code="N"/>
      <referenceRange><interpretationRange><value xsi:type="IVL_PQ"><low value="${low}" unit="${unit}"/><high value="${high}" unit="${unit}"/></value></interpretationRange></referenceRange>
    </observationEvent></component2>`,
      )
      .join('\n')}
  </observationBattery>`
