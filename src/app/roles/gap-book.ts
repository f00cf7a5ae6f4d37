/**
 * Every gap, a line of JSON in a file of the clinical home. The disk that is full is often why there is one, so a line that
 * could not be written waits in memory until it can.
 */
import { open } from 'node:fs/promises'
import { Fault, log } from '../../base/index.ts'
import type { GapState } from '../../clinical/operate/index.ts'

const AGAIN_AFTER_MS = 1000
/** two megabytes of memory; what comes on top is counted in the log alone */
const MOST_WAITING = 10_000

export class GapBook {
  readonly #file: string
  #waiting: string[] = []
  #writing = false
  /** since the last line that was written */
  #failed = false
  #lost = 0

  constructor(file: string) {
    this.#file = file
  }

  note(gap: GapState): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(`${JSON.stringify({ type: 'gap', ...gap })}\n`)
    else this.#lost++
    if (!this.#writing) void this.#write()
  }

  /** @returns when all of it is written, or cannot be */
  async end(): Promise<void> {
    while (this.#writing && !this.#failed) await new Promise((done) => setTimeout(done, 10))
  }

  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.length
      try {
        await this.#append(this.#waiting.join(''))
        this.#waiting.splice(0, lines)
        if (this.#failed) log.info('gaps that waited were written down', { gaps: lines, lost: this.#lost })
        this.#failed = false
        this.#lost = 0
      } catch (error) {
        if (!this.#failed)
          log.error('gaps wait to be written down', { gaps: lines }, new Fault('disk-failed', {}, error))
        this.#failed = true
        await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS).unref())
      }
    }
    this.#writing = false
  }

  /** All of it, or nothing: half a line would take the next one with it. */
  async #append(text: string): Promise<void> {
    const file = await open(this.#file, 'a', 0o600)
    try {
      const { size } = await file.stat()
      try {
        await file.appendFile(text)
        await file.datasync()
      } catch (error) {
        await file.truncate(size)
        throw error
      }
    } finally {
      await file.close()
    }
  }
}
