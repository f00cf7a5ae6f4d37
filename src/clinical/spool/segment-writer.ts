/**
 * One segment file being written: everything queued goes out in one write, and one fdatasync serves every commit that
 * waits. After an error the file is never written or synced again (a second fsync may claim what the first lost).
 */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

interface Waiting {
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class SegmentWriter {
  readonly path: string
  readonly number: number
  readonly openedAt = Date.now()
  #file: FileHandle
  #queue: Uint8Array[] = []
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #closing = false
  queuedBytes = 0
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

  /** Queues records' bytes; they are written in order. */
  append(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#queue.push(part)
      this.queuedBytes += part.length
    }
    this.#writing ??= this.#run()
  }

  /** @returns when everything queued so far is on the disk; rejects when it never will be */
  durable(): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ done, failed })
      this.#writing ??= this.#run()
    })
  }

  /** Ends the file and gives it its final name, once the last capture in it has ended. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    await this.#writing
    if (!this.failed) await this.#file.datasync()
    await this.#file.close()
    await rename(this.path, closedName(this.path))
    await syncFolder(dirname(this.path))
  }

  async #run(): Promise<void> {
    // one turn of the loop: what comes in it shares the write
    await new Promise((turn) => setImmediate(turn))
    try {
      while (this.#queue.length || this.#waiting.length) {
        if (this.failed) throw new Error('the segment failed before')
        const parts = this.#queue
        const waiting = this.#waiting
        this.#queue = []
        this.#waiting = []
        try {
          if (parts.length) await this.#write(parts)
          if (waiting.length) await this.#file.datasync()
        } catch (error) {
          this.failed = true
          for (const { failed } of waiting) failed(error)
          throw error
        }
        for (const { done } of waiting) done()
      }
    } catch (error) {
      for (const { failed } of this.#waiting) failed(error)
      this.#waiting = []
      this.#queue = []
      this.queuedBytes = 0
    } finally {
      this.#writing = undefined
    }
  }

  async #write(parts: Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    const { bytesWritten } = await this.#file.writev(parts)
    if (bytesWritten !== bytes) throw new Error('a short write')
    this.queuedBytes -= bytes
    this.writtenBytes += bytes
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
