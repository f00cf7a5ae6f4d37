/** What could not be de-identified with certainty: the bytes stay in the clinical zone, sealed as they were, with the reason beside. */
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { chunks, type ByteSource } from '../../standards/dicom/index.ts'
import type { Settlement } from './captured.ts'
import { encodeRecord, RECORD } from './records.ts'
import { syncFolder } from './segment-writer.ts'

export interface Quarantined {
  readonly ref: string
  /** milliseconds since the epoch */
  readonly at: number
  readonly code: string
  /** the tag path, where there is one */
  readonly path?: string
  readonly project?: string
  readonly sizeBytes: number
}

const PIECE_BYTES = 256 * 1024

/** Writes bytes and reason durably; the same reference again replaces the same file. */
export async function putInQuarantine(
  folder: string,
  ref: string,
  one: { readonly source: ByteSource; readonly sizeBytes: number },
  settlement: Extract<Settlement, { outcome: 'quarantined' }>,
  key: Uint8Array | undefined,
): Promise<void> {
  const quarantine = join(folder, 'quarantine')
  await mkdir(quarantine, { recursive: true, mode: 0o700 })
  const name = join(quarantine, ref)
  const file = await open(`${name}.tmp`, 'w', 0o600)
  try {
    for (const chunk of chunks(one.source)) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES)
        await file.writev([...encodeRecord(RECORD.data, 1, chunk.subarray(at, at + PIECE_BYTES), key)])
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const { code, path, project } = settlement
  const reason: Quarantined = {
    ref,
    at: Date.now(),
    code,
    ...(path ? { path } : {}),
    ...(project ? { project } : {}),
    sizeBytes: one.sizeBytes,
  }
  await rename(`${name}.tmp`, `${name}.bytes`)
  await writeFile(`${name}.json.tmp`, JSON.stringify(reason), { mode: 0o600, flush: true })
  await rename(`${name}.json.tmp`, `${name}.json`)
  await syncFolder(quarantine)
}

/** Deletes bytes and reason for good; saying it twice is harmless. */
export async function discardFromQuarantine(folder: string, ref: string): Promise<void> {
  if (!/^\d+-\d+$/.test(ref)) throw new Fault('not-found')
  const quarantine = join(folder, 'quarantine')
  await rm(join(quarantine, `${ref}.bytes`), { force: true })
  await rm(join(quarantine, `${ref}.json`), { force: true })
  await syncFolder(quarantine).catch(() => {})
}

/** @returns newest first */
export async function listQuarantine(folder: string): Promise<readonly Quarantined[]> {
  const quarantine = join(folder, 'quarantine')
  const names = (await readdir(quarantine).catch(() => [])).filter((name) => name.endsWith('.json'))
  const all = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(quarantine, name), 'utf8')) as Quarantined),
  )
  return all.sort((a, b) => b.at - a.at)
}
