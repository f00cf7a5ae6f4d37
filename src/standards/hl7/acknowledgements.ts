/**
 * Which acknowledgement answers which message (v2.5.1 §2.9): MSA-2 names the MSH-10 of what it answers. In original mode one
 * application acknowledgement comes; in enhanced mode MSH-15 and MSH-16 say which of two. Order is used only where the
 * answer names nothing, and then it is said. State in, event in, outcomes out; nothing is ever answered by us.
 */
import { MESSAGE_LIMITS } from './limits.ts'

export interface SentMessage {
  /** the caller's own reference */
  readonly ref: string
  /** MSH-10; may be empty */
  readonly controlID: string
  /** MSH-15 and MSH-16 (table 0155: AL, NE, ER, SU); empty in original mode */
  readonly acceptAcknowledgement: string
  readonly applicationAcknowledgement: string
  /** of its bytes: tells a repetition from another message under the same MSH-10 */
  readonly hash: string
}

export interface Acknowledgement {
  /** MSA-1 (table 0008): AA, AE, AR, CA, CE, CR */
  readonly code: string
  /** MSA-2; may be empty */
  readonly controlID: string
}

export type AcknowledgementOutcome =
  /** `pairedByOrder`: the answer named no message, the oldest one that waited was taken */
  | {
      readonly type: 'accepted' | 'refused'
      readonly ref: string
      readonly code: string
      readonly pairedByOrder: boolean
    }
  /** the accept acknowledgement came; the application's is still awaited */
  | { readonly type: 'received'; readonly ref: string; readonly code: string }
  /** answers nothing that waits */
  | { readonly type: 'orphan'; readonly code: string }
  /** answers what was answered */
  | { readonly type: 'again'; readonly code: string }
  /** the same bytes under the same MSH-10 once more, or other bytes under it */
  | { readonly type: 'repeated' | 'conflict'; readonly ref: string }
  /** no answer came, or the sender asked for none */
  | { readonly type: 'unanswered' | 'none-expected'; readonly ref: string }

interface Waiting {
  readonly message: SentMessage
  /** the accept acknowledgement came and decided */
  received: boolean
}

/** MSH-15 and MSH-16 both empty: original mode, one application acknowledgement (§2.9.2). */
const isEnhanced = (message: SentMessage): boolean =>
  message.acceptAcknowledgement !== '' || message.applicationAcknowledgement !== ''
const isAsked = (condition: string): boolean => condition !== '' && condition !== 'NE'

export class Acknowledgements {
  readonly #waiting: Waiting[] = []
  /** control id → hash, of what was answered: the newest of them */
  readonly #answered = new Map<string, string>()

  get waiting(): number {
    return this.#waiting.length
  }

  /** A message went by. */
  sent(message: SentMessage): AcknowledgementOutcome[] {
    const outcomes: AcknowledgementOutcome[] = []
    const before =
      this.#waiting.find(({ message: { controlID } }) => controlID !== '' && controlID === message.controlID)?.message
        .hash ?? (message.controlID === '' ? undefined : this.#answered.get(message.controlID))
    if (before !== undefined)
      outcomes.push({ type: before === message.hash ? 'repeated' : 'conflict', ref: message.ref })
    if (isEnhanced(message) && !isAsked(message.acceptAcknowledgement) && !isAsked(message.applicationAcknowledgement))
      return [...outcomes, { type: 'none-expected', ref: message.ref }]
    this.#waiting.push({ message, received: false })
    if (this.#waiting.length > MESSAGE_LIMITS.openAcknowledgements.value) {
      const oldest = this.#waiting.shift() as Waiting
      if (!oldest.received) outcomes.push({ type: 'unanswered', ref: oldest.message.ref })
    }
    return outcomes
  }

  /** An acknowledgement went by, the other way. */
  answered({ code, controlID }: Acknowledgement): AcknowledgementOutcome[] {
    if (!/^[AC][AER]$/.test(code)) return [{ type: 'orphan', code }]
    let at = controlID === '' ? -1 : this.#waiting.findIndex(({ message }) => message.controlID === controlID)
    const pairedByOrder = at < 0 && controlID === '' && this.#waiting.length > 0
    if (pairedByOrder) at = 0
    const found = this.#waiting[at]
    if (!found) return [{ type: this.#answered.has(controlID) && controlID !== '' ? 'again' : 'orphan', code }]
    const { message } = found
    const accepts = code[1] === 'A'
    const isCommit = code[0] === 'C'
    // committed to safe storage: from here on the receiver has it, whatever its application says later (§2.9.3)
    const awaitsMore = isCommit && accepts && isAsked(message.applicationAcknowledgement)
    if (!awaitsMore) {
      this.#waiting.splice(at, 1)
      this.#remember(message)
    }
    if (found.received) return [{ type: 'again', code }]
    if (awaitsMore) {
      found.received = true
      return [
        { type: 'accepted', ref: message.ref, code, pairedByOrder },
        { type: 'received', ref: message.ref, code },
      ]
    }
    return [{ type: accepts ? 'accepted' : 'refused', ref: message.ref, code, pairedByOrder }]
  }

  /** The connection is over: what waits stays unanswered. */
  end(): AcknowledgementOutcome[] {
    const outcomes = this.#waiting
      .filter(({ received }) => !received)
      .map(({ message }): AcknowledgementOutcome => ({ type: 'unanswered', ref: message.ref }))
    this.#waiting.length = 0
    return outcomes
  }

  #remember({ controlID, hash }: SentMessage): void {
    if (controlID === '') return
    this.#answered.delete(controlID)
    this.#answered.set(controlID, hash)
    if (this.#answered.size > MESSAGE_LIMITS.openAcknowledgements.value)
      this.#answered.delete(this.#answered.keys().next().value as string)
  }
}
