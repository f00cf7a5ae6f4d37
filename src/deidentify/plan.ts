/**
 * What will be written, in order: small pieces gathered in memory, large ranges of the source as references. A file that
 * exists only when it is read.
 */
import { putElementHeader, type ByteSource, type Tag, type TransferSyntax, type VR } from '../standards/dicom/index.ts'

type Piece =
  | { readonly at: number; readonly length: number; readonly from: number }
  | { readonly at: number; readonly length: number; readonly bytes: Uint8Array }

/** a range of the source so large stays where it is */
const LARGE_BYTES = 65_536
const ROOM_BYTES = 4096
const HEADER_BYTES = 12

export class Plan implements ByteSource {
  readonly #source: ByteSource
  readonly #pieces: Piece[] = []
  /** the range copied last, which the next may go on with */
  #from = 0
  #length = 0
  /** where small pieces are gathered; what stands between `#begun` and `#end` is in no piece yet */
  #room: Uint8Array = Buffer.allocUnsafe(ROOM_BYTES)
  #begun = 0
  #end = 0
  sizeBytes = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** Copies a range of the source; ranges that touch become one. */
  copy(from: number, length: number): void {
    if (this.#length > 0 && this.#from + this.#length !== from) this.#settle()
    if (this.#length === 0) this.#from = from
    this.#length += length
    this.sizeBytes += length
  }

  write(bytes: Uint8Array): void {
    this.#settle()
    this.#gather(bytes)
    this.sizeBytes += bytes.length
  }

  /** Writes an element's header where it will stand. */
  header(tag: Tag, vr: VR, length: number, syntax: TransferSyntax): void {
    this.#settle()
    this.#makeRoom(HEADER_BYTES)
    const end = putElementHeader(this.#room, this.#end, { tag, vr, length }, syntax)
    this.sizeBytes += end - this.#end
    this.#end = end
  }

  read(offset: number, length: number): Uint8Array {
    this.#close()
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - offset))
    let index = this.#find(offset)
    const first = this.#pieces[index]
    // what stands together is handed on as it comes, without a copy
    if (first && offset + wanted <= first.at + first.length) return this.#part(first, offset - first.at, wanted)
    const out = Buffer.allocUnsafe(wanted)
    for (let done = 0; done < wanted; index++) {
      const piece = this.#pieces[index]
      if (!piece) break
      const inside = offset + done - piece.at
      const take = Math.min(piece.length - inside, wanted - done)
      out.set(this.#part(piece, inside, take), done)
      done += take
    }
    return out
  }

  run(offset: number): number {
    this.#close()
    const piece = this.#pieces[this.#find(offset)]
    return piece ? piece.at + piece.length - offset : 1
  }

  #part(piece: Piece, inside: number, length: number): Uint8Array {
    return 'from' in piece
      ? this.#source.read(piece.from + inside, length)
      : piece.bytes.subarray(inside, inside + length)
  }

  /** Decides what becomes of the range copied last. */
  #settle(): void {
    const [from, length] = [this.#from, this.#length]
    if (length === 0) return
    this.#length = 0
    if (length < LARGE_BYTES) return this.#gather(this.#source.read(from, length))
    this.#closeGathered(this.sizeBytes - length)
    this.#pieces.push({ at: this.sizeBytes - length, length, from })
  }

  #gather(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#room.set(bytes, this.#end)
    this.#end += bytes.length
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#room.length) return
    const needed = this.#end - this.#begun + bytes
    const room = Buffer.allocUnsafe(Math.max(ROOM_BYTES, needed * 2))
    room.set(this.#room.subarray(this.#begun, this.#end))
    this.#end -= this.#begun
    this.#begun = 0
    this.#room = room
  }

  #close(): void {
    this.#settle()
    this.#closeGathered(this.sizeBytes)
  }

  /** @param end where in the plan what was gathered ends */
  #closeGathered(end: number): void {
    const length = this.#end - this.#begun
    if (length === 0) return
    this.#pieces.push({ at: end - length, length, bytes: this.#room.subarray(this.#begun, this.#end) })
    this.#begun = this.#end
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
