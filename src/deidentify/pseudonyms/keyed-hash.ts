/** HMAC-SHA-256 (RFC 2104) under a key that is used many times: two hashes of bytes, no object a message. */
import { hash } from 'node:crypto'

const BLOCK_BYTES = 64

interface Pads {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

const padsOf = new WeakMap<Uint8Array, Pads>()

/** @returns 32 bytes that say nothing of the message without the key */
export function keyedHash(key: Uint8Array, ...message: readonly (string | Uint8Array)[]): Buffer {
  let pads = padsOf.get(key)
  if (!pads) padsOf.set(key, (pads = { inner: pad(key, 0x36), outer: pad(key, 0x5c) }))
  const parts = message.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
  const inside = hash('sha256', Buffer.concat([pads.inner, ...parts]), 'buffer')
  return hash('sha256', Buffer.concat([pads.outer, inside]), 'buffer')
}

function pad(key: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key)
  return block.map((one) => one ^ byte)
}
