/** The observer's process: the tap's Unix socket on one side, the spool on the other. */
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { goFirst } from '../../base/index.ts'
import { createObserver, type ObserverEvent } from '../../clinical/observe/index.ts'
import { openSpoolWriter, type SpoolWriter } from '../../clinical/spool/index.ts'
import { role, tell } from './messages.ts'

const EVENTS_EVERY_MS = 100
const STATE_EVERY_MS = 1000
/** counts of single commands would drown the rest: they are not told */
const isTold = (event: ObserverEvent): boolean => event.type !== 'command'

// threads that write for it inherit this
goFirst('observer')

let spool: SpoolWriter | undefined
role({
  start: async ({ config, places }) => {
    const { segmentBytes, maxBytes } = config.spool
    const writer = await openSpoolWriter({
      folder: places.spool,
      segmentBytes,
      ...(maxBytes ? { maxBytes } : {}),
      key: readFileSync(places.spoolKey),
    })
    spool = writer
    let events: ObserverEvent[] = []
    /** what is counted is added up before it is told: a busy link counts thousands a second */
    const counts = new Map<string, Extract<ObserverEvent, { type: 'counted' }>>()
    const observer = createObserver({
      sink: writer,
      onEvent: (event) => {
        if (event.type === 'counted') {
          const key = `${event.id} ${event.what}`
          counts.set(key, { ...event, by: event.by + (counts.get(key)?.by ?? 0) })
        } else if (isTold(event)) events.push(event)
      },
    })
    rmSync(places.tapSocket, { force: true })
    const server = createServer({ pauseOnConnect: true }, (socket) => observer.accept(socket))
    await new Promise<void>((done, fail) => server.once('error', fail).listen(places.tapSocket, done))
    chmodSync(places.tapSocket, 0o600)
    setInterval(() => {
      const told = [...events, ...counts.values()]
      if (told.length) tell({ type: 'observed', events: told })
      events = []
      counts.clear()
    }, EVENTS_EVERY_MS)
    setInterval(() => tell({ type: 'spool', state: writer.state() }), STATE_EVERY_MS)
    tell({ type: 'ready' })
  },
  stop: async () => spool?.close(),
})
