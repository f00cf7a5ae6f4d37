/**
 * The way out of a relay: pieces go to the connection itself, past the runtime's writable stream, whose bookkeeping for a
 * small object costs as much as the system call (docs/decisions/0009). Where the runtime does not give its own write
 * requests away, the stream is used.
 */
import type { Socket } from 'node:net'

interface WriteRequest {
  oncomplete?: (status: number) => void
}

interface Connection {
  writeBuffer(request: WriteRequest, piece: Uint8Array): number
}

interface Requests {
  readonly WriteWrap: new () => WriteRequest
  readonly streamBaseState: Int32Array
  readonly kLastWriteWasAsync: number
}

const requests = ((): Requests | undefined => {
  try {
    const { binding } = process as unknown as { binding(name: string): Partial<Requests> }
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding('stream_wrap')
    if (!WriteWrap || !streamBaseState || kLastWriteWasAsync === undefined) return undefined
    return { WriteWrap, streamBaseState, kLastWriteWasAsync }
  } catch {
    return undefined
  }
})()

export class Outlet {
  readonly #socket: Socket
  readonly #onTaken: (piece: Uint8Array) => void
  #waiting = 0
  /** not needed so far: the kernel took every piece at once */
  #request: WriteRequest | undefined

  /** @param onTaken told of each piece that had to wait, once it has been taken */
  constructor(socket: Socket, onTaken: (piece: Uint8Array) => void) {
    this.#socket = socket
    this.#onTaken = onTaken
  }

  /** bytes that the kernel has not taken yet */
  get waiting(): number {
    return this.#waiting
  }

  /** @returns whether it was taken at once; if not, the piece belongs to the outlet and may not change */
  write(piece: Uint8Array): boolean {
    const connection = (this.#socket as unknown as { _handle?: Connection | null })._handle
    if (!requests || !connection) return this.#writeToStream(piece)
    const request = this.#request ?? new requests.WriteWrap()
    const failed = connection.writeBuffer(request, piece)
    if (failed) {
      this.#fail(failed)
      return false
    }
    const waits = requests.streamBaseState[requests.kLastWriteWasAsync] !== 0
    this.#request = waits ? undefined : request
    if (!waits) return true
    this.#waiting += piece.length
    request.oncomplete = (status) => {
      this.#waiting -= piece.length
      if (status < 0) this.#fail(status)
      else this.#onTaken(piece)
    }
    return false
  }

  #fail(errno: number): void {
    this.#socket.destroy(Object.assign(new Error('a write failed'), { errno }))
  }

  #writeToStream(piece: Uint8Array): boolean {
    let waits = false
    this.#socket.write(piece, (error) => {
      if (!waits) return
      this.#waiting -= piece.length
      if (!error) this.#onTaken(piece)
    })
    waits = this.#socket.writableLength > 0 || this.#socket.destroyed
    if (waits) this.#waiting += piece.length
    return !waits
  }
}
