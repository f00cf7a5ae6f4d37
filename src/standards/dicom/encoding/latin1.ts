/** Bytes as characters of the same number: values that are ASCII by their VR, and keys of what was met before. */
export function latin1(bytes: Uint8Array): string {
  // what a window shows is a Buffer already, and a second view costs more than the text
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString('latin1')
}
