/** What became of the captures of a segment, a line each; lines that come while the disk is busy become durable together. */
import type { FileHandle } from 'node:fs/promises'

export class Journal {
  readonly #file: FileHandle
  #lines = ''
  /** of lines that the disk has, or is about to have */
  #running: Promise<void> = Promise.resolve()
  /** of those that wait for it */
  #next: Promise<void> | undefined

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** @returns when the line is durable */
  note(line: string): Promise<void> {
    this.#lines += `${line}\n`
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#running).catch(() => {})
    await this.#file.close()
  }

  async #after(before: Promise<void>): Promise<void> {
    await before.catch(() => {})
    this.#running = this.#next ?? before
    this.#next = undefined
    const lines = this.#lines
    this.#lines = ''
    await this.#file.appendFile(lines)
    await this.#file.datasync()
  }
}
