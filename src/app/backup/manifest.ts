/** What a backup says about itself: enough to find out, without a key, whether it is whole. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../../base/index.ts'
import type { Dumped } from './database.ts'

/** The two halves are kept apart: together, and with the keys, they say who is who. */
export type Part = 'clinical' | 'research'
export const PARTS: readonly Part[] = ['clinical', 'research']

export interface Manifest {
  readonly part: Part
  /** of Sluice */
  readonly version: string
  readonly takenAt: string
  readonly database: Dumped
  /** relative to the manifest's folder */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
  /** of the archive's objects, which stand beside all backups of this half */
  readonly blobs?: number
  /** what the keys that it needs begin with when they are hashed: no key is in a backup */
  readonly keys: Readonly<Record<string, string>>
}

export const MANIFEST = 'manifest.json'

/** @returns what tells a key from another one, and nothing about it: keys are 256 random bits */
export const fingerprint = (key: Uint8Array): string =>
  createHash('sha256').update('sluice key\0').update(key).digest('hex').slice(0, 16)

/** Everything is written into `WHEN.part` and gets its name when all of it is on the disk. */
export async function published(
  folder: string,
  when: string,
  fill: (into: string) => Promise<Manifest>,
): Promise<Manifest> {
  const into = join(folder, `${when}.part`)
  await mkdir(into, { recursive: true, mode: 0o700 })
  try {
    const manifest = await fill(into)
    await writeFile(join(into, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true })
    await syncFolder(into)
    await rename(into, join(folder, when))
    await syncFolder(folder)
    return manifest
  } catch (error) {
    await rm(into, { recursive: true, force: true })
    throw error
  }
}

/** @returns the names of whole backups of a half, oldest first */
export const backupsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => existsSync(join(folder, name, MANIFEST)) && !name.endsWith('.part'))
        .sort()
    : []

/**
 * @param when one of `backupsIn`; the newest without it
 * @throws Fault 'backup-missing', 'backup-damaged'
 */
export function openBackup(folder: string, when?: string): { readonly folder: string; readonly manifest: Manifest } {
  const name = when ?? backupsIn(folder).at(-1)
  if (name === undefined || !backupsIn(folder).includes(name)) throw new Fault('backup-missing', { what: 'backup' })
  const at = join(folder, name)
  try {
    return { folder: at, manifest: JSON.parse(readFileSync(join(at, MANIFEST), 'utf8')) as Manifest }
  } catch (error) {
    throw new Fault('backup-damaged', { what: MANIFEST }, error)
  }
}

export async function sha256Of(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(createReadStream(file), async (pieces) => {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      bytes += piece.length
      hash.update(piece)
    }
  })
  return { bytes, sha256: hash.digest('hex') }
}

/** A copy that is on the disk, with what it is; what is gone by now is left out. */
export async function copyFile(
  from: string,
  to: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const source = await open(from, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!source) return undefined
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const target = await open(to, 'w', 0o600)
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      hash.update(piece)
      bytes += piece.length
      await target.writeFile(piece)
    }
    await target.sync()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await source.close()
    await target.close()
    await syncFolder(dirname(to))
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
