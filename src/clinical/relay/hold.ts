/**
 * The loop is held while the thread that hashes catches up, a bounded moment at a time; a thread that does not is left behind. One
 * that reads what a line of 1 Gbit/s brings is waited for again and again, and such a line is not slowed; a slower one is not waited for.
 */
import type { RingWriter } from './ring.ts'

/** a thread that did not catch up is not waited for again before it has read so much: what 1 Gbit/s brings while it is waited for */
const AGAIN_BYTES = 2 * 1024 * 1024

export class Hold {
  readonly #ring: Pick<RingWriter, 'readAt'>
  /** where the thread was when it had not caught up in time */
  #stalledAt: number | undefined

  constructor(ring: Pick<RingWriter, 'readAt'>) {
    this.#ring = ring
  }

  /** whether the thread was waited for in vain, and has not read enough since */
  get isVain(): boolean {
    return this.#stalledAt !== undefined && (this.#ring.readAt - this.#stalledAt) >>> 0 < AGAIN_BYTES
  }

  /** @param wait blocks until the thread has caught up, and says whether it has. @returns the same */
  until(wait: () => boolean): boolean {
    if (this.isVain) return false
    this.#stalledAt = wait() ? undefined : this.#ring.readAt
    return this.#stalledAt === undefined
  }
}
