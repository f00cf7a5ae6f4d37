/**
 * HL7 v3 XML: Clinical Document Architecture R2 as Russian medical documents (SEMD) use it. Bytes ↔ meaning by byte offsets:
 * what is found says where it stands, and a change is a splice. No socket, disk or clock; no DTD, no entity but XML's own.
 */
export { XML_LIMITS } from './limits.ts'
export { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'
export {
  readClinicalDocument,
  type CdaCode,
  type CdaObservation,
  type CdaPatient,
  type CdaQuantity,
  type CdaRange,
  type CdaSection,
  type ClinicalDocument,
} from './clinical-document.ts'
export { rewriteSpans, sensitiveSpans, type SensitiveSpan, type SpanKind } from './sensitive-spans.ts'
export { documentIn, looksLikeXml } from './looks-like.ts'
