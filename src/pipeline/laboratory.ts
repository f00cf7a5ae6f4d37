/**
 * Where selected messages and clinical documents go: de-identified, unified, kept as records under the pseudonymous person;
 * merges are followed. A document inside a message is the carrier's patient's.
 */
import type { Identity, PseudonymKeys, Rekeyed } from '../deidentify/index.ts'
import {
  carrierOf,
  deidentifyDocument,
  deidentifyMessages,
  mergeOf,
  type ClearedMessage,
  type MessageOutcome as GateOutcome,
} from '../deidentify/messages/index.ts'
import type { Archive, MessageToStore } from '../research/archive/index.ts'
import { recordsOf } from '../research/fhir/index.ts'
import { unifyDocument, unifyMessage, unmappedOf, type UnificationTables } from '../research/unify/index.ts'
import { documentIn, readClinicalDocument } from '../standards/cda/index.ts'
import { embeddedIn } from '../standards/hl7/index.ts'
import {
  ofAll,
  type MessageOutcome,
  type MessageStation,
  type SelectedDocument,
  type SelectedMessage,
} from './stations.ts'

/** The vault, as far as two numbers of one person are told of. */
export interface Merging {
  merge(from: Identity, into: Identity, who: string): Promise<boolean>
  rekeyed(): Promise<readonly Rekeyed[]>
}

export interface Laboratory {
  readonly keys: PseudonymKeys
  readonly vault: Merging
  readonly archive: Archive
  readonly tables: UnificationTables
  /** of times that say none, `+03:00` */
  readonly utcOffset: string
}

export function laboratory({ keys, vault, archive, tables, utcOffset }: Laboratory): MessageStation {
  /** what passed the gate, unified and kept; what did not, with the place it stands at */
  const keep = async (all: readonly (Kept & { readonly gate: GateOutcome })[]): Promise<readonly MessageOutcome[]> => {
    const messages = all.flatMap(({ gate, ...from }) => (gate.outcome === 'quarantined' ? [] : [made(gate, from)]))
    const stored = messages.length ? [...(await archive.storeMessages(messages))] : []
    return all.map(({ gate, path: where }): MessageOutcome => {
      if (gate.outcome !== 'quarantined') return { outcome: stored.shift() as 'stored' }
      const path = [where, gate.path].filter(Boolean).join(' ')
      return { outcome: 'quarantined', code: gate.code, ...(path ? { path } : {}) }
    })
  }
  const made = ({ message, report }: Passed, from: Kept): MessageToStore => {
    const { id, kind, messageType, pseudonym, text, receivedAt, subject } = message
    const project = from.project.name
    const said = unified(message, tables)
    return {
      ...{ id, project, patient: pseudonym, kind, messageType, link: from.link, receivedAt, text, rule: from.rule },
      report: JSON.stringify(report),
      records: recordsOf({ id, project, patient: pseudonym, receivedAt, messageType, kind, utcOffset }, said),
      waiting: unmappedOf(said.reports.flatMap(({ observations }) => observations)),
      subject,
    }
  }
  const takeDocument: MessageStation['takeDocument'] = async ({ bytes, receivedAt, carrier, ...from }) => {
    const gate = await deidentifyDocument({ bytes, receivedAt, ...(carrier ? { carrier } : {}) }, from.project, keys)
    const [outcome] = await keep([{ ...from, gate }])
    return outcome as MessageOutcome
  }
  const takeEmbedded = async ({ kind, message, texts, start, project, rule }: SelectedMessage) => {
    const outcomes: MessageOutcome[] = []
    for (const { path, bytes } of kind === 'hl7' ? embeddedIn(message) : []) {
      const document = documentIn(bytes)
      if (!document) continue
      const carrier = carrierOf({ message, texts })
      const from = { receivedAt: new Date(start.at), project, rule, link: start.link, path }
      outcomes.push(await takeDocument({ bytes: document, carrier, ...from }))
    }
    return outcomes
  }
  return {
    notice: async (seen) => {
      const merge = mergeOf(seen)
      if (!merge) return
      await vault.merge(merge.from, merge.into, 'HL7')
      await archive.applyAliases(await vault.rekeyed())
    },
    take: async (all) => {
      const outcomes = new Map<SelectedMessage, MessageOutcome>()
      for (const [project, messages] of Map.groupBy(all, (one) => one.project)) {
        const identified = messages.map(({ kind, message, texts, start: { link, at } }) => ({
          ...{ kind, message, texts, link, receivedAt: new Date(at) },
        }))
        const gates = await deidentifyMessages(identified, project, keys)
        const kept = await keep(
          gates.map((gate, at) => {
            const { rule, start } = messages[at] as SelectedMessage
            return { gate, project, rule, link: start.link }
          }),
        )
        for (const [at, one] of messages.entries())
          outcomes.set(one, ofAll([kept[at] as MessageOutcome, ...(await takeEmbedded(one))]))
      }
      return all.map((one) => outcomes.get(one) as MessageOutcome)
    },
    takeDocument,
  }
}

type Passed = Exclude<GateOutcome, { outcome: 'quarantined' }>
type Kept = Pick<SelectedDocument, 'project' | 'rule' | 'link' | 'path'>

/** @internal what passed the gate, in the one vocabulary */
export function unified(
  { kind, text, subject }: Pick<ClearedMessage, 'kind' | 'text' | 'subject'>,
  tables: UnificationTables,
) {
  return kind === 'cda'
    ? unifyDocument(readClinicalDocument(Buffer.from(text)), tables, subject)
    : unifyMessage({ kind, text, subject }, tables)
}
