/** What will be written, as ranges of the source and new bytes in order: a file that exists only when it is read. */
import type { ByteSource } from '../standards/dicom/index.ts'

type Piece =
  | { readonly at: number; readonly length: number; readonly from: number }
  | { readonly at: number; readonly length: number; readonly bytes: Uint8Array }

export class Plan implements ByteSource {
  readonly #source: ByteSource
  readonly #pieces: Piece[] = []
  sizeBytes = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** Copies a range of the source; ranges that touch become one. */
  copy(from: number, length: number): void {
    if (length === 0) return
    const last = this.#pieces[this.#pieces.length - 1]
    if (last && 'from' in last && last.from + last.length === from)
      this.#pieces[this.#pieces.length - 1] = { at: last.at, from: last.from, length: last.length + length }
    else this.#pieces.push({ at: this.sizeBytes, from, length })
    this.sizeBytes += length
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#pieces.push({ at: this.sizeBytes, length: bytes.length, bytes })
    this.sizeBytes += bytes.length
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - offset))
    let index = this.#find(offset)
    const first = this.#pieces[index]
    // one range of the source is handed on as it comes, without a copy
    if (first && 'from' in first && offset + wanted <= first.at + first.length)
      return this.#source.read(first.from + offset - first.at, wanted)
    const out = Buffer.allocUnsafe(wanted)
    for (let done = 0; done < wanted; index++) {
      const piece = this.#pieces[index]
      if (!piece) break
      const inside = offset + done - piece.at
      const take = Math.min(piece.length - inside, wanted - done)
      out.set(
        'from' in piece ? this.#source.read(piece.from + inside, take) : piece.bytes.subarray(inside, inside + take),
        done,
      )
      done += take
    }
    return out
  }

  /** A large range of the source is a run of its own; what lies between is another. */
  run(offset: number): number {
    let index = this.#find(offset)
    const first = this.#pieces[index]
    if (!first) return 1
    let run = first.at + first.length - offset
    if (isLarge(first)) return run
    for (let next = this.#pieces[++index]; next && !isLarge(next); next = this.#pieces[++index]) run += next.length
    return run
  }

  #find(offset: number): number {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#pieces[middle] as Piece).at <= offset) low = middle
      else high = middle - 1
    }
    return Math.max(0, low)
  }
}

const LARGE_BYTES = 65_536
const isLarge = (piece: Piece) => 'from' in piece && piece.length >= LARGE_BYTES
