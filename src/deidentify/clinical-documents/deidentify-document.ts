/** The gate for clinical documents of HL7 v3: the same vault, person, days and verification as for images and messages. */
import type { Zoned } from '../../base/index.ts'
import { isInteraction, readClinicalDocument, sensitiveSpans } from '../../standards/cda/index.ts'
import { quarantined, type PseudonymKeys } from '../gate.ts'
import type { GateProject } from '../gate-project.ts'
import { normalized, type Identity } from '../identity.ts'
import type { IdentifiedMessage, MessageOutcome } from '../messages/deidentify-message.ts'
import { knownPerson, moved } from '../messages/known.ts'
import { dayOf, patientIn, saidIn, subjectOf, type Said } from '../messages/said.ts'
import { verifyText } from '../messages/verify-text.ts'
import { keyedHashHex } from '../pseudonyms/keyed-hash.ts'
import { clearDocument } from './clear-document.ts'
import { identityInDocument, saidInDocument } from './said-in-document.ts'

/** A document as it came, in whatever encoding; or a message of HL7 v3 with results. */
export interface IdentifiedDocument extends Zoned<'identified'> {
  readonly bytes: Uint8Array
  readonly receivedAt: Date
  /** of the message that carried it, if one did: whose it is, and what else names people */
  readonly carrier?: { readonly patient?: Identity; readonly said: Said }
}

/** What a message that carries documents says of their patient. */
export const carrierOf = ({
  message,
  texts,
}: Pick<IdentifiedMessage, 'message' | 'texts'>): NonNullable<IdentifiedDocument['carrier']> => {
  const patient = patientIn(message, texts)
  return { ...(patient ? { patient } : {}), said: saidIn(message, texts) }
}

/**
 * @returns the document as research may have it, in UTF-8, or why it stays
 * @throws Fault only with `retry: 'later'` (the vault is away): nothing is decided then
 */
export async function deidentifyDocument(
  { bytes, receivedAt, carrier }: IdentifiedDocument,
  project: GateProject,
  keys: PseudonymKeys,
): Promise<MessageOutcome> {
  const startedAt = performance.now()
  let read
  try {
    read = { document: readClinicalDocument(bytes), spans: sensitiveSpans(bytes) }
  } catch (error) {
    return quarantined(error)
  }
  const { document, spans } = read
  const identity = normalized(carrier?.patient ?? identityInDocument(document))
  const known = await knownPerson(project, identity, keys)
  try {
    const { profile, person, numberKey, dateShiftDays, keepsCharacteristics } = known
    const said = together(saidInDocument(spans), carrier?.said)
    const { text, found, ...counts } = clearDocument(bytes, spans, document.encoding, known, said)
    verifyText(text, said, '\n')
    const { patient, id, root, code } = document
    // the code of a document is of a table of kinds; anything else may be somebody's word
    const kind = /^[\w.-]{1,20}$/.test(code.code) ? `CDA ${code.code}` : 'CDA'
    const messageType = isInteraction(root) ? root : kind
    return {
      outcome: 'de-identified',
      message: {
        id: keyedHashHex(numberKey, 'document ', id.root, ' ', id.extension, bytes).slice(0, 32),
        ...{ kind: 'cda', messageType, pseudonym: person.pseudonym, text },
        subject: keepsCharacteristics
          ? subjectOf(patient.sex ?? '', dayOf(patient.birthTime), dayOf(document.effectiveTime))
          : {},
        receivedAt: moved(receivedAt, dateShiftDays),
      },
      report: {
        ...{ project: project.name, profile: { id: profile.id, hash: profile.hash, edition: profile.edition } },
        ...{ messageType, ...counts, segmentsRemoved: 0, texts: Object.fromEntries(found) },
        characterSet: { declared: document.encoding, encoding: document.encoding, status: 'declared' },
        verification: 'passed',
        durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      },
    }
  } catch (error) {
    return quarantined(error)
  }
}

const together = (own: Said, carried?: Said): Said => ({
  names: [...own.names, ...(carried?.names ?? [])],
  identifiers: [...own.identifiers, ...(carried?.identifiers ?? [])],
  places: [...own.places, ...(carried?.places ?? [])],
})
