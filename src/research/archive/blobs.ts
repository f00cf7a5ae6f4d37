/** Blobs: files named by the SHA-256 of their bytes. Written, synced, renamed, the folder synced: there whole or not at all. */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { access, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { chunks, type ByteSource } from '../../standards/dicom/index.ts'

/** every read gives memory of its own */
export interface OpenBlob extends ByteSource {
  /** Fills `into`. @throws Fault 'blob-damaged' where the blob ends before */
  readInto(into: Uint8Array, offset: number): void
  close(): void
}

export class Blobs {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * @returns the SHA-256 and size of what is now stored; the same bytes again are not written again
   * @throws Fault 'disk-failed', with nothing left behind
   */
  async put(source: ByteSource): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
    const incoming = join(this.#folder, 'incoming')
    const temporary = join(incoming, randomBytes(12).toString('hex'))
    try {
      await mkdir(incoming, { recursive: true, mode: 0o700 })
      const sha256 = await this.#write(source, temporary)
      const path = this.#path(sha256)
      // a folder of the path is room too, and may be what the volume has none for
      if (await exists(path)) await rm(temporary)
      else await this.#place(temporary, path)
      return { sha256, sizeBytes: source.sizeBytes }
    } catch (error) {
      await rm(temporary, { force: true })
      // what the source says of itself is not the disk's
      throw error instanceof Fault ? error : new Fault('disk-failed', {}, error)
    }
  }

  has(sha256: string): Promise<boolean> {
    return exists(this.#path(sha256))
  }

  /** @throws Fault 'blob-missing' */
  open(sha256: string): OpenBlob {
    let fd: number
    try {
      fd = openSync(this.#path(sha256), 'r')
    } catch (error) {
      throw new Fault('blob-missing', { sha256 }, error)
    }
    return {
      sizeBytes: fstatSync(fd).size,
      read: (offset, length) => {
        const into = Buffer.allocUnsafe(length)
        return into.subarray(0, readSync(fd, into, 0, length, offset))
      },
      readInto: (into, offset) => {
        for (let done = 0, read = 0; done < into.length; done += read) {
          read = readSync(fd, into, done, into.length - done, offset + done)
          if (read === 0) throw new Fault('blob-damaged', { sha256 })
        }
      },
      close: () => closeSync(fd),
    }
  }

  /** @throws Fault 'blob-missing', 'blob-damaged' when the bytes are not those of the name */
  verify(sha256: string): void {
    const blob = this.open(sha256)
    try {
      const hash = createHash('sha256')
      for (const chunk of chunks(blob)) hash.update(chunk)
      if (hash.digest('hex') !== sha256) throw new Fault('blob-damaged', { sha256 })
    } finally {
      blob.close()
    }
  }

  async #write(source: ByteSource, path: string): Promise<string> {
    const hash = createHash('sha256')
    const file = await open(path, 'wx', 0o600)
    try {
      for (const chunk of chunks(source)) {
        hash.update(chunk)
        await file.writeFile(chunk)
      }
      await file.datasync()
    } finally {
      await file.close()
    }
    return hash.digest('hex')
  }

  async #place(temporary: string, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await rename(temporary, path)
    for (const folder of [dirname(path), dirname(dirname(path)), this.#folder]) {
      const handle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
    }
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
