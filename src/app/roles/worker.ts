/**
 * The worker's process: takes captures from the spool along the pipeline, and uploads that research hands over, and does
 * what the operator decided about quarantine. Databases that are away are waited for; capturing goes on meanwhile.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault, log, type FaultCode } from '../../base/index.ts'
import { compileRules, type Selector } from '../../clinical/select/index.ts'
import {
  InHand,
  isMessage,
  openSpoolReader,
  type Captured,
  type Settlement,
  type SpoolReader,
  type Waiting,
} from '../../clinical/spool/index.ts'
import { openVault } from '../../deidentify/index.ts'
import { admit, isWaiting, laboratory, MESSAGES_TOGETHER, unifyAgain, type Stations } from '../../pipeline/index.ts'
import { openArchive } from '../../research/archive/index.ts'
import { keyEncryptionOf } from '../vault-key.ts'
import { keptHabits } from './device-habits.ts'
import { gateProjects } from './gate-projects.ts'
import { readUnification, type Config } from '../config/index.ts'
import { withOwnNumbers } from './own-numbers.ts'
import { role, tell, type WorkerCounts } from './messages.ts'
import { serveQuarantine } from './quarantine-desk.ts'
import { serveUploads } from './upload-desk.ts'

const AT_ONCE = 4
/** with the same capture in hand: it is not tried again */
const DEATHS = 2
/** messages together are no more than this, so that a few long ones are not held in memory at once */
const TOGETHER_BYTES = 4 * 1024 * 1024
const POLL_MS = 100
const RETRY_MS = 1000
const COUNTS_EVERY_MS = 500
/** of what is in quarantine, the newest; all of it is listed by `sluice quarantine list` */
const TOLD = 100

const counts = { archived: 0, notSelected: 0, conflicts: 0 }
let stations: Stations | undefined
let reader: SpoolReader | undefined
let inHand: InHand | undefined
let stopping = false
let keepHabits = () => {}
let reconfigure: (config: Config) => void = () => {}

role({
  start: async ({ config, places, vault, catalogue }) => {
    if (!vault || !catalogue) throw new Fault('archive-unavailable')
    const key = readFileSync(places.spoolKey)
    const spool = await openSpoolReader({ folder: places.spool, key })
    reader = spool
    const left = new InHand(places.spool)
    inHand = left
    const [opened, archive] = [
      await untilThere(() => openVault(vault, keyEncryptionOf(config, places))),
      await untilThere(() => openArchive({ connection: catalogue, blobs: places.blobs })),
    ]
    const ofConfig = (now: Config) => {
      const keys = withOwnNumbers(opened, now.hospital.issuers)
      const { tables } = readUnification(now.unification)
      const { utcOffset } = now.hospital
      const messages = laboratory({ keys, vault: keys, archive, tables, utcOffset })
      void unifyAgain(archive, tables, utcOffset).then(
        (count) => count > 0 && log.info('messages were unified again', { count }),
        (error: unknown) => log.warn('messages wait to be unified again', {}, error),
      )
      return { selector: selectorOf(now), projects: gateProjects(now), keys, messages }
    }
    const habits = keptHabits(places.habits)
    keepHabits = habits.save
    stations = { ...ofConfig(config), archive, memories: habits.memories }
    reconfigure = (now) => {
      if (stations) stations = { ...stations, ...ofConfig(now) }
    }
    const desk = {
      folder: places.spool,
      key,
      stations: () => stations as Stations,
      settled: ({ outcome }: Settlement) => count(outcome),
    }
    await serveUploads(places.admitSocket, desk)
    await serveQuarantine(places.quarantineSocket, { ...desk, decisions: places.decisions })
    void keepTelling(spool)
    tell({ type: 'ready' })
    await suspects(spool, left)
    for (let lane = 0; lane < AT_ONCE; lane++) void work(spool)
  },
  config: (config) => reconfigure(config),
  stop: async () => {
    stopping = true
    inHand?.stop()
    inHand = undefined
    await reader?.close()
    keepHabits()
  },
})

/** the supervisor has checked the rules; should they fail here all the same, nothing is selected */
function selectorOf(config: Config): Selector {
  const nothing = () => []
  return compileRules(config.rules).selector ?? { select: nothing, selectMessage: nothing, selectInteraction: nothing }
}

async function untilThere<T>(open: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      log.warn('a database is not there yet', {}, error)
      await pause(RETRY_MS)
    }
  }
}

/** What the worker before had in hand when it died comes first and one at a time: the cause is then alone, and the rest is not. */
async function suspects(spool: SpoolReader, left: InHand): Promise<void> {
  while (!stopping) {
    const [suspect] = await spool.take(1, ({ ref }) => left.deathsOf(ref) > 0).catch(() => [])
    if (!suspect) return
    if (left.deathsOf(suspect.ref) < DEATHS) await along([suspect])
    else while (!(await quarantine(suspect, 'worker-died'))) await pause(RETRY_MS)
  }
}

async function work(spool: SpoolReader): Promise<void> {
  while (!stopping) {
    const [captured] = await spool.take(1).catch(() => [])
    if (captured) await along(await withOthers(captured, spool))
    else await pause(POLL_MS)
  }
}

/** with a message those that wait behind it: for the databases they are little more than one */
async function withOthers(captured: Captured, spool: SpoolReader): Promise<readonly Captured[]> {
  if (!isMessage(captured.start)) return [captured]
  let roomBytes = TOGETHER_BYTES - captured.source.sizeBytes
  const fits = ({ start, source }: Waiting) => isMessage(start) && (roomBytes -= source.sizeBytes) >= 0
  return [captured, ...(await spool.take(MESSAGES_TOGETHER - 1, fits).catch(() => []))]
}

async function along(captured: readonly Captured[]): Promise<void> {
  for (;;) {
    try {
      for (const { outcome } of await withInHand(captured)) count(outcome)
      return
    } catch (error) {
      log.warn('captures wait for a store', { ref: captured[0]?.ref ?? '', captures: captured.length }, error)
      if (stopping) return
      if (!isWaiting(error)) {
        // something is wrong with one of them, and is kept from the others
        if (captured.length > 1) return inTurn(captured)
        if (await quarantine(captured[0], error instanceof Fault ? error.code : 'internal')) return
      }
      await pause(RETRY_MS)
    }
  }
}

async function withInHand(captured: readonly Captured[]): Promise<readonly Settlement[]> {
  const refs = captured.map(({ ref }) => ref)
  inHand?.begin(refs)
  try {
    return await admit(captured, stations as Stations)
  } finally {
    inHand?.end(refs)
  }
}

/** @returns whether it is there now */
async function quarantine(one: Captured | undefined, code: FaultCode): Promise<boolean> {
  try {
    await one?.settle({ outcome: 'quarantined', code })
    return true
  } catch (error) {
    log.warn('a capture waits for its place in quarantine', { ref: one?.ref ?? '' }, error)
    return false
  }
}

async function inTurn(captured: readonly Captured[]): Promise<void> {
  for (const one of captured) await along([one])
}

function count(outcome: Settlement['outcome']): void {
  if (outcome === 'archived') counts.archived++
  else if (outcome === 'not-selected') counts.notSelected++
  else if (outcome === 'conflict') counts.conflicts++
}

async function keepTelling(spool: SpoolReader): Promise<void> {
  for (; !stopping; await pause(COUNTS_EVERY_MS)) await tellCounts(spool)
}

async function tellCounts(spool: SpoolReader): Promise<void> {
  const quarantine = await spool.quarantine().catch(() => [])
  const told: WorkerCounts = { ...counts, waiting: spool.waiting(), quarantined: quarantine.length }
  tell({ type: 'counts', counts: told, quarantine: quarantine.slice(0, TOLD) })
}
