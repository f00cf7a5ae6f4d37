/** Where selected messages go: de-identified, unified, kept as records under the pseudonymous person; merges are followed. */
import { deidentifyMessage, mergeOf, type Identity, type PseudonymKeys, type Rekeyed } from '../deidentify/index.ts'
import type { Archive } from '../research/archive/index.ts'
import { recordsOf } from '../research/fhir/index.ts'
import { unifyMessage, type UnificationTables } from '../research/unify/index.ts'
import type { MessageStation } from './messages.ts'

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
  return {
    notice: async (seen) => {
      const merge = mergeOf(seen)
      if (!merge) return
      await vault.merge(merge.from, merge.into, 'HL7')
      await archive.applyAliases(await vault.rekeyed())
    },
    take: async ({ kind, message, texts, start, project, rule }) => {
      const gate = await deidentifyMessage(
        { kind, message, texts, link: start.link, receivedAt: new Date(start.at) },
        project,
        keys,
      )
      if (gate.outcome === 'quarantined')
        return { outcome: 'quarantined', code: gate.code, ...(gate.path ? { path: gate.path } : {}) }
      const { id, messageType, pseudonym, text, subject, receivedAt } = gate.message
      const context = { id, project: project.name, patient: pseudonym, receivedAt, messageType, kind, utcOffset }
      const records = recordsOf(context, unifyMessage({ kind, text, subject }, tables))
      const outcome = await archive.storeMessage({
        ...{ id, project: project.name, patient: pseudonym, kind, messageType, link: start.link, receivedAt },
        ...{ text, rule, report: JSON.stringify(gate.report), records },
      })
      return { outcome }
    },
  }
}
