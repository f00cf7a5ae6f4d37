/**
 * One association: the device's socket and the archive's, spliced. Bytes go on as they came; the slower side sets the pace;
 * half-close, close and reset travel through. There is no timer but the one for connecting upstream.
 */
import { connect, type Socket } from 'node:net'
import {
  acceptInto,
  behind,
  HEAD_BYTES,
  newId,
  readInto,
  TAP,
  type OnPiece,
  type TapFrameType,
} from '../../base/index.ts'
import { SHORT_BYTES, type Attention, type Way } from './attention.ts'
import type { AssociationOutcome, Hashes, RelayEvent, RelayLink } from './events.ts'
import { NOTE } from './notes.ts'
import { Outlet } from './outlet.ts'
import type { PutRecord } from './ring.ts'
import type { Kept } from './turn.ts'
import type { Witness, WitnessOfOne } from './witness.ts'

const CONNECT_TIMEOUT_MS = 2000
/** how long a silent peer stays before keep-alive probes look for it */
const KEEP_ALIVE_MS = 60_000
const BUFFER_BYTES = 256 * 1024
/** how long a head waits for its rest: about as long as a device takes to write that */
const HEAD_WAITS_MS = 0.015

/** this machine's affair, and not the archive's */
const NO_ROOM: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])

/** both sockets alike: no Nagle, keep-alive, and an end of one direction is not the end of the other */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
  highWaterMark: BUFFER_BYTES,
}

export interface SpliceContext {
  readonly witness: Witness
  readonly attention: Pick<Attention, 'passed'>
  onEvent(event: RelayEvent): void
  onEnd(splice: Splice): void
}

/** One way through: what was read, what the other side has taken, and what waits in between. */
class Direction {
  bytesIn = 0
  bytesOut = 0
  from!: Socket
  outlet!: Outlet
  /** read and not passed on yet: the first bytes of what comes next */
  head: Uint8Array | undefined
  readonly way: Way
  readonly type: TapFrameType
  readonly endType: TapFrameType

  constructor(way: Way) {
    this.way = way
    this.type = TAP[way]
    this.endType = way === 'toUpstream' ? TAP.endToUpstream : TAP.endToModality
  }
}

export class Splice {
  readonly id = newId()
  readonly link: string
  readonly openedAt = Date.now()
  readonly toUpstream = new Direction('toUpstream')
  readonly toModality = new Direction('toModality')
  readonly #modality: Socket
  readonly #upstream: Socket
  readonly #context: SpliceContext
  readonly #witness: WitnessOfOne
  #isShort = true
  #outcome: AssociationOutcome = 'closed'
  #connected = false
  #open = 2

  /**
   * @param accepted paused: nothing is read from it before the archive has accepted
   * @param isOwn its loop hashes it: short pieces are expected, and nobody else
   */
  constructor(accepted: Socket, link: RelayLink, context: SpliceContext, isOwn = false) {
    this.link = link.name
    this.#context = context
    const remoteAddress = accepted.remoteAddress ?? ''
    this.#modality = acceptInto(accepted, SOCKET_OPTIONS, this.#passer(this.toUpstream))
    this.#upstream = connect({
      ...link.upstream,
      ...(link.localAddress ? { localAddress: link.localAddress } : {}),
      ...SOCKET_OPTIONS,
      onread: readInto(this.#passer(this.toModality)),
    })
    this.#lead(this.#modality, this.toUpstream, this.#upstream)
    this.#lead(this.#upstream, this.toModality, this.#modality)
    const opening = { id: this.id, link: this.link, remoteAddress, at: this.openedAt }
    context.onEvent({ type: 'association-opened', ...opening })
    this.#witness = context.witness.open({ ...opening, ...(link.protocol ? { protocol: link.protocol } : {}) }, isOwn)
    const timer = setTimeout(() => this.#refuse('upstream-timeout'), link.connectTimeoutMs ?? CONNECT_TIMEOUT_MS)
    this.#upstream.once('connect', () => {
      clearTimeout(timer)
      this.#connected = true
      this.#pass(this.toUpstream)
      this.#pass(this.toModality)
    })
    this.#upstream.once('close', () => clearTimeout(timer))
    this.#watch(this.#modality, this.#upstream, this.toUpstream)
    this.#watch(this.#upstream, this.#modality, this.toModality)
  }

  /** all pieces were short so far */
  get isShort(): boolean {
    return this.#isShort
  }

  get tapped(): boolean {
    return this.#connected && this.#witness.left === undefined
  }

  /** Ends both sides; for a drain whose time is up. */
  cut(): void {
    this.#outcome = 'cut-by-drain'
    this.#passAll()
    this.#modality.resetAndDestroy()
    this.#upstream.resetAndDestroy()
  }

  #lead(from: Socket, direction: Direction, to: Socket): void {
    direction.from = from
    direction.outlet = new Outlet(to, (rest) => {
      direction.bytesOut += rest.length
      this.#witness.note(NOTE.taken, direction.type, rest)
      if (direction.outlet.waiting === 0) from.resume()
    })
  }

  #passer(direction: Direction): OnPiece {
    return (piece) => {
      try {
        return this.#take(direction, piece)
      } catch {
        return this.fail()
      }
    }
  }

  #take(direction: Direction, piece: Uint8Array): 'waits' | undefined {
    const { head } = direction
    direction.bytesIn += piece.length
    if (!head && piece.length <= HEAD_BYTES) return this.#holdHead(direction, piece)
    direction.head = undefined
    const whole = head ? behind(head, piece) : piece
    if (piece.length > SHORT_BYTES) this.#isShort = false
    else if (this.#keep(direction, whole)) return undefined
    const waits = this.#passOn(direction, whole)
    this.#context.attention.passed(piece.length, direction.way)
    return waits ? 'waits' : undefined
  }

  /** An error of ours, such as no memory: bytes of this association may be missing now, so it ends for both, and no other does. */
  fail(): undefined {
    this.#outcome = 'failed'
    this.toUpstream.head = undefined
    this.toModality.head = undefined
    this.#modality.resetAndDestroy()
    this.#upstream.resetAndDestroy()
  }

  /** @returns whether the piece leaves at the end of the turn, with those of others */
  #keep(direction: Direction, piece: Uint8Array): boolean {
    const { turn } = this.#context.witness
    if (!turn.comesAfterAnother(this) || direction.outlet.waiting > 0) return false
    const record = this.#witness.keep(direction.type, piece)
    if (record) turn.keep(new KeptPiece(this, direction, record))
    return record !== undefined
  }

  /** What was kept, at the end of the turn. */
  passKept(direction: Direction, record: PutRecord): (() => void) | undefined {
    const { outlet, type, way } = direction
    const { memory, from, length } = record
    const taken = outlet.write(memory, from, length)
    direction.bytesOut += taken
    this.#context.attention.passed(length, way)
    if (taken === length) return undefined
    record.note = NOTE.read
    if (!outlet.gone) direction.from.pause()
    if (taken === 0) return undefined
    const part = Uint8Array.from(memory.subarray(from, from + taken))
    return () => this.#witness.note(NOTE.taken, type, part)
  }

  /**
   * Many devices write the header of a PDU by itself. A loop that is quick reads it before the rest is there, and the
   * other side would be woken for it alone; so it waits a moment for the rest, and the loop does not sleep meanwhile.
   */
  #holdHead(direction: Direction, piece: Uint8Array): undefined {
    const until = performance.now() + HEAD_WAITS_MS
    const head = Uint8Array.from(piece)
    direction.head = head
    const look = () => {
      if (direction.head !== head) return
      if (performance.now() < until) setImmediate(look)
      else this.#passHead(direction)
    }
    setImmediate(look)
  }

  #passHead(direction: Direction): void {
    const { head } = direction
    direction.head = undefined
    if (!head) return
    try {
      this.#passOn(direction, head)
    } catch {
      this.fail()
    }
    this.#context.attention.passed(head.length, direction.way)
  }

  /** All that was read and not passed on yet. */
  #passAll(): void {
    this.#context.witness.turn.end()
    this.#passHead(this.toUpstream)
    this.#passHead(this.toModality)
  }

  /** @returns whether some of it has to wait */
  #passOn(direction: Direction, piece: Uint8Array): boolean {
    const { outlet, type } = direction
    // what was read before goes first
    this.#context.witness.turn.end()
    if (outlet.gone) {
      this.#witness.note(NOTE.read, type, piece)
      return false
    }
    const taken = outlet.write(piece)
    direction.bytesOut += taken
    if (taken > 0) this.#witness.note(NOTE.passed, type, taken === piece.length ? piece : piece.subarray(0, taken))
    if (taken === piece.length) return false
    // the slower side sets the pace: what is read next waits in the kernel, which takes it from the sender by itself
    this.#witness.note(NOTE.read, type, piece.subarray(taken))
    direction.from.pause()
    return true
  }

  #pass(direction: Direction): void {
    direction.from.on('end', () => {
      this.#context.witness.turn.end()
      this.#passHead(direction)
      this.#witness.note(NOTE.told, direction.endType, new Uint8Array())
      direction.outlet.end()
    })
    direction.from.resume()
  }

  /** A reset on one side becomes a reset on the other; an end without data has already become an end. */
  #watch(socket: Socket, other: Socket, toOther: Direction): void {
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      this.#context.witness.turn.end()
      this.#passHead(toOther)
      if (this.#outcome === 'closed') {
        const refused = NO_ROOM.has(code) ? 'failed' : 'upstream-refused'
        this.#outcome = this.#connected || socket === this.#modality ? 'reset' : refused
      }
      reset(other, toOther.outlet)
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

  #end(): void {
    this.#passAll()
    const at = Date.now()
    const closing = { reason: this.#outcome === 'closed' ? 'closed' : 'reset', at } as const
    const { id, link, openedAt, toUpstream, toModality } = this
    this.#witness.close(closing, ({ hashes, left }) => {
      if (left && this.#connected) {
        const bytesToUpstream = toUpstream.bytesIn - left.toUpstream
        const bytesToModality = toModality.bytesIn - left.toModality
        const gap = { from: left.from, to: at, bytesToUpstream, bytesToModality, reason: left.reason }
        this.#context.onEvent({ type: 'gap', id, link, ...gap })
      }
      this.#context.onEvent({
        type: 'association-closed',
        ...{ id, link, openedAt, at, outcome: this.#outcome, tapped: this.#connected && !left },
        ...{ toUpstream: proof(toUpstream, hashes?.toUpstream), toModality: proof(toModality, hashes?.toModality) },
      })
      this.#context.onEnd(this)
    })
  }
}

class KeptPiece implements Kept {
  readonly #splice: Splice
  readonly #direction: Direction
  readonly #record: PutRecord

  constructor(splice: Splice, direction: Direction, record: PutRecord) {
    this.#splice = splice
    this.#direction = direction
    this.#record = record
  }

  pass(): (() => void) | undefined {
    try {
      return this.#splice.passKept(this.#direction, this.#record)
    } catch {
      return this.#splice.fail()
    }
  }
}

const proof = ({ bytesIn, bytesOut }: Direction, hashes: Hashes = { sha256In: '', sha256Out: '' }) => ({
  bytesIn,
  bytesOut,
  ...hashes,
})

/** how long what was taken may still flow out before a reset goes on; the peer behind it is gone already */
const FLUSH_MS = 2000

/** RST, once what was taken has been handed to the kernel: an A-ABORT in front of a reset still arrives. */
function reset(socket: Socket, outlet: Outlet): void {
  if (socket.destroyed) return
  // nobody is left to read for: what still comes is let go, so that the peer is not held up
  socket.resume()
  if (outlet.waiting === 0) socket.resetAndDestroy()
  else {
    const timer = setTimeout(() => socket.resetAndDestroy(), FLUSH_MS)
    socket.once('close', () => clearTimeout(timer))
    outlet.end(() => socket.resetAndDestroy())
  }
}
