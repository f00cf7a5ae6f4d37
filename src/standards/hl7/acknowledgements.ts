/**
 * Which acknowledgement answers which message of a link (HL7 v2.5 §2.9): by MSA-2 = MSH-10, on any of its connections;
 * by order only where MSA-2 or the message's own number is empty and one message alone can be meant, and then it says so.
 * Pure: times come in.
 */

/** what acknowledgement a message waits for before it counts as taken; `none`: the peers have agreed on silence */
export type Awaits = 'application' | 'accept' | 'none' | 'error-only'

export interface SentMessage<T> {
  readonly connection: string
  /** MSH-10, or its hash; empty when there is none */
  readonly controlId: string
  /** of the message's bytes: tells what was sent again from what only has the same number */
  readonly digest: string
  readonly awaits: Awaits
  /** the application's acknowledgement may come later, on another connection (MSH-16 set) */
  readonly elsewhere: boolean
  readonly sizeBytes: number
  readonly payload: T
}

export type Repeated = 'no' | 'retransmission' | 'conflict'

export interface Acknowledgement {
  readonly connection: string
  /** MSA-1 */
  readonly code: string
  /** MSA-2, or its hash */
  readonly controlId: string
}

export type Paired<T> =
  | {
      readonly outcome: 'accepted' | 'refused'
      readonly pairedBy: 'control-id' | 'order'
      readonly message: SentMessage<T>
      /** on another connection than the message */
      readonly elsewhere: boolean
    }
  /** the second acknowledgement of one message: of enhanced mode, or the same twice */
  | { readonly outcome: 'further'; readonly accepted: boolean }
  /** of a message that had been given up */
  | { readonly outcome: 'late'; readonly accepted: boolean }
  /** of no message that went this way */
  | { readonly outcome: 'orphan' }
  /** MSA-1 is none of HL7's codes (table 0008): the message still waits */
  | { readonly outcome: 'unclear' }

export interface Bounds {
  readonly openMessages: number
  readonly openBytes: number
  readonly remembered: number
}

interface Past {
  readonly digest: string
  state: 'open' | 'answered' | 'given-up'
}

/** One way of one link: messages that went, and the acknowledgements that came back for them. */
export class Acknowledgements<T> {
  readonly #bounds: Bounds
  readonly #open = new Set<SentMessage<T>>()
  readonly #past = new Map<string, Past>()
  #openBytes = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get waiting(): number {
    return this.#open.size
  }

  /** Whether a message with this number was seen before: the same bytes, or others. */
  seen({ controlId, digest }: Pick<SentMessage<T>, 'controlId' | 'digest'>): Repeated {
    const before = controlId ? this.#past.get(controlId) : undefined
    return !before ? 'no' : before.digest === digest ? 'retransmission' : 'conflict'
  }

  /**
   * A message went by.
   * @returns whether it was seen before, and the oldest ones that are given up to make room
   */
  sent(message: SentMessage<T>): { readonly repeated: Repeated; readonly givenUp: readonly SentMessage<T>[] } {
    const repeated = this.seen(message)
    if (message.controlId) this.#remember(message.controlId, message.digest)
    // sent again before it was answered: one answer is enough for both
    const same = repeated === 'retransmission' && [...this.#open].find((one) => isSame(one, message))
    if (same) this.#close(same)
    if (message.awaits === 'none') return { repeated, givenUp: [] }
    this.#open.add(message)
    this.#openBytes += message.sizeBytes
    return { repeated, givenUp: this.#makeRoom() }
  }

  acknowledged(acknowledgement: Acknowledgement): Paired<T> {
    const accepted = ACCEPTED.has(acknowledgement.code)
    if (!accepted && !REFUSED.has(acknowledgement.code)) return { outcome: 'unclear' }
    const found = this.#find(acknowledgement)
    if (!found) {
      const past = acknowledgement.controlId ? this.#past.get(acknowledgement.controlId) : undefined
      if (!past) return { outcome: 'orphan' }
      return { outcome: past.state === 'given-up' ? 'late' : 'further', accepted }
    }
    const { message, pairedBy } = found
    // an accept acknowledgement decides only for who asked for it; a refusal decides always
    if (accepted && acknowledgement.code === 'CA' && message.awaits === 'application' && message.elsewhere)
      return { outcome: 'further', accepted }
    this.#close(message)
    this.#mark(message, 'answered')
    const elsewhere = message.connection !== acknowledgement.connection
    return { outcome: accepted ? 'accepted' : 'refused', pairedBy, message, elsewhere }
  }

  /**
   * The sender went on or hung up in order: who had asked to hear of errors alone has heard of none.
   * @returns the messages that thereby count as taken
   */
  silent(connection: string): readonly SentMessage<T>[] {
    const taken = [...this.#open].filter((one) => one.awaits === 'error-only' && one.connection === connection)
    for (const one of taken) {
      this.#close(one)
      this.#mark(one, 'answered')
    }
    return taken
  }

  /** A connection is gone. @returns messages that nothing can answer any more; those answered elsewhere wait on */
  gone(connection: string): readonly SentMessage<T>[] {
    return this.#giveUp([...this.#open].filter((one) => one.connection === connection && !one.elsewhere))
  }

  /** Everything that still waits is given up. */
  clear(): readonly SentMessage<T>[] {
    return this.#giveUp([...this.#open])
  }

  #find({
    connection,
    controlId,
  }: Acknowledgement): { message: SentMessage<T>; pairedBy: 'control-id' | 'order' } | undefined {
    if (controlId) {
      const named = [...this.#open].filter((one) => one.controlId === controlId)
      const message = named.find((one) => one.connection === connection) ?? (named.length === 1 ? named[0] : undefined)
      if (message) return { message, pairedBy: named.length === 1 ? 'control-id' : 'order' }
      if (named.length > 0 || this.#past.has(controlId)) return undefined
    }
    const here = [...this.#open].filter((one) => one.connection === connection)
    const alone = here.length === 1 ? here[0] : undefined
    // what has no number cannot be named, whatever number its receiver gives it
    if (!alone || (controlId && alone.controlId)) return undefined
    return { message: alone, pairedBy: 'order' }
  }

  #giveUp(messages: readonly SentMessage<T>[]): readonly SentMessage<T>[] {
    for (const one of messages) {
      this.#close(one)
      this.#mark(one, 'given-up')
    }
    return messages
  }

  #makeRoom(): readonly SentMessage<T>[] {
    const oldest: SentMessage<T>[] = []
    for (const one of this.#open) {
      const { openMessages, openBytes } = this.#bounds
      if (this.#open.size <= openMessages && this.#openBytes <= openBytes) break
      oldest.push(...this.#giveUp([one]))
    }
    return oldest
  }

  #close(message: SentMessage<T>): void {
    if (this.#open.delete(message)) this.#openBytes -= message.sizeBytes
  }

  #remember(controlId: string, digest: string): void {
    this.#past.delete(controlId)
    this.#past.set(controlId, { digest, state: 'open' })
    if (this.#past.size > this.#bounds.remembered) this.#past.delete(this.#past.keys().next().value as string)
  }

  #mark({ controlId }: SentMessage<T>, state: Past['state']): void {
    const past = this.#past.get(controlId)
    if (past) past.state = state
  }
}

/** HL7 table 0008 */
const ACCEPTED: ReadonlySet<string> = new Set(['AA', 'CA'])
const REFUSED: ReadonlySet<string> = new Set(['AE', 'AR', 'CE', 'CR'])

const isSame = <T>(one: SentMessage<T>, other: SentMessage<T>): boolean =>
  one.connection === other.connection && one.controlId === other.controlId && one.digest === other.digest

/**
 * What a message waits for, from MSH-15 and MSH-16 (HL7 table 0155). Both empty is original mode: one application
 * acknowledgement. With either set, the accept acknowledgement counts when it always comes; else the application's.
 */
export function awaits(accept: string, application: string): { readonly awaits: Awaits; readonly elsewhere: boolean } {
  if (accept === '' && application === '') return { awaits: 'application', elsewhere: false }
  const comes = (condition: string) => condition === 'AL' || condition === 'SU'
  if (comes(accept)) return { awaits: 'accept', elsewhere: false }
  if (comes(application)) return { awaits: 'application', elsewhere: true }
  return { awaits: accept === 'ER' || application === 'ER' ? 'error-only' : 'none', elsewhere: false }
}
