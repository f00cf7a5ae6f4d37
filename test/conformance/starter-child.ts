/** One of several that start at once: opens what it is told to open when it is told, and says how that ended. */
import { openVault, keyOf } from '../../src/deidentify/index.ts'
import { openArchive } from '../../src/research/archive/index.ts'
import { openAccounts } from '../../src/research/serve/index.ts'
import type { PoolConfig } from 'pg'

export interface Start {
  readonly catalogue: PoolConfig
  readonly vault: PoolConfig
  readonly blobs: string
  /** hexadecimal */
  readonly key: string
}

process.send?.('there')
process.once('message', (message) => void start(message as Start))

async function start({ catalogue, vault, blobs, key }: Start): Promise<void> {
  try {
    const opened = await Promise.all([
      openArchive({ connection: catalogue, blobs }),
      openAccounts(catalogue),
      openVault(vault, () => keyOf(Buffer.from(key, 'hex'))),
    ])
    const { pseudonym } = await opened[2].person('p', { patientID: '1', issuer: '' })
    for (const one of opened) await one.close()
    process.send?.({ pseudonym })
  } catch (error) {
    process.send?.({ failed: String(error) })
  }
  process.disconnect()
}
