/**
 * MLLP (HL7 v2.5.1 Appendix C): VT, a message, FS, CR. Takes a stream apart wherever it is cut; a frame that is cut by the
 * next one's VT never becomes part of it. Every byte of the stream is told exactly once.
 */
import { MESSAGE_LIMITS } from './limits.ts'

export const VT = 0x0b
export const FS = 0x1c
const CR = 0x0d
const LF = 0x0a

export type MllpEvent =
  /** `odd`: it ended otherwise than with FS and CR */
  | { readonly type: 'message'; readonly offset: number; readonly bytes: Buffer; readonly odd: boolean }
  /** bytes outside of a frame */
  | { readonly type: 'junk'; readonly offset: number; readonly length: number }
  /** a frame that the next VT or the end of the stream cut short */
  | { readonly type: 'truncated'; readonly offset: number; readonly length: number; readonly by: 'VT' | 'end' }
  /** a frame longer than any message may be: passed over up to its end */
  | { readonly type: 'oversize'; readonly offset: number; readonly length: number }

export class MllpReader {
  #state: 'outside' | 'inside' | 'after FS' = 'outside'
  #offset = 0
  /** of the frame, or of the junk, that is being read */
  #from = 0
  #pieces: Buffer[] = []
  #length = 0
  #isOversize = false

  /** bytes of the stream so far */
  get offset(): number {
    return this.#offset
  }

  /** @param chunk is copied where a frame does not end in it */
  push(chunk: Buffer): MllpEvent[] {
    const events: MllpEvent[] = []
    for (let at = 0; at < chunk.length;) {
      if (this.#state === 'outside') at = this.#outside(chunk, at, events)
      else if (this.#state === 'inside') at = this.#inside(chunk, at, events)
      else at = this.#afterFS(chunk, at, events)
    }
    // junk is told as it comes: there may be no end to it
    if (this.#state === 'outside') this.#tellJunk(events)
    return events
  }

  /** The stream is over. */
  end(): MllpEvent[] {
    const events: MllpEvent[] = []
    if (this.#state === 'after FS') this.#complete(events, true)
    else if (this.#state === 'inside') this.#cut(events, 'end')
    this.#state = 'outside'
    return events
  }

  #outside(chunk: Buffer, at: number, events: MllpEvent[]): number {
    const found = chunk.indexOf(VT, at)
    const end = found < 0 ? chunk.length : found
    this.#length += end - at
    this.#offset += end - at
    if (found < 0) return end
    this.#tellJunk(events)
    this.#begin()
    return end + 1
  }

  #inside(chunk: Buffer, at: number, events: MllpEvent[]): number {
    const fs = chunk.indexOf(FS, at)
    const limit = fs < 0 ? chunk.length : fs
    const vt = chunk.subarray(at, limit).indexOf(VT)
    const end = vt < 0 ? limit : at + vt
    this.#keep(chunk.subarray(at, end))
    if (vt >= 0) {
      this.#cut(events, 'VT')
      this.#begin()
      return end + 1
    }
    if (fs < 0) return end
    this.#offset++
    this.#state = 'after FS'
    return end + 1
  }

  #afterFS(chunk: Buffer, at: number, events: MllpEvent[]): number {
    const next = chunk[at] as number
    if (next === CR || next === LF) {
      this.#offset++
      this.#complete(events, next !== CR)
      return at + 1
    }
    if (next === VT) {
      this.#complete(events, true)
      return at
    }
    // a lone FS is part of the message
    this.#offset--
    this.#keep(LONE_FS)
    this.#state = 'inside'
    return at
  }

  #begin(): void {
    this.#state = 'inside'
    this.#from = this.#offset
    this.#offset++
    this.#pieces = []
    this.#length = 0
    this.#isOversize = false
  }

  #keep(bytes: Buffer): void {
    this.#offset += bytes.length
    this.#length += bytes.length
    if (this.#length > MESSAGE_LIMITS.messageBytes.value) {
      this.#isOversize = true
      this.#pieces = []
    } else if (bytes.length) this.#pieces.push(Buffer.from(bytes))
  }

  #complete(events: MllpEvent[], odd: boolean): void {
    const offset = this.#from
    if (this.#isOversize) events.push({ type: 'oversize', offset, length: this.#offset - offset })
    else events.push({ type: 'message', offset, bytes: Buffer.concat(this.#pieces), odd })
    this.#leave()
  }

  #cut(events: MllpEvent[], by: 'VT' | 'end'): void {
    events.push({ type: 'truncated', offset: this.#from, length: this.#offset - this.#from, by })
    this.#leave()
  }

  #leave(): void {
    this.#state = 'outside'
    this.#pieces = []
    this.#length = 0
    this.#from = this.#offset
  }

  #tellJunk(events: MllpEvent[]): void {
    if (this.#length > 0) events.push({ type: 'junk', offset: this.#offset - this.#length, length: this.#length })
    this.#length = 0
  }
}

const LONE_FS = Buffer.of(FS)

/** A message in its frame. */
export const framed = (message: Uint8Array): Buffer => Buffer.concat([Buffer.of(VT), message, Buffer.of(FS, CR)])
