/** Bytes by offset: what a decoder reads from, whether memory, a file, or the extents of a spool. */
export interface ByteSource {
  readonly sizeBytes: number
  /** @returns `length` bytes from `offset`, fewer only at the end; not to be written to */
  read(offset: number, length: number): Uint8Array
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  sizeBytes: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})
