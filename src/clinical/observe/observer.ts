/** Reads what relays offer over the tap and keeps an eye on every association in it. */
import type { Socket } from 'node:net'
import { TAP, type TapClosing, type TapOpening } from '../../base/index.ts'
import { ObservedAssociation } from './association.ts'
import type { CaptureSink, ObserverEvent } from './events.ts'
import { FrameReader, type TapFrame } from './frames.ts'

export interface Observer {
  /** A relay's tap. A stream that is not the tap's is dropped; the relay then connects anew. */
  accept(socket: Socket): void
  /** Takes one chunk of a tap's stream; `connections` belongs to that tap. For tests without sockets. */
  feed(reader: FrameReader, connections: Map<number, ObservedAssociation>, chunk: Buffer): void
  readonly associations: number
}

export function createObserver({
  sink,
  onEvent,
}: {
  readonly sink: CaptureSink
  onEvent(event: ObserverEvent): void
}): Observer {
  let associations = 0

  const frame = (connections: Map<number, ObservedAssociation>, { connection, type, payload }: TapFrame): void => {
    if (type === TAP.opened) {
      connections.set(connection, new ObservedAssociation(JSON.parse(payload.toString()) as TapOpening, sink, onEvent))
      associations++
    } else if (type === TAP.toUpstream) connections.get(connection)?.feed('to-upstream', payload)
    else if (type === TAP.toModality) connections.get(connection)?.feed('to-modality', payload)
    else if (type === TAP.closed && connections.has(connection)) {
      connections.get(connection)?.end((JSON.parse(payload.toString()) as TapClosing).reason)
      connections.delete(connection)
      associations--
    }
  }
  const feed = (reader: FrameReader, connections: Map<number, ObservedAssociation>, chunk: Buffer): void => {
    for (const one of reader.read(chunk)) frame(connections, one)
  }

  return {
    feed,
    accept: (socket) => {
      const reader = new FrameReader()
      const connections = new Map<number, ObservedAssociation>()
      socket.on('data', (chunk: Buffer) => {
        try {
          feed(reader, connections, chunk)
        } catch {
          socket.destroy()
        }
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        for (const association of connections.values()) association.end('tap lost')
        associations -= connections.size
        connections.clear()
      })
    },
    get associations() {
      return associations
    },
  }
}
