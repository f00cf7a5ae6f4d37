/**
 * The worker's process: takes captures from the spool along the pipeline, and uploads that research hands over. Databases
 * that are away are waited for; capturing goes on meanwhile.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault, log } from '../../base/index.ts'
import { compileRules, type Selector } from '../../clinical/select/index.ts'
import { openSpoolReader, type Captured, type SpoolReader } from '../../clinical/spool/index.ts'
import { openVault } from '../../deidentify/index.ts'
import { admit, admitFile, isWaiting, type Admitted, type Stations } from '../../pipeline/index.ts'
import { openArchive } from '../../research/archive/index.ts'
import { LIMITS, memorySource } from '../../standards/dicom/index.ts'
import { keyEncryptionOf } from '../vault-key.ts'
import { gateProjects } from './gate-projects.ts'
import type { Config } from '../config/index.ts'
import { role, tell, type WorkerCounts } from './messages.ts'

const AT_ONCE = 4
const POLL_MS = 100
const RETRY_MS = 1000
const COUNTS_EVERY_MS = 500

const counts = { archived: 0, notSelected: 0, conflicts: 0, quarantined: 0 }
let stations: Stations | undefined
let reader: SpoolReader | undefined
let stopping = false

role({
  start: async ({ config, places, vault, catalogue }) => {
    if (!vault || !catalogue) throw new Fault('archive-unavailable')
    const spool = await openSpoolReader({ folder: places.spool, key: readFileSync(places.spoolKey) })
    reader = spool
    const [keys, archive] = [
      await untilThere(() => openVault(vault, keyEncryptionOf(config, places))),
      await untilThere(() => openArchive({ connection: catalogue, blobs: places.blobs })),
    ]
    stations = { selector: selectorOf(config), projects: gateProjects(config), keys, archive }
    await listen(places.admitSocket)
    setInterval(() => void tellCounts(spool), COUNTS_EVERY_MS)
    tell({ type: 'ready' })
    for (let lane = 0; lane < AT_ONCE; lane++) void work(spool)
  },
  config: (config) => {
    if (stations) stations = { ...stations, selector: selectorOf(config), projects: gateProjects(config) }
  },
  stop: async () => {
    stopping = true
    await reader?.close()
  },
})

/** the supervisor has checked the rules; should they fail here all the same, nothing is selected */
function selectorOf(config: Config): Selector {
  return compileRules(config.rules).selector ?? { select: () => [] }
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

async function work(spool: SpoolReader): Promise<void> {
  while (!stopping) {
    const [captured] = await spool.take(1).catch(() => [])
    if (captured) await along(captured)
    else await pause(POLL_MS)
  }
}

async function along(captured: Captured): Promise<void> {
  for (;;) {
    try {
      const { outcome } = await admit(captured, stations as Stations)
      if (outcome === 'archived') counts.archived++
      else if (outcome === 'not-selected') counts.notSelected++
      else if (outcome === 'conflict') counts.conflicts++
      else counts.quarantined++
      return
    } catch (error) {
      log.warn('an instance waits for a store', { ref: captured.ref }, error)
      if (stopping) return
      if (!isWaiting(error))
        await captured
          .settle({ outcome: 'quarantined', code: error instanceof Fault ? error.code : 'internal' })
          .catch(() => {})
      await pause(RETRY_MS)
    }
  }
}

async function tellCounts(spool: SpoolReader): Promise<void> {
  const quarantine = (await spool.quarantine().catch(() => [])).slice(0, 100)
  const told: WorkerCounts = { ...counts, waiting: spool.waiting() }
  tell({ type: 'counts', counts: told, quarantine })
}

/** Uploads come over a Unix socket that only this machine's Sluice can open: no identified byte is kept in research. */
async function listen(path: string): Promise<void> {
  rmSync(path, { force: true })
  const server = createServer((request, response) => void upload(request, response))
  await new Promise<void>((done, fail) => server.once('error', fail).listen(path, done))
  chmodSync(path, 0o600)
}

async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const project = new URL(request.url ?? '/', 'http://local').searchParams.get('project') ?? ''
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  try {
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > LIMITS.uploadBytes.value) throw new Fault('limit-exceeded', { what: 'upload' })
      pieces.push(piece)
    }
    answer(200, outcomeOf(await admitFile(memorySource(Buffer.concat(pieces)), project, stations as Stations)))
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'internal'
    log.warn('an upload was not taken', {}, error)
    answer(503, { outcome: 'refused', code })
  }
}

function outcomeOf(admitted: Admitted): object {
  if (admitted.outcome === 'quarantined')
    return { outcome: 'quarantined', code: admitted.code, path: admitted.path, offset: admitted.offset }
  const { SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID } = admitted.instance
  return { outcome: admitted.outcome, SOPClassUID, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID }
}
