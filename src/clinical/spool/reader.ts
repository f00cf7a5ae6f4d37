/** The reading side of the spool: gives out what was committed, remembers what became of it, deletes what is settled. */
import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { log } from '../../base/index.ts'
import type { Captured } from './captured.ts'
import { Journal } from './journal.ts'
import { listQuarantine, putInQuarantine, type Quarantined } from './quarantine.ts'
import { SegmentReader, type Committed } from './segment-reader.ts'

export interface SpoolReader {
  /**
   * @param fits which of them; default: all
   * @returns what is committed and neither given out by this reader nor settled, oldest first
   */
  take(limit: number, fits?: (one: Waiting) => boolean): Promise<Captured[]>
  /** captures given out or waiting, and not settled; of a backlog longer than what is read ahead an estimate */
  waiting(): number
  quarantine(): Promise<readonly Quarantined[]>
  close(): Promise<void>
}

/** a capture before it is given out */
export type Waiting = Pick<Captured, 'ref' | 'start' | 'source'>

interface Segment {
  readonly name: string
  readonly reader: SegmentReader
  readonly journal: Journal
  readonly settled: Set<number>
  readonly unsettled: Map<number, Committed>
  readonly given: Set<number>
  /** closed, and read to its end */
  isWhole: boolean
  /** captures read */
  count: number
  reported: boolean
}

/** Captures known and not given out: with so many no further segment is opened, however many days wait behind. */
const AHEAD = 4096
/** while enough are known, what came and what is settled is looked at no more often */
const LOOK_EVERY_MS = 100

/** One reader a folder, in any process; the writer may be running or gone. */
export async function openSpoolReader({
  folder,
  key,
}: {
  readonly folder: string
  readonly key?: Uint8Array
}): Promise<SpoolReader> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const segments = new Map<string, Segment>()

  /** segments not opened yet */
  let unread = 0
  let lookedAt = -Infinity
  const ready = () => [...segments.values()].reduce((sum, { unsettled, given }) => sum + unsettled.size - given.size, 0)

  const look = async (): Promise<void> => {
    lookedAt = performance.now()
    const names = (await readdir(folder)).filter((name) => /\.(open|segment)$/.test(name)).sort()
    unread = 0
    for (const file of names) {
      const name = file.replace(/\..*$/, '')
      if (!segments.has(name) && ready() >= AHEAD) {
        unread++
        continue
      }
      const segment =
        segments.get(name) ??
        // one that is closed in this moment has its other name already
        (await openSegment(folder, file, name, key).catch(() =>
          openSegment(folder, `${name}.segment`, name, key).catch(() => undefined),
        ))
      if (!segment) continue
      segments.set(name, segment)
      if (!segment.isWhole)
        for (const one of segment.reader.read()) {
          segment.count++
          if (!segment.settled.has(one.capture)) segment.unsettled.set(one.capture, one)
        }
      segment.isWhole = file.endsWith('.segment')
      if (segment.reader.damaged && !segment.reported) {
        segment.reported = true
        log.error('a segment of the spool is damaged; what stands before the damage is used', { segment: name })
      }
      if (segment.isWhole && segment.unsettled.size === 0) await drop(folder, segment, segments)
    }
  }

  // one look at a time: two would open the same segment twice
  let looking = Promise.resolve()

  return {
    take: async (limit, fits = () => true) => {
      if (ready() < limit || performance.now() - lookedAt >= LOOK_EVERY_MS) {
        looking = looking.catch(() => {}).then(look)
        await looking
      }
      const captured: Captured[] = []
      for (const segment of segments.values()) {
        for (const one of segment.unsettled.values()) {
          if (captured.length >= limit) return captured
          const ref = refOf(segment, one)
          if (segment.given.has(one.capture) || !fits({ ref, start: one.start, source: one.source })) continue
          segment.given.add(one.capture)
          captured.push(given(folder, segment, one, ref, key))
        }
      }
      return captured
    },
    waiting: () => {
      const known = [...segments.values()]
      const whole = known.filter(({ isWhole }) => isWhole)
      const each = whole.reduce((sum, { count }) => sum + count, 0) / Math.max(1, whole.length)
      return known.reduce((sum, { unsettled }) => sum + unsettled.size, 0) + Math.round(unread * each)
    },
    quarantine: () => listQuarantine(folder),
    close: async () => {
      for (const { reader, journal } of segments.values()) {
        reader.close()
        await journal.close()
      }
      segments.clear()
    },
  }
}

const refOf = ({ name }: Segment, { capture }: Committed): string => `${Number(name)}-${capture}`

function given(folder: string, segment: Segment, one: Committed, ref: string, key: Uint8Array | undefined): Captured {
  return {
    ...{ ref, start: one.start, status: one.status, capturedAt: one.capturedAt, source: one.source },
    settle: async (settlement) => {
      if (segment.settled.has(one.capture)) return
      if (settlement.outcome === 'quarantined') await putInQuarantine(folder, ref, one, settlement, key)
      await segment.journal.note(JSON.stringify({ capture: one.capture, outcome: settlement.outcome }))
      segment.settled.add(one.capture)
      segment.unsettled.delete(one.capture)
      segment.given.delete(one.capture)
    },
  }
}

async function openSegment(folder: string, file: string, name: string, key: Uint8Array | undefined): Promise<Segment> {
  const journalPath = join(folder, `${name}.settled`)
  const lines = (await readFile(journalPath, 'utf8').catch(() => '')).split('\n')
  const settled = new Set<number>()
  for (const line of lines) {
    try {
      settled.add((JSON.parse(line) as { capture: number }).capture)
    } catch {
      // the last line of a journal may be torn: that capture is given out again, which is harmless
    }
  }
  const reader = new SegmentReader(join(folder, file), key)
  return {
    name,
    reader,
    journal: new Journal(await open(journalPath, 'a', 0o600)),
    settled,
    unsettled: new Map(),
    given: new Set(),
    isWhole: false,
    count: 0,
    reported: false,
  }
}

/** A closed segment whose captures are all settled: nothing identified lingers. A damaged one is kept for a person to look at. */
async function drop(folder: string, segment: Segment, segments: Map<string, Segment>): Promise<void> {
  if (segment.reader.damaged) return
  segments.delete(segment.name)
  segment.reader.close()
  await segment.journal.close()
  await rm(join(folder, `${segment.name}.segment`), { force: true })
  await rm(join(folder, `${segment.name}.settled`), { force: true })
}
