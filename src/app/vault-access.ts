/** The vault for a command: of the running Sluice, or of an embedded server that is started for as long as it takes. */
import { userInfo } from 'node:os'
import { openVault, type Vault } from '../deidentify/index.ts'
import type { Config } from './config/index.ts'
import { runningDatabase, startPostgres } from './postgres/index.ts'
import { placesOf } from './roles/places.ts'
import { keyEncryptionOf } from './vault-key.ts'

export async function withVault<T>(config: Config, work: (vault: Vault) => Promise<T>): Promise<T> {
  const keys = keyEncryptionOf(config, placesOf(config.home))
  const there = config.vault?.url ? { connectionString: config.vault.url } : runningDatabase(config.home, 'vault')
  const postgres = there ? undefined : await startPostgres({ home: config.home })
  try {
    const vault = await openVault(
      there ?? (await (postgres as NonNullable<typeof postgres>).createDatabase('vault')),
      keys,
    )
    try {
      return await work(vault)
    } finally {
      await vault.close()
    }
  } finally {
    await postgres?.stop()
  }
}

/** who the ledger names for what an administrator does: the person behind sudo, if there is one */
export const administrator = (): string => process.env.SUDO_USER ?? userInfo().username
