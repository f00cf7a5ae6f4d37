/** Bytes that only a key's holder can read: under a key of 32 bytes, or to a public key (X25519), both with AES-256-GCM. */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { Fault } from '../../base/index.ts'

const NONCE = 12
const TAG = 16
const PUBLIC = 32

/** @returns nonce, ciphertext, tag; `purpose` must be the same when it is opened */
export function seal(key: Uint8Array, bytes: Uint8Array, purpose: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** @throws Fault 'vault-key-wrong' when the key, the purpose or the bytes are not those that were sealed */
export function open(key: Uint8Array, sealed: Uint8Array, purpose: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(sealed.subarray(sealed.length - TAG))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()])
  } catch (error) {
    throw new Fault('vault-key-wrong', { what: purpose }, error)
  }
}

export interface KeyPair {
  /** 32 bytes, as RFC 7748 writes them */
  readonly publicKey: Buffer
  readonly privateKey: Buffer
}

export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-PUBLIC),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-PUBLIC),
  }
}

/** Whoever has the public key can seal; a pair made for this one message keeps the sender from reading it again. */
export function sealTo(publicKey: Uint8Array, bytes: Uint8Array, purpose: string): Buffer {
  const once = newKeyPair()
  return Buffer.concat([once.publicKey, seal(shared(once.privateKey, publicKey, once.publicKey), bytes, purpose)])
}

/** @throws Fault 'vault-key-wrong' */
export function openWith(privateKey: Uint8Array, sealed: Uint8Array, purpose: string): Buffer {
  const once = sealed.subarray(0, PUBLIC)
  return open(shared(privateKey, once, once), sealed.subarray(PUBLIC), purpose)
}

function shared(privateKey: Uint8Array, publicKey: Uint8Array, salt: Uint8Array): Buffer {
  const secret = diffieHellman({ privateKey: privateObject(privateKey), publicKey: publicObject(publicKey) })
  return Buffer.from(hkdfSync('sha256', secret, salt, 'sluice seal', 32))
}

/** RFC 8410: what stands before the 32 bytes of a key */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex')
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicObject = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
const privateObject = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' })
