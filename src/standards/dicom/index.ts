/** The DICOM standard: bytes ↔ meaning, as tables and pure functions. No socket, no disk, no clock. */
export { LIMITS } from './limits.ts'
export { memorySource, type ByteSource } from './source.ts'
export { isOfStandard, isUID, toUID, uidEntry, type UID, type UIDEntry } from './dictionary/uid.ts'
export {
  dictionaryEntry,
  formatTag,
  isPrivate,
  parseTag,
  tagOf,
  type DictionaryEntry,
  type Tag,
} from './dictionary/attributes.ts'
export { isTerm } from './dictionary/terms.ts'
export {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  TRANSFER_SYNTAXES,
  transferSyntax,
  type TransferSyntax,
} from './dictionary/transfer-syntaxes.ts'
export { latin1 } from './encoding/latin1.ts'
export { isBinaryVR, isTextVR, VRS, type VR } from './encoding/vr.ts'
export { UNDEFINED_LENGTH, type DataSetEvent, type ElementEvent, type SequenceEvent } from './encoding/events.ts'
export { DataSetScanner, type ScanOptions } from './encoding/scanner.ts'
export { decoderOf } from './character-sets/decode.ts'
export {
  attribute,
  decodeStrings,
  items,
  numbers,
  readAttributes,
  strings,
  text,
  type Attribute,
  type Attributes,
} from './encoding/attributes.ts'
export {
  delimiter,
  elementHeader,
  encodeDataSet,
  putElementHeader,
  valueBytes,
  type NewElement,
} from './encoding/encode.ts'
export {
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  readFileMeta,
  writeFileMeta,
  type FileMeta,
} from './file/meta.ts'
export { asFile, chunks, concatenated, openDataSet, type DataSet, type Zone } from './file/data-set.ts'
export { frameRanges, type Range } from './file/frames.ts'
export { announcedSize, type AnnouncedSize } from './pixels/announced-size.ts'
export { describePixels, frameBytes, type PixelDescription } from './pixels/description.ts'
export { decodeRLE, encodeRLE } from './pixels/rle.ts'
export { withoutText } from './pixels/segments.ts'
export { keywordOfKey, toJSON, type DicomJson, type JsonElement, type JsonOptions } from './json/to-json.ts'
export { encodePdu, encodePdv, PduDecoder, type ControlPdu, type PduEvent, type PdvPiece } from './upper-layer/pdu.ts'
export {
  associateFields,
  readAnswer,
  readProposal,
  type Answer,
  type AnsweredContext,
  type Proposal,
  type ProposedContext,
} from './upper-layer/associate.ts'
export { step, TRANSITIONS, type Effect, type Event, type Role, type State } from './upper-layer/state-machine.ts'
export { COMMANDS, decodeCommandSet, encodeCommandSet, isResponse, type Command } from './dimse/command.ts'
export { isAccepted, statusCategory, type StatusCategory } from './dimse/status.ts'
export {
  CONFIDENTIALITY_EDITION,
  CONFIDENTIALITY_EDITIONS,
  confidentialityTable,
  type ConfidentialityAction,
  type ConfidentialityRow,
  type ConfidentialityTable,
} from './confidentiality/table.ts'
export { readEdition, type EditionMistake, type ReadEdition } from './confidentiality/edition-file.ts'
export {
  BASIC_PROFILE_CODE,
  CONFIDENTIALITY_OPTIONS,
  OPTION_NAMES,
  type ConfidentialityOption,
  type OptionLetter,
  type OptionName,
} from './confidentiality/options.ts'
export { SAFE_PRIVATE, type PrivateAttribute } from './confidentiality/safe-private.ts'
export { attributeType, typedSOPClasses, type AttributeType } from './confidentiality/attribute-types.ts'
