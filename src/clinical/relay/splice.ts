/**
 * One association: the device's socket and the archive's, spliced. Each chunk goes on as it came; the slower side sets
 * the pace; half-close, close and reset travel through. There is no timer but the one for connecting upstream.
 */
import { connect, type Socket } from 'node:net'
import { newId, TAP, type TapFrameType } from '../../base/index.ts'
import type { AssociationOutcome, GapReason, RelayEvent, RelayLink } from './events.ts'
import { Direction } from './proof.ts'
import type { Tap, TapConnection } from './tap.ts'

const CONNECT_TIMEOUT_MS = 2000
/** how long a silent peer stays before keep-alive probes look for it */
const KEEP_ALIVE_MS = 60_000
const BUFFER_BYTES = 256 * 1024

/** both sockets alike: no Nagle, keep-alive, and an end of one direction is not the end of the other */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
  highWaterMark: BUFFER_BYTES,
}

export interface SpliceContext {
  readonly hash: boolean
  readonly tap: Tap | undefined
  onEvent(event: RelayEvent): void
  onEnd(splice: Splice): void
}

export class Splice {
  readonly id = newId()
  readonly link: string
  readonly openedAt = Date.now()
  readonly toUpstream: Direction
  readonly toModality: Direction
  readonly #modality: Socket
  readonly #upstream: Socket
  readonly #context: SpliceContext
  #outcome: AssociationOutcome = 'closed'
  #connected = false
  #copy: TapConnection | undefined
  #gap:
    | { readonly reason: GapReason; readonly from: number; readonly toUpstream: number; readonly toModality: number }
    | undefined
  #open = 2

  /** @param modality paused: nothing is read from it before the archive has accepted */
  constructor(modality: Socket, link: RelayLink, context: SpliceContext) {
    this.link = link.name
    this.#context = context
    this.#modality = modality
    this.toUpstream = new Direction(context.hash)
    this.toModality = new Direction(context.hash)
    const options = { ...link.upstream, ...SOCKET_OPTIONS }
    this.#upstream = connect(options)
    const remoteAddress = modality.remoteAddress ?? ''
    context.onEvent({ type: 'association-opened', id: this.id, link: this.link, remoteAddress, at: this.openedAt })
    const timer = setTimeout(() => this.#refuse('upstream-timeout'), link.connectTimeoutMs ?? CONNECT_TIMEOUT_MS)
    this.#upstream.once('connect', () => {
      clearTimeout(timer)
      this.#connected = true
      this.#startCopy(remoteAddress)
      this.#pass(modality, this.#upstream, this.toUpstream, TAP.toUpstream, TAP.endToUpstream)
      this.#pass(this.#upstream, modality, this.toModality, TAP.toModality, TAP.endToModality)
    })
    this.#upstream.once('close', () => clearTimeout(timer))
    this.#watch(modality, this.#upstream)
    this.#watch(this.#upstream, modality)
  }

  get tapped(): boolean {
    return this.#gap === undefined && this.#connected
  }

  /** Ends both sides; for a drain whose time is up. */
  cut(): void {
    this.#outcome = 'cut-by-drain'
    this.#modality.resetAndDestroy()
    this.#upstream.resetAndDestroy()
  }

  #pass(from: Socket, to: Socket, direction: Direction, type: TapFrameType, endType: TapFrameType): void {
    from.on('data', (chunk: Buffer) => {
      const flowing = to.write(chunk, (error) => {
        if (!error) direction.written(chunk)
      })
      direction.read(chunk)
      if (!this.#gap) this.#copy?.offer(type, chunk)
      if (!flowing) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    from.on('end', () => {
      if (!this.#gap) this.#copy?.offer(endType, new Uint8Array())
      to.end()
    })
    from.resume()
  }

  /** A reset on one side becomes a reset on the other; an end without data has already become an end. */
  #watch(socket: Socket, other: Socket): void {
    socket.on('error', () => {
      if (this.#outcome === 'closed')
        this.#outcome = this.#connected || socket === this.#modality ? 'reset' : 'upstream-refused'
      reset(other)
    })
    socket.on('close', () => {
      if (--this.#open === 0) this.#end()
    })
  }

  /** The device sees what the archive said: no connection. */
  #refuse(outcome: AssociationOutcome): void {
    this.#outcome = outcome
    this.#upstream.destroy()
    this.#modality.resetAndDestroy()
  }

  #startCopy(remoteAddress: string): void {
    const opening = { id: this.id, link: this.link, remoteAddress, at: this.openedAt }
    this.#copy = this.#context.tap?.open(opening, (reason) => this.#left(reason))
    if (!this.#copy) this.#left('off')
  }

  #left(reason: GapReason): void {
    this.#gap = { reason, from: Date.now(), toUpstream: this.toUpstream.bytesIn, toModality: this.toModality.bytesIn }
    this.#copy = undefined
  }

  #end(): void {
    const at = Date.now()
    this.#copy?.close(this.#outcome === 'closed' ? 'closed' : 'reset', at)
    const { id, link, openedAt } = this
    if (this.#gap) {
      const { reason, from } = this.#gap
      const bytesToUpstream = this.toUpstream.bytesIn - this.#gap.toUpstream
      const bytesToModality = this.toModality.bytesIn - this.#gap.toModality
      this.#context.onEvent({ type: 'gap', id, link, from, to: at, bytesToUpstream, bytesToModality, reason })
    }
    this.#context.onEvent({
      type: 'association-closed',
      ...{ id, link, openedAt, at, outcome: this.#outcome, tapped: this.tapped },
      ...{ toUpstream: this.toUpstream.proof(), toModality: this.toModality.proof() },
    })
    this.#context.onEnd(this)
  }
}

/** how long what was taken may still flow out before a reset goes on; the peer behind it is gone already */
const FLUSH_MS = 2000

/** RST, once what was taken has been handed to the kernel: an A-ABORT in front of a reset still arrives. */
function reset(socket: Socket): void {
  if (socket.destroyed) return
  // nobody is left to read for: what still comes is let go, so that the peer is not held up
  socket.resume()
  if (socket.writableLength === 0) socket.resetAndDestroy()
  else {
    const timer = setTimeout(() => socket.resetAndDestroy(), FLUSH_MS)
    socket.once('close', () => clearTimeout(timer)).end(() => socket.resetAndDestroy())
  }
}
