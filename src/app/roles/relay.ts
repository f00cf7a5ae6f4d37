/** The relay's process: takes listening sockets and links from the supervisor, tells events and counts, and nothing else. */
import { createRelay, type RelayEvent, type RelayLink, type RelayStats } from '../../clinical/relay/index.ts'
import { log, mayGoFirst } from '../../base/index.ts'

export type ToRelay =
  | { readonly type: 'serve'; readonly link: RelayLink }
  | { readonly type: 'stop'; readonly name: string }
  | { readonly type: 'tap'; readonly path: string | null }
  | { readonly type: 'drain'; readonly timeoutMs: number }

export type FromRelay =
  | { readonly type: 'serving'; readonly link: string; readonly port: number }
  | { readonly type: 'failed'; readonly link: string; readonly code: string }
  | { readonly type: 'events'; readonly events: readonly RelayEvent[] }
  | { readonly type: 'stats'; readonly stats: RelayStats }
  | { readonly type: 'drained' }

const EVENTS_EVERY_MS = 100
const STATS_EVERY_MS = 1000
/** what is told later rather than held without bound when nobody listens */
const EVENTS_HELD = 10_000

if (!mayGoFirst()) log.info('the system does not permit the relay to go before other programs')

// what an association meets ends that association alone; whatever else is wrong here ends none
process.on('uncaughtException', (error) => log.error('an error of ours was left behind', {}, error))

let events: RelayEvent[] = []
const relay = createRelay({
  onEvent: (event) => {
    if (events.length < EVENTS_HELD) events.push(event)
  },
})

const tell = (message: FromRelay): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
const tellEvents = (): void => {
  if (events.length === 0) return
  tell({ type: 'events', events })
  events = []
}
setInterval(tellEvents, EVENTS_EVERY_MS).unref()
setInterval(() => tell({ type: 'stats', stats: relay.stats() }), STATS_EVERY_MS).unref()

process.on('message', (message: ToRelay, handle: unknown) => {
  if (message.type === 'serve') void serve(message.link, handle)
  else if (message.type === 'stop') relay.stop(message.name)
  else if (message.type === 'tap') relay.setTap(message.path ?? undefined)
  else void drain(message.timeoutMs)
})

// the supervisor is gone: running associations are still the hospital's
process.on('disconnect', () => void drain(24 * 3600 * 1000))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

async function serve(link: RelayLink, handle: unknown): Promise<void> {
  try {
    const { port } = await relay.serve(link, handle ? { handle } : undefined)
    tell({ type: 'serving', link: link.name, port })
  } catch (error) {
    log.error('a link could not be served', { link: link.name }, error)
    tell({ type: 'failed', link: link.name, code: 'port-taken' })
  }
}

async function drain(timeoutMs: number): Promise<void> {
  await relay.drain(timeoutMs)
  tellEvents()
  tell({ type: 'drained' })
  setTimeout(() => process.exit(0), 50)
}
