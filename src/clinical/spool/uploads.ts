/** Uploads: sealed and synced in the clinical zone before the gate looks at them, however large; gone when it is done. */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import type { ByteSource } from '../../standards/dicom/index.ts'
import type { Settlement } from './captured.ts'
import { moveIntoQuarantine, type Origin } from './quarantine.ts'
import { openSealed, writeSealed } from './sealed-file.ts'
import { syncFolder } from './segment-writer.ts'

export interface Upload {
  /** ours, as of a capture */
  readonly ref: string
  readonly project: string
  readonly source: ByteSource
  /** Deletes it, or keeps it in quarantine with the reason. */
  settle(settlement: Settlement | 'refused'): Promise<void>
}

/** less free than this, and nothing is taken: the rest belongs to what the links capture */
const MIN_FREE_FRACTION = 0.05

/** @throws Fault 'spool-full', 'limit-exceeded', 'disk-failed'; whatever reading the body throws */
export async function takeUpload(
  folder: string,
  project: string,
  body: AsyncIterable<Uint8Array>,
  { key, mostBytes }: { readonly key?: Uint8Array; readonly mostBytes: number },
): Promise<Upload> {
  const uploads = join(folder, 'uploads')
  await mkdir(uploads, { recursive: true, mode: 0o700 })
  const { bavail, blocks } = await statfs(uploads)
  if (blocks && bavail / blocks < MIN_FREE_FRACTION) throw new Fault('spool-full')
  const ref = `u-${randomBytes(12).toString('hex')}`
  const path = join(uploads, `${ref}.bytes`)
  const origin: Origin = { kind: 'upload', project }
  try {
    await writeSealed(`${path}.tmp`, origin, bounded(body, mostBytes), key)
  } catch (error) {
    await rm(`${path}.tmp`, { force: true })
    throw error
  }
  await rename(`${path}.tmp`, path)
  await syncFolder(uploads)
  return opened(folder, ref, key)
}

/** Uploads that were durable when everything stopped: they take the path again, which changes nothing twice. */
export async function leftUploads(folder: string, key: Uint8Array | undefined): Promise<readonly Upload[]> {
  const uploads = join(folder, 'uploads')
  const names = await readdir(uploads).catch(() => [])
  // half written: nobody was told that they had come
  for (const name of names.filter((one) => one.endsWith('.tmp'))) await rm(join(uploads, name), { force: true })
  return names.filter((one) => one.endsWith('.bytes')).map((one) => opened(folder, one.replace('.bytes', ''), key))
}

function opened(folder: string, ref: string, key: Uint8Array | undefined): Upload {
  const path = join(folder, 'uploads', `${ref}.bytes`)
  const { about, source, close } = openSealed<Extract<Origin, { kind: 'upload' }>>(path, key)
  return {
    ...{ ref, project: about.project, source },
    settle: async (settlement) => {
      close()
      if (settlement !== 'refused' && settlement.outcome === 'quarantined')
        await moveIntoQuarantine(folder, ref, path, source.sizeBytes, settlement)
      else await rm(path, { force: true })
    },
  }
}

async function* bounded(body: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > mostBytes) throw new Fault('limit-exceeded', { what: 'upload' })
    yield piece
  }
}
