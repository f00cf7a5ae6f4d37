/** The size a compressed frame announces in its own header (SOFn of JPEG and JPEG-LS, SIZ of JPEG 2000), before it is decoded. */
export interface AnnouncedSize {
  readonly width: number
  readonly height: number
  readonly components: number
}

const SIZ = 0x51

/** @returns undefined when the frame has no such header near its beginning */
export function announcedSize(frame: Uint8Array): AnnouncedSize | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (bytes[0] !== 0xff) return undefined
  if (bytes[1] === 0x4f && bytes[3] === SIZ && bytes.length >= 42)
    return {
      width: bytes.readUInt32BE(8) - bytes.readUInt32BE(16),
      height: bytes.readUInt32BE(12) - bytes.readUInt32BE(20),
      components: bytes.readUInt16BE(40),
    }
  if (bytes[1] !== 0xd8) return undefined
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] as number
    if (marker === 0xff) at++
    else if (isStartOfFrame(marker))
      return {
        width: bytes.readUInt16BE(at + 7),
        height: bytes.readUInt16BE(at + 5),
        components: bytes[at + 9] as number,
      }
    else at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/** SOF0–SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS */
const isStartOfFrame = (marker: number) =>
  marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
