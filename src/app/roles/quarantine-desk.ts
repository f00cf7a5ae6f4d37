/**
 * The operator's decisions about quarantine, over a Unix socket: look, try again under the rules of now or with one for it
 * alone, reject.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { chmodSync, rmSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { z } from 'zod'
import { Fault, log } from '../../base/index.ts'
import {
  discardFromQuarantine,
  isMessage,
  listQuarantine,
  noteAgain,
  openQuarantined,
} from '../../clinical/spool/index.ts'
import { profileOf, withRule, type GateProject, type ReleaseRule } from '../../deidentify/index.ts'
import { releaseRuleSchema } from '../config/index.ts'
import { admitAgain, isWaiting, previewOf } from '../../pipeline/index.ts'
import type { Desk } from './upload-desk.ts'

export interface QuarantineDesk extends Desk {
  /** one line of JSON a decision: who, when, what, why */
  readonly decisions: string
}

const decision = z.object({
  by: z.string().min(1).max(64),
  reason: z.string().trim().min(3).max(500).optional(),
  rule: releaseRuleSchema.optional(),
})
type Decision = z.infer<typeof decision>

export async function serveQuarantine(socketPath: string, desk: QuarantineDesk): Promise<void> {
  rmSync(socketPath, { force: true })
  const server = createServer((request, response) => void answer(request, response, desk))
  await new Promise<void>((done, fail) => server.once('error', fail).listen(socketPath, done))
  chmodSync(socketPath, 0o600)
}

async function answer(request: IncomingMessage, response: ServerResponse, desk: QuarantineDesk): Promise<void> {
  try {
    const body = await route(request, desk)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('internal', {}, error)
    if (!(error instanceof Fault)) log.error('a decision about quarantine failed', {}, error)
    response.writeHead(fault.entry.http ?? 500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: fault.code, where: fault.where }))
  }
}

async function route(request: IncomingMessage, desk: QuarantineDesk): Promise<object> {
  const [, ref = '', verb] = (request.url ?? '').split('/')
  if (request.method === 'GET' && ref === '') return { quarantine: await listQuarantine(desk.folder) }
  if (request.method === 'GET' && verb === undefined) return show(ref, desk)
  const parsed = decision.safeParse(JSON.parse((await textOf(request)) || '{}'))
  if (!parsed.success) throw new Fault('bad-request', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
  if (request.method === 'POST' && verb === 'redo') return again(ref, parsed.data, desk)
  if (request.method === 'POST' && verb === 'release') return release(ref, parsed.data, desk)
  if (request.method === 'POST' && verb === 'reject') return reject(ref, parsed.data, desk)
  throw new Fault('not-found')
}

async function show(ref: string, { folder, key }: QuarantineDesk): Promise<object> {
  const { source, about, reason, close } = await openQuarantined(folder, ref, key)
  try {
    const start = about.kind === 'captured' ? about.start : undefined
    const preview = previewOf(source, start && isMessage(start) ? start.kind : undefined)
    return { ...reason, ...preview, from: start?.link ?? 'upload' }
  } finally {
    close()
  }
}

/** Deleted only when it was archived; whatever else comes of it, the bytes stay. */
async function again(ref: string, { by, reason, rule }: Decision, desk: QuarantineDesk): Promise<object> {
  const { folder, key } = desk
  const stations = desk.stations()
  const projects = rule ? ruled(stations.projects, rule as ReleaseRule) : stations.projects
  const { source, about, close } = await openQuarantined(folder, ref, key)
  try {
    const settlement = await admitAgain(source, about, { ...stations, projects })
    const { outcome } = settlement
    if (outcome === 'quarantined') await noteAgain(folder, ref, settlement)
    await note(desk, { ref, by, decision: rule ? 'release' : 'redo', reason, rule, outcome })
    if (outcome === 'archived') await discardFromQuarantine(folder, ref)
    if (outcome === 'archived' || outcome === 'conflict') desk.settled(settlement)
    return outcome === 'quarantined' ? { outcome, code: settlement.code, path: settlement.path } : { outcome }
  } catch (error) {
    if (isWaiting(error)) throw error
    throw new Fault('internal', { ref }, error)
  } finally {
    close()
  }
}

async function release(ref: string, decision: Decision, desk: QuarantineDesk): Promise<object> {
  if (!decision.reason) throw new Fault('bad-request', { field: 'reason' })
  if (!decision.rule) throw new Fault('bad-request', { field: 'rule' })
  return again(ref, decision, desk)
}

/** @throws Fault 'config-invalid' where a project's profile and the rule contradict each other */
function ruled(projects: ReadonlyMap<string, GateProject>, rule: ReleaseRule): ReadonlyMap<string, GateProject> {
  const all = new Map([...projects].map(([name, project]) => [name, withRule(project, rule)]))
  for (const project of all.values()) profileOf(project)
  return all
}

async function reject(ref: string, { by, reason }: Decision, desk: QuarantineDesk): Promise<object> {
  if (!reason) throw new Fault('bad-request', { field: 'reason' })
  const { close } = await openQuarantined(desk.folder, ref, desk.key)
  close()
  await note(desk, { ref, by, decision: 'reject', reason })
  await discardFromQuarantine(desk.folder, ref)
  return { outcome: 'rejected' }
}

/** Written down before it is done: a decision is never without its line. */
const note = ({ decisions }: QuarantineDesk, line: object): Promise<void> =>
  appendFile(decisions, `${JSON.stringify({ at: Date.now(), ...line })}\n`, { mode: 0o600, flush: true })
