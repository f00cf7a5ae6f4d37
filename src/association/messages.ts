/** DIMSE messages over a connection (PS3.7 §6.3, PS3.8 Annex E): commands assembled within bounds, data sets streamed. */
import { Fault } from '../base/index.ts'
import {
  decodeCommandSet,
  encodeCommandSet,
  encodePdv,
  LIMITS,
  type Command,
  type PdvPiece,
} from '../standards/dicom/index.ts'
import type { Connection } from './connection.ts'

/** our own maximum length of P-DATA-TF, and the most we send to a peer that sets none */
export const MAXIMUM_LENGTH = 131_072
const PDV_OVERHEAD = 6

/** Sends a command and its data set in fragments that the peer's maximum length allows. */
export async function sendMessage(
  connection: Connection,
  presentationContextID: number,
  peerMaximum: number,
  command: Command,
  dataSet?: Iterable<Uint8Array>,
): Promise<void> {
  const room = Math.max(1, Math.min(peerMaximum || MAXIMUM_LENGTH, MAXIMUM_LENGTH) - PDV_OVERHEAD)
  for (const [fragment, last] of fragments([encodeCommandSet(command)], room))
    await connection.happen('Evt9', { send: encodePdv(presentationContextID, { command: true, last }, fragment) })
  if (!dataSet) return
  for (const [fragment, last] of fragments(dataSet, room))
    await connection.happen('Evt9', { send: encodePdv(presentationContextID, { command: false, last }, fragment) })
}

function* fragments(pieces: Iterable<Uint8Array>, room: number): Generator<readonly [Uint8Array, boolean]> {
  let waiting: Uint8Array = new Uint8Array()
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += room) {
      if (waiting.length) yield [waiting, false]
      waiting = piece.subarray(at, at + room)
    }
  }
  yield [waiting, true]
}

/** Puts the fragments of a command together. */
export class CommandAssembler {
  #pieces: Uint8Array[] = []
  #length = 0

  /**
   * @returns the command when this was its last piece
   * @throws Fault 'limit-exceeded' past LIMITS.commandSetBytes, 'command-invalid'
   */
  add({ bytes, last }: Pick<PdvPiece, 'bytes' | 'last'>): Command | undefined {
    this.#length += bytes.length
    if (this.#length > LIMITS.commandSetBytes.value) throw new Fault('limit-exceeded', { what: 'command set' })
    this.#pieces.push(Uint8Array.from(bytes))
    if (!last) return undefined
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#length = 0
    return decodeCommandSet(whole)
  }
}
