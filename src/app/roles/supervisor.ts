/**
 * The supervisor: owns the listening sockets and the children, hears what they tell, and parses nothing that comes from
 * outside. The clinical side comes first and needs nothing of the rest: a page or a database that cannot be started is
 * tried again while traffic passes (record 54).
 */
import type { ChildProcess } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { PoolConfig } from 'pg'
import { Fault, log, type FaultCode } from '../../base/index.ts'
import type { SpoolState } from '../../clinical/spool/index.ts'
import { splitAddress, type Config, type LinkConfig } from '../config/index.ts'
import { makeOnce, startFault } from '../files.ts'
import { Database } from './database.ts'
import { GapBook } from './gap-book.ts'
import { lockHome } from './home-lock.ts'
import { Keeper } from './keeper.ts'
import { bindListeningSocket, type ListeningSocket } from './listening.ts'
import type { FromChild, ToChild } from './messages.ts'
import { Picture } from './picture.ts'
import { placesOf, type Places } from './places.ts'
import type { FromRelay, ToRelay } from './relay.ts'
import { Unread } from './unread.ts'
import { WORKER_FLAGS } from './worker-flags.ts'

export interface Ready {
  readonly web: string
  readonly operate: string
  readonly links: readonly { readonly name: string; readonly port: number }[]
  readonly bootstrap: { readonly web?: string; readonly operate?: string }
}

export interface Supervisor {
  /** when all of it is; what is missing on the way is told */
  readonly ready: Promise<Ready>
  /**
   * A new configuration in force, all of it or, when a new port is taken, nothing; running associations stay. What needs a
   * start (the stores) is named in the log and stays as it was.
   * @throws Fault 'port-taken'
   */
  reload(config: Config): void
  /** Running associations finish, at most `drainTimeoutMs`; then everything ends, in the middle of its start too. */
  drain(): Promise<void>
}

export interface Told {
  /** a page that has no account began again, and its one-time token is another now */
  began(page: 'web' | 'operate', token: string): void
  /** what cannot be started, and is tried again */
  missing(fault: Fault): void
}

const PING_MS = 1000
/** Whoever is silent for so many pings hangs. A relay is ended with all that passes through it: through one that hangs nothing does. */
const HANGING_PINGS = { observer: 5, relay: 30, others: 60 } as const
const SNAPSHOT_MS = 500
const STOP_MS = 5000
/** what a process told last is heard by then */
const LAST_WORDS_MS = 500
const LONGEST_ASSOCIATION_MS = 24 * 3600_000
/** the pages: which process shows them, and which setting says where */
const PAGES = [
  ['research', 'web'],
  ['operate', 'operate'],
] as const
/** what is in force only from a start: the stores stay where they are while something runs */
const AT_START = ['home', 'spool', 'catalogue', 'vault', 'demo'] as const

/** @throws Fault 'home-in-use', or 'port-taken' when a link's port is: nothing is started then */
export async function supervise(first: Config, told: Told): Promise<Supervisor> {
  let config = first
  const places = placesOf(config.home)
  await prepare(places)
  const unlock = await lockHome(places.lockSocket)
  const gaps = new GapBook(places.gaps)
  const picture = new Picture((gap) => gaps.note(gap))
  const unread = new Unread((gap) => picture.relay(gap))
  const serving = new Set<string>()
  /** relays that reach the observer, and when all of them do for the first time */
  const tapped = new Set<Keeper>()
  const allTapped = Promise.withResolvers<void>()
  const wasReady = new Set<string>()
  /** what is missing and why, as it was told */
  const named = new Map<string, FaultCode>()
  const sockets = new Map<string, { readonly listening: ListeningSocket; link: LinkConfig }>()
  for (const link of config.links) sockets.set(link.name, { listening: bind(link), link })

  const relays: Keeper[] = Array.from({ length: config.relay.processes }, () => startRelay())
  const started = new Map<string, PromiseWithResolvers<Extract<FromChild, { type: 'ready' }>>>()
  const databases: { vault?: PoolConfig; catalogue?: PoolConfig } = {}
  const children = [startRole('observer'), startRole('operate')]
  watch()

  let draining = false
  const database = new Database(places.home, (error) => missing('database', error))

  return {
    ready: startRest(),
    reload,
    drain: async () => {
      draining = true
      for (const { listening } of sockets.values()) listening.close()
      await Promise.all(
        relays.map((relay) =>
          relay.stop(config.drainTimeoutMs + STOP_MS, {
            type: 'drain',
            timeoutMs: config.drainTimeoutMs,
          } satisfies ToRelay),
        ),
      )
      await lastCopies()
      await Promise.all(children.map((child) => child.stop(STOP_MS)))
      unread.observerGone(Date.now())
      await gaps.end()
      await database.stop()
      unlock()
    },
  }

  /** What passed last is read by the observer, which keeps what is to be kept, before that is told to end. */
  async function lastCopies(): Promise<void> {
    const until = performance.now() + STOP_MS / 2
    do await pause(50)
    while (unread.count > 0 && performance.now() < until)
  }

  /** The research side, which waits for its databases. */
  async function startRest(): Promise<Ready> {
    const { vault, catalogue } = config
    databases.vault = vault?.url ? { connectionString: vault.url } : await database.make('vault')
    databases.catalogue = catalogue ? { connectionString: catalogue.url } : await database.make('catalogue')
    // told to end meanwhile: it will not be ready any more
    if (draining) return new Promise(() => {})
    children.push(startRole('worker'), startRole('research'))
    const [web, operate] = await Promise.all([
      started.get('research')?.promise,
      started.get('operate')?.promise,
      started.get('worker')?.promise,
      started.get('observer')?.promise,
      allTapped.promise,
    ])
    return {
      web: `http://${splitAddress(config.web.listen).host}:${web?.port ?? 0}`,
      operate: `http://${splitAddress(config.operate.listen).host}:${operate?.port ?? 0}`,
      links: [...sockets].map(([name, { listening }]) => ({ name, port: listening.port })),
      bootstrap: {
        ...(web?.bootstrapToken ? { web: web.bootstrapToken } : {}),
        ...(operate?.bootstrapToken ? { operate: operate.bootstrapToken } : {}),
      },
    }
  }

  function startRelay(): Keeper {
    const keeper: Keeper = new Keeper({
      role: 'relay',
      // a relay holds chunks on their way and nothing else
      execArgv: ['--max-semi-space-size=16', '--max-old-space-size=128'],
      onStart: (child) => {
        child.send({ type: 'tap', path: places.tapSocket } satisfies ToRelay)
        for (const { listening, link } of sockets.values())
          child.send({ type: 'serve', link: relayLink(link) } satisfies ToRelay, listening.handle)
        const { pid = 0 } = child
        whenGone(child, (at) => {
          unread.relayGone(pid, at, (id) => picture.passed(pid, id))
          picture.relayGone(pid)
        })
      },
      onMessage: (message, pid) => fromRelay(keeper, pid, message as FromRelay),
    })
    return keeper
  }

  function fromRelay(keeper: Keeper, pid: number, message: FromRelay): void {
    if (message.type === 'serving') {
      keeper.state = 'running'
      // devices of the demo find their links answering
      serving.add(message.link)
      if (config.demo && !draining && serving.size === sockets.size && !started.has('demo'))
        children.push(startRole('demo'))
    } else if (message.type === 'stats') {
      picture.stats(pid, message.stats)
      if (message.stats.isTapped && tapped.add(keeper).size >= relays.length) allTapped.resolve()
    } else if (message.type === 'events')
      for (const event of message.events) {
        picture.relay(event)
        if (event.type === 'association-opened') unread.began(event, pid)
        else if (event.type === 'association-closed') unread.ended(event)
      }
  }

  function startRole(role: string): Keeper {
    started.set(role, Promise.withResolvers())
    const keeper: Keeper = new Keeper({
      role,
      execArgv: role === 'worker' ? WORKER_FLAGS : [],
      onStart: (child) => {
        child.send({ type: 'start', config, places, ...databases } satisfies ToChild)
        if (role === 'observer') whenGone(child, (at) => unread.observerGone(at))
      },
      onMessage: (message) => fromChild(keeper, message as FromChild),
    })
    return keeper
  }

  function fromChild(keeper: Keeper, message: FromChild): void {
    if (message.type === 'ready') {
      keeper.state = 'running'
      started.get(keeper.role)?.resolve(message)
      named.delete(keeper.role)
      const page = keeper.role === 'research' ? 'web' : 'operate'
      if (wasReady.has(keeper.role) && message.bootstrapToken) told.began(page, message.bootstrapToken)
      wasReady.add(keeper.role)
    } else if (message.type === 'failed') {
      log.error('a process could not start', { of: keeper.role, fault: message.code })
      missing(keeper.role, new Fault(message.code, { of: keeper.role, ...message.where }))
    } else if (message.type === 'observed')
      for (const event of message.events)
        if (event.type === 'ended') unread.done(event.id)
        else picture.observer(event)
    else if (message.type === 'spool') spool(message.state)
    else if (message.type === 'counts') picture.worker(message.counts, message.quarantine)
  }

  function spool(state: SpoolState): void {
    picture.spool(state)
    if (state.full === named.has('spool')) return
    if (!state.full) {
      named.delete('spool')
      return log.info('there is room and what comes is captured again')
    }
    const fault = new Fault('spool-full')
    log.warn('nothing is captured until there is room', { segments: state.segments }, fault)
    missing('spool', fault)
  }

  /** Pings everybody, and ends who hangs; ticks the rates; shows the picture. */
  function watch(): void {
    setInterval(() => {
      // a relay tells its counts by itself
      for (const relay of relays) relay.ping(HANGING_PINGS.relay)
      for (const child of children)
        child.ping(child.role === 'observer' ? HANGING_PINGS.observer : HANGING_PINGS.others, {
          type: 'ping',
        } satisfies ToChild)
      picture.tick()
    }, PING_MS).unref()
    setInterval(() => {
      const processes = [...relays, ...children].map(({ role, pid, state, restarts }) => ({
        role,
        pid,
        state,
        restarts,
      }))
      const operating = children.find(({ role }) => role === 'operate')
      operating?.send({
        type: 'snapshot',
        snapshot: JSON.parse(JSON.stringify(picture.snapshot(config.links, processes))) as object,
      } as never)
    }, SNAPSHOT_MS).unref()
  }

  /** Each once, until it is there. */
  function missing(of: string, error: unknown): void {
    const fault = startFault(error, { of })
    if (named.get(of) === fault.code) return
    named.set(of, fault.code)
    told.missing(fault)
  }

  function reload(next: Config): void {
    // everything that can fail comes first: a port that is taken leaves all as it was
    const bound = bindNew(next)
    for (const [name, { listening, link }] of sockets) {
      if (next.links.find((one) => one.name === name)?.listen === link.listen) continue
      for (const relay of relays) relay.send({ type: 'stop', name } satisfies ToRelay)
      listening.close()
      sockets.delete(name)
    }
    for (const link of next.links) {
      const listening = bound.get(link.name)
      const known = sockets.get(link.name)
      if (known) known.link = link
      else if (listening) sockets.set(link.name, { listening, link })
      for (const relay of relays)
        relay.send({ type: 'serve', link: relayLink(link) } satisfies ToRelay, listening?.handle)
    }
    scaleRelays(next.relay.processes)
    const moved = PAGES.filter(([, page]) => JSON.stringify(next[page]) !== JSON.stringify(config[page])).map(
      ([role]): string => role,
    )
    for (const setting of AT_START) {
      if (JSON.stringify(next[setting]) !== JSON.stringify(config[setting]))
        log.warn('a setting was changed that takes force at the next start', { setting })
    }
    config = { ...next, ...Object.fromEntries(AT_START.map((setting) => [setting, config[setting]])) }
    for (const child of children) child.send(JSON.parse(JSON.stringify({ type: 'config', config })) as object as never)
    // a page that moves is started again, at its new address
    for (const child of children) if (moved.includes(child.role)) child.send({ type: 'stop' } satisfies ToChild)
  }

  /** @throws Fault 'port-taken' with nothing left bound */
  function bindNew(next: Config): Map<string, ListeningSocket> {
    const bound = new Map<string, ListeningSocket>()
    const probes: ListeningSocket[] = []
    const portOf = (address: string) => splitAddress(address).port
    try {
      for (const link of next.links) {
        const before = sockets.get(link.name)?.link.listen
        if (before !== link.listen) bound.set(link.name, bind(link))
      }
      for (const [, page] of PAGES) {
        const { host, port } = splitAddress(next[page].listen)
        if (port !== portOf(config[page].listen)) probes.push(bindListeningSocket(host, port))
      }
      return bound
    } catch (error) {
      for (const socket of bound.values()) socket.close()
      throw error
    } finally {
      for (const probe of probes) probe.close()
    }
  }

  /** A relay too many takes nothing new and ends with its last association. */
  function scaleRelays(wanted: number): void {
    while (relays.length < wanted) relays.push(startRelay())
    for (const relay of relays.splice(wanted))
      void relay.stop(LONGEST_ASSOCIATION_MS, { type: 'drain', timeoutMs: LONGEST_ASSOCIATION_MS } satisfies ToRelay)
  }
}

const bind = (link: LinkConfig): ListeningSocket => {
  const { host, port } = splitAddress(link.listen)
  return bindListeningSocket(host, port)
}

const relayLink = ({ name, protocol, upstream, localAddress, connectTimeoutMs }: LinkConfig) => ({
  name,
  protocol,
  upstream: splitAddress(upstream),
  ...(localAddress ? { localAddress } : {}),
  connectTimeoutMs,
})

/** @param then told when it ended, once what it told last is heard */
function whenGone(child: ChildProcess, then: (at: number) => void): void {
  child.once('exit', () => {
    const at = Date.now()
    setTimeout(() => then(at), LAST_WORDS_MS)
  })
}

async function prepare(places: Places): Promise<void> {
  // the home itself may have to be entered by the database's user; what is ours below it may not
  await mkdir(places.home, { recursive: true, mode: 0o755 })
  for (const folder of [
    dirname(places.gaps),
    places.spool,
    dirname(places.spoolKey),
    dirname(places.tapSocket),
    dirname(places.blobs),
    places.blobs,
  ])
    await mkdir(folder, { recursive: true, mode: 0o700 })
  makeOnce(places.spoolKey, () => randomBytes(32))
}
