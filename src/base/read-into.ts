/**
 * Sockets that read into one memory, the same for all of a thread, instead of into fresh memory for every read: on a busy
 * line this is most of what a relay in this runtime costs, and the memory stays in the processor's cache (docs/decisions/0045).
 */
import { Socket, type OnReadOpts } from 'node:net'

/**
 * @param piece in the memory that the next read goes to: good within the call only
 * @returns 'waits' when it could not be passed on at once: less is read then
 */
export type OnPiece = (piece: Uint8Array) => 'waits' | void

/** what is read at once: a slice of 512 by 512 pixels of 16 bits is one piece, and 20 MB are twenty */
const LANDING_BYTES = 1024 * 1024
/** of a socket whose last piece had to wait: hundreds may wait at once */
const LESS_BYTES = 64 * 1024
/** in front of what is read, for {@link behind} */
export const HEAD_BYTES = 16
/** beyond it: a piece is always a part of its memory, which is what copies fast */
const BEYOND_BYTES = 16

const memory = Buffer.allocUnsafeSlow(HEAD_BYTES + LANDING_BYTES + BEYOND_BYTES)
const landing = memory.subarray(HEAD_BYTES, HEAD_BYTES + LANDING_BYTES)
const less = landing.subarray(0, LESS_BYTES)

/** The `onread` of a socket. */
export function readInto(onPiece: OnPiece): OnReadOpts {
  let next: Uint8Array | undefined = landing
  let into: Uint8Array = landing
  return {
    // the runtime goes on with what it has where it is given nothing
    buffer: () => next as Uint8Array,
    callback: (length) => {
      const wanted = onPiece(landing.subarray(0, length)) === 'waits' ? less : landing
      next = wanted === into ? undefined : wanted
      into = wanted
      return true
    },
  }
}

/** @param head at most {@link HEAD_BYTES} that came before. @returns both as one piece, in the same memory where there is room */
export function behind(head: Uint8Array, piece: Uint8Array): Uint8Array {
  if (piece.buffer !== memory.buffer || piece.byteOffset !== landing.byteOffset) return Buffer.concat([head, piece])
  const whole = memory.subarray(HEAD_BYTES - head.length, HEAD_BYTES + piece.length)
  whole.set(head)
  return whole
}

interface WithHandle {
  _handle: unknown
}

/**
 * An accepted, paused connection as a socket that reads with {@link readInto}: the runtime offers that for outgoing
 * connections only. Where its handle cannot be taken over, pieces come as ordinary 'data'.
 *
 * @param options of the new socket; it is paused
 */
export function acceptInto(accepted: Socket, options: object, onPiece: OnPiece): Socket {
  const holder = accepted as unknown as Partial<WithHandle>
  const handle = holder._handle
  if (!handle || accepted.destroyed) return accepted.on('data', onPiece).pause()
  // the server keeps its count right when the first owner, now without a connection, is destroyed
  const socket = new Socket({ ...options, handle, pauseOnCreate: true, onread: readInto(onPiece) } as object)
  holder._handle = null
  accepted.destroy()
  return socket
}
