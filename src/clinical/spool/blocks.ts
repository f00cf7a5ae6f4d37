/**
 * Bytes on their way to the disk, gathered in blocks that are used again: fresh memory costs more, page by page, than
 * all that is done with it.
 */
const BLOCK_BYTES = 1 << 20
/** kept for the next bytes; more is let go after a burst */
const SPARE_BLOCKS = 16

export class Blocks {
  #filled: Buffer[] = []
  #current: Buffer | undefined
  #end = 0
  readonly #spare: Buffer[] = []
  /** added and not given back yet */
  bytes = 0

  /** a whole block waits to be taken */
  get isFull(): boolean {
    return this.#filled.length > 0
  }

  /** Copies what it is given. */
  add(part: Uint8Array): void {
    this.bytes += part.length
    for (let at = 0; at < part.length;) {
      this.#current ??= this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
      const taken = Math.min(part.length - at, BLOCK_BYTES - this.#end)
      this.#current.set(taken === part.length ? part : part.subarray(at, at + taken), this.#end)
      this.#end += taken
      at += taken
      if (this.#end === BLOCK_BYTES) this.#fill()
    }
  }

  /** @returns what was added and not taken yet, in order: whole blocks, or what there is of one */
  take(): readonly Buffer[] {
    if (!this.isFull) this.#fill()
    const filled = this.#filled
    this.#filled = []
    return filled
  }

  /** @param taken what `take` returned, once it is written */
  giveBack(taken: readonly Buffer[]): void {
    for (const { buffer, length } of taken) {
      this.bytes -= length
      if (this.#spare.length < SPARE_BLOCKS) this.#spare.push(Buffer.from(buffer))
    }
  }

  /** Lets go of everything; what was taken is not given back after this. */
  clear(): void {
    this.#filled = []
    this.#current = undefined
    this.#end = 0
    this.bytes = 0
  }

  #fill(): void {
    if (this.#current && this.#end > 0) this.#filled.push(this.#current.subarray(0, this.#end))
    if (this.#end > 0) this.#current = undefined
    this.#end = 0
  }
}
