/**
 * What a process that is killed takes with it. An association that ended with its copy handed over whole stands before the
 * observer or in its memory until that has told to be done with it. One that runs when its relay is killed is cut, and what
 * of it passed may not have been copied. Both are gaps.
 */
import type { AssociationClosed, AssociationOpened, Gap } from '../../clinical/relay/index.ts'

/** of associations whose relay was killed before it told of their end: they are never asked for */
const DONE = 10_000

export class Unread {
  readonly #onGap: (gap: Gap) => void
  /** by the relay's process */
  readonly #running = new Map<string, { readonly opened: AssociationOpened; readonly pid: number }>()
  readonly #handed = new Map<string, AssociationClosed>()
  /** done with before the relay has told of their end: they are two processes */
  readonly #done = new Set<string>()
  #goneAt = -Infinity

  constructor(onGap: (gap: Gap) => void) {
    this.#onGap = onGap
  }

  /** associations that ended and are not done with */
  get count(): number {
    return this.#handed.size
  }

  began(opened: AssociationOpened, pid: number): void {
    this.#running.set(opened.id, { opened, pid })
  }

  ended(event: AssociationClosed): void {
    this.#running.delete(event.id)
    if (this.#done.delete(event.id) || !event.tapped) return
    // the copy went to the observer of its beginning, or nowhere
    if (event.openedAt <= this.#goneAt) this.#onGap(gapOf(event))
    else this.#handed.set(event.id, event)
  }

  done(id: string): void {
    if (this.#handed.delete(id)) return
    this.#done.add(id)
    const [oldest] = this.#done
    if (this.#done.size > DONE && oldest !== undefined) this.#done.delete(oldest)
  }

  /**
   * @param at milliseconds since the epoch
   * @param passed what of an association had passed when it told last
   */
  relayGone(pid: number, at: number, passed: (id: string) => Pick<Gap, 'bytesToUpstream' | 'bytesToModality'>): void {
    for (const [id, { opened, pid: of }] of this.#running) {
      if (of !== pid) continue
      this.#running.delete(id)
      this.#onGap({ type: 'gap', id, link: opened.link, from: opened.at, to: at, ...passed(id), reason: 'cut' })
    }
  }

  /** @param at milliseconds since the epoch; what it told before is known */
  observerGone(at: number): void {
    this.#goneAt = at
    for (const [id, event] of this.#handed) {
      if (event.openedAt > at) continue
      this.#handed.delete(id)
      this.#onGap(gapOf(event))
    }
  }
}

const gapOf = ({ id, link, openedAt, at, toUpstream, toModality }: AssociationClosed): Gap => ({
  ...{ type: 'gap', id, link, from: openedAt, to: at, reason: 'gone' },
  ...{ bytesToUpstream: toUpstream.bytesIn, bytesToModality: toModality.bytesIn },
})
