/**
 * What an act of de-identification says of a project over a period: which data, by which methods, with what result. Made of
 * the reports that stand beside the archived instances; it holds no value, no pseudonym and no UID.
 */
import { CONFIDENTIALITY_OPTIONS, uidEntry } from '../../standards/dicom/index.ts'
import type { InstanceReport } from '../../deidentify/index.ts'

/** the methods of the order on de-identification, and what of the gate is one of them */
export type Method = 'identifiers' | 'composition' | 'distortion' | 'decomposition'

export interface ActFacts {
  readonly project: string
  readonly title: string
  /** ISO dates, both inclusive */
  readonly from: string
  readonly to: string
  readonly madeAt: string
  readonly engines: readonly string[]
  readonly profiles: readonly {
    readonly id: string
    readonly hash: string
    readonly edition: string
    readonly instances: number
  }[]
  readonly options: readonly string[]
  readonly instances: number
  readonly studies: number
  readonly kinds: readonly { readonly name: string; readonly instances: number }[]
  readonly methods: readonly Method[]
  readonly actions: readonly { readonly action: string; readonly attributes: number }[]
  readonly texts: readonly { readonly kind: string; readonly places: number }[]
  readonly pixels: { readonly looked: number; readonly redacted: number; readonly boxes: number }
  /** attributes whose action failed, and which are therefore gone */
  readonly warnings: number
  readonly verified: number
}

export interface ActReport {
  readonly report: string
  readonly study_uid: string
}

/** Adds up the reports of a project, one at a time, so that a period of any length can be said. */
export class ActTally {
  readonly #studies = new Set<string>()
  readonly #engines = new Set<string>()
  readonly #profiles = new Map<string, ActFacts['profiles'][number]>()
  readonly #kinds = new Map<string, number>()
  readonly #actions = new Map<string, number>()
  readonly #texts = new Map<string, number>()
  #instances = 0
  #looked = 0
  #redacted = 0
  #boxes = 0
  #warnings = 0
  #verified = 0

  add({ report: json, study_uid }: ActReport): void {
    const report = JSON.parse(json) as Partial<InstanceReport>
    this.#instances++
    this.#studies.add(study_uid)
    // reports of the first version said less
    if (typeof report.profile !== 'object') return
    const {
      engine = '',
      profile,
      SOPClassUID = '',
      actions = {},
      texts = {},
      pixels,
      warnings = [],
      verification,
    } = report
    this.#engines.add(engine)
    const known = this.#profiles.get(profile.hash)
    this.#profiles.set(profile.hash, { ...profile, instances: (known?.instances ?? 0) + 1 })
    count(this.#kinds, uidEntry(SOPClassUID)?.name ?? SOPClassUID)
    for (const [action, times] of Object.entries(actions)) count(this.#actions, action, times)
    for (const [kind, times] of Object.entries(texts)) count(this.#texts, kind, times)
    if (pixels?.looked) this.#looked++
    if (pixels?.decision === 'redacted') this.#redacted++
    this.#boxes += pixels?.boxes?.length ?? 0
    this.#warnings += warnings.length
    if (verification === 'passed') this.#verified++
  }

  facts(of: Pick<ActFacts, 'project' | 'title' | 'from' | 'to' | 'madeAt'>): ActFacts {
    const profiles = [...this.#profiles.values()]
    const options = CONFIDENTIALITY_OPTIONS.filter(({ name }) =>
      profiles.some(({ id }) => id.split(' + ').includes(name)),
    )
    const did = (...actions: string[]) => actions.some((action) => this.#actions.has(action))
    const methods: readonly (readonly [Method, boolean])[] = [
      ['identifiers', did('pseudonym', 'uid', 'hash')],
      ['composition', did('remove', 'empty', 'dummy', 'clean', 'generalise', 'keep-if-in') || this.#redacted > 0],
      ['distortion', did('shift')],
      ['decomposition', this.#instances > 0],
    ]
    return {
      ...of,
      engines: [...this.#engines].sort(),
      profiles,
      options: options.map(({ code, meaning }) => `${meaning} (${code})`),
      instances: this.#instances,
      studies: this.#studies.size,
      kinds: most(this.#kinds).map(([name, instances]) => ({ name, instances })),
      methods: methods.filter(([, used]) => used).map(([method]) => method),
      actions: most(this.#actions).map(([action, attributes]) => ({ action, attributes })),
      texts: most(this.#texts).map(([kind, places]) => ({ kind, places })),
      pixels: { looked: this.#looked, redacted: this.#redacted, boxes: this.#boxes },
      warnings: this.#warnings,
      verified: this.#verified,
    }
  }
}

function count(into: Map<string, number>, key: string, times = 1): void {
  into.set(key, (into.get(key) ?? 0) + times)
}
const most = (of: ReadonlyMap<string, number>) => [...of].sort(([, a], [, b]) => b - a)
