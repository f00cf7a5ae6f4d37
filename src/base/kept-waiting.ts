/** Whether the thread that asks is kept waiting for a processor by other programs: /proc/thread-self/schedstat of proc(5). */
import { readFileSync } from 'node:fs'

/** Of the thread that calls, since it began, in ns: on a processor, and ready to run and given none. */
export interface Times {
  readonly ran: number
  readonly waited: number
}

/** less than this, both together, is not judged: a system hands processors out in steps of some milliseconds */
const JUDGED_NS = 50e6
/**
 * Who passes things on beside a neighbour that is waited for too, device or archive, waits less than it runs; where others
 * keep every processor busy, three times as long and more.
 */
const TIMES_AS_LONG = 2

/** @returns undefined where the system does not tell */
export function ownTimes(): Times | undefined {
  try {
    const [ran = 0, waited = 0] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ').map(Number)
    return ran > 0 ? { ran, waited } : undefined
  } catch {
    return undefined
  }
}

export class KeptWaiting {
  readonly #times: () => Times | undefined
  #before: Times | undefined

  constructor(times: () => Times | undefined = ownTimes) {
    this.#times = times
    this.#before = times()
  }

  /**
   * To be asked again and again, by the same thread.
   *
   * @returns whether it waited much longer than it ran since it was judged last; false where it did too little of both for
   * that; true where the system does not tell
   */
  ask(): boolean {
    const now = this.#times()
    if (!now || !this.#before) return true
    const ran = now.ran - this.#before.ran
    const waited = now.waited - this.#before.waited
    if (ran + waited < JUDGED_NS) return false
    this.#before = now
    return waited > TIMES_AS_LONG * ran
  }
}
