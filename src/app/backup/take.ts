/**
 * Takes a backup while Sluice runs. The order makes it whole: what has not gone through the gate is copied first, then the
 * catalogue, then the vault, then the objects. Whatever moves on meanwhile is found in a later copy, never in none; and the
 * vault knows every pseudonym that the catalogue names.
 */
import { readdir } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type pg from 'pg'
import { Fault } from '../../base/index.ts'
import { Blobs } from '../../research/archive/index.ts'
import type { Places } from '../roles/places.ts'
import { dumpDatabase, readDump } from './database.ts'
import { copyFile, fingerprint, published, sha256Of, type Manifest, type Part } from './manifest.ts'

export interface Stores {
  readonly places: Places
  readonly version: string
  /** files of keys by what they open; a vault whose key a service wraps has none */
  readonly keys: Readonly<Record<string, string>>
  database(name: 'vault' | 'catalogue'): Promise<pg.PoolConfig>
}

export const DATABASE = 'database.jsonl.gz'
/** in the order in which an object moves on: a capture, an upload, quarantine */
const SPOOL = ['.', 'uploads', 'quarantine'] as const

/**
 * @param folder where each half gets a folder of its own
 * @returns what each half says about itself
 * @throws Fault 'archive-unavailable', 'blob-missing', 'blob-damaged'
 */
export async function takeBackup(
  stores: Stores,
  folder: string,
  parts: readonly Part[],
  when: string,
): Promise<readonly Manifest[]> {
  const about = { version: stores.version, takenAt: when }
  const research = () =>
    published(join(folder, 'research'), when, async (into) => {
      const database = await dumpDatabase(await stores.database('catalogue'), join(into, DATABASE))
      const blobs = await copyBlobs(join(into, DATABASE), stores.places.blobs, join(folder, 'research', 'blobs'))
      return { ...about, part: 'research', database, files: await dumpOf(into), blobs, keys: {} }
    })
  if (!parts.includes('clinical')) return [await research()]
  const all: Manifest[] = []
  const clinical = await published(join(folder, 'clinical'), when, async (into) => {
    const { places } = stores
    const spool = await copySpool(places.spool, join(into, 'spool'))
    const kept: Record<string, { bytes: number; sha256: string }> = {}
    for (const file of [places.gaps, places.decisions, places.operators]) {
      const copied = await copyFile(file, join(into, basename(file)))
      if (copied) kept[basename(file)] = copied
    }
    if (parts.includes('research')) all.push(await research())
    const database = await dumpDatabase(await stores.database('vault'), join(into, DATABASE))
    const files = { ...spool, ...kept, ...(await dumpOf(into)) }
    return { ...about, part: 'clinical', database, files, keys: fingerprints(stores.keys) }
  })
  return [...all, clinical]
}

const dumpOf = async (into: string): Promise<Manifest['files']> => ({
  [DATABASE]: await sha256Of(join(into, DATABASE)),
})

export const fingerprints = (keys: Stores['keys']): Manifest['keys'] =>
  Object.fromEntries(
    Object.entries(keys)
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, fingerprint(readFileSync(file))]),
  )

/** Sealed as it is. A segment that is still written is cut where it stands; reading it ends there. */
async function copySpool(from: string, to: string): Promise<Record<string, { bytes: number; sha256: string }>> {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  for (const folder of SPOOL) {
    const entries = await readdir(join(from, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!entry.isFile() || entry.name.endsWith('.tmp')) continue
      const name = join(folder, entry.name)
      const copied = await copyFile(join(from, name), join(to, name))
      if (copied) files[join('spool', name)] = copied
    }
  }
  return files
}

/** Objects never change under their names: only what is not there yet is copied. */
async function copyBlobs(dump: string, from: string, to: string): Promise<number> {
  const [source, target] = [new Blobs(from), new Blobs(to)]
  let count = 0
  for await (const sha256 of blobsOf(dump)) {
    count++
    if (await target.has(sha256)) continue
    const blob = source.open(sha256)
    try {
      if ((await target.put(blob)).sha256 !== sha256) throw new Fault('blob-damaged', { sha256 })
    } finally {
      blob.close()
    }
  }
  return count
}

/** @returns the objects that a dump of the catalogue names */
export async function* blobsOf(dump: string): AsyncGenerator<string> {
  for await (const [table, row] of readDump(dump))
    if (table === 'instance') yield (JSON.parse(row) as { sha256: string }).sha256
}
