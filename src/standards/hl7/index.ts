/** HL7 v2: messages as ranges over their bytes, text and escapes, paths, MLLP frames, acknowledgements. No socket, disk or clock. */
export {
  componentAt,
  componentsOf,
  fieldAt,
  fieldsOf,
  isEncodingCharacters,
  messagesIn,
  parseMessage,
  repetitionsOf,
  splice,
  subcomponentAt,
  type Delimiters,
  type Edit,
  type Message,
  type Range,
  type Segment,
} from './message.ts'
export { escaped, NULL, textOf, type Decoder } from './text.ts'
export { parsePath, rangeAt, rangeIn, rangesAt, segmentsNamed, type Path } from './path.ts'
export { framed, FS, MllpReader, VT, type MllpEvent } from './mllp.ts'
export {
  Acknowledgements,
  type Acknowledgement,
  type AcknowledgementOutcome,
  type SentMessage,
} from './acknowledgements.ts'
export { MESSAGE_LIMITS } from './limits.ts'
