/** One direction of an observed association: PDUs, then commands, then whose data set the bytes are. */
import { Fault } from '../../base/index.ts'
import {
  decodeCommandSet,
  LIMITS,
  PduDecoder,
  type Command,
  type ControlPdu,
  type PdvPiece,
} from '../../standards/dicom/index.ts'

export interface DirectionUser {
  control(pdu: ControlPdu): void
  /** a PDU of a type the standard does not know; it was stepped over */
  unknown(type: number): void
  command(presentationContextID: number, command: Command): void
  data(presentationContextID: number, bytes: Uint8Array, last: boolean): void
}

export class ObservedDirection {
  readonly #decoder = new PduDecoder()
  readonly #user: DirectionUser
  #command: Uint8Array[] = []
  #commandBytes = 0

  constructor(user: DirectionUser) {
    this.#user = user
  }

  get offset(): number {
    return this.#decoder.offset
  }

  /** @throws Fault 'pdu-invalid', 'command-invalid', 'limit-exceeded' */
  feed(bytes: Buffer): void {
    for (const pdu of this.#decoder.feed(bytes)) {
      if (pdu.name === 'unknown') this.#user.unknown(pdu.type)
      else if (pdu.name !== 'P-DATA-TF') this.#user.control(pdu)
      else if (pdu.command) this.#assemble(pdu)
      else this.#user.data(pdu.presentationContextID, pdu.bytes, pdu.last)
    }
  }

  #assemble({ presentationContextID, bytes, last }: PdvPiece): void {
    this.#commandBytes += bytes.length
    if (this.#commandBytes > LIMITS.commandSetBytes.value) throw new Fault('limit-exceeded', { what: 'command set' })
    this.#command.push(Uint8Array.from(bytes))
    if (!last) return
    const whole = Buffer.concat(this.#command)
    this.#command = []
    this.#commandBytes = 0
    this.#user.command(presentationContextID, decodeCommandSet(whole))
  }
}
