/** HL7 v2 as bytes and meaning: messages as views over what was sent, MLLP frames, acknowledgements, texts. Pure. */
export { MESSAGE_LIMITS } from './limits.ts'
export type { DelimiterFlag, Delimiters } from './delimiters.ts'
export { readDelimiters } from './delimiters.ts'
export { latin1Of, type Latin1 } from './latin1.ts'
export { divides, part, parts, type Range } from './ranges.ts'
export { isMany, parsePath, type Path } from './path.ts'
export {
  code,
  componentsOf,
  fieldOf,
  fieldsOf,
  find,
  isExplicitNull,
  messageType,
  readMessage,
  repetitionsOf,
  segmentsFrom,
  subcomponentsOf,
  type Message,
  type MessageFlag,
  type Segment,
} from './message.ts'
export { splitBatch, type Batch } from './batch.ts'
export { escape, escaper, splice, type Change } from './edit.ts'
export { embeddedIn, type Embedded } from './embedded.ts'
export { unescapeBytes } from './escapes.ts'
export { readDecoded, type CharacterSetDecision } from './character-sets.ts'
export { textsInUTF8, textsOf, type Texts } from './texts.ts'
export { frame, FS, MllpDeframer, VT, type MllpPiece } from './mllp.ts'
export {
  Acknowledgements,
  awaits,
  type Acknowledgement,
  type Awaits,
  type Paired,
  type Repeated,
  type SentMessage,
} from './acknowledgements.ts'
export { acknowledges, controlId, controlKey, digestOf } from './acknowledgement-fields.ts'
export { fieldName } from './field-names.ts'
