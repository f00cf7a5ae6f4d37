/**
 * The relay's place among the programs of the machine. Where others keep it waiting, or more is passed than its second thread
 * can hash, it goes first; else it is a program like any other: a loop that goes first takes the core from the device or the
 * archive it works for, at each piece (docs/decisions/0053).
 */
import { goFirst, KeptWaiting, stepBack } from '../../base/index.ts'

/** with so much in the ring the second thread does not keep up; a fast line of short pieces, which wakes it only then, counts as that */
const MUCH_BYTES = 8 * 1024 * 1024
/** on a busy machine a thread takes a moment to come forward, and that may cost a proof: it is not done often */
const STAYS_MS = 600_000
const ASKS_EVERY_MS = 100

/**
 * Of the loop, which is the thread that calls, and of the second thread: that one goes before the loop, or neither goes first.
 * While they start both do: nobody is served before.
 */
export class Place {
  readonly #isPermitted = goFirst('relay')
  readonly #keptWaiting: Pick<KeptWaiting, 'ask'>
  readonly #staysMs: number
  readonly #timer = setInterval(() => this.#ask(), ASKS_EVERY_MS).unref()
  #second: number | undefined
  #isFirst: boolean | undefined
  #until = 0

  constructor(keptWaiting: Pick<KeptWaiting, 'ask'> = new KeptWaiting(), staysMs = STAYS_MS) {
    this.#keptWaiting = keptWaiting
    this.#staysMs = staysMs
  }

  /** @param second the number of the second thread, which stands now; undefined: the system does not tell it, or it has ended */
  follow(second: number | undefined): void {
    this.#second = second
    this.#isFirst = undefined
    this.#put()
  }

  /** @param waiting in the ring, in bytes */
  look(waiting: number): void {
    if (waiting >= MUCH_BYTES) this.#mustGoFirst()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #ask(): void {
    if (this.#keptWaiting.ask()) this.#mustGoFirst()
    else this.#put()
  }

  #mustGoFirst(): void {
    this.#until = performance.now() + this.#staysMs
    this.#put()
  }

  #put(): void {
    const isFirst = performance.now() < this.#until
    if (!this.#isPermitted || this.#second === undefined || this.#isFirst === isFirst) return
    this.#isFirst = isFirst
    if (isFirst) {
      goFirst('witness', this.#second)
      goFirst('relay')
    } else {
      stepBack()
      stepBack(this.#second)
    }
  }
}
