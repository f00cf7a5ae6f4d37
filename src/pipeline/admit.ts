/**
 * The one path from the spool to the archive, on a page: select, de-identify, archive, settle. Whatever cannot be done
 * with certainty goes to quarantine; what only has to wait is tried again.
 */
import { Fault, type FaultCode } from '../base/index.ts'
import { isMessage, type Captured, type Origin, type Settlement, type SpoolStart } from '../clinical/spool/index.ts'
import { deidentify, quarantined, type PseudonymKeys } from '../deidentify/index.ts'
import type { Archive } from '../research/archive/index.ts'
import { looksLikeXml, XML_LIMITS } from '../standards/cda/index.ts'
import { openDataSet, type ByteSource, type DataSet } from '../standards/dicom/index.ts'
import { takeParts } from './interactions.ts'
import { messageJourneys, type CapturedMessage } from './messages.ts'
import type { MessageStations } from './stations.ts'

export interface Stations extends MessageStations {
  readonly keys: PseudonymKeys
  readonly archive: Archive
}

/** What became of one instance in one project. */
export type Admitted =
  | {
      readonly outcome: 'archived' | 'already-archived' | 'conflict'
      readonly project: string
      /** absent: it is a document */
      readonly instance?: DataSet<'de-identified'>
    }
  | {
      /** refused: what was uploaded is no DICOM instance, and is not kept */
      readonly outcome: 'quarantined' | 'refused'
      readonly project: string
      readonly code: Extract<Settlement, { outcome: 'quarantined' }>['code']
      readonly path?: string
      readonly offset?: number
    }

/**
 * Takes a captured instance along the whole path and settles it, or several messages together.
 * @throws Fault with `retry: 'later'` when a store is away, of several messages for anything that may be one's alone: what is
 * not settled is to be tried again
 */
export async function admit(captured: readonly Captured[], stations: Stations): Promise<readonly Settlement[]> {
  const settlements: Settlement[] = []
  if (captured.every(isOfMessage)) settlements.push(...(await messageJourneys(captured, stations)))
  else for (const { source, start } of captured) settlements.push(await journey(source, start, stations))
  await Promise.all(captured.map((one, at) => one.settle(settlements[at] as Settlement)))
  return settlements
}

const isOfMessage = (captured: Captured): captured is Captured & CapturedMessage => isMessage(captured.start)

/**
 * The path again for what is in quarantine, under the rules, projects and profiles of now. Nothing is settled: the caller
 * deletes it only when it was archived.
 */
export async function admitAgain(source: ByteSource, origin: Origin, stations: Stations): Promise<Settlement> {
  if (origin.kind === 'captured') return journey(source, origin.start, stations)
  return settlementOf([await admitFile(source, origin.project, stations)])
}

async function journey(source: ByteSource, start: SpoolStart, stations: Stations): Promise<Settlement> {
  if (isMessage(start)) return (await messageJourneys([{ source, start }], stations))[0] as Settlement
  let instance: DataSet<'identified'>
  try {
    instance = openDataSet(source)
  } catch (error) {
    const { code, path } = quarantined(error)
    return { outcome: 'quarantined', code, ...(path ? { path } : {}) }
  }
  const selected = stations.selector.select(instance.attributes, start).filter(({ result }) => result === 'selected')
  if (selected.length === 0) return { outcome: 'not-selected' }
  const projects = new Map(selected.map(({ project, rule }) => [project, rule]))
  const admitted: Admitted[] = []
  for (const [project, rule] of projects) admitted.push(await intoProject(instance, project, rule, stations))
  return settlementOf(admitted)
}

/** One project's refusal keeps the identified bytes, whatever the others took. */
export function settlementOf(admitted: readonly Admitted[]): Settlement {
  const refused = admitted.find((one) => 'code' in one)
  if (refused && 'code' in refused)
    return {
      outcome: 'quarantined',
      code: refused.code,
      ...(refused.path ? { path: refused.path } : {}),
      project: refused.project,
    }
  return {
    outcome: admitted.some(({ outcome }) => outcome === 'conflict') ? 'conflict' : 'archived',
    projects: admitted.map(({ project }) => project),
  }
}

/** An instance or clinical document that is a project's already: one that somebody uploaded to it. */
export async function admitFile(
  file: ByteSource,
  project: string,
  stations: Omit<Stations, 'selector'>,
): Promise<Admitted> {
  if (looksLikeXml(file.read(0, Math.min(file.sizeBytes, 64)))) return admitDocument(file, project, stations)
  let instance: DataSet<'identified'>
  try {
    instance = openDataSet(file)
  } catch (error) {
    return { project, ...quarantined(error), outcome: 'refused' }
  }
  try {
    return await intoProject(instance, project, 'upload', stations)
  } catch (error) {
    if (isWaiting(error)) throw error
    return { project, ...quarantined(error) }
  }
}

async function admitDocument(
  file: ByteSource,
  name: string,
  { projects, messages }: Omit<Stations, 'selector'>,
): Promise<Admitted> {
  const project = projects.get(name)
  if (!project) return { outcome: 'quarantined', project: name, code: 'project-unknown' }
  if (!messages) return { outcome: 'quarantined', project: name, code: 'messages-not-taken-yet' }
  if (file.sizeBytes > XML_LIMITS.xmlBytes.value) return { outcome: 'refused', project: name, code: 'limit-exceeded' }
  const from = { project, rule: 'upload', link: 'upload', receivedAt: new Date() }
  try {
    const taken = await takeParts(file.read(0, file.sizeBytes), messages, from)
    if (taken.outcome === 'quarantined') return { project: name, ...taken }
    return { outcome: ARCHIVED[taken.outcome], project: name }
  } catch (error) {
    const refusal = quarantined(error)
    return { project: name, ...refusal, ...(NOT_OURS.has(refusal.code) ? { outcome: 'refused' } : {}) }
  }
}

/** what was uploaded is another kind of thing, and is not kept */
const NOT_OURS: ReadonlySet<FaultCode> = new Set(['not-cda', 'interaction-not-read'])

const ARCHIVED = { stored: 'archived', 'already-stored': 'already-archived', conflict: 'conflict' } as const

async function intoProject(
  instance: DataSet<'identified'>,
  name: string,
  rule: string,
  { projects, keys, archive, memories }: Omit<Stations, 'selector'>,
): Promise<Admitted> {
  const project = projects.get(name)
  if (!project) return { outcome: 'quarantined', project: name, code: 'project-unknown' }
  const gate = await deidentify(instance, project, keys, memories ? { memories } : {})
  if (gate.outcome === 'quarantined') return { project: name, ...gate }
  const { outcome } = await archive.store(gate.dataSet, { project: name, rule, report: JSON.stringify(gate.report) })
  return {
    outcome: outcome === 'stored' ? 'archived' : outcome === 'already-stored' ? 'already-archived' : 'conflict',
    project: name,
    instance: gate.dataSet,
  }
}

/** The failure is not of the instance: a database or disk is away. */
export const isWaiting = (error: unknown): boolean =>
  error instanceof Fault ? error.entry.retry !== 'never' : OF_THE_DISK.has((error as NodeJS.ErrnoException)?.code ?? '')

/** the system's own words for a volume that is full or away: it has room again some day, whatever was to be written */
const OF_THE_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
