/**
 * The proof that a direction went through unchanged: a running SHA-256 of what was read on one side and of what the
 * other side has taken. A piece that is read and taken whole within one step is the same memory on both sides, so it is
 * hashed once for both; a piece that had to wait is hashed when it is read, and again when it has been taken.
 */
import { createHash, type Hash } from 'node:crypto'

export interface DirectionProof {
  readonly bytesIn: number
  readonly bytesOut: number
  /** hexadecimal; empty where the witness fell behind and the hash was given up */
  readonly sha256In: string
  readonly sha256Out: string
}

export interface Hashes {
  readonly sha256In: string
  readonly sha256Out: string
}

/** The two running hashes of one direction. */
export class DirectionHashes {
  readonly #in = createHash('sha256')
  /** undefined while both sides have seen the same */
  #out: Hash | undefined

  /** read and taken in one step; nothing was waiting */
  passed(piece: Uint8Array): void {
    if (this.#out && digest(this.#out) === digest(this.#in)) this.#out = undefined
    this.#in.update(piece)
    this.#out?.update(piece)
  }

  read(piece: Uint8Array): void {
    this.#out ??= this.#in.copy()
    this.#in.update(piece)
  }

  taken(piece: Uint8Array): void {
    this.#out?.update(piece)
  }

  get(): Hashes {
    const sha256In = digest(this.#in)
    return { sha256In, sha256Out: this.#out ? digest(this.#out) : sha256In }
  }
}

/** of what came so far; the running hash goes on */
const digest = (hash: Hash) => hash.copy().digest('hex')
