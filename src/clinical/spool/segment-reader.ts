/** One segment file being read, while it may still grow: records are checked and put together into captures. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { asFile, type ByteSource } from '../../standards/dicom/index.ts'
import { isMessage, type SpoolStart } from './captured.ts'
import { decodeHeader, letGo, openPayload, RECORD, RECORD_HEADER_BYTES, type RecordHeader } from './records.ts'

interface Extents {
  readonly start: SpoolStart
  /** where each data record begins in the file, its payload length in the clear, and where that begins in the data set */
  readonly at: number[]
  readonly lengths: number[]
  readonly from: number[]
  bytes: number
}

export interface Committed {
  readonly capture: number
  readonly start: SpoolStart
  readonly status: number
  readonly capturedAt: number
  readonly sizeBytes: number
  readonly source: ByteSource
}

export class SegmentReader {
  readonly #fd: number
  readonly #key: Uint8Array | undefined
  readonly #growing = new Map<number, Extents>()
  #offset = 0
  /** a record was not what it should be; nothing behind it is believed */
  damaged = false

  constructor(path: string, key: Uint8Array | undefined) {
    this.#fd = openSync(path, 'r')
    this.#key = key
  }

  /** @returns the captures committed since the last call; what stands half written at the end is left for later */
  read(): Committed[] {
    const committed: Committed[] = []
    const size = fstatSync(this.#fd).size
    // asked several times a second: mostly nothing has come
    if (this.#offset + RECORD_HEADER_BYTES > size) return committed
    const window = Buffer.allocUnsafe(1 << 20)
    while (!this.damaged && this.#offset + RECORD_HEADER_BYTES <= size) {
      const header = Buffer.from(this.#bytes(window, this.#offset, RECORD_HEADER_BYTES))
      const record = decodeHeader(header)
      if (!record) {
        this.damaged = true
        break
      }
      if (this.#offset + RECORD_HEADER_BYTES + record.length > size) break
      const payload = this.#bytes(
        record.length > window.length ? Buffer.allocUnsafe(record.length) : window,
        this.#offset + RECORD_HEADER_BYTES,
        record.length,
      )
      try {
        const clear = openPayload(header, payload, this.#key)
        const one = this.#take(record, clear)
        if (one) committed.push(one)
        if (record.sealBytes) letGo([clear])
      } catch {
        this.damaged = true
        break
      }
      this.#offset += RECORD_HEADER_BYTES + record.length
    }
    return committed
  }

  close(): void {
    closeSync(this.#fd)
  }

  #take({ type, capture }: RecordHeader, payload: Uint8Array): Committed | undefined {
    const said = () => JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
    if (type === RECORD.start)
      this.#growing.set(capture, { start: said() as unknown as SpoolStart, at: [], lengths: [], from: [], bytes: 0 })
    const growing = this.#growing.get(capture)
    if (type === RECORD.data && growing) {
      const { length } = payload
      growing.at.push(this.#offset)
      growing.lengths.push(length)
      growing.from.push(growing.bytes)
      growing.bytes += length
    }
    if (type === RECORD.abandon) this.#growing.delete(capture)
    if (type !== RECORD.commit || !growing) return undefined
    this.#growing.delete(capture)
    const { status, bytes, at } = said() as { status: number; bytes: number; at: number }
    if (bytes !== growing.bytes) throw new Error('bytes are missing')
    const { start } = growing
    const source = isMessage(start) ? this.#source(growing) : asFile(this.#source(growing), start)
    return { capture, start, status, capturedAt: at, sizeBytes: source.sizeBytes, source }
  }

  /** The data set's bytes by offset, from records that lie between those of other captures. */
  #source({ at, lengths, from, bytes }: Extents): ByteSource {
    let held = -1
    let heldBytes: Uint8Array = new Uint8Array()
    const piece = (index: number): Uint8Array => {
      if (held !== index) {
        const offset = at[index] as number
        const header = Buffer.alloc(RECORD_HEADER_BYTES)
        readSync(this.#fd, header, 0, header.length, offset)
        const stored = Buffer.allocUnsafe(decodeHeader(header)?.length ?? 0)
        readSync(this.#fd, stored, 0, stored.length, offset + RECORD_HEADER_BYTES)
        heldBytes = openPayload(header, stored, this.#key)
        held = index
      }
      return heldBytes
    }
    return {
      sizeBytes: bytes,
      read: (offset, length) => {
        const wanted = Math.max(0, Math.min(length, bytes - offset))
        const out = Buffer.allocUnsafe(wanted)
        let index = lastAtOrBefore(from, offset)
        for (let done = 0; done < wanted; index++) {
          const inside = offset + done - (from[index] as number)
          const part = piece(index).subarray(inside, inside + wanted - done)
          out.set(part, done)
          done += part.length
          if ((lengths[index] as number) === 0) continue
        }
        return out
      },
    }
  }

  #bytes(into: Buffer, offset: number, length: number): Buffer {
    const read = readSync(this.#fd, into, 0, length, offset)
    return into.subarray(0, read)
  }
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
