/** Reads what relays offer over the tap and keeps an eye on every association in it. */
import type { Socket } from 'node:net'
import { acceptInto, TAP, type TapClosing, type TapOpening } from '../../base/index.ts'
import { ObservedAnalyser } from './analyser.ts'
import { ObservedAssociation } from './association.ts'
import { Committing } from './committing.ts'
import type { CaptureSink, ObservedConnection, ObserverEvent } from './events.ts'
import { FrameReader, type TapFrame } from './frames.ts'
import { Exchange, ObservedExchange } from './exchange.ts'

export interface Observer {
  /** A relay's tap, accepted and paused. A stream that is not the tap's is dropped; the relay then connects anew. */
  accept(socket: Socket): void
  /** Takes one chunk of a tap's stream, which may be used again afterwards; `connections` belongs to that tap. For tests without sockets. */
  feed(reader: FrameReader, connections: Map<number, ObservedConnection>, chunk: Buffer): void
  readonly associations: number
}

export function createObserver({
  sink: keeper,
  onEvent,
}: {
  readonly sink: CaptureSink
  onEvent(event: ObserverEvent): void
}): Observer {
  let associations = 0
  const sink = new Committing(keeper, (id) => onEvent({ type: 'ended', id }))
  /** acknowledgements may come on another connection of the same link */
  const exchanges = new Map<string, Exchange>()

  const observed = (opening: TapOpening): ObservedConnection => {
    if (opening.protocol === 'astm') return new ObservedAnalyser(opening, sink, onEvent)
    if (opening.protocol !== 'mllp') return new ObservedAssociation(opening, sink, onEvent)
    const exchange = exchanges.get(opening.link) ?? new Exchange(sink, onEvent)
    exchanges.set(opening.link, exchange)
    return new ObservedExchange(opening, exchange)
  }

  const end = (connection: ObservedConnection, reason: string): void => {
    connection.end(reason)
    sink.end(connection.opening.id)
  }

  const frame = (connections: Map<number, ObservedConnection>, { connection, type, payload }: TapFrame): void => {
    if (type === TAP.opened) {
      connections.set(connection, observed(JSON.parse(payload.toString()) as TapOpening))
      associations++
    } else if (type === TAP.toUpstream) connections.get(connection)?.feed('to-upstream', payload)
    else if (type === TAP.toModality) connections.get(connection)?.feed('to-modality', payload)
    else if (type === TAP.closed) {
      const closed = connections.get(connection)
      if (!closed) return
      connections.delete(connection)
      associations--
      end(closed, (JSON.parse(payload.toString()) as TapClosing).reason)
    }
  }
  const feed = (reader: FrameReader, connections: Map<number, ObservedConnection>, chunk: Buffer): void => {
    for (const one of reader.read(chunk)) frame(connections, one)
  }

  return {
    feed,
    accept: (accepted) => {
      const reader = new FrameReader()
      const connections = new Map<number, ObservedConnection>()
      const onPiece = (piece: Uint8Array): void => {
        try {
          feed(reader, connections, piece as Buffer)
        } catch {
          socket.destroy()
        }
      }
      const socket = acceptInto(accepted, {}, onPiece).resume()
      socket.on('error', () => {})
      socket.on('close', () => {
        for (const association of connections.values()) end(association, 'tap lost')
        associations -= connections.size
        connections.clear()
      })
    },
    get associations() {
      return associations
    },
  }
}
