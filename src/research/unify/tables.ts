/** What unification reads beside the observation: our own tables and what the site added. All of it is data. */
import type { RangeRow } from './ranges/range-table.ts'
import { STARTER_RANGES } from './ranges/starter-ranges.ts'

/** One row of a device's or a laboratory's mapping table (docs/unification.md). */
export interface Mapping {
  /** the code as sent (OBX-3.1 or .4), exactly */
  readonly code: string
  /** a concept of ours */
  readonly analyte: string
  /** only in this coding system, as sent */
  readonly system?: string
  /** only from this device: its name as the message has it (MSH-3, OBX-18) */
  readonly device?: string
  /** UCUM, where the device sends no unit for it */
  readonly unit?: string
}

export interface UnificationTables {
  /** the more particular first */
  readonly mappings: ReadonlyMap<string, readonly Mapping[]>
  readonly ranges: ReadonlyMap<string, readonly RangeRow[]>
  /** unit as written → UCUM: the federal units catalogue and the site's own */
  readonly units: ReadonlyMap<string, string>
  /** FSLI code → concept: from the federal catalogue as the site loaded it */
  readonly fsli: ReadonlyMap<string, string>
}

export interface SiteTables {
  readonly mappings?: readonly Mapping[]
  /** replace ours for every analyte that they name */
  readonly ranges?: readonly RangeRow[]
  readonly units?: ReadonlyMap<string, string>
  readonly fsli?: ReadonlyMap<string, string>
}

/** Our tables, and a site's over them. */
export function unificationTables(site: SiteTables = {}): UnificationTables {
  const mappings = Map.groupBy(site.mappings ?? [], ({ code }) => code)
  for (const list of mappings.values()) list.sort((a, b) => particular(b) - particular(a))
  const own = Map.groupBy(site.ranges ?? [], ({ concept }) => concept)
  const ranges = new Map<string, readonly RangeRow[]>(Map.groupBy(STARTER_RANGES, ({ concept }) => concept))
  for (const [concept, rows] of own) ranges.set(concept, rows)
  return { mappings, ranges, units: site.units ?? new Map(), fsli: site.fsli ?? new Map() }
}

const particular = ({ device, system }: Mapping): number => (device ? 2 : 0) + (system ? 1 : 0)
