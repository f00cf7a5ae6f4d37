/** The relay: listeners, their splices, one tap. Bytes pass; nothing is parsed, stored or looked up. */
import { createServer, type Server } from 'node:net'
import { Fault } from '../../base/index.ts'
import { Attention } from './attention.ts'
import type { RelayEvent, RelayLink, RelayStats } from './events.ts'
import { SOCKET_OPTIONS, Splice } from './splice.ts'
import { Witness } from './witness.ts'

/** A listening socket of the supervisor's (`handle` as it came over IPC, or its descriptor), or an address to bind. */
export type Listen =
  { readonly handle: object } | { readonly fd: number } | { readonly host: string; readonly port: number }

export interface RelayOptions {
  onEvent(event: RelayEvent): void
}

export interface Relay {
  /**
   * Serves a link; for a name that is served already new connections go to the new upstream, running ones stay.
   * @throws Fault 'port-taken'
   */
  serve(link: RelayLink, listen?: Listen): Promise<{ readonly port: number }>
  /** Accepts nothing more for this link; running associations stay. */
  stop(name: string): void
  /** Where to offer copies; undefined: nowhere. What is served from then on is served once somebody there was looked for. */
  setTap(path: string | undefined): void
  /** Accepts nothing more and waits for running associations, at most `timeoutMs`; what is left is cut. */
  drain(timeoutMs: number): Promise<void>
  stats(): RelayStats
}

const BACKLOG = 4096

interface Served {
  link: RelayLink
  readonly server: Server
  readonly bytes: { toUpstream: number; toModality: number }
  associations: number
  /** the last association that brought something to speak of brought nothing but short pieces */
  isShort: boolean
}

/** of an association that says what the next one will be like; an echo or a refusal does not */
const TELLING_BYTES = 64 * 1024

export function createRelay({ onEvent }: RelayOptions): Relay {
  const served = new Map<string, Served>()
  const splices = new Set<Splice>()
  const witness = new Witness()
  const attention = new Attention()
  let drained: (() => void) | undefined

  const onEnd = (entry: Served, splice: Splice) => {
    splices.delete(splice)
    const { bytesIn: toUpstream } = splice.toUpstream
    const { bytesIn: toModality } = splice.toModality
    entry.associations--
    if (toUpstream + toModality >= TELLING_BYTES) entry.isShort = splice.isShort
    const bytes = served.get(splice.link)?.bytes
    if (bytes) {
      bytes.toUpstream += toUpstream
      bytes.toModality += toModality
    }
    if (splices.size === 0) drained?.()
  }

  const listenOn = async (link: RelayLink, listen: Listen): Promise<number> => {
    const entry: Served = {
      link,
      server: createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }),
      bytes: { toUpstream: 0, toModality: 0 },
      associations: 0,
      isShort: false,
    }
    entry.server.on('connection', (socket) => {
      // one device and short pieces: the loop hashes while it looks for the next, and the thread need not be woken
      const isOwn = entry.isShort && entry.associations === 0
      entry.associations++
      const context = { witness, attention, onEvent, onEnd: (splice: Splice) => onEnd(entry, splice) }
      try {
        splices.add(new Splice(socket, entry.link, context, isOwn))
      } catch {
        // an error of ours, such as no memory, before anything has passed
        entry.associations--
        socket.resetAndDestroy()
      }
    })
    await new Promise<void>((done, fail) => {
      entry.server.once('error', (error) => fail(new Fault('port-taken', { link: link.name }, error)))
      if ('handle' in listen) entry.server.listen(listen.handle, done)
      else entry.server.listen({ ...listen, backlog: BACKLOG }, done)
    })
    // an accept that fails for want of descriptors must not end the relay
    entry.server.removeAllListeners('error').on('error', () => {})
    served.set(link.name, entry)
    const address = entry.server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  return {
    serve: async (link, listen) => {
      await witness.ready
      const known = served.get(link.name)
      if (listen) return { port: await listenOn(link, listen) }
      if (!known) throw new Fault('internal', { link: link.name })
      known.link = link
      return { port: (known.server.address() as { port: number } | null)?.port ?? 0 }
    },
    stop: (name) => {
      served.get(name)?.server.close()
      served.delete(name)
    },
    setTap: (path) => witness.setTap(path),
    drain: async (timeoutMs) => {
      for (const { server } of served.values()) server.close()
      if (splices.size) {
        const timer = setTimeout(() => splices.forEach((splice) => splice.cut()), timeoutMs)
        await new Promise<void>((done) => (drained = done))
        clearTimeout(timer)
      }
      await witness.stop()
    },
    stats: () => {
      const links = Object.fromEntries(
        [...served].map(([name, { bytes }]) => [
          name,
          { bytesToUpstream: bytes.toUpstream, bytesToModality: bytes.toModality },
        ]),
      )
      const associations = [...splices].map(({ id, link, toUpstream, toModality, tapped }) => {
        const live = { id, link, bytesToUpstream: toUpstream.bytesIn, bytesToModality: toModality.bytesIn, tapped }
        const total = links[link]
        if (total)
          links[link] = {
            bytesToUpstream: total.bytesToUpstream + live.bytesToUpstream,
            bytesToModality: total.bytesToModality + live.bytesToModality,
          }
        return live
      })
      return { associations, links, tapBufferedBytes: witness.waiting, isTapped: witness.isTapped }
    },
  }
}
