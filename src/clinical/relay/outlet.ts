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
  /** bytes of earlier writes that the kernel has not taken yet */
  readonly writeQueueSize: number
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
  readonly #onTaken: (rest: Uint8Array) => void
  #waiting = 0
  /** not needed so far: the kernel took every piece at once */
  #request: WriteRequest | undefined

  /** @param onTaken told of what had to wait of a piece, once it has been taken */
  constructor(socket: Socket, onTaken: (rest: Uint8Array) => void) {
    this.#socket = socket
    this.#onTaken = onTaken
  }

  /** nobody is left to write to */
  get gone(): boolean {
    return this.#socket.destroyed
  }

  /** bytes that the kernel has not taken yet */
  get waiting(): number {
    return this.#waiting
  }

  /** @returns how many bytes were taken at once; if not all, the piece belongs to the outlet and may not change */
  write(piece: Uint8Array): number {
    const connection = (this.#socket as unknown as { _handle?: Connection | null })._handle
    if (!requests || !connection) return this.#writeToStream(piece)
    const request = this.#request ?? new requests.WriteWrap()
    this.#request = undefined
    const failed = connection.writeBuffer(request, piece)
    if (failed) {
      this.#fail(failed)
      return 0
    }
    if (requests.streamBaseState[requests.kLastWriteWasAsync] === 0) {
      this.#request = request
      return piece.length
    }
    // behind another that waits, whose bytes go without our being told, all of this one counts as waiting
    const left = this.#waiting > 0 ? piece.length : connection.writeQueueSize
    this.#waiting += left
    request.oncomplete = (status) => {
      this.#waiting -= left
      if (status < 0) this.#fail(status)
      else if (left > 0) this.#onTaken(piece.subarray(piece.length - left))
    }
    return piece.length - left
  }

  #fail(errno: number): void {
    this.#socket.destroy(Object.assign(new Error('a write failed'), { errno }))
  }

  #writeToStream(piece: Uint8Array): number {
    let waits = false
    this.#socket.write(piece, (error) => {
      if (!waits) return
      this.#waiting -= piece.length
      if (!error) this.#onTaken(piece)
    })
    waits = this.#socket.writableLength > 0 || this.#socket.destroyed
    if (!waits) return piece.length
    this.#waiting += piece.length
    return 0
  }
}
