/**
 * Encapsulated documents (PS3.3 §A.45): what a PDF or a CDA says cannot be judged by attributes. Table E.1-1 asks for D, so a
 * project may have the document replaced by a blank one of its kind: the instance, its references and its dates stay.
 */
import type { DataSet, TransferSyntax } from '../standards/dicom/index.ts'
import { encoded, type Encoded } from './marks.ts'
import type { DocumentRule } from './profile/source.ts'

const PDF_STORAGE = '1.2.840.10008.5.1.4.1.1.104.1'
const CDA_STORAGE = '1.2.840.10008.5.1.4.1.1.104.2'

/** Blank documents, the same every time. Other kinds (STL, OBJ, MTL) have none: a blank solid would be a false one. */
const BLANK: ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }> = new Map([
  [PDF_STORAGE, { type: 'application/pdf', bytes: blankPDF() }],
  [CDA_STORAGE, { type: 'text/XML', bytes: Buffer.from(blankCDA()) }],
])

/** Whether what an instance of this class encapsulates can be replaced, and the project wants it so. */
export const isReplaced = (SOPClassUID: string, documents: DocumentRule | undefined): boolean =>
  documents === 'replace' && BLANK.has(SOPClassUID)

/** @returns the blank document and what describes it, in order of tag; none where nothing is replaced */
export function blankDocument(
  { SOPClassUID }: DataSet<'identified'>,
  documents: DocumentRule | undefined,
  syntax: TransferSyntax,
): readonly Encoded[] {
  const blank = isReplaced(SOPClassUID, documents) ? BLANK.get(SOPClassUID) : undefined
  if (!blank) return []
  return [
    encoded({ tag: 0x00420010, vr: 'ST', value: '' }, syntax),
    encoded({ tag: 0x00420011, vr: 'OB', value: blank.bytes }, syntax),
    encoded({ tag: 0x00420012, vr: 'LO', value: blank.type }, syntax),
    encoded({ tag: 0x00420015, vr: 'UL', value: [blank.bytes.length] }, syntax),
  ].map((one) => ({ ...one, reason: 'documents: replace' }))
}

/** one empty A4 page (ISO 32000) */
function blankPDF(): Uint8Array {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, at) => {
    const offset = text.length
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
  )
}

/** everything that CDA R2 requires, masked: the null flavour for what is not given for reasons of privacy */
function blankCDA(): string {
  const id = '<id nullFlavor="MSK"/>'
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>${id}<code nullFlavor="MSK"/><effectiveTime nullFlavor="MSK"/><confidentialityCode nullFlavor="MSK"/>
<recordTarget><patientRole>${id}</patientRole></recordTarget>
<author><time nullFlavor="MSK"/><assignedAuthor>${id}</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization>${id}</representedCustodianOrganization></assignedCustodian></custodian>
<component><nonXMLBody><text nullFlavor="MSK"/></nonXMLBody></component></ClinicalDocument>
`
}
