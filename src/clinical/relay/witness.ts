/**
 * The witness sees what passes and is waited for a bounded moment at most: one copy of each piece goes into a bounded ring, and a thread of
 * its own hashes it and hands it to the tap. Where it cannot keep up a connection loses its witness, never its line. Who is alone
 * with short pieces is hashed by the loop, and the thread has only its copy (docs/decisions/0049).
 */
import { Worker } from 'node:worker_threads'
import { TAP, type TapClosing, type TapFrameType, type TapOpening } from '../../base/index.ts'
import { SHORT_BYTES } from './attention.ts'
import { Burst } from './burst.ts'
import type { BothHashes } from './events.ts'
import { Hold } from './hold.ts'
import { NOTE, type FromWitness, type Left, type ToWitness, type WitnessData } from './notes.ts'
import { Place } from './place.ts'
import { AssociationHashes } from './proof.ts'
import { newRing, RingWriter, type PutRecord } from './ring.ts'
import { Turn } from './turn.ts'

const RING_BYTES = 32 * 1024 * 1024
/** as much of it is used */
const USED_BYTES = 24 * 1024 * 1024
/**
 * From here on the thread is woken at once, as for a beginning and an end; less than this may wait for `WAKE_AFTER_MS`. Whenever it
 * wakes, the system moves others from core to core, and a device and an archive that answer each other in turn with small objects run
 * at half their pace until it has brought them together again: seldom and long is better than often and short.
 */
const WAKE_BYTES = 8 * 1024 * 1024
/** of a bulk: what was just copied is still in the cache */
const WAKE_BULK_BYTES = 256 * 1024
/** with less than this in the ring the thread has time, and the end of a slice is waited for */
const MUCH_BYTES = 4 * 1024 * 1024
const WAKE_AFTER_MS = 50
/** with more than this in the ring the loop is held until the thread has caught up; the rest is for when it is not heard of */
const HOLD_BYTES = 16 * 1024 * 1024
/** the loop goes on with so much less: held and let go for each piece, the two threads would wake each other all the time */
const LESS_BYTES = 512 * 1024
/** how long the loop may be held at once: less than a disk takes to answer */
const PATIENCE_MS = 20
/** longer pieces are several records: the tap's socket takes no more at once */
const RECORD_BYTES = 136 * 1024
const RESTART_MS = 250
/** a thread that has not answered by then is not waited for */
const ANSWER_MS = 5000

export interface Witnessed {
  /** undefined: given up */
  readonly hashes: BothHashes | undefined
  /** undefined: all of it was copied to the tap */
  readonly left: Left | undefined
}

type Done = (witnessed: Witnessed) => void

export class Witness {
  #tap: string | undefined
  #worker: Worker | undefined
  readonly #place: Place
  #ring = new RingWriter(newRing(1024))
  #wake: NodeJS.Timeout | undefined
  /** with much in the ring, and again where there is no room at all */
  #much = new Hold(this.#ring)
  #full = new Hold(this.#ring)
  #stopped = false
  #count = 0
  /** records of what is kept until the end of a turn are published together, then */
  readonly turn = new Turn(() => this.#publish())
  #isTapped = false
  #tapTried = Promise.withResolvers<void>()
  /** the first thread reads its ring, and has tried to reach who reads the tap: until then nobody should be served */
  ready: Promise<unknown>
  readonly #open = new Map<number, WitnessOfOne>()

  constructor(place = new Place()) {
    this.#place = place
    this.ready = new Promise<void>((done) => this.#start(done))
  }

  setTap(path: string | undefined): void {
    this.#tap = path
    this.#tapTried.resolve()
    this.#tapTried = Promise.withResolvers()
    this.ready = Promise.all([this.ready, this.#tapTried.promise])
    this.#tell({ type: 'tap', path })
    this.#keepUntilReady()
  }

  /** whether somebody reads the tap */
  get isTapped(): boolean {
    return this.#isTapped
  }

  /** of the ring that is not read yet, in bytes */
  get waiting(): number {
    return this.#ring.waiting
  }

  /** @param isOwn its loop hashes it, and only what is for the tap goes to the thread */
  open(opening: TapOpening, isOwn = false): WitnessOfOne {
    const connection = ++this.#count
    const ring = {
      write: (note: number, type: TapFrameType, payload: Uint8Array, mayWait?: number) =>
        this.#write(connection, note, type, payload, mayWait),
      put: (type: TapFrameType, payload: Uint8Array) => this.#put(connection, type, payload),
    }
    const one = new WitnessOfOne(
      ring,
      isOwn ? { hashes: new AssociationHashes(), isCopied: this.#tap !== undefined } : undefined,
    )
    this.#open.set(connection, one)
    one.note(isOwn ? NOTE.ownOpened : NOTE.told, TAP.opened, Buffer.from(JSON.stringify(opening)))
    return one
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#wake)
    this.#place.stop()
    await this.#worker?.terminate()
  }

  #write(connection: number, note: number, type: TapFrameType, payload: Uint8Array, mayWait?: number): boolean {
    // records stay in the order in which their pieces were read
    this.turn.end()
    const ring = this.#ring
    this.#holdIfMuch()
    if (
      !ring.write(note, connection, type, payload) &&
      !(this.#holdForRoom(payload.length) && ring.write(note, connection, type, payload))
    ) {
      this.#tell({ type: 'lost', connection })
      return false
    }
    const isUrgent = note === NOTE.told || note === NOTE.closed || note === NOTE.ownOpened
    this.#wakeAt(isUrgent ? 0 : (mayWait ?? (payload.length > SHORT_BYTES ? WAKE_BULK_BYTES : WAKE_BYTES)))
    return true
  }

  #put(connection: number, type: TapFrameType, payload: Uint8Array): PutRecord | undefined {
    return this.#ring.put(NOTE.passed, connection, type, payload)
  }

  #publish(): void {
    this.#ring.publish()
    this.#wakeAt(WAKE_BYTES)
    this.#holdIfMuch()
  }

  #wakeAt(mayWait: number): void {
    if (this.#ring.waiting >= mayWait) this.#wakeNow()
    else this.#wake ??= setTimeout(() => this.#wakeNow(), WAKE_AFTER_MS)
  }

  #holdIfMuch(): void {
    if (this.#ring.waiting <= HOLD_BYTES) return
    this.#much.until(() => {
      this.#wakeNow()
      return this.#ring.waitUntil(HOLD_BYTES - LESS_BYTES, PATIENCE_MS)
    })
  }

  /** @returns whether there is room now */
  #holdForRoom(length: number): boolean {
    return this.#full.until(() => {
      this.#wakeNow()
      return this.#ring.waitForRoom(length + LESS_BYTES, PATIENCE_MS)
    })
  }

  #wakeNow(): void {
    clearTimeout(this.#wake)
    this.#wake = undefined
    this.#place.look(this.#ring.waiting)
    if (this.#ring.takeIdle()) this.#tell({ type: 'wake' })
  }

  #tell(message: ToWitness): void {
    this.#worker?.postMessage(message)
  }

  #hear(message: Exclude<FromWitness, { type: 'ready' }>): void {
    if (message.type === 'tapped') {
      // of the tap before there is nothing to say any more
      if (message.path !== this.#tap) return
      this.#isTapped = message.isTapped
      this.#tapTried.resolve()
      return
    }
    const one = this.#open.get(message.connection)
    if (message.type === 'left') one?.leave(message.left)
    else {
      this.#open.delete(message.connection)
      one?.seen(message.hashes)
    }
  }

  /** As long as its answer is waited for the thread keeps the process; after that what passes does. */
  #keepUntilReady(): void {
    const worker = this.#worker
    worker?.ref()
    void this.ready.then(() => worker?.unref())
  }

  #start(ready?: () => void): void {
    const ring = newRing(RING_BYTES)
    this.#ring = new RingWriter(ring, USED_BYTES)
    this.#much = new Hold(this.#ring)
    this.#full = new Hold(this.#ring)
    const workerData: WitnessData = { ring, roomBytes: HOLD_BYTES / 2, tap: this.#tap }
    const worker = new Worker(new URL('./witness-thread.ts', import.meta.url), {
      workerData,
      // it holds no more than a piece at a time
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
    })
    this.#worker = worker
    worker.on('message', (message: FromWitness) => {
      if (message.type !== 'ready') return this.#hear(message)
      this.#place.follow(message.thread)
      ready?.()
      this.#keepUntilReady()
    })
    worker.on('error', () => {})
    worker.on('exit', () => {
      ready?.()
      this.#isTapped = false
      this.#tapTried.resolve()
      this.#worker = undefined
      this.#place.follow(undefined)
      for (const one of this.#open.values()) one.lost('gone')
      this.#open.clear()
      if (!this.#stopped) setTimeout(() => !this.#stopped && this.#start(), RESTART_MS).unref()
    })
  }
}

/** The ring, for one connection. */
export interface RingOfOne {
  /**
   * @param mayWait less than this in the ring wakes nobody yet; undefined: it goes by the length of the payload
   * @returns false when there is no room
   */
  write(note: number, type: TapFrameType, payload: Uint8Array, mayWait?: number): boolean
  /** Noted as passed, and not published yet. @returns undefined when there is no room */
  put(type: TapFrameType, payload: Uint8Array): PutRecord | undefined
}

/** Of a connection that the loop hashes by itself. */
export interface Own {
  readonly hashes: AssociationHashes
  /** whether the tap gets a copy: nothing else of it is for the thread */
  readonly isCopied: boolean
}

/** What the witness knows of one connection. */
export class WitnessOfOne {
  readonly #ring: RingOfOne
  #own: Own | undefined
  readonly #bytes = { toUpstream: 0, toModality: 0 }
  readonly #burst = new Burst(MUCH_BYTES)
  #left: Left | undefined
  #given = false
  #done: Done | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(ring: RingOfOne, own?: Own) {
    this.#ring = ring
    this.#own = own
  }

  get left(): Left | undefined {
    return this.#left
  }

  /** Whatever goes wrong in here costs the witness and never the line: by now the piece has been passed on. */
  note(note: number, type: TapFrameType, payload: Uint8Array): void {
    try {
      if (payload.length <= RECORD_BYTES) this.#note(note, type, payload)
      else
        for (let from = 0; from < payload.length; from += RECORD_BYTES)
          this.#note(note, type, payload.subarray(from, from + RECORD_BYTES))
    } catch {
      // a hash that has missed something proves nothing
      this.#own = undefined
      this.lost('gone')
    }
  }

  #note(note: number, type: TapFrameType, payload: Uint8Array): void {
    const isPiece = note === NOTE.passed || note === NOTE.read
    const isForThread = !this.#own || (note !== NOTE.taken && (this.#own.isCopied || !isPiece))
    const mayWait = isPiece ? this.#mayWait(type, payload.length) : undefined
    if (!this.#given && isForThread && !this.#ring.write(note, type, payload, mayWait)) this.lost('ring-full')
    if (!this.#given && isPiece) this.#count(type, payload.length)
    this.#own?.hashes.see(note, type, payload)
  }

  /**
   * A piece that will be passed on at the end of the turn.
   * @returns where it is until then, noted as passed; undefined: it is passed on and noted at once
   */
  keep(type: TapFrameType, piece: Uint8Array): PutRecord | undefined {
    if (this.#given || this.#own) return undefined
    try {
      const record = this.#ring.put(type, piece)
      if (record) this.#count(type, piece.length)
      return record
    } catch {
      this.lost('gone')
      return undefined
    }
  }

  /** @param done called once, when everything before has been seen or given up */
  close(closing: TapClosing, done: Done): void {
    this.#done = done
    this.note(NOTE.closed, TAP.closed, Buffer.from(JSON.stringify(closing)))
    if (this.#given) this.#finish(undefined)
    else this.#timer = setTimeout(() => this.lost('gone'), ANSWER_MS).unref()
  }

  leave(left: Left): void {
    this.#left ??= left
  }

  lost(reason: 'ring-full' | 'gone'): void {
    this.#given = true
    this.leave({ reason, from: Date.now(), ...this.#bytes })
    this.#finish(undefined)
  }

  /** @param hashes undefined: the loop has them */
  seen(hashes: BothHashes | undefined): void {
    this.#finish(hashes)
  }

  #mayWait(type: TapFrameType, bytes: number): number | undefined {
    if (this.#burst.passed(bytes, type === TAP.toUpstream ? 'toUpstream' : 'toModality')) return 0
    return this.#burst.goesOn ? MUCH_BYTES : undefined
  }

  #count(type: TapFrameType, bytes: number): void {
    if (type === TAP.toUpstream) this.#bytes.toUpstream += bytes
    else this.#bytes.toModality += bytes
  }

  #finish(hashes: BothHashes | undefined): void {
    clearTimeout(this.#timer)
    const done = this.#done
    this.#done = undefined
    done?.({ hashes: hashes ?? this.#own?.hashes.get(), left: this.#left })
  }
}
