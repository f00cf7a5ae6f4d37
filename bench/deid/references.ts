/** References between the instances of a set: whether they name the same things before and after. */
import { readFileSync } from 'node:fs'
import {
  memorySource,
  openDataSet,
  strings,
  uidEntry,
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

/** UIDs at the top that name an instance, its series, its study, its frame of reference */
const NAMING = ['SOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID', 'FrameOfReferenceUID']

/** Each UID in an item that names something of the set must name the same thing afterwards. */
export function references(pairs: readonly Pair[]): { references: number; broken: number } {
  const renamed = new Map<string, Set<string>>()
  for (const { before, after } of pairs)
    for (const keyword of NAMING) {
      const [old] = before ? strings(before.attributes, keyword) : []
      const [now] = after ? strings(after.attributes, keyword) : []
      if (old && now) renamed.set(old, (renamed.get(old) ?? new Set()).add(now))
    }
  let [all, broken] = [0, 0]
  for (const { before, after } of pairs) {
    if (!before || !after) continue
    for (const [tag, { items = [] }] of before.attributes.byTag) {
      const still = after.attributes.byTag.get(tag)?.items
      // what a profile removes with its sequence is gone, not broken
      if (!still?.length) continue
      const now = new Set(uidsIn(still))
      for (const uid of uidsIn(items)) {
        const names = renamed.get(uid)
        if (!names || uidEntry(uid)) continue
        all++
        if (names.size !== 1 || !now.has([...names][0] as string)) broken++
      }
    }
  }
  return { references: all, broken }
}

function* uidsIn(items: readonly Attributes[]): Generator<string> {
  const work = [...items]
  for (const item of work)
    for (const one of item.byTag.values()) {
      if (one.items) work.push(...one.items)
      if (one.vr === 'UI') yield* strings(item, one.tag)
    }
}
