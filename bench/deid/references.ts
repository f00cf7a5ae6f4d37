/** References between the instances of a set: whether they name the same things before and after. */
import { readFileSync } from 'node:fs'
import {
  memorySource,
  openDataSet,
  strings,
  isOfStandard,
  type Attributes,
  type DataSet,
} from '../../src/standards/dicom/index.ts'

export interface Pair {
  readonly file: string
  readonly before?: DataSet<'identified'> | undefined
  readonly after?: DataSet<'identified'> | undefined
}

/** @returns undefined for what is no data set */
export function opened(path: string): DataSet<'identified'> | undefined {
  try {
    return openDataSet(memorySource(readFileSync(path)))
  } catch {
    return undefined
  }
}

export interface References {
  /** places where a UID stands that stands elsewhere in the set, too, in the files that have an output */
  readonly references: number
  /** of these, gone with what held them */
  readonly removed: number
  /** of these, named otherwise than elsewhere, or as something else is named */
  readonly broken: number
}

/** The graph of a set is the same before and after when each UID has one new name, and no two have the same. */
export function references(pairs: readonly Pair[]): References {
  const places: { readonly old: string; readonly now: string | undefined }[] = []
  for (const { before, after } of pairs)
    if (before && after) places.push(...renamed(before.attributes, after.attributes))
  const often = new Map<string, number>()
  const names = new Map<string, Map<string, number>>()
  const owners = new Map<string, Set<string>>()
  for (const { old, now } of places) {
    often.set(old, (often.get(old) ?? 0) + 1)
    if (now === undefined) continue
    const of = names.get(old) ?? new Map<string, number>()
    names.set(old, of.set(now, (of.get(now) ?? 0) + 1))
    owners.set(now, (owners.get(now) ?? new Set()).add(old))
  }
  const judged = places.filter(({ old }) => (often.get(old) ?? 0) > 1)
  const isBroken = ({ old, now }: (typeof places)[number]) => {
    if (now === undefined) return false
    const [usual] = [...(names.get(old) ?? [])].sort(([, a], [, b]) => b - a)[0] ?? []
    return now !== usual || owners.get(now)?.size !== 1
  }
  return {
    references: judged.length,
    removed: judged.filter(({ now }) => now === undefined).length,
    broken: judged.filter(isBroken).length,
  }
}

function* renamed(
  before: Attributes,
  after: Attributes | undefined,
): Generator<{ readonly old: string; readonly now: string | undefined }> {
  for (const { tag, vr, items } of before.byTag.values()) {
    for (const [index, item] of (items ?? []).entries()) yield* renamed(item, after?.byTag.get(tag)?.items?.[index])
    if (vr !== 'UI') continue
    const now = after ? strings(after, tag) : []
    for (const [index, old] of strings(before, tag).entries())
      if (old && !isOfStandard(old)) yield { old, now: now[index] || undefined }
  }
}
