/** A backup looked at, by restoring its databases for a moment, and brought back into an empty home. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { Fault } from '../../base/index.ts'
import { KEY_BYTES, keyOf, openVault } from '../../deidentify/index.ts'
import { Blobs, openArchive } from '../../research/archive/index.ts'
import { openAccounts } from '../../research/serve/index.ts'
import { startPostgres } from '../postgres/index.ts'
import type { Places } from '../roles/places.ts'
import { loadDatabase, type Dumped } from './database.ts'
import { copyFile, openBackup, sha256Of, type Manifest, type Part } from './manifest.ts'
import { blobsOf, DATABASE } from './take.ts'

export interface Checked {
  readonly part: Part
  readonly takenAt: string
  /** what is wrong: a file, an object by its hash, a table */
  readonly wrong: readonly string[]
  readonly rows: number
  readonly blobs: number
}

/**
 * Reads everything: each file against its hash, each object against its name, and the database by loading it.
 * @throws Fault 'backup-missing', 'backup-damaged', 'backup-of-another-version'
 */
export async function checkBackup(folder: string, part: Part, when?: string): Promise<Checked> {
  const { folder: at, manifest } = openBackup(join(folder, part), when)
  const wrong: string[] = []
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const found = await sha256Of(join(at, name)).catch(() => undefined)
    if (found?.sha256 !== sha256 || found.bytes !== bytes) wrong.push(name)
  }
  const about = { part, takenAt: manifest.takenAt }
  // what is damaged is not loaded: it would only say the same
  if (wrong.includes(DATABASE)) return { ...about, wrong, rows: 0, blobs: 0 }
  const loaded = await inTemporaryDatabase((connection) => load(part, connection, at, manifest.database))
  for (const [table, count] of Object.entries(manifest.database.rows))
    if (loaded.rows[table] !== count) wrong.push(`table ${table}`)
  let blobs = 0
  if (part === 'research') {
    const store = new Blobs(join(folder, part, 'blobs'))
    for await (const sha256 of blobsOf(join(at, DATABASE))) {
      blobs++
      try {
        store.verify(sha256)
      } catch {
        wrong.push(`blob ${sha256}`)
      }
    }
  }
  return { ...about, wrong, rows: Object.values(loaded.rows).reduce((sum, count) => sum + count, 0), blobs }
}

/**
 * Brings one half back into a home that has none of it yet.
 * @throws Fault 'backup-missing', 'backup-damaged', 'backup-of-another-version', 'home-not-empty'
 */
export async function restoreBackup(
  folder: string,
  part: Part,
  places: Places,
  database: (name: 'vault' | 'catalogue') => Promise<pg.PoolConfig>,
  when?: string,
): Promise<Manifest> {
  const { folder: at, manifest } = openBackup(join(folder, part), when)
  if (part === 'research' && holdsFiles(places.blobs)) throw new Fault('home-not-empty', { what: 'blobs' })
  if (part === 'clinical' && holdsFiles(places.spool)) throw new Fault('home-not-empty', { what: 'spool' })
  for (const [name, { sha256 }] of Object.entries(manifest.files))
    if ((await sha256Of(join(at, name)).catch(() => undefined))?.sha256 !== sha256)
      throw new Fault('backup-damaged', { what: name })
  await load(part, await database(part === 'clinical' ? 'vault' : 'catalogue'), at, manifest.database)
  if (part === 'research') await bringBlobs(join(at, DATABASE), join(folder, part, 'blobs'), places.blobs)
  else
    for (const name of Object.keys(manifest.files).filter((one) => one !== DATABASE))
      await copyFile(join(at, name), join(dirname(places.gaps), name))
  return manifest
}

const holdsFiles = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder, { withFileTypes: true, recursive: true }).some((entry) => entry.isFile())

/** Our migrations make the tables; what opening a new database puts into them gives way to what was dumped. */
async function load(part: Part, connection: pg.PoolConfig, at: string, dumped: Dumped): Promise<Dumped> {
  if (part === 'clinical') await (await openVault(connection, () => keyOf(randomBytes(KEY_BYTES)))).close()
  else {
    await (await openArchive({ connection, blobs: at })).close()
    await (await openAccounts(connection)).close()
  }
  return loadDatabase(connection, join(at, DATABASE), dumped)
}

async function bringBlobs(dump: string, from: string, to: string): Promise<void> {
  const [source, target] = [new Blobs(from), new Blobs(to)]
  for await (const sha256 of blobsOf(dump)) {
    const blob = source.open(sha256)
    try {
      if ((await target.put(blob)).sha256 !== sha256) throw new Fault('backup-damaged', { what: `blob ${sha256}` })
    } finally {
      blob.close()
    }
  }
}

async function inTemporaryDatabase<T>(work: (connection: pg.PoolConfig) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-check-'))
  chmodSync(home, 0o755)
  try {
    const postgres = await startPostgres({ home })
    try {
      return await work(await postgres.createDatabase('checked'))
    } finally {
      await postgres.stop()
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
