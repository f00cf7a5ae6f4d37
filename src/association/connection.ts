/**
 * The one loop that does the effects of the upper layer's state machine on a socket: reads PDUs as they come, sends,
 * keeps ARTIM, closes. What is read waits for its consumer, so the slower side sets the pace.
 */
import type { Socket } from 'node:net'
import { Fault } from '../base/index.ts'
import {
  encodePdu,
  PduDecoder,
  step,
  type ControlPdu,
  type Effect,
  type Event,
  type PdvPiece,
  type Role,
  type State,
} from '../standards/dicom/index.ts'

export interface ConnectionUser {
  /** an association is proposed: answer with 'Evt7' or 'Evt8' */
  proposed?(pdu: ControlPdu): void
  accepted?(pdu: ControlPdu): void
  rejected?(pdu: ControlPdu): void
  data(piece: PdvPiece): Promise<void> | void
  /** the peer asks for release: the answer is sent when this returns */
  released?(): void
  aborted(): void
}

const ARTIM_MS = 30_000

const EVENT_OF: Readonly<Record<ControlPdu['name'], Event>> = {
  'A-ASSOCIATE-AC': 'Evt3',
  'A-ASSOCIATE-RJ': 'Evt4',
  'A-ASSOCIATE-RQ': 'Evt6',
  'A-RELEASE-RQ': 'Evt12',
  'A-RELEASE-RP': 'Evt13',
  'A-ABORT': 'Evt16',
}

export class Connection {
  readonly #socket: Socket
  readonly #role: Role
  readonly #user: ConnectionUser
  readonly #decoder = new PduDecoder()
  #state: State
  #artim: NodeJS.Timeout | undefined
  /** resolves when the transport connection is gone */
  readonly ended: Promise<void>

  constructor(socket: Socket, role: Role, user: ConnectionUser) {
    this.#socket = socket
    this.#role = role
    this.#user = user
    this.#state = role === 'requestor' ? 'Sta4' : 'Sta1'
    socket.setNoDelay(true)
    socket.on('error', () => {})
    this.ended = this.#read()
  }

  get state(): State {
    return this.#state
  }

  /** Something happened: on our side with the PDU to send, or on the wire with the PDU that came. */
  async happen(
    event: Event,
    { send, came, piece }: { readonly send?: Uint8Array; readonly came?: ControlPdu; readonly piece?: PdvPiece } = {},
  ): Promise<void> {
    const next = step(this.#state, event, this.#role)
    if (!next) {
      if (send) throw new Fault('association-lost', { state: this.#state })
      return
    }
    this.#state = next.state
    for (const effect of next.effects) await this.#do(effect, send, came, piece)
  }

  async #do(
    effect: Effect,
    send: Uint8Array | undefined,
    came: ControlPdu | undefined,
    piece: PdvPiece | undefined,
  ): Promise<void> {
    if (effect === 'send A-ABORT') return this.#write(encodePdu('A-ABORT', { source: 2, reason: 0 }))
    if (effect.startsWith('send ')) return send ? this.#write(send) : undefined
    if (effect === 'start ARTIM') return this.#startArtim()
    if (effect === 'stop ARTIM') return clearTimeout(this.#artim)
    if (effect === 'close') return void this.#socket.end()
    if (effect === 'tell proposed' && came) return this.#user.proposed?.(came)
    if (effect === 'tell accepted' && came) return this.#user.accepted?.(came)
    if (effect === 'tell rejected' && came) return this.#user.rejected?.(came)
    if (effect === 'tell data' && piece) return this.#user.data(piece)
    if (effect === 'tell aborted') return this.#user.aborted()
    if (effect === 'tell released') return this.#user.released?.()
    if (effect === 'tell release') return this.happen('Evt14', { send: encodePdu('A-RELEASE-RP', {}) })
  }

  #startArtim(): void {
    clearTimeout(this.#artim)
    this.#artim = setTimeout(() => void this.happen('Evt18'), ARTIM_MS)
    this.#artim.unref()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed) return
    if (this.#socket.write(bytes)) return
    await new Promise<void>((done) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go)
        done()
      }
      this.#socket.on('drain', go).on('close', go)
    })
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
        for (const pdu of this.#decoder.feed(chunk)) {
          if (pdu.name === 'P-DATA-TF') await this.happen('Evt10', { piece: pdu })
          else if (pdu.name === 'unknown') await this.happen('Evt19')
          else await this.happen(EVENT_OF[pdu.name], { came: pdu })
        }
      }
    } catch (error) {
      if (error instanceof Fault) await this.happen('Evt19')
    }
    clearTimeout(this.#artim)
    this.#socket.destroy()
    await this.happen('Evt17')
  }
}
