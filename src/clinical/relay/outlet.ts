/**
 * The way out of a relay: a piece goes to the kernel at once, and what the kernel does not take is copied into memory that is
 * used again, and waits for the stream.
 */
import type { Socket } from 'node:net'
import { writeAtOnce } from '../../base/index.ts'
import { copyBytes } from './ring.ts'
import { Spares } from './spares.ts'

/** what waits is copied into pieces of this size: hundreds of connections may wait, each for a part of one */
const WAITING_BYTES = 64 * 1024

const spares = new Spares(WAITING_BYTES)

interface Piece {
  readonly memory: Buffer
  length: number
}

export class Outlet {
  readonly #socket: Socket
  readonly #onTaken: (rest: Uint8Array) => void
  readonly #spares: Spares
  #waiting = 0
  /** not given to the stream yet: there is one in front of it */
  #last: Piece | undefined
  #flying = 0

  /**
   * @param onTaken told of what had to wait, once it has been taken
   * @param from where the memory of what waits comes from; it is written in pieces of that size
   */
  constructor(socket: Socket, onTaken: (rest: Uint8Array) => void, from = spares) {
    this.#socket = socket
    this.#onTaken = onTaken
    this.#spares = from
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
    const { pieceBytes } = this.#spares
    for (let from = 0; from < rest.length;) {
      const last = (this.#last ??= { memory: this.#spares.take(), length: 0 })
      const part = rest.subarray(from, from + pieceBytes - last.length)
      copyBytes(part, last.memory, last.length)
      last.length += part.length
      from += part.length
      if (last.length === pieceBytes || this.#flying === 0) this.#fly()
    }
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
      this.#spares.give(piece.memory)
      if (this.#flying === 0) this.#fly()
    })
  }
}
