/**
 * What several associations bring in one turn of the loop leaves together at its end: all of it is read first, then all of it
 * is written. Written one by one, each piece wakes its receiver alone, which is done before the next is written and sleeps
 * again; and to be woken costs more than to be read and written (docs/decisions/0048).
 */

/** A piece that was read and waits for the end of the turn. */
export interface Kept {
  /** It is written now. @returns called when all of them are written and told */
  pass(): (() => void) | undefined
}

/** kept at once: the first of them waits while the others are read, a few microseconds each */
const MOST = 64

export class Turn {
  #last: object | undefined
  #kept: Kept[] = []
  readonly #told: () => void

  /** @param told called when all that was kept has been written */
  constructor(told: () => void) {
    this.#told = told
  }

  /** Notes who brings something. @returns whether it may wait: another association brought something before it */
  comesAfterAnother(association: object): boolean {
    const isAfter = this.#kept.length > 0 || this.#last !== association
    this.#last = association
    return isAfter
  }

  keep(kept: Kept): void {
    const count = this.#kept.push(kept)
    if (count === 1) setImmediate(this.end)
    else if (count === MOST) this.end()
  }

  /** Writes what was kept; nothing else may be written or told before it. */
  readonly end = (): void => {
    const kept = this.#kept
    if (kept.length === 0) return
    this.#kept = []
    const after: (() => void)[] = []
    for (const one of kept) {
      const next = one.pass()
      if (next) after.push(next)
    }
    this.#told()
    for (const one of after) one()
  }
}
