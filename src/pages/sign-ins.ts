/** How often a password may be tried: five times for a name, then a minute's wait; and few at once, for each costs a processor. */
import { Fault } from '../base/index.ts'

const ATTEMPTS = 5
const WAIT_MS = 60_000
const AT_ONCE = 2
const WAITING = 20
const NAMES = 10_000

export class SignIns {
  readonly #tried = new Map<string, { count: number; until: number }>()
  readonly #now: () => number
  #turns: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve())
  #waiting = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /**
   * An attempt counts before it is looked at: those of the same moment count too.
   * @param check gives what a right password opens, or undefined
   * @throws Fault 'unauthenticated', 'too-many-requests'
   */
  async attempt<T>(name: string, check: () => Promise<T | undefined>): Promise<T> {
    const tried = this.#tried.get(name)
    const before = tried && tried.until > this.#now() ? tried.count : 0
    if (before >= ATTEMPTS || this.#waiting >= WAITING) throw new Fault('too-many-requests')
    this.#forget()
    this.#tried.set(name, { count: before + 1, until: this.#now() + WAIT_MS })
    const opened = await this.inTurn(check)
    if (opened === undefined) throw new Fault('unauthenticated')
    this.#tried.delete(name)
    return opened
  }

  /** Few at once: whoever asks for a thousand derivations gets them one after the other. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++
    const [turn = Promise.resolve(), ...others] = this.#turns
    const mine = turn.then(work).finally(() => this.#waiting--)
    this.#turns = [...others, mine.catch(() => {})]
    return mine
  }

  /** names that need not wait any more; of a flood of names, the oldest */
  #forget(): void {
    if (this.#tried.size < NAMES) return
    for (const [name, { until }] of this.#tried) if (until <= this.#now()) this.#tried.delete(name)
    for (const name of this.#tried.keys()) {
      if (this.#tried.size < NAMES) return
      this.#tried.delete(name)
    }
  }
}
