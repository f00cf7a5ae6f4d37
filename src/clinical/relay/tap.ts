/**
 * The tap: a copy of what passes is offered to a Unix socket and is taken at once or left behind. Nothing here waits,
 * and nothing here can slow the relay: chunks are handed over by reference, and past the bound a connection is dropped
 * from the copy, not from the line.
 */
import { connect, type Socket } from 'node:net'
import { TAP, tapHeader, type TapFrameType, type TapOpening } from '../../base/index.ts'
import type { GapReason } from './events.ts'

/** what may wait for the observer to read it */
const BOUND_BYTES = 32 * 1024 * 1024
const RECONNECT_MS = 250

export interface TapConnection {
  /** @returns false from the moment the copy is left behind */
  offer(type: TapFrameType, chunk: Uint8Array): boolean
  close(reason: 'closed' | 'reset', at: number): void
}

export class Tap {
  readonly #path: string
  #socket: Socket | undefined
  #ready = false
  #stopped = false
  #corked = false
  #count = 0
  readonly #open = new Map<number, (reason: GapReason) => void>()

  constructor(path: string) {
    this.#path = path
    this.#connect()
  }

  /**
   * @param left called once when the copy of this connection ends early
   * @returns undefined when there is nobody to copy to
   */
  open(opening: TapOpening, left: (reason: GapReason) => void): TapConnection | undefined {
    const socket = this.#socket
    if (!this.#ready || !socket) return undefined
    const connection = ++this.#count
    this.#open.set(connection, left)
    this.#write(socket, connection, TAP.opened, Buffer.from(JSON.stringify(opening)))
    return {
      offer: (type, chunk) => this.#offer(socket, connection, type, chunk),
      close: (reason, at) => this.#close(socket, connection, JSON.stringify({ reason, at })),
    }
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? 0
  }

  stop(): void {
    this.#stopped = true
    this.#socket?.destroy()
  }

  #offer(socket: Socket, connection: number, type: TapFrameType, chunk: Uint8Array): boolean {
    if (!this.#open.has(connection)) return false
    if (socket.writableLength + chunk.length > BOUND_BYTES) {
      this.#leave(connection, 'full')
      this.#write(
        socket,
        connection,
        TAP.closed,
        Buffer.from(JSON.stringify({ reason: 'left-behind', at: Date.now() })),
      )
      return false
    }
    this.#write(socket, connection, type, chunk)
    return true
  }

  #close(socket: Socket, connection: number, closing: string): void {
    if (!this.#open.delete(connection)) return
    this.#write(socket, connection, TAP.closed, Buffer.from(closing))
  }

  #write(socket: Socket, connection: number, type: TapFrameType, payload: Uint8Array): void {
    if (!this.#corked) {
      // one system call for all that one turn of the loop has to say
      this.#corked = true
      socket.cork()
      setImmediate(() => {
        this.#corked = false
        socket.uncork()
      })
    }
    socket.write(tapHeader(connection, type, payload.length))
    if (payload.length) socket.write(payload)
  }

  #leave(connection: number, reason: GapReason): void {
    const left = this.#open.get(connection)
    this.#open.delete(connection)
    left?.(reason)
  }

  #connect(): void {
    const socket = connect(this.#path)
    this.#socket = socket
    socket.on('connect', () => (this.#ready = true))
    // the reader's answers are not ours to wait for; an error is followed by 'close'
    socket.on('error', () => {}).resume()
    socket.on('close', () => {
      this.#ready = false
      for (const connection of [...this.#open.keys()]) this.#leave(connection, 'gone')
      if (!this.#stopped) setTimeout(() => !this.#stopped && this.#connect(), RECONNECT_MS).unref()
    })
    socket.unref()
  }
}
