/**
 * Where selected messages and clinical documents go: de-identified, unified, kept as records under the pseudonymous person;
 * merges are followed. A document inside a message is the carrier's patient's.
 */
import type { Identity, PseudonymKeys, Rekeyed } from '../deidentify/index.ts'
import {
  carrierOf,
  deidentifyDocument,
  deidentifyMessage,
  mergeOf,
  type ClearedMessage,
  type MessageOutcome as GateOutcome,
} from '../deidentify/messages/index.ts'
import type { Archive } from '../research/archive/index.ts'
import { recordsOf } from '../research/fhir/index.ts'
import { unifyDocument, unifyMessage, unmappedOf, type UnificationTables } from '../research/unify/index.ts'
import { documentIn, readClinicalDocument } from '../standards/cda/index.ts'
import { embeddedIn } from '../standards/hl7/index.ts'
import { ofAll, type MessageOutcome, type MessageStation, type SelectedDocument } from './stations.ts'

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
  const keep = async (gate: GateOutcome, from: Kept): Promise<MessageOutcome> => {
    if (gate.outcome === 'quarantined') {
      const path = [from.path, gate.path].filter(Boolean).join(' ')
      return { outcome: 'quarantined', code: gate.code, ...(path ? { path } : {}) }
    }
    const { id, kind, messageType, pseudonym, text, receivedAt } = gate.message
    const project = from.project.name
    const context = { id, project, patient: pseudonym, receivedAt, messageType, kind, utcOffset }
    const said = unified(gate.message, tables)
    const records = recordsOf(context, said)
    const waiting = unmappedOf(said.reports.flatMap(({ observations }) => observations))
    const outcome = await archive.storeMessage({
      ...{ id, project, patient: pseudonym, kind, messageType, link: from.link, receivedAt },
      ...{
        text,
        rule: from.rule,
        report: JSON.stringify(gate.report),
        records,
        waiting,
        subject: gate.message.subject,
      },
    })
    return { outcome }
  }
  const takeDocument: MessageStation['takeDocument'] = async ({ bytes, receivedAt, carrier, ...from }) =>
    keep(await deidentifyDocument({ bytes, receivedAt, ...(carrier ? { carrier } : {}) }, from.project, keys), from)
  return {
    notice: async (seen) => {
      const merge = mergeOf(seen)
      if (!merge) return
      await vault.merge(merge.from, merge.into, 'HL7')
      await archive.applyAliases(await vault.rekeyed())
    },
    take: async ({ kind, message, texts, start: { link, at }, project, rule }) => {
      const receivedAt = new Date(at)
      const gate = await deidentifyMessage({ kind, message, texts, link, receivedAt }, project, keys)
      const outcomes = [await keep(gate, { project, rule, link })]
      for (const { path, bytes } of kind === 'hl7' ? embeddedIn(message) : []) {
        const document = documentIn(bytes)
        const carrier = document && carrierOf({ message, texts })
        if (document)
          outcomes.push(await takeDocument({ bytes: document, receivedAt, carrier, project, rule, link, path }))
      }
      return ofAll(outcomes)
    },
    takeDocument,
  }
}

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
