/**
 * Sockets that read into memory that is used again, instead of into fresh memory for every read: on a busy line this is
 * most of what a relay in this runtime costs (docs/decisions/0008).
 */
import { Socket, type OnReadOpts } from 'node:net'

/** a piece that stands in memory its socket reads into: good within the call only, unless it is kept */
export interface Reading {
  /** From now on the memory belongs to somebody else, until {@link giveBack}; the socket reads on into other memory. */
  keep(): void
  /** @param head at most {@link HEAD_BYTES} that came before. @returns both as one piece, in the same memory where there is room */
  behind(head: Uint8Array): Uint8Array
}

export type OnPiece = (piece: Uint8Array, reading: Reading) => void

/** what a quiet socket holds: hundreds of them are open for hours */
const SMALL_BYTES = 32 * 1024
/** what a socket reads into once so many of its reads in a row were full: a burst, and not a question */
const LARGE_BYTES = 128 * 1024
const FULL_READS = 3
/** in front of what is read into, for {@link Reading.behind} */
export const HEAD_BYTES = 16
/** beyond what is read into: a piece is always a part of its memory, which is what copies fast */
const BEYOND_BYTES = 16
/** of one size, kept for the next; more is let go after a burst */
const SPARE = 16

/** by size; the last used comes first, while the processor still has it in its cache */
const spares = new Map<number, Buffer[]>()

function take(bytes: number): Buffer {
  const spare = spares.get(bytes)
  if (!spare) spares.set(bytes, [])
  return spare?.pop() ?? readable(Buffer.allocUnsafeSlow(HEAD_BYTES + bytes + BEYOND_BYTES).buffer)
}

const readable = (memory: ArrayBufferLike) =>
  Buffer.from(memory as ArrayBuffer, HEAD_BYTES, memory.byteLength - HEAD_BYTES - BEYOND_BYTES)

/** Memory that was kept may be read into again. @param piece what was kept, or a part of it; not used after this */
export function giveBack(piece: Uint8Array): void {
  const spare = spares.get(piece.buffer.byteLength - HEAD_BYTES - BEYOND_BYTES)
  if (spare && spare.length < SPARE) spare.push(readable(piece.buffer))
}

/** The `onread` of a socket. @param largest what it reads at once while its reads are full */
export function readInto(onPiece: OnPiece, largest: number = LARGE_BYTES): OnReadOpts {
  let buffer = take(SMALL_BYTES)
  let isKept = false
  let full = 0
  let read = 0
  const reading: Reading = {
    keep: () => void (isKept = true),
    behind: (head) => {
      const whole = Buffer.from(buffer.buffer as ArrayBuffer, HEAD_BYTES - head.length, head.length + read)
      whole.set(head)
      return whole
    },
  }
  return {
    buffer: () => buffer,
    callback: (length: number, from: Uint8Array) => {
      read = length
      onPiece(from.subarray(0, length), reading)
      full = length === from.length ? full + 1 : 0
      const bytes = full >= FULL_READS ? largest : length <= SMALL_BYTES / 2 ? SMALL_BYTES : from.length
      if (!isKept && bytes === from.length) return true
      if (!isKept) giveBack(buffer)
      isKept = false
      buffer = take(bytes)
      return true
    },
  }
}

/** of a piece in memory of its own */
const readingOf = (piece: Uint8Array): Reading => ({
  keep: () => {},
  behind: (head) => Buffer.concat([head, piece]),
})

interface WithHandle {
  _handle: unknown
}

/**
 * An accepted, paused connection as a socket that reads with {@link readInto}: the runtime offers that for outgoing
 * connections only. Where its handle cannot be taken over, pieces come as ordinary 'data'.
 *
 * @param options of the new socket; it is paused
 */
export function acceptInto(accepted: Socket, options: object, onPiece: OnPiece, largest?: number): Socket {
  const holder = accepted as unknown as Partial<WithHandle>
  const handle = holder._handle
  if (!handle || accepted.destroyed)
    return accepted.on('data', (piece: Uint8Array) => onPiece(piece, readingOf(piece))).pause()
  // the server keeps its count right when the first owner, now without a connection, is destroyed
  const onread = readInto(onPiece, largest)
  const socket = new Socket({ ...options, handle, pauseOnCreate: true, onread } as object)
  holder._handle = null
  accepted.destroy()
  return socket
}
