/** Protocol data units (PS3.8 §9.3), written whole and read as they come. */
import { Fault } from '../../../base/index.ts'
import { LIMITS } from '../limits.ts'
import { readFields, writeFields, type Fields } from './items.ts'
import { PDU_LAYOUTS, PDU_TYPES, type PduName } from './layouts.ts'

export interface ControlPdu {
  readonly name: Exclude<PduName, 'P-DATA-TF'>
  readonly fields: Fields
}

/** A piece of a presentation data value (PS3.8 §9.3.5.1, PS3.8 Annex E.2): pieces come as they arrive, never assembled. */
export interface PdvPiece {
  readonly name: 'P-DATA-TF'
  readonly presentationContextID: number
  readonly command: boolean
  readonly bytes: Uint8Array
  /** the PDV ends with this piece, and it was the last fragment of its command or data set */
  readonly last: boolean
}

/** A PDU of a type the standard does not know; its bytes are stepped over. */
export interface UnknownPdu {
  readonly name: 'unknown'
  readonly type: number
}

export type PduEvent = ControlPdu | PdvPiece | UnknownPdu

const TYPE_OF = Object.fromEntries(Object.entries(PDU_TYPES).map(([type, name]) => [name, Number(type)])) as Readonly<
  Record<PduName, number>
>
const HEADER_BYTES = 6
const PDV_HEADER_BYTES = 6

export function encodePdu(name: ControlPdu['name'], fields: Fields): Uint8Array {
  const body = writeFields(PDU_LAYOUTS[name] ?? [], fields)
  return Buffer.concat([header(TYPE_OF[name], body.length), body])
}

/** One P-DATA-TF with one PDV: 12 bytes and the fragment. */
export function encodePdv(
  presentationContextID: number,
  kind: { readonly command: boolean; readonly last: boolean },
  fragment: Uint8Array,
): Uint8Array {
  const pdu = Buffer.allocUnsafe(HEADER_BYTES + PDV_HEADER_BYTES + fragment.length)
  pdu.set(header(TYPE_OF['P-DATA-TF'], PDV_HEADER_BYTES + fragment.length))
  pdu.writeUInt32BE(fragment.length + 2, HEADER_BYTES)
  pdu[HEADER_BYTES + 4] = presentationContextID
  pdu[HEADER_BYTES + 5] = (kind.command ? 1 : 0) | (kind.last ? 2 : 0)
  pdu.set(fragment, HEADER_BYTES + PDV_HEADER_BYTES)
  return pdu
}

function header(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes[0] = type
  bytes.writeUInt32BE(length, 2)
  return bytes
}

/** Reads one direction of an association; split anywhere. Control PDUs are held up to their limit, data never. */
export class PduDecoder {
  /** bytes of a header or control PDU that is not complete yet */
  #held: Buffer = Buffer.alloc(0)
  #skip = 0
  /** left of the P-DATA-TF being read, and of the PDV in it */
  #dataLeft = 0
  #pdvLeft = 0
  #pdv = { presentationContextID: 0, command: false, last: false }
  #consumed = 0

  /** how many bytes have been understood */
  get offset(): number {
    return this.#consumed
  }

  /**
   * @returns what the bytes complete; pieces of data refer to `chunk`
   * @throws Fault 'pdu-invalid' or 'limit-exceeded' with the offset in the stream; the decoder is of no use afterwards
   */
  feed(chunk: Buffer): PduEvent[] {
    const events: PduEvent[] = []
    let rest = this.#held.length ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = Buffer.alloc(0)
    while (rest.length) {
      const used = this.#take(rest, events)
      if (used === 0) {
        // copied: what the socket gave must not be held on to for a few bytes of it
        this.#held = Buffer.from(rest)
        break
      }
      this.#consumed += used
      rest = rest.subarray(used)
    }
    return events
  }

  #take(bytes: Buffer, events: PduEvent[]): number {
    if (this.#skip) {
      const used = Math.min(this.#skip, bytes.length)
      this.#skip -= used
      return used
    }
    if (this.#pdvLeft) return this.#piece(bytes, events)
    if (this.#dataLeft) return this.#pdvHeader(bytes, events)
    return this.#pdu(bytes, events)
  }

  #pdu(bytes: Buffer, events: PduEvent[]): number {
    if (bytes.length < HEADER_BYTES) return 0
    const type = bytes[0] as number
    const length = bytes.readUInt32BE(2)
    const name = (PDU_TYPES as Readonly<Record<number, PduName>>)[type]
    if (!name) {
      events.push({ name: 'unknown', type })
      this.#skip = length
      return HEADER_BYTES
    }
    if (length > limitOf(name)) this.#fail('limit-exceeded', name)
    if (name === 'P-DATA-TF') {
      this.#dataLeft = length
      return HEADER_BYTES
    }
    if (bytes.length < HEADER_BYTES + length) return 0
    events.push({
      name,
      fields: readFields(PDU_LAYOUTS[name] ?? [], bytes.subarray(HEADER_BYTES, HEADER_BYTES + length)),
    })
    return HEADER_BYTES + length
  }

  #pdvHeader(bytes: Buffer, events: PduEvent[]): number {
    if (this.#dataLeft < PDV_HEADER_BYTES) this.#fail('pdu-invalid', 'PDV')
    if (bytes.length < PDV_HEADER_BYTES) return 0
    const length = bytes.readUInt32BE(0)
    if (length < 2 || length + 4 > this.#dataLeft) this.#fail('pdu-invalid', 'PDV')
    const control = bytes[5] as number
    this.#pdv = { presentationContextID: bytes[4] as number, command: (control & 1) === 1, last: (control & 2) === 2 }
    this.#dataLeft -= PDV_HEADER_BYTES
    this.#pdvLeft = length - 2
    if (this.#pdvLeft === 0) events.push({ name: 'P-DATA-TF', ...this.#pdv, bytes: bytes.subarray(0, 0) })
    return PDV_HEADER_BYTES
  }

  #piece(bytes: Buffer, events: PduEvent[]): number {
    const used = Math.min(this.#pdvLeft, bytes.length)
    this.#pdvLeft -= used
    this.#dataLeft -= used
    events.push({
      name: 'P-DATA-TF',
      ...this.#pdv,
      last: this.#pdv.last && this.#pdvLeft === 0,
      bytes: bytes.subarray(0, used),
    })
    return used
  }

  #fail(code: 'pdu-invalid' | 'limit-exceeded', what: string): never {
    throw new Fault(code, { offset: this.#consumed, what })
  }
}

function limitOf(name: PduName): number {
  if (name === 'P-DATA-TF') return LIMITS.dataPduBytes.value
  return name === 'A-ASSOCIATE-RQ' || name === 'A-ASSOCIATE-AC'
    ? LIMITS.associatePduBytes.value
    : LIMITS.controlPduBytes.value
}
