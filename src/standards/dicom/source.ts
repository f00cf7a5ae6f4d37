/** Bytes by offset: what a decoder reads from, whether memory, a file, or the extents of a spool. */
export interface ByteSource {
  readonly sizeBytes: number
  /** @returns `length` bytes from `offset`, fewer only at the end; not to be written to */
  read(offset: number, length: number): Uint8Array
  /** @returns how many bytes from `offset` stand together, at least 1: a read of so many is made without a copy */
  run?(offset: number): number
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  sizeBytes: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})
