/**
 * The tap: a copy of what passes, offered to a Unix socket that takes it at once or is left behind. It runs in the
 * witness's thread. Past its bound a connection is dropped from the copy, not from the line.
 */
import { connect, type Socket } from 'node:net'
import { TAP, tapHeader, type TapFrameType } from '../../base/index.ts'
import type { GapReason } from './events.ts'
import type { Left } from './notes.ts'
import { Outlet } from './outlet.ts'
import { copyBytes } from './ring.ts'
import { Spares } from './spares.ts'

/** what may wait for the observer to read it */
const BOUND_BYTES = 32 * 1024 * 1024
/** small frames leave together */
const PIECE_BYTES = 192 * 1024
/** longer ones by themselves, from where they stand */
const LONG_BYTES = 64 * 1024
/** what waits leaves in pieces of this size: what the kernel takes at once of a Unix socket whose reader keeps up */
const WAITING_BYTES = 192 * 1024
const RECONNECT_MS = 250

interface Copied {
  toUpstream: number
  toModality: number
}

export class Tap {
  readonly #path: string
  readonly #onLeft: (connection: number, left: Left) => void
  readonly #onRead: (isRead: boolean) => void
  #socket: Socket | undefined
  #outlet: Outlet | undefined
  #ready = false
  /** as it was told last */
  #isRead: boolean | undefined
  #stopped = false
  readonly #spares = new Spares(WAITING_BYTES)
  readonly #piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
  #length = 0
  readonly #open = new Map<number, Copied>()

  /**
   * @param onLeft told once for each connection whose copy ends early
   * @param onRead told whether somebody reads: after the first attempt, and when that changes
   */
  constructor(path: string, onLeft: (connection: number, left: Left) => void, onRead: (isRead: boolean) => void) {
    this.#path = path
    this.#onLeft = onLeft
    this.#onRead = onRead
    this.#connect()
  }

  /** @returns false when there is nobody to copy to */
  open(connection: number, frame: Uint8Array): boolean {
    if (!this.#ready) return false
    this.#open.set(connection, { toUpstream: 0, toModality: 0 })
    this.#write(frame)
    return true
  }

  /** @param frame header and payload; copied before this returns */
  offer(connection: number, type: TapFrameType, frame: Uint8Array, payloadBytes: number): void {
    const copied = this.#open.get(connection)
    if (!copied) return
    if (this.waiting + this.#length + frame.length > BOUND_BYTES) {
      this.leave(connection, 'tap-full')
      return
    }
    if (type === TAP.toUpstream) copied.toUpstream += payloadBytes
    else if (type === TAP.toModality) copied.toModality += payloadBytes
    this.#write(frame)
  }

  close(connection: number, frame: Uint8Array): void {
    if (this.#open.delete(connection)) this.#write(frame)
  }

  /** Ends the copy of one connection; the reader is told so. */
  leave(connection: number, reason: GapReason): void {
    const copied = this.#open.get(connection)
    if (!copied) return
    this.#open.delete(connection)
    if (this.#ready) {
      const closing = Buffer.from(JSON.stringify({ reason: 'left-behind', at: Date.now() }))
      this.#write(Buffer.concat([tapHeader(connection, TAP.closed, closing.length), closing]))
    }
    this.#onLeft(connection, { reason, from: Date.now(), ...copied })
  }

  /** bytes that its reader has not taken yet */
  get waiting(): number {
    return this.#outlet?.waiting ?? 0
  }

  /** Hands over what was collected. */
  flush(): void {
    const length = this.#length
    this.#length = 0
    if (length > 0) this.#outlet?.write(this.#piece.subarray(0, length))
  }

  stop(): void {
    this.#stopped = true
    this.flush()
    this.#outlet?.end()
    this.#gone()
  }

  #write(frame: Uint8Array): void {
    const isLong = frame.length > LONG_BYTES
    if (isLong || this.#length + frame.length > PIECE_BYTES) this.flush()
    if (isLong) {
      this.#outlet?.write(frame)
      return
    }
    copyBytes(frame, this.#piece, this.#length)
    this.#length += frame.length
  }

  #gone(): void {
    this.#ready = false
    this.#length = 0
    for (const connection of [...this.#open.keys()]) this.leave(connection, 'gone')
  }

  #tellRead(): void {
    if (this.#stopped || this.#isRead === this.#ready) return
    this.#isRead = this.#ready
    this.#onRead(this.#ready)
  }

  #connect(): void {
    const socket = connect(this.#path)
    this.#socket = socket
    this.#outlet = new Outlet(socket, () => {}, this.#spares)
    socket.on('connect', () => {
      this.#ready = true
      this.#tellRead()
    })
    // the reader's answers are not ours to wait for; an error is followed by 'close'
    socket.on('error', () => {}).resume()
    socket.on('close', () => {
      if (this.#stopped) return
      this.#gone()
      this.#tellRead()
      setTimeout(() => !this.#stopped && this.#connect(), RECONNECT_MS)
    })
  }
}
