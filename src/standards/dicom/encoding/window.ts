/** A window of 64 KiB on a source, moved as a scan goes on: many small reads become few. */
import { Fault } from '../../../base/index.ts'
import type { ByteSource } from '../source.ts'

const WINDOW_BYTES = 65_536

export class Window {
  readonly #source: ByteSource
  #bytes: Uint8Array = new Uint8Array()
  #offset = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** @throws Fault 'truncated' when the source is shorter than it said */
  bytes(offset: number, length: number): Uint8Array {
    const from = offset - this.#offset
    if (from >= 0 && from + length <= this.#bytes.length) return this.#bytes.subarray(from, from + length)
    const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.#source.sizeBytes - offset)
    this.#bytes = this.#source.read(offset, wanted)
    this.#offset = offset
    if (this.#bytes.length < length) throw new Fault('truncated', { offset })
    return this.#bytes.subarray(0, length)
  }
}
