/** ASTM E1381 as the observer sees it: a session is captured when every frame was acknowledged and its sender ended it. */
import type { TapOpening } from '../../base/index.ts'
import { AstmLine, readRecords, splitRecords, type AstmPiece, type Side } from '../../standards/astm/index.ts'
import { keepMessage, missing } from './exchange.ts'
import type { CaptureSink, MessageCount, MessageStart, ObservedConnection, ObserverEvent } from './events.ts'

export class ObservedAnalyser implements ObservedConnection {
  readonly opening: TapOpening
  readonly #sink: CaptureSink
  readonly #tell: (event: ObserverEvent) => void
  readonly #line = new AstmLine()
  readonly #sequences: Record<Side, number> = { 'to-upstream': 0, 'to-modality': 0 }
  #ended = false

  constructor(opening: TapOpening, sink: CaptureSink, tell: (event: ObserverEvent) => void) {
    this.opening = opening
    this.#sink = sink
    this.#tell = tell
  }

  feed(side: Side, chunk: Buffer): void {
    if (this.#ended) return
    try {
      // text of a session is held until it ends, and the memory of the chunk is used again
      for (const piece of this.#line.feed(side, Buffer.from(chunk))) this.#take(piece)
    } catch {
      this.#ended = true
      this.#tell({ type: 'stopped', id: this.opening.id, code: 'internal', offset: 0 })
    }
  }

  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    for (const piece of this.#line.end(reason === 'closed')) this.#take(piece)
  }

  #take(piece: AstmPiece): void {
    const { id } = this.opening
    if (piece.type === 'counted') this.#count(piece.what)
    else if (piece.type === 'junk') this.#count('junk-bytes', piece.sizeBytes)
    else if (piece.type === 'refused') this.#tell({ type: 'refused', id, status: 'NAK' })
    else if (piece.type === 'lost') {
      this.#count(piece.reason === 'too large' ? 'too-large' : piece.reason === 'cut' ? 'cut' : 'unanswered')
      const about = { associationId: id, direction: piece.side, at: Date.now() }
      if (piece.reason === 'too large') this.#tell(missing(about, piece.sizeBytes, piece.reason))
    } else {
      if (piece.loose) this.#count('loose')
      for (const { start, end } of splitRecords(piece.bytes)) this.#keep(piece.side, piece.bytes.subarray(start, end))
    }
  }

  #keep(direction: Side, bytes: Buffer): void {
    this.#count('message')
    const isReadable = readable(bytes)
    if (!isReadable) this.#count('unreadable')
    const { id: associationId, link, remoteAddress } = this.opening
    const start: MessageStart = {
      ...{ kind: 'astm', associationId, link, remoteAddress, direction, sequence: ++this.#sequences[direction] },
      ...{ answer: 'EOT', pairedBy: 'none', repeated: 'no', at: Date.now() },
      ...(isReadable ? {} : { unreadable: 'message-invalid' }),
    }
    keepMessage(this.#sink, this.#tell, start, bytes)
  }

  #count(what: MessageCount, by = 1): void {
    this.#tell({ type: 'counted', id: this.opening.id, what, by })
  }
}

function readable(bytes: Buffer): boolean {
  try {
    readRecords(bytes)
    return true
  } catch {
    return false
  }
}
