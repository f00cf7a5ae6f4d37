/** A window of 64 KiB on a source, moved as a scan goes on: many small reads become few. */
import { Fault } from '../../../base/index.ts'
import type { ByteSource } from '../source.ts'

const WINDOW_BYTES = 65_536

export class Window {
  readonly #source: ByteSource
  #offset = 0
  /** what the window shows now */
  bytes: Uint8Array = new Uint8Array()

  constructor(source: ByteSource) {
    this.#source = source
  }

  /**
   * Moves the window where it does not show `length` bytes from `offset`.
   * @returns where in `bytes` they stand
   * @throws Fault 'truncated' when the source is shorter than it said
   */
  at(offset: number, length: number): number {
    const from = offset - this.#offset
    if (from >= 0 && from + length <= this.bytes.length) return from
    // what stands together is read without a copy
    const together = Math.min(WINDOW_BYTES, this.#source.run?.(offset) ?? WINDOW_BYTES)
    this.bytes = this.#source.read(offset, Math.min(Math.max(length, together), this.#source.sizeBytes - offset))
    this.#offset = offset
    if (this.bytes.length < length) throw new Fault('truncated', { offset })
    return 0
  }

  /** @returns bytes of their own view, which stay when the window moves */
  slice(offset: number, length: number): Uint8Array {
    const at = this.at(offset, length)
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length)
  }
}
