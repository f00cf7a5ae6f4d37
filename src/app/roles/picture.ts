/** What the supervisor knows of everything, put together from what its children tell: the operator's page shows it. */
import type { RelayEvent, RelayStats } from '../../clinical/relay/index.ts'
import type { ObserverEvent } from '../../clinical/observe/index.ts'
import type { AssociationState, GapState, OperateSnapshot } from '../../clinical/operate/index.ts'
import type { SpoolState } from '../../clinical/spool/index.ts'
import type { LinkConfig } from '../config/index.ts'
import type { WorkerCounts } from './messages.ts'

const ASSOCIATIONS = 200
const GAPS = 200
/** more than one association tells in the time that its relay gathers events */
const EARLY_EVENTS = 1000
const HISTORY_SECONDS = 60

type Growing<T> = { -readonly [K in keyof T]: T[K] }
interface LinkCounts {
  total: number
  upstreamDown: boolean
  /** of associations that ended */
  bytesToUpstream: number
  bytesToModality: number
  history: number[]
  lastBytes: number
  /** of messages: what the observer counted */
  readonly messages: Record<string, number>
}

export class Picture {
  readonly #associations = new Map<string, Growing<AssociationState>>()
  /** what the observer told of an association before its relay told that there is one: they are two processes */
  readonly #early = new Map<string, ObserverEvent[]>()
  readonly #gaps: Growing<GapState>[] = []
  readonly #links = new Map<string, LinkCounts>()
  /** by relay process */
  readonly #stats = new Map<number, RelayStats>()
  #spool: SpoolState = { bytes: 0, segments: 0, freeFraction: 1, full: false }
  #counts: WorkerCounts = { waiting: 0, archived: 0, notSelected: 0, conflicts: 0, quarantined: 0 }
  #quarantine: OperateSnapshot['quarantine'] = []
  readonly #onGap: (gap: GapState) => void

  /** @param onGap of each, before what belongs together is added up */
  constructor(onGap: (gap: GapState) => void = () => {}) {
    this.#onGap = onGap
  }

  relay(event: RelayEvent): void {
    if (event.type === 'association-opened') {
      this.#link(event.link).total++
      this.#associations.set(event.id, {
        id: event.id,
        link: event.link,
        remoteAddress: event.remoteAddress,
        openedAt: event.at,
        captured: 0,
        refused: 0,
        lost: 0,
      })
      this.#forget()
      const early = this.#early.get(event.id) ?? []
      this.#early.delete(event.id)
      for (const one of early) this.observer(one)
    } else if (event.type === 'association-closed') {
      const { toUpstream, toModality } = event
      const link = this.#link(event.link)
      link.upstreamDown = event.outcome === 'upstream-refused' || event.outcome === 'upstream-timeout'
      link.bytesToUpstream += toUpstream.bytesIn
      link.bytesToModality += toModality.bytesIn
      const identical = toUpstream.sha256In === toUpstream.sha256Out && toModality.sha256In === toModality.sha256Out
      // hashes that were given up are empty, and prove nothing
      const isProved = event.outcome === 'closed' && toUpstream.sha256In !== '' && toModality.sha256In !== ''
      const known = this.#associations.get(event.id)
      if (known)
        Object.assign(known, {
          closedAt: event.at,
          outcome: event.outcome,
          toUpstream,
          toModality,
          ...(isProved ? { identical } : {}),
        })
    } else {
      const { type: _, ...gap } = event
      this.#gap(gap)
    }
  }

  observer(event: ObserverEvent): void {
    const known = this.#associations.get(event.id)
    if (!known) this.#keepEarly(event)
    else if (event.type === 'negotiated')
      Object.assign(known, { callingAETitle: event.callingAETitle, calledAETitle: event.calledAETitle })
    else if (event.type === 'captured') known.captured++
    else if (event.type === 'refused') known.refused++
    else if (event.type === 'abandoned') {
      const { type: _, ...gap } = event
      known.lost++
      this.#gap({ ...gap, link: known.link })
    } else if (event.type === 'introduced') Object.assign(known, { sender: event.sender, receiver: event.receiver })
    else if (event.type === 'counted') {
      const { messages } = this.#link(known.link)
      messages[event.what] = (messages[event.what] ?? 0) + event.by
      known.messages = { ...known.messages, [event.what]: (known.messages?.[event.what] ?? 0) + event.by }
    } else if (event.type === 'stopped') known.stopped = `${event.code} at ${event.offset}`
  }

  #keepEarly(event: ObserverEvent): void {
    const events = this.#early.get(event.id) ?? []
    if (events.length < EARLY_EVENTS) events.push(event)
    this.#early.set(event.id, events)
    // of an association that was forgotten already, or whose relay was killed before it told: never asked for
    const [oldest] = this.#early.keys()
    if (this.#early.size > ASSOCIATIONS && oldest !== undefined) this.#early.delete(oldest)
  }

  stats(pid: number, stats: RelayStats): void {
    this.#stats.set(pid, stats)
  }

  /** What of an association had passed when its relay told last. */
  passed(pid: number, id: string): { readonly bytesToUpstream: number; readonly bytesToModality: number } {
    const { bytesToUpstream = 0, bytesToModality = 0 } =
      this.#stats.get(pid)?.associations.find((one) => one.id === id) ?? {}
    return { bytesToUpstream, bytesToModality }
  }

  relayGone(pid: number): void {
    this.#stats.delete(pid)
  }

  spool(state: SpoolState): void {
    this.#spool = state
  }

  worker(counts: WorkerCounts, quarantine: OperateSnapshot['quarantine']): void {
    this.#counts = counts
    this.#quarantine = quarantine
  }

  /** Once a second: how many bytes went through each link since the last time. */
  tick(): void {
    for (const [name, link] of this.#links) {
      const bytes = this.#live(name).bytes + link.bytesToUpstream + link.bytesToModality
      link.history.push(Math.max(0, bytes - link.lastBytes))
      if (link.history.length > HISTORY_SECONDS) link.history.shift()
      link.lastBytes = bytes
    }
  }

  snapshot(links: readonly LinkConfig[], processes: OperateSnapshot['processes']): OperateSnapshot {
    return {
      at: Date.now(),
      links: links.map(({ name, protocol, listen, upstream }) => {
        const link = this.#link(name)
        const live = this.#live(name)
        return {
          ...{ name, protocol, listen, upstream, state: link.upstreamDown ? 'upstream-down' : 'relaying' },
          ...{ associationsNow: live.count, associationsTotal: link.total },
          ...{
            bytesToUpstream: link.bytesToUpstream + live.toUpstream,
            bytesToModality: link.bytesToModality + live.toModality,
          },
          ...{ bytesPerSecond: link.history.at(-1) ?? 0, history: link.history },
          ...(protocol === 'dicom' ? {} : { messages: link.messages }),
        }
      }),
      associations: [...this.#associations.values()].reverse(),
      gaps: this.#gaps,
      queues: {
        spoolBytes: this.#spool.bytes,
        spoolFull: this.#spool.full,
        freeFraction: this.#spool.freeFraction,
        ...this.#counts,
      },
      quarantine: this.#quarantine,
      processes,
    }
  }

  #live(link: string): { count: number; toUpstream: number; toModality: number; bytes: number } {
    const live = [...this.#stats.values()].flatMap(({ associations }) =>
      associations.filter((one) => one.link === link && this.#associations.get(one.id)?.closedAt === undefined),
    )
    const toUpstream = live.reduce((sum, { bytesToUpstream }) => sum + bytesToUpstream, 0)
    const toModality = live.reduce((sum, { bytesToModality }) => sum + bytesToModality, 0)
    return { count: live.length, toUpstream, toModality, bytes: toUpstream + toModality }
  }

  #link(name: string): LinkCounts {
    const known = this.#links.get(name)
    if (known) return known
    const fresh: LinkCounts = {
      total: 0,
      upstreamDown: false,
      bytesToUpstream: 0,
      bytesToModality: 0,
      history: [],
      lastBytes: 0,
      messages: {},
    }
    this.#links.set(name, fresh)
    return fresh
  }

  /** Instances that an association lost one after another for one reason are one gap. */
  #gap(gap: GapState): void {
    this.#onGap(gap)
    const before = this.#gaps.find(({ id, reason }) => id === gap.id && reason === gap.reason)
    if (!before) this.#gaps.unshift(gap)
    else {
      before.to = gap.to
      before.bytesToUpstream += gap.bytesToUpstream
      before.bytesToModality += gap.bytesToModality
    }
    this.#gaps.length = Math.min(this.#gaps.length, GAPS)
  }

  /** the oldest that ended go first; running ones stay whatever their age */
  #forget(): void {
    if (this.#associations.size <= ASSOCIATIONS) return
    for (const [id, { closedAt }] of this.#associations) {
      if (closedAt === undefined) continue
      this.#associations.delete(id)
      return
    }
  }
}
