/** DIMSE command sets (PS3.7 §6.3, Annex E): Implicit VR Little Endian, group 0000 alone. */
import { Fault } from '../../../base/index.ts'
import { IMPLICIT_LITTLE_ENDIAN } from '../dictionary/transfer-syntaxes.ts'
import { numbers, readAttributes, text } from '../encoding/attributes.ts'
import { encodeDataSet } from '../encoding/encode.ts'
import { memorySource } from '../source.ts'

/** PS3.7 Table E.1-1, Command Field */
export const COMMANDS: Readonly<Record<number, string>> = {
  0x0001: 'C-STORE-RQ',
  0x8001: 'C-STORE-RSP',
  0x0010: 'C-GET-RQ',
  0x8010: 'C-GET-RSP',
  0x0020: 'C-FIND-RQ',
  0x8020: 'C-FIND-RSP',
  0x0021: 'C-MOVE-RQ',
  0x8021: 'C-MOVE-RSP',
  0x0030: 'C-ECHO-RQ',
  0x8030: 'C-ECHO-RSP',
  0x0100: 'N-EVENT-REPORT-RQ',
  0x8100: 'N-EVENT-REPORT-RSP',
  0x0110: 'N-GET-RQ',
  0x8110: 'N-GET-RSP',
  0x0120: 'N-SET-RQ',
  0x8120: 'N-SET-RSP',
  0x0130: 'N-ACTION-RQ',
  0x8130: 'N-ACTION-RSP',
  0x0140: 'N-CREATE-RQ',
  0x8140: 'N-CREATE-RSP',
  0x0150: 'N-DELETE-RQ',
  0x8150: 'N-DELETE-RSP',
  0x0fff: 'C-CANCEL-RQ',
}

/** Command Data Set Type that says: no data set follows (PS3.7 §E.1) */
const NO_DATA_SET = 0x0101

export interface Command {
  readonly CommandField: number
  /** MessageID of a request, MessageIDBeingRespondedTo of a response or a C-CANCEL-RQ */
  readonly messageID: number
  readonly hasDataSet: boolean
  readonly SOPClassUID?: string
  readonly SOPInstanceUID?: string
  readonly Status?: number
}

export const isResponse = ({ CommandField }: Command): boolean => (CommandField & 0x8000) !== 0

const refersToAnother = (CommandField: number): boolean => (CommandField & 0x8000) !== 0 || CommandField === 0x0fff

/** @throws Fault 'command-invalid' when group 0000 cannot be read or lacks its command field or message id */
export function decodeCommandSet(bytes: Uint8Array): Command {
  try {
    const set = readAttributes(memorySource(bytes), IMPLICIT_LITTLE_ENDIAN)
    const CommandField = numbers(set, 'CommandField')[0]
    if (CommandField === undefined) throw new Fault('command-invalid', { path: '(0000,0100)' })
    const messageID = numbers(set, refersToAnother(CommandField) ? 'MessageIDBeingRespondedTo' : 'MessageID')[0]
    if (messageID === undefined) throw new Fault('command-invalid', { path: '(0000,0110)' })
    const SOPClassUID = text(set, 'AffectedSOPClassUID') ?? text(set, 'RequestedSOPClassUID')
    const SOPInstanceUID = text(set, 'AffectedSOPInstanceUID') ?? text(set, 'RequestedSOPInstanceUID')
    const Status = numbers(set, 'Status')[0]
    return {
      ...{
        CommandField,
        messageID,
        hasDataSet: (numbers(set, 'CommandDataSetType')[0] ?? NO_DATA_SET) !== NO_DATA_SET,
      },
      ...(SOPClassUID ? { SOPClassUID } : {}),
      ...(SOPInstanceUID ? { SOPInstanceUID } : {}),
      ...(Status === undefined ? {} : { Status }),
    }
  } catch (error) {
    throw error instanceof Fault && error.code === 'command-invalid' ? error : new Fault('command-invalid', {}, error)
  }
}

/** A command set with its group length first, as PS3.7 §6.3.1 asks. */
export function encodeCommandSet(command: Command): Uint8Array {
  const body = encodeDataSet(
    [
      ...(command.SOPClassUID ? [{ tag: 0x00000002, vr: 'UI' as const, value: command.SOPClassUID }] : []),
      { tag: 0x00000100, vr: 'US', value: [command.CommandField] },
      { tag: refersToAnother(command.CommandField) ? 0x00000120 : 0x00000110, vr: 'US', value: [command.messageID] },
      ...(command.CommandField === 0x0001 ? [{ tag: 0x00000700, vr: 'US' as const, value: [0] }] : []),
      { tag: 0x00000800, vr: 'US', value: [command.hasDataSet ? 0x0001 : NO_DATA_SET] },
      ...(command.Status === undefined ? [] : [{ tag: 0x00000900, vr: 'US' as const, value: [command.Status] }]),
      ...(command.SOPInstanceUID ? [{ tag: 0x00001000, vr: 'UI' as const, value: command.SOPInstanceUID }] : []),
    ],
    IMPLICIT_LITTLE_ENDIAN,
  )
  return Buffer.concat([
    encodeDataSet([{ tag: 0x00000000, vr: 'UL', value: [body.length] }], IMPLICIT_LITTLE_ENDIAN),
    body,
  ])
}
