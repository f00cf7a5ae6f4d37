/** `sluice backup` and `sluice restore` */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import type pg from 'pg'
import { Fault } from '../../base/index.ts'
import { copyFile, fingerprint, openBackup, PARTS, type Manifest, type Part } from '../backup/manifest.ts'
import { checkBackup, restoreBackup } from '../backup/restore.ts'
import { takeBackup, type Stores } from '../backup/take.ts'
import type { Config } from '../config/index.ts'
import { runningDatabase, startPostgres, type Postgres } from '../postgres/index.ts'
import { placesOf } from '../roles/places.ts'
import { configurationOr2 } from './configuration.ts'

interface Common {
  readonly config: string
  readonly part?: string
  readonly keys?: string
  readonly at?: string
  readonly json?: boolean
}
export interface BackupOptions extends Common {
  readonly check?: boolean
}
export type RestoreOptions = Common

export async function backup(folder: string, options: BackupOptions): Promise<void> {
  const parts = partsOf(options)
  if (options.check) return check(folder, parts, options)
  const config = configurationOr2(options.config)
  if (!config) return
  const keys = keysOf(config)
  if (options.keys !== undefined) await keepKeys(keys, options.keys, folder)
  const when = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const manifests = await withDatabases(config, (database) =>
    takeBackup({ places: placesOf(config.home), version: version(), keys, database }, folder, parts, when),
  )
  if (options.json) console.log(JSON.stringify({ at: when, halves: manifests }))
  else for (const manifest of manifests) console.log(described(manifest))
  if (options.keys === undefined && !options.json && parts.includes('clinical'))
    console.log(
      `Keys are not in it. Keep them elsewhere: ${Object.values(keys)
        .filter((file) => existsSync(file))
        .join(', ')}`,
    )
}

async function check(folder: string, parts: readonly Part[], { at, json }: BackupOptions): Promise<void> {
  const checked = []
  for (const part of parts.filter((one) => parts.length === 1 || existsSync(join(folder, one))))
    checked.push(await checkBackup(folder, part, at))
  if (checked.length === 0) throw new Fault('backup-missing')
  if (json) console.log(JSON.stringify({ checked }))
  else
    for (const { part, takenAt, wrong, rows, blobs } of checked) {
      const read = part === 'research' ? `${rows} rows, ${blobs} objects` : `${rows} rows`
      console.log(`${part} ${takenAt}: ${wrong.length ? `NOT WHOLE: ${wrong.join(', ')}` : `whole (${read})`}`)
    }
  if (checked.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1
}

export async function restore(folder: string, options: RestoreOptions): Promise<void> {
  const parts = partsOf(options)
  const config = configurationOr2(options.config)
  if (!config) return
  if (runningDatabase(config.home, 'catalogue')) throw new Fault('home-not-empty', { what: 'Sluice runs there' })
  const keys = keysOf(config)
  if (parts.includes('clinical')) {
    const { manifest } = openBackup(join(folder, 'clinical'), options.at)
    if (options.keys !== undefined)
      for (const [name, file] of Object.entries(keys))
        if (name in manifest.keys && !existsSync(file)) await copyFile(join(options.keys, basename(file)), file)
    for (const [name, expected] of Object.entries(manifest.keys)) {
      const file = keys[name] ?? ''
      if (!existsSync(file)) throw new Fault('vault-key-missing', { file })
      if (fingerprint(readFileSync(file)) !== expected) throw new Fault('vault-key-wrong', { file })
    }
  }
  const places = placesOf(config.home)
  const manifests: Manifest[] = []
  await withDatabases(config, async (database) => {
    for (const part of parts) manifests.push(await restoreBackup(folder, part, places, database, options.at))
  })
  if (options.json) console.log(JSON.stringify({ restored: manifests }))
  else for (const manifest of manifests) console.log(described(manifest))
}

/** @throws Fault 'option-invalid' */
function partsOf({ part }: Common): readonly Part[] {
  if (part === undefined) return PARTS
  const known = PARTS.filter((one) => one === part)
  if (known.length === 0) throw new Fault('option-invalid', { option: '--part', form: 'clinical or research' })
  return known
}

/** files of keys, by what they open; a key that a service holds has none */
function keysOf({ home, vault }: Config): Stores['keys'] {
  const { spoolKey, vaultKey } = placesOf(home)
  return { spool: spoolKey, ...(vault?.keyCommand ? {} : { vault: vault?.keyFile ?? vaultKey }) }
}

/** @throws Fault 'keys-beside-backup' */
async function keepKeys(keys: Stores['keys'], folder: string, backupFolder: string): Promise<void> {
  const [here, there] = [resolve(folder) + sep, resolve(backupFolder) + sep]
  if (here.startsWith(there) || there.startsWith(here)) throw new Fault('keys-beside-backup')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) !== 0) throw new Fault('vault-key-exposed', { file: folder })
  for (const file of Object.values(keys)) await copyFile(file, join(folder, basename(file)))
}

/** The databases of the running Sluice, those of the hospital's own, or the embedded ones for as long as it takes. */
async function withDatabases<T>(
  config: Config,
  work: (database: (name: 'vault' | 'catalogue') => Promise<pg.PoolConfig>) => Promise<T>,
): Promise<T> {
  let started: Postgres | undefined
  try {
    return await work(async (name) => {
      const url = name === 'vault' ? config.vault?.url : config.catalogue?.url
      if (url !== undefined) return { connectionString: url }
      const running = runningDatabase(config.home, name)
      if (running && !started) return running
      started ??= await startPostgres({ home: config.home })
      return started.createDatabase(name)
    })
  } finally {
    await started?.stop()
  }
}

const described = ({ part, takenAt, database, blobs, files }: Manifest): string => {
  const rows = Object.values(database.rows).reduce((sum, count) => sum + count, 0)
  return `${part} ${takenAt}: ${rows} rows, ${blobs === undefined ? `${Object.keys(files).length} files` : `${blobs} objects`}`
}

const version = (): string =>
  (JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as { version: string }).version
