/** Where what a rule selected goes, and what became of it. */
import type { FaultCode } from '../base/index.ts'
import type { MessageStart, Settlement } from '../clinical/spool/index.ts'
import type { RuleMessage, Selection, Selector } from '../clinical/select/index.ts'
import type { DeviceMemories, GateProject } from '../deidentify/index.ts'
import type { IdentifiedDocument } from '../deidentify/messages/index.ts'

/** A message that a rule selected for a project. */
export interface SelectedMessage extends RuleMessage {
  readonly start: MessageStart
  readonly project: GateProject
  readonly rule: string
}

/** A clinical document for a project: one that was uploaded or came over a link, alone or in a selected message. */
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
  /**
   * Messages that came together, in their order.
   * @throws Fault with `retry: 'later'` when a store is away: they are brought again
   */
  take(messages: readonly SelectedMessage[]): Promise<readonly MessageOutcome[]>
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

/** A project that a rule selected something for, and where that is taken. */
export interface Way {
  readonly project: GateProject
  readonly rule: string
  readonly station: MessageStation
}

/** @returns each of the projects that rules selected something for, once; a settlement where it cannot be taken */
export function waysOf(
  selections: readonly Selection[],
  { projects, messages: station }: MessageStations,
): (Way | Settlement)[] {
  const selected = selections.filter(({ result }) => result === 'selected')
  return [...new Map(selected.map(({ project, rule }) => [project, rule]))].map(([name, rule]) => {
    const project = projects.get(name)
    if (!project) return { outcome: 'quarantined', code: 'project-unknown', project: name }
    if (!station) return { outcome: 'quarantined', code: 'messages-not-taken-yet', project: name }
    return { project, rule, station }
  })
}

/** What became of something in one project. */
export function settled(taken: MessageOutcome, { name }: GateProject): Settlement {
  if (taken.outcome === 'quarantined') return { ...taken, project: name }
  return { outcome: taken.outcome === 'conflict' ? 'conflict' : 'archived', projects: [name] }
}

/** Hands what rules selected to each of their projects once. */
export async function intoProjects(
  selections: readonly Selection[],
  stations: MessageStations,
  take: (way: Way) => Promise<MessageOutcome>,
): Promise<Settlement> {
  const outcomes: Settlement[] = []
  for (const way of waysOf(selections, stations))
    outcomes.push('station' in way ? settled(await take(way), way.project) : way)
  return together(outcomes)
}

/** What became of a whole: a part that was refused keeps the bytes of all; a conflict is told before what went well. */
export const ofAll = (outcomes: readonly MessageOutcome[]): MessageOutcome =>
  outcomes.find(({ outcome }) => outcome === 'quarantined') ??
  outcomes.find(({ outcome }) => outcome === 'conflict') ??
  outcomes.find(({ outcome }) => outcome === 'stored') ?? { outcome: 'already-stored' }

/** One refusal keeps the identified bytes, whatever became of the rest. */
export function together(settled: readonly Settlement[]): Settlement {
  const refused = settled.find(({ outcome }) => outcome === 'quarantined')
  if (refused) return refused
  const taken = settled.flatMap((one) => ('projects' in one ? [...(one.projects ?? [])] : []))
  if (taken.length === 0) return { outcome: 'not-selected' }
  const outcome = settled.some((one) => one.outcome === 'conflict') ? 'conflict' : 'archived'
  return { outcome, projects: [...new Set(taken)] }
}
