/** The writing side of the spool: many captures at once into append-only segments, durable in groups. */
import { mkdir, readdir, rename, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { encodeRecord, letGo, RECORD, type RecordType } from './records.ts'
import { closedName, SegmentWriter, syncFolder } from './segment-writer.ts'
import type { SpoolStart } from './captured.ts'

export interface SpoolOptions {
  readonly folder: string
  /** a segment is closed past this; default 256 MiB */
  readonly segmentBytes?: number
  /** nothing more is taken while the spool holds more; default: as much as the disk has */
  readonly maxBytes?: number
  /** nothing more is taken while less of the volume is free; default 0.05 */
  readonly minFreeFraction?: number
  /** 32 bytes: records are sealed with AES-256-GCM */
  readonly key?: Uint8Array
}

export interface SpoolState {
  readonly bytes: number
  readonly segments: number
  readonly freeFraction: number
  readonly full: boolean
}

export interface SpoolCapture {
  write(bytes: Uint8Array): void
  /** @returns when the capture is durable. @throws Fault 'disk-failed' when it never will be */
  commit(status: number): Promise<{ readonly ref: string; readonly bytes: number }>
  abandon(reason: string): void
}

export interface SpoolWriter {
  /** @returns undefined when there is no room */
  begin(start: SpoolStart): SpoolCapture | undefined
  state(): SpoolState
  close(): Promise<void>
}

/** what may wait for the disk; past it a capture is given up, the line goes on */
const QUEUE_BYTES = 64 * 1024 * 1024
/** small pieces are put together up to this before they become a record */
const PIECE_BYTES = 128 * 1024
/** used again by the captures that follow */
const SPARE_PIECES = 32
const spare: Buffer[] = []
const HOUSEKEEPING_MS = 500
/** a segment that nothing is written to is closed, so that it can be deleted once settled */
const IDLE_MS = 1000

/** One writer a folder. Segments that a killed writer left open are closed as they are. */
export async function openSpoolWriter(options: SpoolOptions): Promise<SpoolWriter> {
  const {
    folder,
    segmentBytes = 256 * 1024 * 1024,
    maxBytes = Number.POSITIVE_INFINITY,
    minFreeFraction = 0.05,
    key,
  } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // seconds since the epoch, so that a reference is not used again after everything was settled and deleted
  let next = Math.max((await closeLeftovers(folder)) + 1, Math.floor(Date.now() / 1000))
  let current: SegmentWriter | undefined = await SegmentWriter.create(pathOf(folder, next), next)
  const closing = new Set<SegmentWriter>()
  let state: SpoolState = { bytes: 0, segments: 0, freeFraction: 1, full: false }
  const room: Room = { bytes: 0 }
  let opening = false

  const roll = async (): Promise<void> => {
    if (opening) return
    opening = true
    try {
      const fresh = await SegmentWriter.create(pathOf(folder, ++next), next)
      if (current) closing.add(current)
      current = fresh
    } catch {
      // no room for a new file: nothing is taken until there is. One that failed is done with all the same
      if (current?.failed) closing.add(current)
      current = current?.failed ? undefined : current
    } finally {
      opening = false
    }
  }

  const housekeeping = async (): Promise<void> => {
    const { roomBytes, ...measured } = await measure(folder, minFreeFraction, maxBytes)
    room.bytes = roomBytes - [...closing, ...(current ? [current] : [])].reduce((sum, one) => sum + one.queuedBytes, 0)
    state = { ...measured, full: room.bytes <= 0 }
    const idle =
      current && current.captures > 0 && current.openCaptures === 0 && performance.now() - current.openedAt > IDLE_MS
    if (!current || current.failed || current.writtenBytes > segmentBytes || idle) await roll()
    for (const segment of closing) {
      if (segment.openCaptures > 0) continue
      closing.delete(segment)
      await segment.close().catch(() => {})
    }
  }
  await housekeeping()
  const timer = setInterval(() => void housekeeping().catch(() => {}), HOUSEKEEPING_MS)
  timer.unref()

  return {
    begin: (start) => {
      const segment = current
      if (!segment || segment.failed || room.bytes <= 0 || segment.queuedBytes > QUEUE_BYTES) return undefined
      return begin(segment, start, room, key)
    },
    state: () => state,
    close: async () => {
      clearInterval(timer)
      if (current) closing.add(current)
      for (const segment of closing) await segment.close().catch(() => {})
    },
  }
}

/** what may still be taken, until the volume is looked at again */
interface Room {
  bytes: number
}

function begin(segment: SegmentWriter, start: SpoolStart, room: Room, key: Uint8Array | undefined): SpoolCapture {
  const capture = ++segment.captures
  segment.openCaptures++
  let bytes = 0
  let ended = false
  let piece: Buffer | undefined
  let filled = 0
  const put = (type: RecordType, payload: Uint8Array): void => {
    const parts = encodeRecord(type, capture, payload, key)
    segment.append(parts)
    if (key) letGo(parts)
  }
  put(RECORD.start, Buffer.from(JSON.stringify(start)))
  const end = (): boolean => {
    if (ended) return false
    ended = true
    segment.openCaptures--
    if (piece && spare.length < SPARE_PIECES) spare.push(piece)
    piece = undefined
    return true
  }
  const flush = (): void => {
    if (piece && filled > 0) put(RECORD.data, piece.subarray(0, filled))
    filled = 0
  }
  const abandon = (reason: string): void => {
    if (end()) put(RECORD.abandon, Buffer.from(JSON.stringify({ reason })))
  }
  return {
    write: (more) => {
      if (ended) return
      if (segment.failed) return abandon('the disk failed')
      if (segment.queuedBytes > QUEUE_BYTES) return abandon('the disk is too slow')
      if (room.bytes <= 0) return abandon('no room')
      room.bytes -= more.length
      bytes += more.length
      for (let at = 0; at < more.length;) {
        piece ??= spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
        const taken = Math.min(more.length - at, PIECE_BYTES - filled)
        piece.set(more.subarray(at, at + taken), filled)
        filled += taken
        at += taken
        if (filled === PIECE_BYTES) flush()
      }
    },
    commit: async (status) => {
      if (ended || segment.failed) {
        end()
        throw new Fault('disk-failed', { segment: segment.number })
      }
      flush()
      put(RECORD.commit, Buffer.from(JSON.stringify({ status, bytes, at: Date.now() })))
      try {
        await segment.durable()
        return { ref: `${segment.number}-${capture}`, bytes }
      } catch (error) {
        throw new Fault('disk-failed', { segment: segment.number }, error)
      } finally {
        end()
      }
    },
    abandon,
  }
}

const pathOf = (folder: string, number: number): string => join(folder, `${String(number).padStart(10, '0')}.open`)

/** @returns the highest segment number in use */
async function closeLeftovers(folder: string): Promise<number> {
  const names = await readdir(folder)
  for (const name of names.filter((n) => n.endsWith('.open')))
    await rename(join(folder, name), closedName(join(folder, name)))
  await syncFolder(folder)
  return Math.max(0, ...names.map((name) => Number.parseInt(name, 10)).filter(Number.isFinite))
}

async function measure(
  folder: string,
  minFreeFraction: number,
  maxBytes: number,
): Promise<Omit<SpoolState, 'full'> & { readonly roomBytes: number }> {
  const names = (await readdir(folder)).filter((name) => /\.(open|segment)$/.test(name))
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const { bavail, blocks, bsize } = await statfs(folder)
  const roomBytes = Math.min(maxBytes - bytes, blocks ? (bavail - minFreeFraction * blocks) * bsize : Infinity)
  return { bytes, segments: names.length, freeFraction: blocks ? bavail / blocks : 1, roomBytes }
}
