/** What wraps the vault's keys, as the configuration says: a file, or a key service's program. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Fault } from '../base/index.ts'
import { KEY_BYTES, keyFile, keyOf, type KeyEncryption } from '../deidentify/index.ts'
import type { Config } from './config/index.ts'

/** @returns what `openVault` takes; a file is made only for a vault that has no keys yet */
export function keyEncryptionOf(
  { vault }: Pick<Config, 'vault'>,
  places: { readonly vaultKey: string },
): (isNew: boolean) => KeyEncryption {
  const command = vault?.keyCommand
  if (command) return () => keyService(command)
  return (isNew) => keyOf(keyFile(vault?.keyFile ?? places.vaultKey, { make: isNew }))
}

/**
 * The service wraps a key made for this one envelope, which seals what is inside: whatever the service answers, other
 * bytes than those that were sealed are never taken for a key. Length of the wrapped key (2 bytes), wrapped key, sealed.
 */
function keyService(command: readonly string[]): KeyEncryption {
  return {
    wrap: async (key, purpose) => {
      const once = randomBytes(KEY_BYTES)
      const wrapped = await asked(command, 'wrap', purpose, once)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(wrapped.length)
      return Buffer.concat([length, wrapped, await keyOf(once).wrap(key, purpose)])
    },
    unwrap: async (envelope, purpose) => {
      const bytes = Buffer.from(envelope)
      const end = bytes.length < 2 ? 0 : 2 + bytes.readUInt16BE(0)
      const once = await asked(command, 'unwrap', purpose, bytes.subarray(2, end))
      if (once.length !== KEY_BYTES) throw new Fault('vault-key-wrong', { what: purpose })
      return keyOf(once).unwrap(bytes.subarray(end), purpose)
    },
  }
}

/** Bytes go over pipes, never by the command line, which others can read. */
function asked(
  [program = '', ...args]: readonly string[],
  what: 'wrap' | 'unwrap',
  purpose: string,
  bytes: Uint8Array,
): Promise<Buffer> {
  return new Promise((done, fail) => {
    const child = spawn(program, [...args, what, purpose], { stdio: ['pipe', 'pipe', 'ignore'], timeout: 30_000 })
    const failed = (cause?: unknown) => fail(new Fault('vault-key-service', { what }, cause))
    let answer = ''
    child.stdout.setEncoding('latin1').on('data', (text: string) => (answer += text))
    child.on('error', failed)
    child.on('close', (status) => {
      const key = Buffer.from(answer.trim(), 'base64')
      if (status === 0 && key.length > 0) done(key)
      else failed()
    })
    child.stdin.on('error', () => {})
    child.stdin.end(`${Buffer.from(bytes).toString('base64')}\n`)
  })
}
