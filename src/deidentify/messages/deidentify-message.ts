/** The gate for messages: the same vault, the same person, the same shift of dates as for images; in doubt, quarantine. */
import { Recent, type Zoned } from '../../base/index.ts'
import { code, messageType, type Message, type Texts } from '../../standards/hl7/index.ts'
import { keyedCode } from '../actions.ts'
import { quarantined, type GateOutcome, type PseudonymKeys } from '../gate.ts'
import type { GateProject } from '../gate-project.ts'
import { normalized, type Identity } from '../identity.ts'
import { keyedHash } from '../pseudonyms/keyed-hash.ts'
import { clearMessage } from './clear.ts'
import { knownPerson, moved } from './known.ts'
import { SHORTEST_WORD } from './plain-fields.ts'
import { identityIn, mergeIn, saidIn, subjectIn, type MessageSubject, type Said } from './said.ts'
import { verifyText } from './verify-text.ts'

/** A message as it was read: its view and its texts. */
export interface IdentifiedMessage extends Zoned<'identified'> {
  readonly kind: 'hl7' | 'astm'
  readonly message: Message
  readonly texts: Texts
  readonly link: string
  readonly receivedAt: Date
}

/** What passes: a message again, in UTF-8, and what ranges depend on. */
export interface ClearedMessage extends Zoned<'de-identified'> {
  /** keyed: the same message of the same link gives the same; letters and digits */
  readonly id: string
  readonly kind: 'hl7' | 'astm' | 'cda'
  readonly messageType: string
  readonly pseudonym: string
  readonly text: string
  readonly subject: MessageSubject
  /** moved as every date of the person is, or the beginning of its year where dates are removed: beside a date that moved, a true one tells by how much */
  readonly receivedAt: Date
}

export interface MessageReport {
  readonly project: string
  readonly profile: { readonly id: string; readonly hash: string; readonly edition: string }
  readonly messageType: string
  readonly kept: number
  readonly changed: number
  readonly removed: number
  readonly segmentsRemoved: number
  readonly unsure: number
  readonly texts: Readonly<Record<string, number>>
  readonly characterSet: { readonly declared: string; readonly encoding?: string; readonly status: string }
  readonly verification: 'passed'
  readonly durationMs: number
}

export type MessageOutcome =
  | { readonly outcome: 'de-identified'; readonly message: ClearedMessage; readonly report: MessageReport }
  | Extract<GateOutcome, { outcome: 'quarantined' }>

/** @returns two numbers that the message says are one person's (ADT^A40 and its kin) */
export const mergeOf = ({
  kind,
  message,
  texts,
}: Omit<IdentifiedMessage, 'link' | 'receivedAt'>): { readonly from: Identity; readonly into: Identity } | undefined =>
  kind === 'hl7' ? mergeIn(message, texts) : undefined

/**
 * @returns the message as research may have it, or why it stays
 * @throws Fault only with `retry: 'later'` (the vault is away): nothing is decided then
 */
export async function deidentifyMessage(
  identified: IdentifiedMessage,
  project: GateProject,
  keys: PseudonymKeys,
): Promise<MessageOutcome> {
  const startedAt = performance.now()
  const { message, texts, link } = identified
  const identity = normalized(identityIn(message, texts, link))
  const known = await knownPerson(project, identity, keys)
  const { profile, person, numberKey, dateShiftDays, keepsCharacteristics, keepsDevices } = known
  try {
    const said = saidIn(message, texts)
    const cleared = clearMessage(message, {
      texts,
      pseudonym: person.pseudonym,
      dateShiftDays,
      keepsCharacteristics,
      keepsDevices,
      number: (value) => keyedCode(numberKey, value),
      context: dateShiftDays === undefined ? said : { ...said, dateShiftDays },
      words: wordsOf(said),
    })
    verifyText(cleared.text, said, '\r')
    const { found, text } = cleared
    const { declared, encoding, status } = texts.characterSet
    const shown = /^[\x20-\x7e]{0,20}$/.test(declared) ? declared : ''
    const type = identified.kind === 'hl7' ? messageType(message) : 'ASTM'
    return {
      outcome: 'de-identified',
      message: {
        id: keyedHash(
          numberKey,
          `message ${link} `,
          code(message, identified.kind === 'hl7' ? 'MSH.10' : 'H.3'),
          message.bytes,
        )
          .toString('hex')
          .slice(0, 32),
        kind: identified.kind,
        messageType: type,
        pseudonym: person.pseudonym,
        text,
        subject: keepsCharacteristics ? subjectIn(message) : {},
        receivedAt: moved(identified.receivedAt, dateShiftDays),
      },
      report: {
        project: project.name,
        profile: { id: profile.id, hash: profile.hash, edition: profile.edition },
        messageType: type,
        kept: cleared.kept,
        changed: cleared.changed,
        removed: cleared.removed,
        segmentsRemoved: cleared.segmentsRemoved,
        unsure: cleared.unsure,
        texts: found.size === 0 ? NO_TEXTS : Object.fromEntries(found),
        characterSet: encoding ? { declared: shown, status, encoding } : { declared: shown, status },
        verification: 'passed',
        durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      },
    }
  } catch (error) {
    return quarantined(error)
  }
}

const NO_TEXTS: MessageReport['texts'] = {}

const words = new Recent<readonly string[]>(4000)
const wordsOf = ({ names, identifiers }: Said): ReadonlySet<string> => {
  const all = new Set<string>()
  for (const value of names) for (const word of words.of(value, longWords)) all.add(word)
  for (const value of identifiers) for (const word of words.of(value, longWords)) all.add(word)
  return all
}
const longWords = (value: string): readonly string[] =>
  value
    .toUpperCase()
    .split(/[\^=, ]+/)
    .filter((word) => word.length >= SHORTEST_WORD)
