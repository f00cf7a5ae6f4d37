/** What the gate is asked for in its benchmark, and the same as a table for a program of others. */
import { effectiveTable, profileOf } from '../src/deidentify/index.ts'

export const PROJECT = {
  name: 'bench',
  profile: 'basic',
  options: { dates: 'removed', patientCharacteristics: false },
} as const

export interface ActionTable {
  /** by tag, eight hexadecimal digits */
  readonly tags: Readonly<Record<string, string>>
  /** of all others by VR */
  readonly others: Readonly<Record<string, string>>
}

export function actionTable(SOPClassUID: string): ActionTable {
  const tags: Record<string, string> = {}
  const others: Record<string, string> = {}
  for (const { place, action } of effectiveTable(profileOf(PROJECT), SOPClassUID)) {
    const [, group, element] = /^\((\w{4}),(\w{4})\)$/.exec(place) ?? []
    const [, vr] = /^any other (\w\w)$/.exec(place) ?? []
    if (group && element) tags[group + element] = action
    if (vr) others[vr] = action
  }
  return { tags, others }
}
