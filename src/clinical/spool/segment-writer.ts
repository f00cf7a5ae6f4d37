/**
 * One segment file being written. Records are gathered in blocks of memory that are used again and again; while one
 * fdatasync serves the commits that wait for it, the next blocks are written. After an error the file is never written or
 * synced again (a second fsync may claim what the first lost).
 */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Blocks } from './blocks.ts'

interface Waiting {
  /** what has to be on the disk */
  readonly bytes: number
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class SegmentWriter {
  readonly path: string
  readonly number: number
  readonly openedAt = Date.now()
  readonly #file: FileHandle
  readonly #blocks = new Blocks()
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #syncing: Promise<void> | undefined
  #closing = false
  writtenBytes = 0
  captures = 0
  openCaptures = 0
  failed = false

  private constructor(path: string, number: number, file: FileHandle) {
    this.path = path
    this.number = number
    this.#file = file
  }

  /** @param path ends with `.open` until the segment is closed */
  static async create(path: string, number: number): Promise<SegmentWriter> {
    const file = await open(path, 'ax', 0o600)
    await syncFolder(dirname(path))
    return new SegmentWriter(path, number, file)
  }

  get queuedBytes(): number {
    return this.#blocks.bytes
  }

  /** Copies a record's bytes into the queue; they are written in order. */
  append(parts: readonly Uint8Array[]): void {
    if (this.failed) return
    for (const part of parts) this.#blocks.add(part)
    this.#writing ??= this.#write()
  }

  /** @returns when everything queued so far is on the disk; rejects when it never will be */
  durable(): Promise<void> {
    return new Promise((done, failed) => {
      if (this.failed) return failed(new Error('the segment failed before'))
      this.#waiting.push({ bytes: this.writtenBytes + this.queuedBytes, done, failed })
      if (this.#syncDue) this.#syncing ??= this.#sync()
    })
  }

  /** Ends the file and gives it its final name, once the last capture in it has ended. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    await this.#writing
    await this.#syncing
    if (!this.failed) await this.#file.datasync()
    await this.#file.close()
    await rename(this.path, closedName(this.path))
    await syncFolder(dirname(this.path))
  }

  async #write(): Promise<void> {
    // one turn of the loop: what comes in it shares the write
    await new Promise((turn) => setImmediate(turn))
    try {
      for (let blocks = this.#blocks.take(); blocks.length > 0; blocks = this.#blocks.take()) {
        const bytes = blocks.reduce((sum, block) => sum + block.length, 0)
        const { bytesWritten } = await this.#file.writev(blocks)
        if (this.failed) return
        if (bytesWritten !== bytes) throw new Error('a short write')
        this.#blocks.giveBack(blocks)
        this.writtenBytes += bytes
        if (this.#syncDue) this.#syncing ??= this.#sync()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#writing = undefined
    }
  }

  /** all is written that the first of the waiting waits for */
  get #syncDue(): boolean {
    return this.#waiting[0] !== undefined && this.#waiting[0].bytes <= this.writtenBytes
  }

  async #sync(): Promise<void> {
    try {
      while (this.#syncDue) {
        const { writtenBytes } = this
        await this.#file.datasync()
        while (this.#waiting[0] && this.#waiting[0].bytes <= writtenBytes) this.#waiting.shift()?.done()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#syncing = undefined
    }
  }

  #fail(error: unknown): void {
    this.failed = true
    this.#blocks.clear()
    const waiting = this.#waiting
    this.#waiting = []
    for (const { failed } of waiting) failed(error)
  }
}

export const closedName = (path: string): string => path.replace(/\.open$/, '.segment')

/** A new or renamed file is only there after a power cut when its folder was synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
