/**
 * Memory that is used again, in pieces of one size, for all of a thread: what waits for a slow reader comes and goes hundreds of times
 * a second, and memory that is let go each time is only free once the runtime has stopped the thread to look for it.
 */

/** what nobody needed for so long is let go */
const UNNEEDED_MS = 1000

export class Spares {
  readonly pieceBytes: number
  readonly #pieces: Buffer[] = []
  /** the fewest that lay here since the timer was set */
  #least = 0
  #timer: NodeJS.Timeout | undefined

  constructor(pieceBytes: number) {
    this.pieceBytes = pieceBytes
  }

  /** how many lie here */
  get count(): number {
    return this.#pieces.length
  }

  /** @returns `pieceBytes` of anything */
  take(): Buffer {
    const piece = this.#pieces.pop()
    this.#least = Math.min(this.#least, this.#pieces.length)
    return piece ?? Buffer.allocUnsafeSlow(this.pieceBytes)
  }

  /** @param piece that was taken here, and that nobody reads any more */
  give(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#timer ??= setTimeout(this.#letGo, UNNEEDED_MS).unref()
  }

  readonly #letGo = (): void => {
    this.#pieces.splice(0, this.#least)
    this.#least = this.#pieces.length
    this.#timer = this.#least > 0 ? setTimeout(this.#letGo, UNNEEDED_MS).unref() : undefined
  }
}
