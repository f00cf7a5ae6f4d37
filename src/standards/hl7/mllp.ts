/**
 * Takes a stream apart into MLLP frames (HL7 v2 Transport: VT, bytes, FS CR), wherever the stream is cut. A VT inside a
 * frame means that its end was lost: what came is told apart as cut, and a new frame begins. The pieces told tile the
 * stream: every byte belongs to exactly one.
 */
import { MESSAGE_LIMITS } from './limits.ts'

export const VT = 0x0b
export const FS = 0x1c
const CR = 0x0d
const LF = 0x0a

export type MllpPiece = {
  /** offsets in the stream, markers included; `end` is not part of it */
  readonly start: number
  readonly end: number
} & (
  | { readonly type: 'frame'; readonly bytes: Buffer; readonly ending: 'FS CR' | 'FS LF' | 'FS' }
  /** a frame whose end never came */
  | { readonly type: 'cut'; readonly bytes: Buffer }
  /** bytes between frames */
  | { readonly type: 'junk' }
  /** a frame over the limit: its bytes were not held */
  | { readonly type: 'skipped' }
)

export class MllpDeframer {
  readonly #limit: number
  #state: 'outside' | 'inside' | 'after-FS' | 'ended' = 'outside'
  /** of the stream: what was taken, and where the piece under way began */
  #offset = 0
  #start = 0
  #held: Buffer[] = []
  #heldBytes = 0
  #skipping = false

  constructor(limit: number = MESSAGE_LIMITS.frameBytes.value) {
    this.#limit = limit
  }

  get offset(): number {
    return this.#offset
  }

  /** @returns the pieces that end in this chunk; bytes of a frame may lie in the chunk itself */
  feed(chunk: Buffer): MllpPiece[] {
    const pieces: MllpPiece[] = []
    let at = 0
    let nextFS = -1
    let nextVT = -1
    const search = (from: number): void => {
      // each is looked for again only when passed, so that a storm of one does not search for the other each time
      if (nextFS < from) nextFS = place(chunk, FS, from)
      if (nextVT < from) nextVT = place(chunk, VT, from)
    }
    while (at < chunk.length) {
      if (this.#state === 'outside' || this.#state === 'ended') {
        if (this.#state === 'ended' && (chunk[at] === CR || chunk[at] === LF)) at = this.#move(at, 1)
        this.#state = 'outside'
        search(at)
        const junk = Math.min(nextVT, chunk.length) - at
        at = this.#move(at, junk)
        if (nextVT >= chunk.length) break
        this.#junk(pieces)
        at = this.#begin(at)
      } else if (this.#state === 'after-FS') {
        const byte = chunk[at] as number
        if (byte === CR || byte === LF) {
          at = this.#move(at, 1)
          pieces.push(this.#frame(byte === CR ? 'FS CR' : 'FS LF'))
          this.#state = 'outside'
        } else if (byte === VT) {
          pieces.push(this.#frame('FS'))
          at = this.#begin(at)
        } else {
          // an FS with more behind it was data
          this.#hold(FS_BYTE)
          this.#state = 'inside'
        }
      } else {
        search(at)
        const to = Math.min(nextFS, nextVT, chunk.length)
        this.#hold(chunk.subarray(at, to))
        at = this.#move(at, to - at)
        if (to === chunk.length) break
        if (nextVT < nextFS) {
          pieces.push(this.#cut())
          at = this.#begin(at)
        } else {
          at = this.#move(at, 1)
          this.#state = 'after-FS'
        }
      }
    }
    if (this.#state === 'outside') this.#junk(pieces)
    else this.#keep()
    return pieces
  }

  /** The other side has answered: a frame that lacks only the CR behind its FS is complete. */
  answered(): MllpPiece[] {
    if (this.#state !== 'after-FS') return []
    const piece = this.#frame('FS')
    this.#state = 'ended'
    return [piece]
  }

  /** The stream is over. */
  end(): MllpPiece[] {
    const pieces: MllpPiece[] = []
    if (this.#state === 'after-FS') pieces.push(this.#frame('FS'))
    else if (this.#state === 'inside') pieces.push(this.#cut())
    else this.#junk(pieces)
    this.#state = 'outside'
    return pieces
  }

  #move(at: number, by: number): number {
    this.#offset += by
    return at + by
  }

  #begin(at: number): number {
    this.#state = 'inside'
    return this.#move(at, 1)
  }

  #hold(bytes: Buffer): void {
    if (this.#skipping || bytes.length === 0) return
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#limit) {
      this.#skipping = true
      this.#held = []
    } else this.#held.push(bytes)
  }

  /** what stays over for the next chunk is copied: it would pin the whole chunk */
  #keep(): void {
    const last = this.#held.at(-1)
    if (last && last !== FS_BYTE && last.buffer.byteLength > last.length * 2)
      this.#held[this.#held.length - 1] = Buffer.from(last)
  }

  #take(): { readonly bytes: Buffer; readonly start: number; readonly end: number; readonly skipped: boolean } {
    const bytes = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held)
    const taken = { bytes, start: this.#start, end: this.#offset, skipped: this.#skipping }
    this.#held = []
    this.#heldBytes = 0
    this.#skipping = false
    this.#start = this.#offset
    return taken
  }

  #frame(ending: 'FS CR' | 'FS LF' | 'FS'): MllpPiece {
    const { skipped, start, end, bytes } = this.#take()
    return skipped ? { type: 'skipped', start, end } : { type: 'frame', start, end, bytes, ending }
  }

  #cut(): MllpPiece {
    const { skipped, start, end, bytes } = this.#take()
    return skipped ? { type: 'skipped', start, end } : { type: 'cut', start, end, bytes }
  }

  #junk(pieces: MllpPiece[]): void {
    if (this.#offset === this.#start) return
    pieces.push({ type: 'junk', start: this.#start, end: this.#offset })
    this.#start = this.#offset
  }
}

const FS_BYTE = Buffer.of(FS)
const place = (chunk: Buffer, byte: number, from: number): number => {
  const at = chunk.indexOf(byte, from)
  return at < 0 ? chunk.length : at
}

/** @returns a message as MLLP sends it */
export const frame = (message: Uint8Array): Buffer => Buffer.concat([Buffer.of(VT), message, Buffer.of(FS, CR)])
