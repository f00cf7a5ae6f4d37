/**
 * A ring of records in shared memory, from one writer to one reader in another thread: what the relay saw, on its way to
 * where it is hashed and copied. The writer waits on the reader for a bounded moment at most, and
 * the ring never grows.
 *
 * A record starts at a multiple of 16, does not wrap, and is 16 bytes and its payload:
 *   0      number of the note, below 256
 *   7..15  the header of a tap frame (`base/tap-frames.ts`), so that header and payload leave as one piece
 */
import { TAP_HEADER_BYTES, type TapFrameType } from '../../base/index.ts'

const HEAD = 0
const TAIL = 1
const IDLE = 2
/** the writer waits until less than this is filled; 0: it does not wait */
const AWAITED = 3
const CONTROL_BYTES = 64
const RECORD_BYTES = 16
const FRAME_AT = RECORD_BYTES - TAP_HEADER_BYTES
/** the rest of the ring up to its end holds nothing */
const SKIP = 255
/** behind this much an empty ring begins anew */
const ANEW_BYTES = 2 * 1024 * 1024

export type RingMemory = SharedArrayBuffer

export function newRing(capacity: number): RingMemory {
  return new SharedArrayBuffer(CONTROL_BYTES + capacity)
}

const aligned = (length: number) => (length + RECORD_BYTES - 1) & ~(RECORD_BYTES - 1)

/**
 * Into shared memory the runtime's `set` moves word by word, four times slower than a part of a larger buffer that is
 * copied with `copy`; so the copy is always of a part.
 */
export function copyBytes(from: Uint8Array, to: Buffer, at: number): void {
  if (from.length < FEW_BYTES || from.length === from.buffer.byteLength) to.set(from, at)
  else Buffer.from(from.buffer).copy(to, at, from.byteOffset, from.byteOffset + from.length)
}

const FEW_BYTES = 4096

/** Positions count bytes modulo 2^32; the capacity is a power of two. */
class Ring {
  protected readonly control: Int32Array
  protected readonly bytes: Buffer
  protected readonly view: DataView
  readonly capacity: number

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4)
    this.bytes = Buffer.from(memory, CONTROL_BYTES)
    this.view = new DataView(memory, CONTROL_BYTES)
    this.capacity = this.bytes.length
  }

  /** bytes between the two, skipped ones included */
  get filled(): number {
    return (Atomics.load(this.control, HEAD) - Atomics.load(this.control, TAIL)) >>> 0
  }
}

export class RingWriter extends Ring {
  /** the rest of the ring that was skipped last: how much, and where what follows begins */
  #skipped = 0
  #resumedAt = 0

  readonly #end: number

  /** @param end what lies behind it is never touched: positions need a power of two, memory does not */
  constructor(memory: RingMemory, end?: number) {
    super(memory)
    this.#end = end ?? this.capacity
  }

  /** bytes that wait to be read */
  get waiting(): number {
    const isSkipUnread = ((this.#resumedAt - Atomics.load(this.control, TAIL)) | 0) > 0
    return this.filled - (isSkipUnread ? this.#skipped : 0)
  }

  /** where the reader is: bytes modulo 2^32 */
  get readAt(): number {
    return Atomics.load(this.control, TAIL)
  }

  /** @returns false when there is no room; nothing is written then */
  write(note: number, connection: number, type: TapFrameType, payload: Uint8Array): boolean {
    const length = aligned(RECORD_BYTES + payload.length)
    let head = Atomics.load(this.control, HEAD)
    const left = this.capacity - (head & (this.capacity - 1))
    // an empty ring begins anew: what was touched lately is in the processor's cache, and the rest may never be
    const isAnew = this.capacity - left > ANEW_BYTES && this.filled === 0
    const skip = this.capacity - left + length > this.#end || isAnew ? left : 0
    if (this.capacity - this.filled < skip + length) return false
    if (skip > 0) {
      this.bytes[head & (this.capacity - 1)] = SKIP
      head = (head + skip) | 0
      this.#skipped = skip
      this.#resumedAt = head
    }
    const at = head & (this.capacity - 1)
    this.bytes[at] = note
    this.view.setUint32(at + FRAME_AT, connection, true)
    this.bytes[at + FRAME_AT + 4] = type
    this.view.setUint32(at + FRAME_AT + 5, payload.length, true)
    copyBytes(payload, this.bytes, at + RECORD_BYTES)
    Atomics.store(this.control, HEAD, (head + length) | 0)
    return true
  }

  /** @returns true once when the reader had run dry and must be woken */
  takeIdle(): boolean {
    return Atomics.exchange(this.control, IDLE, 0) === 1
  }

  /** Blocks until no more than `bytes` are filled. @returns false when that took longer than `patienceMs` */
  waitUntil(bytes: number, patienceMs: number): boolean {
    const until = performance.now() + patienceMs
    for (;;) {
      Atomics.store(this.control, AWAITED, bytes + 1)
      const tail = Atomics.load(this.control, TAIL)
      if (this.filled <= bytes) return true
      const left = until - performance.now()
      if (left <= 0) return false
      Atomics.wait(this.control, TAIL, tail, left)
    }
  }
}

export interface RingRecord {
  readonly note: number
  readonly connection: number
  readonly type: TapFrameType
  /** in the ring itself: good until the next record is asked for */
  readonly frame: Uint8Array
  readonly payload: Uint8Array
}

export class RingReader extends Ring {
  #held = 0

  /** Lets go of the last record and gives the next. */
  next(): RingRecord | undefined {
    this.#release()
    let tail = Atomics.load(this.control, TAIL)
    if (tail === Atomics.load(this.control, HEAD)) return undefined
    if (this.bytes[tail & (this.capacity - 1)] === SKIP) {
      this.#held = this.capacity - (tail & (this.capacity - 1))
      this.#release()
      tail = Atomics.load(this.control, TAIL)
    }
    const at = tail & (this.capacity - 1)
    const length = this.view.getUint32(at + FRAME_AT + 5, true)
    const end = at + RECORD_BYTES + length
    this.#held = aligned(RECORD_BYTES + length)
    return {
      note: this.bytes[at] ?? 0,
      connection: this.view.getUint32(at + FRAME_AT, true),
      type: this.bytes[at + FRAME_AT + 4] as TapFrameType,
      frame: this.bytes.subarray(at + FRAME_AT, end),
      payload: this.bytes.subarray(at + RECORD_BYTES, end),
    }
  }

  /** Asks to be woken by the next record. @returns false when one came meanwhile */
  rest(): boolean {
    Atomics.store(this.control, IDLE, 1)
    return this.filled === 0 || Atomics.exchange(this.control, IDLE, 0) === 0
  }

  #release(): void {
    if (this.#held === 0) return
    Atomics.store(this.control, TAIL, (Atomics.load(this.control, TAIL) + this.#held) | 0)
    this.#held = 0
    if (this.filled >= Atomics.load(this.control, AWAITED)) return
    Atomics.store(this.control, AWAITED, 0)
    Atomics.notify(this.control, TAIL)
  }
}
