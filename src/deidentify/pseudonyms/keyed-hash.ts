/** HMAC-SHA-256 (RFC 2104) under a key that is used many times: two hashes of bytes, no object a message. */
import { hash } from 'node:crypto'

const BLOCK_BYTES = 64

interface Pads {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

const padsOf = new WeakMap<Uint8Array, Pads>()

/** @returns 32 bytes that say nothing of the message without the key */
export const keyedHash = (key: Uint8Array, ...message: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.from(keyedHashText(key, ...message), 'latin1')

/** The same, a character a byte: a short text is made faster than a buffer. */
export const keyedHashText = (key: Uint8Array, ...message: readonly (string | Uint8Array)[]): string =>
  hash('sha256', outside(key, message), 'binary')

/** The same, as 64 hexadecimal digits. */
export const keyedHashHex = (key: Uint8Array, ...message: readonly (string | Uint8Array)[]): string =>
  hash('sha256', outside(key, message), 'hex')

/** @returns what the outer hash is of; good until the next is asked for */
function outside(key: Uint8Array, message: readonly (string | Uint8Array)[]): Uint8Array {
  let pads = padsOf.get(key)
  if (!pads) padsOf.set(key, (pads = { inner: pad(key, 0x36), outer: pad(key, 0x5c) }))
  let length = BLOCK_BYTES
  for (const part of message) length += typeof part === 'string' ? part.length * MOST_BYTES_A_CHARACTER : part.length
  const inside = length <= SHORT.length ? SHORT : Buffer.allocUnsafe(length)
  inside.set(pads.inner)
  let at = BLOCK_BYTES
  for (const part of message)
    if (typeof part === 'string') at += writeText(part, inside, at)
    else {
      inside.set(part, at)
      at += part.length
    }
  OUTSIDE.set(pads.outer)
  OUTSIDE.write(hash('sha256', inside.subarray(0, at), 'binary'), BLOCK_BYTES, 'latin1')
  return OUTSIDE
}
/** where short messages are put together; nothing waits in between, so one is enough */
const SHORT = Buffer.alloc(2048)
const OUTSIDE = Buffer.alloc(BLOCK_BYTES + 32)

const MOST_BYTES_A_CHARACTER = 3
const FEW_CHARACTERS = 64

/** @returns bytes of UTF-8 written; few characters are sooner copied here than the runtime is called */
function writeText(text: string, into: Buffer, from: number): number {
  if (text.length > FEW_CHARACTERS) return into.write(text, from)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return into.write(text, from)
    into[from + at] = code
  }
  return text.length
}

function pad(key: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key)
  return block.map((one) => one ^ byte)
}
