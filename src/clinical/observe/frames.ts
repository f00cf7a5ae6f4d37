/** Takes the tap's stream apart into frames (base/tap-frames.ts), wherever it is cut; payloads of data come in pieces. */
import { TAP, TAP_HEADER_BYTES } from '../../base/index.ts'

export interface TapFrame {
  readonly connection: number
  readonly type: number
  /** of data frames a piece as it came; of others the whole payload */
  readonly payload: Buffer
}

/** an opening or closing: an id, a link's name, an address */
const JSON_BYTES = 64 * 1024

export class FrameReader {
  #held: Buffer = Buffer.alloc(0)
  #connection = 0
  #type = 0
  #left = 0

  /** @throws RangeError when the stream is not the tap's */
  read(chunk: Buffer): TapFrame[] {
    const frames: TapFrame[] = []
    let rest = this.#held.length ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = Buffer.alloc(0)
    while (rest.length) {
      if (this.#left > 0) {
        const piece = rest.subarray(0, this.#left)
        this.#left -= piece.length
        rest = rest.subarray(piece.length)
        frames.push({ connection: this.#connection, type: this.#type, payload: piece })
        continue
      }
      const length = rest.length >= TAP_HEADER_BYTES ? rest.readUInt32LE(5) : 0
      const type = rest[4] ?? 0
      const whole = type === TAP.toUpstream || type === TAP.toModality ? TAP_HEADER_BYTES : TAP_HEADER_BYTES + length
      if (whole > JSON_BYTES) throw new RangeError('not a frame of the tap')
      if (rest.length < whole) {
        this.#held = Buffer.from(rest)
        break
      }
      this.#connection = rest.readUInt32LE(0)
      this.#type = type
      if (whole === TAP_HEADER_BYTES && length) this.#left = length
      else frames.push({ connection: this.#connection, type, payload: rest.subarray(TAP_HEADER_BYTES, whole) })
      rest = rest.subarray(whole)
    }
    return frames
  }
}
