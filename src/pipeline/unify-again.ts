/** What waits for its codes to be mapped is unified again once tables know them: from the text that passed the gate. */
import type { ClearedMessage } from '../deidentify/messages/index.ts'
import type { Archive } from '../research/archive/index.ts'
import { recordsOf } from '../research/fhir/index.ts'
import { isMappedNow, unmappedOf, type UnificationTables } from '../research/unify/index.ts'
import { unified } from './laboratory.ts'

const MOST_CODES = 10_000

/**
 * @returns how many messages were unified again
 * @throws Fault 'archive-unavailable': what was done is done, and the rest waits on
 */
export async function unifyAgain(archive: Archive, tables: UnificationTables, utcOffset: string): Promise<number> {
  let done = 0
  for (const code of await archive.waitingCodes(MOST_CODES)) {
    if (!isMappedNow(code, tables)) continue
    for await (const message of archive.waitingOn(code)) {
      const { id, project, patient, received_at: receivedAt, message_type: messageType, text } = message
      const kind = message.kind as ClearedMessage['kind']
      const said = unified({ kind, text, subject: message.subject ?? {} }, tables)
      const records = recordsOf({ id, project, patient, receivedAt, messageType, kind, utcOffset }, said)
      await archive.replaceObservations(id, records, unmappedOf(said.reports.flatMap((report) => report.observations)))
      done++
    }
  }
  return done
}
