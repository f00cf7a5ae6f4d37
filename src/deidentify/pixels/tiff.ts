/** Grey pictures as one uncompressed TIFF 6.0 of several pages: what tesseract takes through a pipe. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  /** one byte a pixel */
  readonly grey: Uint8Array
}

const ENTRY_BYTES = 12
const SHORT = 3
const LONG = 4

/** @returns the pieces of the file in order: the pictures themselves, not copies of them */
export function tiff(pages: readonly GreyPicture[]): readonly Buffer[] {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0])]
  let at = 8
  for (const [index, { width, height, grey }] of pages.entries()) {
    const entries = (strip: number): readonly (readonly [tag: number, type: number, value: number])[] => [
      [256, LONG, width],
      [257, LONG, height],
      [258, SHORT, 8],
      [259, SHORT, 1],
      [262, SHORT, 1],
      [273, LONG, strip],
      [277, SHORT, 1],
      [278, LONG, height],
      [279, LONG, grey.length],
    ]
    const directoryBytes = 2 + entries(0).length * ENTRY_BYTES + 4
    const strip = at + directoryBytes
    const next = strip + grey.length + (grey.length % 2)
    const directory = Buffer.alloc(directoryBytes)
    directory.writeUInt16LE(entries(strip).length, 0)
    for (const [row, [tag, type, value]] of entries(strip).entries()) {
      const to = 2 + row * ENTRY_BYTES
      directory.writeUInt16LE(tag, to)
      directory.writeUInt16LE(type, to + 2)
      directory.writeUInt32LE(1, to + 4)
      directory.writeUInt32LE(value, to + 8)
    }
    directory.writeUInt32LE(index === pages.length - 1 ? 0 : next, directoryBytes - 4)
    parts.push(directory, Buffer.from(grey.buffer, grey.byteOffset, grey.length), Buffer.alloc(grey.length % 2))
    at = next
  }
  return parts
}
