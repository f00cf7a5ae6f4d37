/**
 * The key that wraps the vault's keys, kept outside its database: whoever has the database alone has nothing. A file by
 * default; whoever runs a key service gives other two functions.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../../base/index.ts'
import { open, seal } from './seal.ts'

export interface KeyEncryption {
  wrap(key: Uint8Array, purpose: string): Promise<Uint8Array>
  /** @throws Fault 'vault-key-wrong' */
  unwrap(wrapped: Uint8Array, purpose: string): Promise<Uint8Array>
}

export const KEY_BYTES = 32

export function keyOf(key: Uint8Array): KeyEncryption {
  return {
    wrap: (bytes, purpose) => Promise.resolve(seal(key, bytes, purpose)),
    unwrap: (wrapped, purpose) =>
      new Promise((done) => {
        done(open(key, wrapped, purpose))
      }),
  }
}

/**
 * A file with 32 bytes and mode 0600. It is made where `make` says so; a vault that has keys already must not get a new one.
 * @throws Fault 'vault-key-missing', 'vault-key-exposed' when others than its owner may read it
 */
export function keyFile(path: string, { make }: { readonly make: boolean }): Buffer {
  if (!existsSync(path)) {
    if (!make) throw new Fault('vault-key-missing', { file: path })
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeKey(path, randomBytes(KEY_BYTES))
  }
  if ((statSync(path).mode & 0o077) !== 0) throw new Fault('vault-key-exposed', { file: path })
  const key = readFileSync(path)
  if (key.length !== KEY_BYTES) throw new Fault('vault-key-wrong', { file: path })
  return key
}

/** Whole or not at all, and never over another key: whoever comes second finds the first one's. */
function writeKey(path: string, key: Uint8Array): void {
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, key, { mode: 0o600, flush: true })
  try {
    linkSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(temporary)
  }
}
