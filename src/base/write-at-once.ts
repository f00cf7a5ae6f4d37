/**
 * Writing to a socket past the runtime's writable stream, whose bookkeeping for a small piece costs as much as the system
 * call (docs/decisions/0009). It stands alone: this is all of the file system's
 * functions that a relay may touch (.dependency-cruiser.mjs).
 */
import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'

interface WithDescriptor {
  readonly _handle?: { readonly fd?: number } | null
}

/**
 * @param socket that has nothing to write by itself; it is destroyed if its peer is gone
 * @param memory of which `length` bytes from `from` on are written
 * @returns how many bytes the kernel took; none where the runtime does not tell the descriptor
 */
export function writeAtOnce(socket: Socket, memory: Uint8Array, from = 0, length = memory.length - from): number {
  const descriptor = (socket as unknown as WithDescriptor)._handle?.fd ?? -1
  if (descriptor < 0) return 0
  try {
    return writeSync(descriptor, memory, from, length)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') socket.destroy(error as Error)
    return 0
  }
}
