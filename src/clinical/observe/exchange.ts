/**
 * HL7 over MLLP as the observer sees it, v2 and v3 alike: every message is held until its receiver's own acknowledgement says what became of
 * it (docs/messages.md has the rules), and is captured only when it was taken.
 */
import { Fault, type TapOpening } from '../../base/index.ts'
import {
  Acknowledgements,
  awaits,
  digestOf,
  MESSAGE_LIMITS,
  MllpDeframer,
  type MllpPiece,
  type Repeated,
  type SentMessage,
} from '../../standards/hl7/index.ts'
import type { CaptureSink, MessageCount, MessageStart, ObservedConnection, ObserverEvent } from './events.ts'
import { passing, type Passing } from './passing.ts'

type Way = 'to-upstream' | 'to-modality'

interface Held {
  readonly start: Omit<MessageStart, 'answer' | 'pairedBy'>
  readonly bytes: Buffer
}

const BOUNDS = {
  openMessages: MESSAGE_LIMITS.openMessages.value,
  openBytes: MESSAGE_LIMITS.openBytes.value,
  remembered: MESSAGE_LIMITS.rememberedMessages.value,
}
const other = (way: Way): Way => (way === 'to-upstream' ? 'to-modality' : 'to-upstream')

/** What the connections of one link share: the messages that wait for an acknowledgement, by the way they went. */
export class Exchange {
  readonly #sink: CaptureSink
  readonly #tell: (event: ObserverEvent) => void
  readonly #ways: Readonly<Record<Way, Acknowledgements<Held>>> = {
    'to-upstream': new Acknowledgements(BOUNDS),
    'to-modality': new Acknowledgements(BOUNDS),
  }

  constructor(sink: CaptureSink, tell: (event: ObserverEvent) => void) {
    this.#sink = sink
    this.#tell = tell
  }

  tell(event: ObserverEvent): void {
    this.#tell(event)
  }

  count(id: string, what: MessageCount, by = 1): void {
    this.#tell({ type: 'counted', id, what, by })
  }

  /** A message went by. An answer with contents (RSP, DSR, ORR …) is not answered in turn, unless it asks for it. */
  sent(way: Way, { controlId, accept, application, answer }: Passing, held: Held): void {
    const { associationId: id } = held.start
    const ways = this.#ways[way]
    for (const one of ways.silent(id)) this.#keep(one.payload, 'none', 'none')
    const expected = awaits(accept, application)
    const inOriginalMode = expected.awaits === 'application' && !expected.elsewhere
    const sent: SentMessage<Held> = {
      ...{ connection: id, controlId, digest: digestOf(held.bytes) },
      ...(answer && inOriginalMode ? { awaits: 'none', elsewhere: false } : expected),
      ...{ sizeBytes: held.bytes.length, payload: held },
    }
    const known = ways.seen(sent)
    const repeated = { ...held, start: { ...held.start, repeated: known } }
    const { givenUp } = ways.sent({ ...sent, payload: repeated })
    if (known !== 'no') this.count(id, known)
    for (const one of givenUp) this.#unanswered(one.payload)
    if (sent.awaits === 'none') this.#keep(repeated, 'none', 'none')
  }

  /** An acknowledgement went by, for a message that went the other way. */
  acknowledged(way: Way, id: string, answer: { readonly code: string; readonly controlId: string }): void {
    this.count(id, 'acknowledgement')
    const paired = this.#ways[other(way)].acknowledged({ connection: id, ...answer })
    if (!('message' in paired)) return this.count(id, paired.outcome)
    const { message, pairedBy } = paired
    if (pairedBy === 'order') this.count(id, 'by-order')
    if (paired.outcome === 'accepted') this.#keep(message.payload, answer.code, pairedBy)
    else this.#tell({ type: 'refused', id: message.connection, status: answer.code })
  }

  /** What nobody can read is kept as it came, for a person to look at. */
  unreadable(held: Held, why: NonNullable<MessageStart['unreadable']>): void {
    this.count(held.start.associationId, why === 'message-cut' ? 'cut' : 'unreadable')
    this.#keep({ ...held, start: { ...held.start, unreadable: why } }, 'none', 'none')
  }

  gone(id: string, orderly: boolean): void {
    for (const way of ['to-upstream', 'to-modality'] as const) {
      if (orderly) for (const one of this.#ways[way].silent(id)) this.#keep(one.payload, 'none', 'none')
      for (const one of this.#ways[way].gone(id)) this.#unanswered(one.payload)
    }
  }

  /** nobody said that it was taken: nothing is missing */
  #unanswered({ start: { associationId } }: Held): void {
    this.count(associationId, 'unanswered')
  }

  #keep({ start, bytes }: Held, answer: string, pairedBy: MessageStart['pairedBy']): void {
    keepMessage(this.#sink, this.#tell, { ...start, answer, pairedBy }, bytes)
  }
}

/** Hands a whole message to whoever keeps captures. */
export function keepMessage(
  sink: CaptureSink,
  tell: (event: ObserverEvent) => void,
  start: MessageStart,
  bytes: Buffer,
): void {
  const id = start.associationId
  const writer = sink.begin(start)
  if (!writer) return tell(missing(start, bytes.length, 'no room'))
  writer.write(bytes)
  writer.commit(0).then(
    (kept) => tell({ type: 'captured', id, ref: kept.ref, bytes: kept.bytes, status: 0, at: Date.now() }),
    () => tell(missing(start, bytes.length, 'not durable')),
  )
}

/** What passed and is not captured, though it should have been: a gap. */
export const missing = (
  { associationId: id, direction, at }: Pick<MessageStart, 'associationId' | 'direction' | 'at'>,
  sizeBytes: number,
  reason: string,
): ObserverEvent => ({
  ...{ type: 'abandoned', id, reason, from: at, to: Date.now() },
  bytesToUpstream: direction === 'to-upstream' ? sizeBytes : 0,
  bytesToModality: direction === 'to-modality' ? sizeBytes : 0,
})

/** One connection: both directions taken apart into frames. */
export class ObservedExchange implements ObservedConnection {
  readonly opening: TapOpening
  readonly #exchange: Exchange
  readonly #deframers: Readonly<Record<Way, MllpDeframer>> = {
    'to-upstream': new MllpDeframer(),
    'to-modality': new MllpDeframer(),
  }
  readonly #sequences: Record<Way, number> = { 'to-upstream': 0, 'to-modality': 0 }
  #introduced = false
  #stopped = false

  constructor(opening: TapOpening, exchange: Exchange) {
    this.opening = opening
    this.#exchange = exchange
  }

  feed(way: Way, chunk: Buffer): void {
    if (this.#stopped) return
    // pieces of a frame are held until it is whole, and the memory of the chunk is used again
    const bytes = Buffer.from(chunk)
    try {
      // an answer shows that the other side took its frame for whole, though its last byte did not come
      this.#take(other(way), this.#deframers[other(way)].answered())
      this.#take(way, this.#deframers[way].feed(bytes))
    } catch (error) {
      this.#stopped = true
      const { id } = this.opening
      const offset = this.#deframers[way].offset
      this.#exchange.tell({ type: 'stopped', id, code: error instanceof Fault ? error.code : 'internal', offset })
      this.#exchange.gone(id, false)
    }
  }

  end(reason: string): void {
    if (!this.#stopped)
      for (const way of ['to-upstream', 'to-modality'] as const) this.#take(way, this.#deframers[way].end())
    this.#stopped = true
    this.#exchange.gone(this.opening.id, reason === 'closed')
  }

  #take(way: Way, pieces: readonly MllpPiece[]): void {
    const { id } = this.opening
    for (const piece of pieces) {
      if (piece.type === 'junk') this.#exchange.count(id, 'junk-bytes', piece.end - piece.start)
      else if (piece.type === 'skipped') {
        this.#exchange.count(id, 'too-large')
        const about = { associationId: id, direction: way, at: Date.now() }
        this.#exchange.tell(missing(about, piece.end - piece.start, 'too large'))
      } else if (piece.type === 'cut') {
        if (piece.bytes.length) this.#exchange.unreadable(this.#held(way, piece.bytes), 'message-cut')
      } else {
        if (piece.ending !== 'FS CR') this.#exchange.count(id, 'odd-ending')
        this.#message(way, piece.bytes)
      }
    }
  }

  #message(way: Way, bytes: Buffer): void {
    const { id } = this.opening
    let message: Passing
    try {
      message = passing(bytes)
    } catch (error) {
      const why = error instanceof Fault && UNREADABLE.find((one) => one === error.code)
      return this.#exchange.unreadable(this.#held(way, bytes), why || 'message-invalid')
    }
    this.#introduce(way, message)
    const { answer } = message
    if (answer) this.#exchange.acknowledged(way, id, answer)
    if (answer?.alone) return
    this.#exchange.count(id, 'message')
    this.#exchange.sent(way, message, this.#held(way, bytes))
  }

  #held(way: Way, bytes: Buffer): Held {
    const { id: associationId, link, remoteAddress } = this.opening
    const sequence = ++this.#sequences[way]
    const repeated: Repeated = 'no'
    const start = {
      kind: 'hl7',
      associationId,
      link,
      remoteAddress,
      direction: way,
      sequence,
      repeated,
      at: Date.now(),
    } as const
    // the chunk it lies in may hold many others
    return { start, bytes: Buffer.from(bytes) }
  }

  #introduce(way: Way, message: Passing): void {
    const names = this.#introduced ? undefined : message.names()
    if (!names) return
    this.#introduced = true
    const [one, two] = [named(names[0]), named(names[1])]
    const [sender, receiver] = way === 'to-upstream' ? [one, two] : [two, one]
    this.#exchange.tell({ type: 'introduced', id: this.opening.id, sender, receiver })
  }
}

/** what a frame's contents may be refused for; the rest is 'message-invalid' */
const UNREADABLE = ['limit-exceeded', 'not-cda', 'xml-doctype', 'xml-malformed', 'xml-encoding'] as const

const NAME_LENGTH = 40
/** the names of applications are shown; whatever is not plain there is left out */
const named = (name: string): string => name.replace(/[^\x20-\x7e]/g, '').slice(0, NAME_LENGTH)
