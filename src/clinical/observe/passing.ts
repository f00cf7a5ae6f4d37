/**
 * What acknowledging needs to know of a frame's contents, whatever they are: HL7 v2, XML of HL7 v3, or the one byte with
 * which MLLP Release 2 answers.
 */
import { looksLikeXml, readTransmission } from '../../standards/cda/index.ts'
import { acknowledges, code, controlId, controlKey, readMessage } from '../../standards/hl7/index.ts'

export interface Passing {
  readonly controlId: string
  /** MSH-15 and MSH-16, or acceptAckCode alone */
  readonly accept: string
  readonly application: string
  /** `alone`: it acknowledges and does nothing else */
  readonly answer?: { readonly code: string; readonly controlId: string; readonly alone: boolean }
  /** of sender and receiver; undefined where it has none to give */
  names(): readonly [string, string] | undefined
}

/** commit acknowledgements (HL7 v3 Transport MLLP R2 §3): the frame was committed to storage, or was not */
const COMMITS: ReadonlyMap<number | undefined, string> = new Map([
  [0x06, 'CA'],
  [0x15, 'CE'],
])

/** @throws Fault 'message-invalid', 'limit-exceeded', 'not-cda' and what `readXml` throws */
export function passing(bytes: Buffer): Passing {
  const commit = bytes.length === 1 ? COMMITS.get(bytes[0]) : undefined
  if (commit) return { ...NOTHING, answer: { code: commit, controlId: '', alone: true } }
  return looksLikeXml(bytes) ? ofVersion3(bytes) : ofVersion2(bytes)
}

const NOTHING = { controlId: '', accept: '', application: '', names: () => undefined }

function ofVersion2(bytes: Buffer): Passing {
  const message = readMessage(bytes)
  const answer = acknowledges(message)
  return {
    controlId: controlId(message),
    accept: code(message, 'MSH.15').trim(),
    application: code(message, 'MSH.16').trim(),
    ...(answer ? { answer } : {}),
    names: () => [code(message, 'MSH.3'), code(message, 'MSH.5')],
  }
}

function ofVersion3(bytes: Buffer): Passing {
  const { id, acceptAckCode, acknowledgement, sender, receiver } = readTransmission(bytes)
  const { code = '', target = '', alone = false } = acknowledgement ?? {}
  return {
    ...NOTHING,
    ...{ controlId: controlKey(id), accept: acceptAckCode },
    ...(acknowledgement ? { answer: { code, controlId: controlKey(target), alone } } : {}),
    names: () => (sender || receiver ? [sender, receiver] : undefined),
  }
}
