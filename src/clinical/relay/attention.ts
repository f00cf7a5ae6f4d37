/**
 * The loop's attention. After a short piece the next one is often there within a moment, and to be woken for it takes as long
 * as to pass it on; so for that moment the loop looks again instead of sleeping. Where that is in vain, or somebody else needs
 * the processor, it sleeps, and tries again later and later (docs/decisions/0044).
 */

/** how long it looks: an archive that writes a small object answers within, on a slow machine too */
const LOOK_MS = 0.5
/** longer pieces are those of a bulk: who passes them on is limited by copying, and the processor is others' */
export const SHORT_BYTES = 24_000
const AFTER_BULK_MS = 5
/**
 * Two looks lie further apart only when somebody else had the processor: a stranger has it for some milliseconds, and our own
 * threads, which hash and copy, for less than this.
 */
const APART_MS = 0.3
const REST_MS = { least: 0.25, most: 128 } as const
/**
 * Of the rest, after a piece came in time: it takes a dozen of them to make up for one look in vain, during which a peer on
 * the same core may have waited for it.
 */
const LEFT_OF_REST = 0.95

/** which way a piece went: what follows a question is the archive's doing, what follows an answer the device's */
export type Way = 'toUpstream' | 'toModality'

/** how looking after pieces of one way has gone */
interface Habit {
  restMs: number
  notBefore: number
}

export class Attention {
  readonly #now: () => number
  readonly #habits: Readonly<Record<Way, Habit>> = { toUpstream: untried(), toModality: untried() }
  /** of the last piece that the loop looks for the next of */
  #habit = this.#habits.toUpstream
  #until = 0
  #bulkUntil = 0
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
  passed(bytes: number, way: Way): void {
    const now = this.#now()
    if (this.#looking) this.#habit.restMs = Math.max(this.#habit.restMs * LEFT_OF_REST, REST_MS.least)
    this.#lookedAt = now
    if (bytes > SHORT_BYTES) this.#bulkUntil = now + AFTER_BULK_MS
    const habit = this.#habits[way]
    this.#habit = habit
    this.#until = now < this.#bulkUntil || now < habit.notBefore ? 0 : now + LOOK_MS
    if (this.#until === 0 || this.#looking) return
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
    const habit = this.#habit
    habit.notBefore = Math.max(habit.notBefore, now + habit.restMs)
    habit.restMs = Math.min(2 * habit.restMs, REST_MS.most)
  }
}

const untried = (): Habit => ({ restMs: REST_MS.least, notBefore: 0 })
