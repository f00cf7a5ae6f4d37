/**
 * The proof that a direction went through unchanged: a running SHA-256 of what was read on one side and of what the
 * other side has taken. A piece that is read and taken whole within one step is the same memory on both sides, so it is
 * hashed once for both; a piece that had to wait is hashed when it is read, and again when it has been taken.
 */
import { createHash, type Hash } from 'node:crypto'
import { TAP, type TapFrameType } from '../../base/index.ts'
import type { BothHashes, Hashes } from './events.ts'
import { NOTE } from './notes.ts'

/** The two running hashes of one direction. */
export class DirectionHashes {
  readonly #in = createHash('sha256')
  /** undefined while both sides have seen the same */
  #out: Hash | undefined

  /** A piece of which `note` tells what became. */
  see(note: number, piece: Uint8Array): void {
    if (note === NOTE.passed) this.passed(piece)
    else if (note === NOTE.read) this.read(piece)
    else if (note === NOTE.taken) this.taken(piece)
  }

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

/** The running hashes of both directions of one association. */
export class AssociationHashes {
  readonly #toUpstream = new DirectionHashes()
  readonly #toModality = new DirectionHashes()

  /** @param type of the tap frame, which says the direction */
  see(note: number, type: TapFrameType, piece: Uint8Array): void {
    if (type === TAP.toUpstream) this.#toUpstream.see(note, piece)
    else if (type === TAP.toModality) this.#toModality.see(note, piece)
  }

  get(): BothHashes {
    return { toUpstream: this.#toUpstream.get(), toModality: this.#toModality.get() }
  }
}

/** of what came so far; the running hash goes on */
const digest = (hash: Hash) => hash.copy().digest('hex')
