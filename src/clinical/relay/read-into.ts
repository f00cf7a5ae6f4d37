/**
 * Sockets that read into one buffer of their own, over and over, instead of into fresh memory for every read: on a busy
 * line this is most of what a relay in this runtime costs (docs/decisions/0008).
 */
import { Socket, type OnReadOpts } from 'node:net'

/** a piece that stands in the buffer of its socket: good within the call only, unless it is kept */
export interface Reading {
  /** From now on the piece belongs to somebody else; the socket reads into a new buffer. */
  keep(): void
}

export type OnPiece = (piece: Uint8Array, reading: Reading) => void

const BUFFER_BYTES = 128 * 1024
/** beyond what is read into: a piece is always a part of its memory, which is what copies fast (ring.ts) */
const SPARE_BYTES = 16

const newBuffer = (bytes: number) => Buffer.allocUnsafeSlow(bytes + SPARE_BYTES).subarray(0, bytes)

/** The `onread` of a socket. Its buffer is taken when something is read for the first time. */
export function readInto(onPiece: OnPiece, bytes = BUFFER_BYTES): OnReadOpts & Reading {
  let buffer = newBuffer(bytes)
  const reading = {
    buffer: () => buffer,
    callback: (length: number, from: Uint8Array) => {
      onPiece(from.subarray(0, length), reading)
      return true
    },
    keep: () => {
      buffer = newBuffer(bytes)
    },
  }
  return reading
}

interface WithHandle {
  _handle: unknown
}

/**
 * An accepted, paused connection as a socket that reads into a buffer: the runtime offers that for outgoing connections
 * only. Where its handle cannot be taken over, pieces come as ordinary 'data'.
 */
export function acceptInto(accepted: Socket, options: object, onPiece: OnPiece): Socket {
  const holder = accepted as unknown as Partial<WithHandle>
  const handle = holder._handle
  if (!handle || accepted.destroyed)
    return accepted.on('data', (piece: Uint8Array) => onPiece(piece, { keep: () => {} }))
  // the server keeps its count right when the first owner, now without a connection, is destroyed
  const socket = new Socket({ ...options, handle, pauseOnCreate: true, onread: readInto(onPiece) } as object)
  holder._handle = null
  accepted.destroy()
  return socket
}
