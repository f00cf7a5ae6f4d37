/**
 * The way out of a relay: a piece goes to the kernel at once, and what the kernel does not take is copied into memory that is
 * used again, and waits for the stream.
 */
import type { Socket } from 'node:net'
import { writeAtOnce } from '../../base/index.ts'
import { copyBytes } from './ring.ts'

/** what waits is copied into pieces of this size: hundreds of connections may wait, each for a part of one */
const WAITING_BYTES = 64 * 1024
/** used again; more are let go after a burst */
const SPARE_BYTES = 3 * 1024 * 1024

/** of a thread, whose outlets are alike */
const spares: Buffer[] = []

interface Piece {
  readonly memory: Buffer
  length: number
}

export class Outlet {
  readonly #socket: Socket
  readonly #onTaken: (rest: Uint8Array) => void
  readonly #pieceBytes: number
  #waiting = 0
  /** not given to the stream yet: there is one in front of it */
  #last: Piece | undefined
  #flying = 0

  /**
   * @param onTaken told of what had to wait, once it has been taken
   * @param pieceBytes what waits is written in pieces of this size
   */
  constructor(socket: Socket, onTaken: (rest: Uint8Array) => void, pieceBytes = WAITING_BYTES) {
    this.#socket = socket
    this.#onTaken = onTaken
    this.#pieceBytes = pieceBytes
  }

  /** nobody is left to write to */
  get gone(): boolean {
    return this.#socket.destroyed
  }

  /** bytes that the kernel has not taken yet */
  get waiting(): number {
    return this.#waiting
  }

  /**
   * @param memory of which `length` bytes from `from` on are written; it may be used again at once
   * @returns how many bytes were taken; the rest is told when it has been
   */
  write(memory: Uint8Array, from = 0, length = memory.length - from): number {
    const taken = this.#waiting > 0 ? 0 : writeAtOnce(this.#socket, memory, from, length)
    if (taken < length && !this.gone) this.#keep(memory.subarray(from + taken, from + length))
    return taken
  }

  /** Nothing more is written. @param done called when what waits has been taken */
  end(done?: () => void): void {
    this.#fly()
    this.#socket.end(done)
  }

  #keep(rest: Uint8Array): void {
    this.#waiting += rest.length
    for (let from = 0; from < rest.length;) {
      const last = (this.#last ??= { memory: this.#memory(), length: 0 })
      const part = rest.subarray(from, from + this.#pieceBytes - last.length)
      copyBytes(part, last.memory, last.length)
      last.length += part.length
      from += part.length
      if (last.length === this.#pieceBytes || this.#flying === 0) this.#fly()
    }
  }

  #memory(): Buffer {
    const spare = spares.pop()
    return spare?.length === this.#pieceBytes ? spare : Buffer.allocUnsafeSlow(this.#pieceBytes)
  }

  #fly(): void {
    const piece = this.#last
    this.#last = undefined
    if (!piece) return
    this.#flying++
    const bytes = piece.memory.subarray(0, piece.length)
    this.#socket.write(bytes, (error) => {
      this.#flying--
      this.#waiting -= bytes.length
      if (!error) this.#onTaken(bytes)
      if (spares.length * this.#pieceBytes < SPARE_BYTES) spares.push(piece.memory)
      if (this.#flying === 0) this.#fly()
    })
  }
}
