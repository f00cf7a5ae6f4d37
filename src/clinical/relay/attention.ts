/**
 * The loop's attention. After a short piece the next one is often there within a moment, and to be woken for it takes as long
 * as to pass it on; so for that moment the loop looks again instead of sleeping. Where that is in vain, or somebody else needs
 * the processor, it sleeps, and tries again later and later (docs/decisions/0044).
 */

/** how long it looks: an archive that writes a small object answers within */
const LOOK_MS = 0.2
/** longer pieces are those of a bulk: who passes them on is limited by copying, and the processor is others' */
const SHORT_BYTES = 24_000
const AFTER_BULK_MS = 5
/** two looks lie further apart only when somebody else had the processor */
const APART_MS = 0.1
const REST_MS = { least: 0.25, most: 128 } as const
/**
 * Of the rest, after a piece came in time: it takes a dozen of them to make up for one look in vain, during which a peer on
 * the same core may have waited for it.
 */
const LEFT_OF_REST = 0.95

export class Attention {
  readonly #now: () => number
  #until = 0
  #notBefore = 0
  #restMs: number = REST_MS.least
  #lookedAt = 0
  #looking = false

  /** @param now a clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** whether the loop has not slept since the last piece */
  get isAwake(): boolean {
    return this.#looking
  }

  /** A piece has been passed on. */
  passed(bytes: number): void {
    const now = this.#now()
    if (this.#looking) this.#restMs = Math.max(this.#restMs * LEFT_OF_REST, REST_MS.least)
    this.#lookedAt = now
    if (bytes > SHORT_BYTES) {
      this.#until = 0
      this.#notBefore = now + AFTER_BULK_MS
    }
    if (now < this.#notBefore) return
    this.#until = now + LOOK_MS
    if (this.#looking) return
    this.#looking = true
    setImmediate(this.#look)
  }

  readonly #look = (): void => {
    const now = this.#now()
    const isAlone = now - this.#lookedAt < APART_MS
    this.#lookedAt = now
    if (isAlone && now < this.#until) {
      setImmediate(this.#look)
      return
    }
    this.#looking = false
    // told to stop, and not in vain
    if (this.#until === 0) return
    this.#notBefore = Math.max(this.#notBefore, now + this.#restMs)
    this.#restMs = Math.min(2 * this.#restMs, REST_MS.most)
  }
}
