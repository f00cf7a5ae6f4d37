/** The path of a captured message: read, select, hand to the station that keeps messages, settle. */
import { Fault, type FaultCode } from '../base/index.ts'
import type { MessageStart, Settlement } from '../clinical/spool/index.ts'
import type { RuleMessage, Selector } from '../clinical/select/index.ts'
import { deviceDigest, type DeviceMemories, type GateProject, type IdentifiedDocument } from '../deidentify/index.ts'
import { readRecords } from '../standards/astm/index.ts'
import type { ByteSource } from '../standards/dicom/index.ts'
import { readDecoded, splitBatch, textsOf } from '../standards/hl7/index.ts'

/** A message that a rule selected for a project. */
export interface SelectedMessage extends RuleMessage {
  readonly start: MessageStart
  readonly project: GateProject
  readonly rule: string
}

/** A clinical document for a project: one that was uploaded, or that a selected message carried. */
export interface SelectedDocument extends Pick<IdentifiedDocument, 'bytes' | 'receivedAt'> {
  readonly carrier?: IdentifiedDocument['carrier'] | undefined
  readonly project: GateProject
  readonly rule: string
  readonly link: string
  /** where in its message it stands */
  readonly path?: string
}

/** What became of a message in one project. */
export type MessageOutcome =
  | { readonly outcome: 'stored' | 'already-stored' | 'conflict' }
  | { readonly outcome: 'quarantined'; readonly code: FaultCode; readonly path?: string }

/**
 * Where selected messages go: de-identified, unified and stored behind this port. It is to be idempotent on link, MSH-10 and
 * the SHA-256 of the bytes, and to keep the order of `start.associationId` and `start.sequence` where order matters (A40).
 */
export interface MessageStation {
  /** @throws Fault with `retry: 'later'` when a store is away: the message is brought again */
  take(message: SelectedMessage): Promise<MessageOutcome>
  /** The same for a document; idempotent on its id and bytes. */
  takeDocument(document: SelectedDocument): Promise<MessageOutcome>
  /** Every message that can be read, whatever rules say: two numbers of one person concern all projects (ADT^A40). */
  notice(message: RuleMessage): Promise<void>
}

export interface MessageStations {
  readonly selector: Selector
  readonly projects: ReadonlyMap<string, GateProject>
  /** absent: selected messages wait in quarantine with `messages-not-taken-yet` */
  readonly messages?: MessageStation
  /** what devices are known to write; of messages by link and address */
  readonly memories?: DeviceMemories
}

/** @throws Fault with `retry: 'later'` when a store is away */
export async function messageJourney(
  source: ByteSource,
  start: MessageStart,
  stations: MessageStations,
): Promise<Settlement> {
  if (start.unreadable) return { outcome: 'quarantined', code: start.unreadable }
  const settled: Settlement[] = []
  try {
    for (const message of readAll(Buffer.from(source.read(0, source.sizeBytes)), start, stations))
      settled.push(await one(message, start, stations))
  } catch (error) {
    if (!(error instanceof Fault) || error.entry.retry !== 'never') throw error
    return { outcome: 'quarantined', code: error.code }
  }
  return together(settled)
}

/** @throws Fault 'message-invalid', 'message-ambiguous', 'limit-exceeded' */
function readAll(bytes: Buffer, start: MessageStart, { memories }: MessageStations): RuleMessage[] {
  if (start.kind === 'astm') {
    const message = readRecords(bytes)
    return [{ kind: 'astm', message, texts: textsOf(message) }]
  }
  const { messages, enveloped } = splitBatch(bytes)
  if (messages.length === 0) throw new Fault('message-invalid', { reason: 'no MSH' })
  // a second MSH that no batch announces may be a line end inside a field: whose results they are is not certain
  if (messages.length > 1 && !enveloped) throw new Fault('message-ambiguous', { messages: messages.length })
  const device = deviceDigest(`${start.link} ${start.remoteAddress} ${start.direction}`)
  return messages.map((range) => {
    const { message, hidden } = readDecoded(bytes.subarray(range.start, range.end))
    const texts = textsOf(message, hidden, memories?.of(device))
    memories?.set(device, texts.memory)
    return { kind: 'hl7', message, texts }
  })
}

async function one(message: RuleMessage, start: MessageStart, stations: MessageStations): Promise<Settlement> {
  await stations.messages?.notice(message)
  const selected = stations.selector.selectMessage(message, start).filter(({ result }) => result === 'selected')
  if (selected.length === 0) return { outcome: 'not-selected' }
  const outcomes: Settlement[] = []
  for (const [name, rule] of new Map(selected.map(({ project, rule }) => [project, rule]))) {
    const project = stations.projects.get(name)
    if (!project) outcomes.push({ outcome: 'quarantined', code: 'project-unknown', project: name })
    else if (!stations.messages)
      outcomes.push({ outcome: 'quarantined', code: 'messages-not-taken-yet', project: name })
    else {
      const taken = await stations.messages.take({ ...message, start, project, rule })
      if (taken.outcome === 'quarantined') outcomes.push({ ...taken, project: name })
      else outcomes.push({ outcome: taken.outcome === 'conflict' ? 'conflict' : 'archived', projects: [name] })
    }
  }
  return together(outcomes)
}

/** One refusal keeps the identified bytes, whatever became of the rest. */
function together(settled: readonly Settlement[]): Settlement {
  const refused = settled.find(({ outcome }) => outcome === 'quarantined')
  if (refused) return refused
  const taken = settled.flatMap((one) => ('projects' in one ? [...(one.projects ?? [])] : []))
  if (taken.length === 0) return { outcome: 'not-selected' }
  const outcome = settled.some((one) => one.outcome === 'conflict') ? 'conflict' : 'archived'
  return { outcome, projects: [...new Set(taken)] }
}
