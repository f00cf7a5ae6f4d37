/** What is not mapped yet, and how many messages wait for it: the work list of whoever keeps the mapping tables. */
import type { UnifiedObservation } from '../observation.ts'
import type { UnificationTables } from '../tables.ts'
import { identify } from './identify.ts'

/** One code of one device that no table knows. */
export interface Unmapped {
  readonly device: string
  readonly code: string
  readonly system: string
  readonly text: string
  readonly unit: string
  readonly messages: number
}

/** What tells one entry from another, as a key. */
export const unmappedKey = ({ device, system, code, text }: Omit<Unmapped, 'messages'>): string =>
  [device, system, code, text].join('\u001f')

/**
 * Adds one message to the queue; a code counts once a message however often it stands there.
 * @returns the entries of the message, each with 1, for a store to add up; numbers and their names only, no values
 */
export function unmappedOf(message: readonly UnifiedObservation[]): readonly Unmapped[] {
  const seen = new Map<string, Unmapped>()
  for (const { concept, stated, findings } of message) {
    if (concept || !findings.some(({ code }) => code === 'analyte-unmapped')) continue
    const { code = '', system = '', text = '' } = stated.codes[0] ?? {}
    const entry = { device: stated.device ?? '', code, system, text, unit: stated.unit, messages: 1 }
    seen.set(unmappedKey(entry), entry)
  }
  return [...seen.values()]
}

/** Whether tables have a concept now for what was not mapped. */
export function isMappedNow(
  { device, code, system, text, unit }: Omit<Unmapped, 'messages'>,
  tables: UnificationTables,
) {
  const asked = { place: '', valueType: 'NM', value: '', range: '', flags: [], resultStatus: '' }
  return identify({ ...asked, unit, device, codes: [{ code, system, text }] }, tables).candidates.length > 0
}

/** The queue after one more message, those with most messages first. */
export function addUnmapped(queue: readonly Unmapped[], message: readonly UnifiedObservation[]): readonly Unmapped[] {
  const entries = new Map(queue.map((entry) => [unmappedKey(entry), entry]))
  for (const entry of unmappedOf(message)) {
    const known = entries.get(unmappedKey(entry))
    entries.set(unmappedKey(entry), { ...entry, messages: (known?.messages ?? 0) + 1 })
  }
  return [...entries.values()].sort((a, b) => b.messages - a.messages)
}
