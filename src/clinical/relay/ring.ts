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

/** each word has a line of the processor's cache, and its neighbour, to itself: what one core writes is not taken from the other */
const APART_BYTES = 128
const HEAD = 0
/** beside it, the rest of the ring that was skipped last: how much, and where what follows begins */
const SKIPPED = 1
const RESUMED_AT = 2
const TAIL = APART_BYTES / 4
const IDLE = 2 * TAIL
/** the writer waits until less than this is filled; 0: it does not wait */
const AWAITED = 3 * TAIL
const CONTROL_BYTES = 4 * APART_BYTES
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
  else {
    if (whole.buffer !== from.buffer) whole = Buffer.from(from.buffer)
    whole.copy(to, at, from.byteOffset, from.byteOffset + from.length)
  }
}

/** of the memory that was copied from last: there are few, each of a thread's or a process's life */
let whole: Buffer<ArrayBufferLike> = Buffer.alloc(0)

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

  /** bytes that wait to be read; for the reader none for the moment in which the writer has skipped and not published yet */
  get waiting(): number {
    return Math.max(0, this.filled - this.unreadSkip)
  }

  /** what was skipped and the reader has not come to yet: it is filled, and nothing waits in it */
  protected get unreadSkip(): number {
    const isAhead = ((Atomics.load(this.control, RESUMED_AT) - Atomics.load(this.control, TAIL)) | 0) > 0
    return isAhead ? Atomics.load(this.control, SKIPPED) : 0
  }
}

export class RingWriter extends Ring {
  /** where the next record goes */
  #head = 0
  /** as far as the reader sees */
  #published = 0
  /** where the reader was when it was last looked for: each look takes the word from the reader's core */
  #tail = 0

  readonly #end: number

  /** @param end what lies behind it is never touched: positions need a power of two, memory does not */
  constructor(memory: RingMemory, end?: number) {
    super(memory)
    this.#end = end ?? this.capacity
  }

  /** bytes between the two, those that are not published yet included */
  override get filled(): number {
    this.#tail = Atomics.load(this.control, TAIL)
    return this.#filledAtMost
  }

  get #filledAtMost(): number {
    return (this.#head - this.#tail) >>> 0
  }

  /** where the reader is: bytes modulo 2^32 */
  get readAt(): number {
    return Atomics.load(this.control, TAIL)
  }

  /** @returns false when there is no room; nothing is written then */
  write(note: number, connection: number, type: TapFrameType, payload: Uint8Array): boolean {
    if (!this.put(note, connection, type, payload)) return false
    this.publish()
    return true
  }

  /** Writes a record that the reader does not see before {@link publish}. @returns undefined when there is no room */
  put(note: number, connection: number, type: TapFrameType, payload: Uint8Array): PutRecord | undefined {
    const length = aligned(RECORD_BYTES + payload.length)
    let head = this.#head
    const skip = this.#skipBefore(length)
    if (this.capacity - this.#filledAtMost < skip + length && this.capacity - this.filled < skip + length)
      return undefined
    if (skip > 0) {
      this.bytes[head & (this.capacity - 1)] = SKIP
      head = (head + skip) | 0
      Atomics.store(this.control, SKIPPED, skip)
      Atomics.store(this.control, RESUMED_AT, head)
    }
    const at = head & (this.capacity - 1)
    this.bytes[at] = note
    this.view.setUint32(at + FRAME_AT, connection, true)
    this.bytes[at + FRAME_AT + 4] = type
    this.view.setUint32(at + FRAME_AT + 5, payload.length, true)
    copyBytes(payload, this.bytes, at + RECORD_BYTES)
    this.#head = (head + length) | 0
    return new PutRecord(this.bytes, at, payload.length)
  }

  /** @returns what is left of the ring where a record of `length` bytes must or should not begin; or 0 */
  #skipBefore(length: number): number {
    const at = this.#head & (this.capacity - 1)
    // an empty ring begins anew: what was touched lately is in the processor's cache, and the rest may never be
    const isAnew = at > ANEW_BYTES && this.#published === this.#head && this.filled === 0
    return at + length > this.#end || isAnew ? this.capacity - at : 0
  }

  /** The reader sees all that was put. */
  publish(): void {
    Atomics.store(this.control, HEAD, this.#head)
    this.#published = this.#head
  }

  /** @returns true once when the reader had run dry and must be woken */
  takeIdle(): boolean {
    return Atomics.exchange(this.control, IDLE, 0) === 1
  }

  /** Blocks until no more than `bytes` wait. @returns false when that took longer than `patienceMs` */
  waitUntil(bytes: number, patienceMs: number): boolean {
    return this.#wait(() => bytes + this.unreadSkip, patienceMs)
  }

  /** Blocks until a payload of `length` bytes finds room. @returns false when that took longer than `patienceMs` */
  waitForRoom(length: number, patienceMs: number): boolean {
    const needed = aligned(RECORD_BYTES + length)
    return this.#wait(() => this.capacity - needed - this.#skipBefore(needed), patienceMs)
  }

  /** @param mayBeFilled asked anew each time: the reader lets go too early where it has come past what was skipped */
  #wait(mayBeFilled: () => number, patienceMs: number): boolean {
    const until = performance.now() + patienceMs
    for (;;) {
      const bytes = mayBeFilled()
      Atomics.store(this.control, AWAITED, bytes + 1)
      const tail = Atomics.load(this.control, TAIL)
      if (this.filled <= bytes) return true
      const left = until - performance.now()
      if (left <= 0) return false
      Atomics.wait(this.control, TAIL, tail, left)
    }
  }
}

/** A record that may still be changed: the reader does not see it yet. */
export class PutRecord {
  readonly memory: Buffer
  readonly #at: number
  readonly length: number

  constructor(memory: Buffer, at: number, length: number) {
    this.memory = memory
    this.#at = at
    this.length = length
  }

  /** where its payload is in `memory` */
  get from(): number {
    return this.#at + RECORD_BYTES
  }

  set note(note: number) {
    this.memory[this.#at] = note
  }
}

/** In the ring itself: good until the next record is asked for. */
export class RingRecord {
  readonly note: number
  readonly connection: number
  readonly type: TapFrameType
  readonly payload: Uint8Array
  readonly #memory: Buffer
  readonly #at: number

  constructor(memory: Buffer, view: DataView, at: number) {
    this.#memory = memory
    this.#at = at
    this.note = memory[at] ?? 0
    this.connection = view.getUint32(at + FRAME_AT, true)
    this.type = memory[at + FRAME_AT + 4] as TapFrameType
    const from = at + RECORD_BYTES
    this.payload = memory.subarray(from, from + view.getUint32(at + FRAME_AT + 5, true))
  }

  /** the payload with its header in front */
  get frame(): Uint8Array {
    return this.#memory.subarray(this.#at + FRAME_AT, this.#at + RECORD_BYTES + this.payload.length)
  }
}

export class RingReader extends Ring {
  /** where the record stands that was given last, and its length; before it all has been let go of up to `#released` */
  #at = 0
  #held = 0
  #released = 0
  /** what was published when it was last looked for */
  #head = 0
  /** let go of at once: the writer need not hear of every record */
  readonly #atOnce = this.capacity / 256

  /** Gives the next record and holds the last one no longer. */
  next(): RingRecord | undefined {
    this.#at = (this.#at + this.#held) | 0
    this.#held = 0
    if (this.#at === this.#head) {
      this.#release()
      this.#head = Atomics.load(this.control, HEAD)
      if (this.#at === this.#head) return undefined
    } else if ((this.#at - this.#released) >>> 0 >= this.#atOnce) this.#release()
    let at = this.#at & (this.capacity - 1)
    if (this.bytes[at] === SKIP) {
      this.#at = (this.#at + this.capacity - at) | 0
      this.#release()
      at = 0
    }
    const record = new RingRecord(this.bytes, this.view, at)
    this.#held = aligned(RECORD_BYTES + record.payload.length)
    return record
  }

  /** Asks to be woken by the next record. @returns false when one came meanwhile */
  rest(): boolean {
    Atomics.store(this.control, IDLE, 1)
    return this.filled === 0 || Atomics.exchange(this.control, IDLE, 0) === 0
  }

  #release(): void {
    if (this.#at === this.#released) return
    this.#released = this.#at
    Atomics.store(this.control, TAIL, this.#at)
    if (this.filled >= Atomics.load(this.control, AWAITED)) return
    Atomics.store(this.control, AWAITED, 0)
    Atomics.notify(this.control, TAIL)
  }
}
