/** The gate for messages: the same vault, the same person, the same shift of dates as for images; in doubt, quarantine. */
import { Recent, type Zoned } from '../../base/index.ts'
import { messageType, type Message, type Texts } from '../../standards/hl7/index.ts'
import { keyedCode } from '../actions.ts'
import { quarantined, type GateOutcome, type PseudonymKeys } from '../gate.ts'
import type { GateProject } from '../gate-project.ts'
import { normalized, type Identity } from '../identity.ts'
import { keyedHashHex } from '../pseudonyms/keyed-hash.ts'
import { clearMessage, type Clearing } from './clear.ts'
import { knownPersons, moved, type KnownPerson } from './known.ts'
import { SHORTEST_WORD } from './plain-fields.ts'
import { controlIdOf, identityIn, mergeIn, saidIn, subjectIn, type MessageSubject, type Said } from './said.ts'
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
 * Messages that came together, in their order. They take each step together: what one step runs is then at hand for all of
 * them, while the steps by turns would push each other out of the processor's caches (docs/decisions/0046).
 * @returns each as research may have it, or why it stays
 * @throws Fault only with `retry: 'later'` (the vault is away): nothing is decided then
 */
export async function deidentifyMessages(
  all: readonly IdentifiedMessage[],
  project: GateProject,
  keys: PseudonymKeys,
): Promise<readonly MessageOutcome[]> {
  const startedAt = performance.now()
  const identities = each(all, ({ message, texts, link }) => normalized(identityIn(message, texts, link)))
  const stated = identities.filter((identity): identity is Identity => !(identity instanceof Refused))
  const persons = (await knownPersons(project, stated, keys)).values()
  const known = each(identities, () => persons.next().value as KnownPerson)
  const met = each(known, (person, at): Met => {
    const identified = all[at] as IdentifiedMessage
    const said = saidIn(identified.message, identified.texts)
    return { identified, person, said, words: wordsOf(said) }
  })
  const cleared = each(met, (one): Cleared => ({ ...one, clearing: clearingOf(one) }))
  const verified = each(cleared, (one) => {
    verifyText(one.clearing.text, one.said, '\r')
    return one
  })
  const outcomes = each(verified, (one) => passed(one, project, (performance.now() - startedAt) / all.length))
  return outcomes.map((one) => (one instanceof Refused ? one.why : one))
}

/** The same of one message. */
export async function deidentifyMessage(
  identified: IdentifiedMessage,
  project: GateProject,
  keys: PseudonymKeys,
): Promise<MessageOutcome> {
  const [outcome] = await deidentifyMessages([identified], project, keys)
  return outcome as MessageOutcome
}

class Refused {
  readonly why: Extract<MessageOutcome, { outcome: 'quarantined' }>
  constructor(error: unknown) {
    this.why = quarantined(error)
  }
}

/** One step for all that were not refused before; what throws is refused. */
const each = <One, Next>(all: readonly (One | Refused)[], step: (one: One, at: number) => Next): (Next | Refused)[] =>
  all.map((one, at) => {
    if (one instanceof Refused) return one
    try {
      return step(one, at)
    } catch (error) {
      return new Refused(error)
    }
  })

interface Met {
  readonly identified: IdentifiedMessage
  readonly person: KnownPerson
  readonly said: Said
  readonly words: ReadonlySet<string>
}
interface Cleared extends Met {
  readonly clearing: Clearing
}

function clearingOf({ identified: { message, texts }, person: known, said, words }: Met): Clearing {
  const { person, numberKey, dateShiftDays, keepsCharacteristics, keepsDevices } = known
  return clearMessage(message, {
    ...{ texts, pseudonym: person.pseudonym, dateShiftDays, keepsCharacteristics, keepsDevices, words },
    number: (value) => keyedCode(numberKey, value),
    context: dateShiftDays === undefined ? said : { ...said, dateShiftDays },
  })
}

function passed(
  { identified, person: known, clearing }: Cleared,
  project: GateProject,
  tookMs: number,
): MessageOutcome {
  const { kind, message, texts, link } = identified
  const { profile, person, numberKey, dateShiftDays, keepsCharacteristics } = known
  const { found, text, kept, changed, removed, segmentsRemoved, unsure } = clearing
  const { declared, encoding, status } = texts.characterSet
  const shown = /^[\x20-\x7e]{0,20}$/.test(declared) ? declared : ''
  const type = kind === 'hl7' ? messageType(message) : 'ASTM'
  const control = controlIdOf(message)
  return {
    outcome: 'de-identified',
    message: {
      id: keyedHashHex(numberKey, `message ${link} `, control, message.bytes).slice(0, 32),
      kind,
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
      ...{ kept, changed, removed, segmentsRemoved, unsure },
      texts: found.size === 0 ? NO_TEXTS : Object.fromEntries(found),
      characterSet: encoding ? { declared: shown, status, encoding } : { declared: shown, status },
      verification: 'passed',
      durationMs: Math.round(tookMs * 100) / 100,
    },
  }
}

const NO_TEXTS: MessageReport['texts'] = {}

const words = new Recent<readonly string[]>(4000)
const wordsOf = ({ names, identifiers }: Said): ReadonlySet<string> => {
  const all = new Set<string>()
  for (const value of names) for (const word of words.of(value, longWords)) all.add(word)
  // numbers are other ones every time, and nearly all of one word
  for (const value of identifiers)
    if (BETWEEN_WORDS.test(value)) for (const word of longWords(value)) all.add(word)
    else if (value.length >= SHORTEST_WORD) all.add(value.toUpperCase())
  return all
}
const BETWEEN_WORDS = /[\^=, ]/
const longWords = (value: string): readonly string[] =>
  value
    .toUpperCase()
    .split(/[\^=, ]+/)
    .filter((word) => word.length >= SHORTEST_WORD)
