/**
 * The gate for messages and clinical documents, an entrance of its own: whoever de-identifies instances alone, as
 * `sluice deidentify` does, loads neither HL7 nor XML.
 */
export {
  deidentifyMessage,
  deidentifyMessages,
  mergeOf,
  type ClearedMessage,
  type IdentifiedMessage,
  type MessageOutcome,
  type MessageReport,
} from './deidentify-message.ts'
export { carrierOf, deidentifyDocument, type IdentifiedDocument } from '../clinical-documents/deidentify-document.ts'
export { saidInWrapper } from '../clinical-documents/said-in-document.ts'
export { ASTM_POLICY, HL7_POLICY } from './policy.ts'
