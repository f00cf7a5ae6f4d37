/**
 * HL7 v3 XML: Clinical Document Architecture R2 as Russian medical documents (SEMD) use it, and the messages that carry it.
 * Bytes ↔ meaning by byte offsets: what is found says where it stands, and a change is a splice. No socket, disk or clock; no
 * DTD, no entity but XML's own.
 */
export { XML_LIMITS } from './limits.ts'
export { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'
export { readClinicalDocument } from './document-reader.ts'
export type { CdaPatient, CdaSection, ClinicalDocument } from './clinical-document.ts'
export type { CdaCode, CdaIdentifier, CdaQuantity } from './data-types.ts'
export type { CdaObservation, CdaRange } from './observation.ts'
export { rewriteSpans, sensitiveSpans, type SensitiveSpan, type SpanKind } from './sensitive-spans.ts'
export { documentIn, isInteraction, looksLikeXml } from './root.ts'
export { clinicalParts, type ClinicalParts } from './parts.ts'
export { readTransmission, type Transmission } from './transmission.ts'
