/** What could not be de-identified with certainty: the bytes stay in the clinical zone, sealed, with the reason beside. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { chunks, type ByteSource } from '../../standards/dicom/index.ts'
import type { Settlement, SpoolStart } from './captured.ts'
import { openSealed, writeSealed, type SealedFile } from './sealed-file.ts'
import { syncFolder } from './segment-writer.ts'

/** The reason, in the clear: nothing of it identifies. */
export interface Quarantined {
  readonly ref: string
  /** milliseconds since the epoch */
  readonly at: number
  readonly code: string
  /** the tag path, where there is one */
  readonly path?: string
  readonly project?: string
  readonly sizeBytes: number
  /** how often the gate has looked at it */
  readonly attempts?: number
}

/** Where it came from, sealed with the bytes: a link's capture, or an upload into a project. */
export type Origin =
  { readonly kind: 'captured'; readonly start: SpoolStart } | { readonly kind: 'upload'; readonly project: string }

type Reason = Extract<Settlement, { outcome: 'quarantined' }>
const REF = /^(\d+-\d+|u-[0-9a-f]{1,40})$/

/** Writes bytes and reason durably, or leaves nothing; the same reference again replaces the same file. */
export async function putInQuarantine(
  folder: string,
  ref: string,
  one: { readonly source: ByteSource; readonly sizeBytes: number; readonly start: SpoolStart },
  reason: Reason,
  key: Uint8Array | undefined,
): Promise<void> {
  const { quarantine, bytes } = placeOf(folder, ref)
  await mkdir(quarantine, { recursive: true, mode: 0o700 })
  const origin: Origin = { kind: 'captured', start: one.start }
  try {
    await writeSealed(`${bytes}.tmp`, origin, chunks(one.source), key)
    await rename(`${bytes}.tmp`, bytes)
    await writeReason(folder, ref, reason, one.sizeBytes)
  } catch (error) {
    // the spool has it still; without its reason nobody would ever find it here
    await discardFromQuarantine(folder, ref)
    throw error
  }
}

/** A sealed file, as an upload is, becomes a quarantined one. */
export async function moveIntoQuarantine(
  folder: string,
  ref: string,
  path: string,
  sizeBytes: number,
  reason: Reason,
): Promise<void> {
  const { quarantine, bytes } = placeOf(folder, ref)
  await mkdir(quarantine, { recursive: true, mode: 0o700 })
  await rename(path, bytes)
  await writeReason(folder, ref, reason, sizeBytes)
}

/** The gate looked again and refused again: the newest reason stands, the first time stays. */
export async function noteAgain(folder: string, ref: string, reason: Reason): Promise<void> {
  const before = await reasonOf(folder, ref)
  await writeReason(folder, ref, reason, before.sizeBytes, before)
}

/** @returns bytes and origin; to be closed. @throws Fault 'not-found', 'spool-damaged' */
export async function openQuarantined(
  folder: string,
  ref: string,
  key: Uint8Array | undefined,
): Promise<SealedFile<Origin> & { readonly reason: Quarantined }> {
  const { bytes } = placeOf(folder, ref)
  const reason = await reasonOf(folder, ref)
  return { ...openSealed<Origin>(bytes, key), reason }
}

/** Deletes bytes and reason for good; saying it twice is harmless. */
export async function discardFromQuarantine(folder: string, ref: string): Promise<void> {
  const { quarantine, bytes, json } = placeOf(folder, ref)
  for (const file of [bytes, json, `${bytes}.tmp`, `${json}.tmp`]) await rm(file, { force: true })
  await syncFolder(quarantine).catch(() => {})
}

/**
 * What one process knows of a folder's reasons. There may be tens of thousands, and the operator's page asks twice a second:
 * names are read again only when the folder changed, and reasons once.
 */
interface Known {
  readonly reasons: Map<string, Quarantined>
  changedMs: number
  list: readonly Quarantined[]
}
const known = new Map<string, Known>()
/** a folder that changed this lately may change again within the same tick of its clock */
const SETTLED_MS = 2000
/** of reasons that are open at once: files that a process may hold are few */
const TOGETHER = 32

/** @returns newest first */
export async function listQuarantine(folder: string): Promise<readonly Quarantined[]> {
  const quarantine = join(folder, 'quarantine')
  const changedMs = (await stat(quarantine).catch(() => undefined))?.mtimeMs ?? 0
  const before = known.get(folder) ?? { reasons: new Map<string, Quarantined>(), changedMs: -1, list: [] }
  known.set(folder, before)
  if (changedMs === before.changedMs && Date.now() - changedMs > SETTLED_MS) return before.list
  const refs = (await readdir(quarantine).catch(() => [])).flatMap((name) =>
    name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [],
  )
  const unread = refs.filter((ref) => !before.reasons.has(ref)).values()
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (const ref of unread) {
        const reason = await reasonOf(folder, ref).catch(() => undefined)
        // what was written meanwhile is newer
        if (reason && !before.reasons.has(ref)) before.reasons.set(ref, reason)
      }
    }),
  )
  const present = new Set(refs)
  for (const ref of before.reasons.keys()) if (!present.has(ref)) before.reasons.delete(ref)
  before.list = [...before.reasons.values()].sort((a, b) => b.at - a.at)
  before.changedMs = changedMs
  return before.list
}

async function reasonOf(folder: string, ref: string): Promise<Quarantined> {
  const { json } = placeOf(folder, ref)
  try {
    return JSON.parse(await readFile(json, 'utf8')) as Quarantined
  } catch (error) {
    throw new Fault('not-found', { ref }, error)
  }
}

async function writeReason(
  folder: string,
  ref: string,
  { code, path, project }: Reason,
  sizeBytes: number,
  before?: Quarantined,
): Promise<void> {
  const { quarantine, json } = placeOf(folder, ref)
  const reason: Quarantined = {
    ...{ ref, at: before?.at ?? Date.now(), code, sizeBytes, attempts: (before?.attempts ?? 0) + 1 },
    ...(path ? { path } : {}),
    ...(project ? { project } : {}),
  }
  await writeFile(`${json}.tmp`, JSON.stringify(reason), { mode: 0o600, flush: true })
  await rename(`${json}.tmp`, json)
  known.get(folder)?.reasons.set(ref, reason)
  await syncFolder(quarantine)
}

/** @throws Fault 'not-found' for what is no reference of ours: no path is made from what was asked */
function placeOf(folder: string, ref: string): { quarantine: string; bytes: string; json: string } {
  if (!REF.test(ref)) throw new Fault('not-found')
  const quarantine = join(folder, 'quarantine')
  return { quarantine, bytes: join(quarantine, `${ref}.bytes`), json: join(quarantine, `${ref}.json`) }
}
