/**
 * Where a slice ends. A device waits for an answer after each, and its slices are nearly of one length: where as much has passed as
 * before the last answer the archive has all of it and writes, the device waits, and a processor is free for who hashes.
 */
import type { Way } from './attention.ts'

/** shorter ones are no work to speak of */
const LEAST_BYTES = 64 * 1024
/** lengths of numbers in its header make one slice some bytes shorter than the other */
const ALIKE = 63 / 64

export class Burst {
  readonly #mostBytes: number
  #sinceAnswer = 0
  /** as much had passed at the last answer */
  #expected = 0

  /** @param mostBytes the end of a longer one is not waited for */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** whether an end is known to come */
  get goesOn(): boolean {
    return this.#sinceAnswer > 0 && this.#sinceAnswer < this.#expected
  }

  /** @returns whether something has come to its end with this piece */
  passed(bytes: number, way: Way): boolean {
    const before = this.#sinceAnswer
    if (way === 'toUpstream') {
      this.#sinceAnswer += bytes
      return before < this.#expected && this.#sinceAnswer >= this.#expected
    }
    this.#sinceAnswer = 0
    const wasExpected = this.#expected > 0 && before >= this.#expected
    if (before > 0) this.#expected = before < LEAST_BYTES || before > this.#mostBytes ? 0 : before * ALIKE
    return before >= LEAST_BYTES && !wasExpected
  }
}
