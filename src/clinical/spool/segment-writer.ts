/**
 * One segment file being written. Records are gathered in blocks of memory that are used again and again; while an
 * fdatasync serves the commits that wait for it, the next blocks are written. After an error the file is never written or
 * synced again (a second fsync may claim what the first lost).
 */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Blocks } from './blocks.ts'

/** at the same time */
const SYNCS = 2

interface Waiting {
  /** what has to be on the disk */
  readonly bytes: number
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class SegmentWriter {
  readonly path: string
  readonly number: number
  readonly openedAt = performance.now()
  readonly #file: FileHandle
  /** each sync has a descriptor of its own: the kernel tells an error of writing once to each, so that none hides another's */
  readonly #idle: FileHandle[]
  readonly #syncs = new Set<Promise<void>>()
  /** a sync that runs or has ended began when so much was written */
  #coveredBytes = 0
  readonly #blocks = new Blocks()
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** less than a block waits for the end of this turn of the loop, so that what comes in it shares the write */
  #turn: NodeJS.Immediate | undefined
  #closing = false
  writtenBytes = 0
  captures = 0
  openCaptures = 0
  failed = false

  private constructor(path: string, number: number, file: FileHandle, syncing: FileHandle[]) {
    this.path = path
    this.number = number
    this.#file = file
    this.#idle = syncing
  }

  /** @param path ends with `.open` until the segment is closed */
  static async create(path: string, number: number): Promise<SegmentWriter> {
    const file = await open(path, 'ax', 0o600)
    const syncing = await Promise.all(Array.from({ length: SYNCS }, () => open(path, 'r')))
    await syncFolder(dirname(path))
    return new SegmentWriter(path, number, file, syncing)
  }

  get queuedBytes(): number {
    return this.#blocks.bytes
  }

  /** Copies a record's bytes into the queue; they are written in order. */
  append(parts: readonly Uint8Array[]): void {
    if (this.failed) return
    for (const part of parts) this.#blocks.add(part)
    if (this.#writing) return
    // a full block goes while more is being gathered: this thread seals and the pool writes
    if (this.#blocks.isFull) this.#flush()
    else this.#turn ??= setImmediate(() => this.#flush())
  }

  /** @returns when everything queued so far is on the disk; rejects when it never will be */
  durable(): Promise<void> {
    return new Promise((done, failed) => {
      if (this.failed) return failed(new Error('the segment failed before'))
      this.#waiting.push({ bytes: this.writtenBytes + this.queuedBytes, done, failed })
      this.#sync()
    })
  }

  /** Ends the file and gives it its final name, once the last capture in it has ended. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    this.#flush()
    await this.#writing
    await Promise.all(this.#syncs)
    if (!this.failed) await this.#file.datasync()
    for (const file of [this.#file, ...this.#idle]) await file.close()
    await rename(this.path, closedName(this.path))
    await syncFolder(dirname(this.path))
  }

  #flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    if (this.#blocks.bytes > 0) this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    try {
      for (let blocks = this.#blocks.take(); blocks.length > 0; blocks = this.#blocks.take()) {
        const bytes = blocks.reduce((sum, block) => sum + block.length, 0)
        const { bytesWritten } = await this.#file.writev(blocks)
        if (this.failed) return
        if (bytesWritten !== bytes) throw new Error('a short write')
        this.#blocks.giveBack(blocks)
        this.writtenBytes += bytes
        this.#sync()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#writing = undefined
    }
  }

  /**
   * Syncs when somebody waits for what is written and no sync under way began after it. A second may begin while the first
   * runs: what was written meanwhile need not wait for both.
   */
  #sync(): void {
    const isDue = this.#waiting.some(({ bytes }) => bytes > this.#coveredBytes && bytes <= this.writtenBytes)
    const file = isDue && !this.failed ? this.#idle.pop() : undefined
    if (!file) return
    const { writtenBytes } = this
    this.#coveredBytes = writtenBytes
    const one = file.datasync().then(
      () => {
        while (this.#waiting[0] && this.#waiting[0].bytes <= writtenBytes) this.#waiting.shift()?.done()
      },
      (error: unknown) => this.#fail(error),
    )
    const ended = one.then(() => {
      this.#syncs.delete(ended)
      this.#idle.push(file)
      this.#sync()
    })
    this.#syncs.add(ended)
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
