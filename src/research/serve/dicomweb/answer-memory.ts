/**
 * Memory for the bodies of answers, used again. Fresh memory for each frame costs a page fault for every 4 kB, and has the
 * collector mark the whole heap again and again for the sake of a few large buffers.
 */
import type { FastifyReply } from 'fastify'

/** kept for the answers that follow; a burst's memory beyond it is let go */
const SPARE_BYTES = 32 << 20
const SMALLEST_BYTES = 64 << 10

/** by their size, a power of two */
const spare = new Map<number, Buffer[]>()
let spareBytes = 0

/** @returns memory with whatever stood in it before, good until the answer was handed to the operating system */
export function memoryFor(reply: Pick<FastifyReply, 'raw'>, sizeBytes: number): Buffer {
  const size = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)))
  const known = spare.get(size)?.pop()
  if (known) spareBytes -= size
  const memory = known ?? Buffer.allocUnsafeSlow(size)
  // an answer that was cut off may still be held by its socket: then the collector has it
  reply.raw.once('finish', () => giveBack(memory))
  return memory.subarray(0, sizeBytes)
}

function giveBack(memory: Buffer): void {
  if (spareBytes + memory.length > SPARE_BYTES) return
  const same = spare.get(memory.length) ?? []
  spare.set(memory.length, same)
  same.push(memory)
  spareBytes += memory.length
}
