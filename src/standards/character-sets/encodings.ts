/** Encodings that Russian devices write: bytes to text by the platform's tables, text to bytes by the same tables turned round. */

export type Encoding =
  | 'us-ascii'
  | 'utf-8'
  | 'windows-1251'
  | 'koi8-r'
  | 'ibm866'
  | 'iso-8859-5'
  | 'iso-8859-1'
  | 'windows-1252'
  | 'utf-16le'
  | 'utf-16be'

export type SingleByte = Exclude<Encoding, 'us-ascii' | 'utf-8' | 'utf-16le' | 'utf-16be'>

/** Latin-1 itself, which the platform takes for windows-1252 (Encoding Standard §4.2) */
const isByteForCode = (encoding: Encoding) => encoding === 'iso-8859-1' || encoding === 'us-ascii'

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()
function decoder(encoding: Encoding): InstanceType<typeof TextDecoder> {
  const known = decoders.get(encoding) ?? new TextDecoder(encoding, { ignoreBOM: true })
  decoders.set(encoding, known)
  return known
}

/** @returns text; what the encoding does not define is U+FFFD or a C1 control, as the Encoding Standard has it */
export const decode = (bytes: Uint8Array, encoding: Encoding): string =>
  isByteForCode(encoding)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    : decoder(encoding).decode(bytes)

const HIGH_BYTES = Uint8Array.from({ length: 128 }, (_, at) => at + 128)
const tables = new Map<SingleByte, ReadonlyMap<number, number>>()

function tableOf(encoding: SingleByte): ReadonlyMap<number, number> {
  const known = tables.get(encoding)
  if (known) return known
  const made = new Map<number, number>()
  for (const [at, character] of [...decode(HIGH_BYTES, encoding)].entries())
    made.set(character.codePointAt(0) as number, at + 128)
  tables.set(encoding, made)
  return made
}

/** @returns undefined when the encoding has no byte for a character */
export function encode(text: string, encoding: Encoding): Uint8Array | undefined {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8')
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  const high = encoding === 'us-ascii' ? new Map<number, number>() : tableOf(encoding)
  return bytesBy(text, (code) => high.get(code))
}

/** Text that was read as Latin-1 or as windows-1252, whichever: 0x98 came out as U+0098 or as a small tilde. */
export function encodeLatin(text: string): Uint8Array | undefined {
  const windows = tableOf('windows-1252')
  return bytesBy(text, (code) => (code < 0x100 ? code : windows.get(code)))
}

function bytesBy(text: string, high: (code: number) => number | undefined): Uint8Array | undefined {
  const out = Buffer.allocUnsafe(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const byte = code < 0x80 ? code : high(code)
    if (byte === undefined) return undefined
    out[at] = byte
  }
  return out
}

/**
 * @returns the number of characters of more than one byte; undefined when the bytes are not UTF-8.
 * `cut` of the last bytes may be the beginning of a character that a fixed field had no room for.
 */
export function utf8Shape(bytes: Uint8Array): { readonly characters: number; readonly cut: number } | undefined {
  let characters = 0
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] as number
    if (lead < 0x80) {
      at++
      continue
    }
    const length =
      lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
    if (length === 0) return undefined
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next]
      if (byte === undefined) return { characters, cut: next }
      if (byte < 0x80 || byte > 0xbf) return undefined
      // overlong forms, surrogates and what lies beyond Unicode
      if (next === 1 && ((lead === 0xe0 && byte < 0xa0) || (lead === 0xed && byte > 0x9f))) return undefined
      if (next === 1 && ((lead === 0xf0 && byte < 0x90) || (lead === 0xf4 && byte > 0x8f))) return undefined
    }
    characters++
    at += length
  }
  return { characters, cut: 0 }
}
