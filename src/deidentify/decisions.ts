/** What was done with each attribute of one instance, and why: paths, actions and reasons, never a value. */
import { formatTag, type Tag } from '../standards/dicom/index.ts'
import type { Action } from './profile/rule.ts'

export interface Counts {
  readonly parsed: number
  readonly kept: number
  readonly changed: number
  readonly removed: number
}

/** Attributes at one path, items not told apart: `(0008,1115)[].(0020,000E)`. */
export interface Decision {
  readonly path: string
  readonly action: Action
  readonly reason: string
  readonly count: number
}

export interface Warning {
  readonly path: string
  readonly what: string
}

interface Counted extends Decision {
  count: number
}

type Fate = 'kept' | 'changed' | 'removed'

export class Decisions {
  readonly #counts: Record<Fate, number> = { kept: 0, changed: 0, removed: 0 }
  readonly #actions = new Map<Action, number>()
  readonly #byPath = new Map<Action, Map<string, Counted>>()
  readonly #list: Decision[] = []
  readonly warnings: Warning[] = []

  get counts(): Counts {
    const { kept, changed, removed } = this.#counts
    return { parsed: kept + changed + removed, kept, changed, removed }
  }

  get actions(): Readonly<Partial<Record<Action, number>>> {
    return Object.fromEntries([...this.#actions].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  get list(): readonly Decision[] {
    return this.#list
  }

  /** what was kept because nothing speaks against it is counted, and not listed */
  take(fate: Fate, prefix: string, tag: Tag, action: Action, reason: string): void {
    this.#counts[fate]++
    this.#actions.set(action, (this.#actions.get(action) ?? 0) + 1)
    if (fate === 'kept' && reason.startsWith(OMITTED)) return
    const path = prefix + name(tag)
    let ofAction = this.#byPath.get(action)
    if (!ofAction) this.#byPath.set(action, (ofAction = new Map<string, Counted>()))
    const known = ofAction.get(path)
    if (known) known.count++
    else if (this.#list.length < MOST) {
      const decision = { path, action, reason, count: 1 }
      ofAction.set(path, decision)
      this.#list.push(decision)
    }
  }

  warn(prefix: string, tag: Tag, what: string): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push({ path: prefix + name(tag), what })
  }
}

const OMITTED = 'not in E.1-1'
const MOST = 5000
const MOST_WARNINGS = 100

const names = new Map<Tag, string>()
/** the few hundred tags of a site come again with every instance */
export function name(tag: Tag): string {
  const known = names.get(tag)
  if (known !== undefined) return known
  const made = formatTag(tag)
  if (names.size < 20_000) names.set(tag, made)
  return made
}
