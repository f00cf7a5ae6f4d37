/**
 * The proof that a direction went through unchanged: a running SHA-256 of what was read on one side and of what the
 * other side has taken, each over its own bytes at its own moment.
 */
import { createHash, type Hash } from 'node:crypto'

export interface DirectionProof {
  readonly bytesIn: number
  readonly bytesOut: number
  /** hexadecimal; empty when the relay was told not to hash */
  readonly sha256In: string
  readonly sha256Out: string
}

export class Direction {
  bytesIn = 0
  bytesOut = 0
  readonly #in: Hash | undefined
  readonly #out: Hash | undefined

  constructor(hash: boolean) {
    if (!hash) return
    this.#in = createHash('sha256')
    this.#out = createHash('sha256')
  }

  read(chunk: Uint8Array): void {
    this.bytesIn += chunk.length
    this.#in?.update(chunk)
  }

  written(chunk: Uint8Array): void {
    this.bytesOut += chunk.length
    this.#out?.update(chunk)
  }

  /** The proof so far; the running hashes go on. */
  proof(): DirectionProof {
    const sha256 = (hash: Hash | undefined) => hash?.copy().digest('hex') ?? ''
    return { bytesIn: this.bytesIn, bytesOut: this.bytesOut, sha256In: sha256(this.#in), sha256Out: sha256(this.#out) }
  }
}
