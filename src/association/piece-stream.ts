/** A data set on its way from a connection to its consumer: one piece waits, the connection with it. */
import { Fault } from '../base/index.ts'

export class PieceStream implements AsyncIterable<Uint8Array> {
  #pieces: Uint8Array[] = []
  #ended = false
  #failed = false
  #wake: (() => void) | undefined
  #taken: (() => void) | undefined

  /** Resolves when the consumer has taken the piece, or never will. */
  async push(piece: Uint8Array, last: boolean): Promise<void> {
    if (this.#failed) return
    this.#pieces.push(piece)
    this.#ended = last
    const taken = new Promise<void>((done) => (this.#taken = done))
    this.#wake?.()
    await taken
  }

  /** The data set will not be completed: the consumer gets Fault 'association-lost'. */
  fail(): void {
    if (this.#ended) return
    this.#failed = true
    this.#wake?.()
    this.#taken?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift()
        if (piece) {
          this.#taken?.()
          yield piece
        } else if (this.#ended) return
        else if (this.#failed) throw new Fault('association-lost')
        else await new Promise<void>((done) => (this.#wake = done))
      }
    } finally {
      this.#failed = true
      this.#taken?.()
    }
  }
}
