/** A site's own tables for unification: read from the files that sluice.yaml names, every mistake with its line. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  CONCEPTS,
  loadFederalTests,
  loadFederalUnits,
  loadRanges,
  measureOf,
  STARTER_RANGES,
  unificationTables,
  type Mapping,
  type RangeRow,
  type TableProblem,
  type UnificationTables,
} from '../../research/unify/index.ts'
import { YamlFile, type Mistake } from './document.ts'
import type { Config } from './schema.ts'

/** The form of a mapping table. */
export const mappingsSchema = z.strictObject({
  version: z.literal(1),
  device: z.string().min(1).optional().describe('the rows hold for this device: MSH-3 or OBX-18 as sent'),
  mappings: z.array(
    z.strictObject({
      code: z.string().min(1).describe('as sent'),
      analyte: z.string().describe('a concept of ours: `sluice units --analytes`'),
      system: z.string().min(1).optional().describe('only in this coding system, as sent'),
      device: z.string().min(1).optional(),
      unit: z.string().optional().describe('UCUM, where the device sends no unit'),
    }),
  ),
})

export interface ReadUnification {
  readonly tables: UnificationTables
  readonly mistakes: readonly Mistake[]
}

/** @param files absolute, as `Config` has them */
export function readUnification({ ranges, mappings, fsli, units }: Config['unification']): ReadUnification {
  const mistakes: Mistake[] = []
  const read = <T>(file: string, load: (text: string) => T): T | undefined => {
    if (existsSync(file)) return load(readFileSync(file, 'utf8'))
    mistakes.push({ file, line: 1, column: 1, message: 'there is no such file' })
    return undefined
  }
  const noted = <T extends { readonly problems: readonly TableProblem[] }>(file: string, loaded: T | undefined) => {
    for (const { line, message } of loaded?.problems ?? []) mistakes.push({ file, line, column: 1, message })
    return loaded
  }
  const rows = ranges.flatMap(
    (file): readonly RangeRow[] =>
      noted(
        file,
        read(file, (text) => loadRanges(text, STARTER_RANGES)),
      )?.rows ?? [],
  )
  const rowsOfDevices = mappings.flatMap((file) => read(file, (text) => mappingRows(text, file, mistakes)) ?? [])
  const tests = fsli ? noted(fsli, read(fsli, loadFederalTests)) : undefined
  const spellings = units ? noted(units, read(units, loadFederalUnits)) : undefined
  const tables = unificationTables({
    ranges: rows,
    mappings: rowsOfDevices,
    ...(tests ? { fsli: tests.fsli } : {}),
    ...(spellings ? { units: spellings.units } : {}),
  })
  return { tables, mistakes }
}

function mappingRows(text: string, file: string, mistakes: Mistake[]): readonly Mapping[] {
  const yaml = new YamlFile(text, file)
  const { data, mistakes: wrongForm } = yaml.parse(mappingsSchema)
  mistakes.push(...wrongForm)
  return (data?.mappings ?? []).map(({ code, analyte, system, device = data?.device, unit }, at) => {
    if (!CONCEPTS.has(analyte)) mistakes.push(yaml.place(['mappings', at, 'analyte'], `there is no concept ${analyte}`))
    if (unit !== undefined && !measureOf(unit))
      mistakes.push(yaml.place(['mappings', at, 'unit'], `${unit} is not UCUM`))
    return { code, analyte, ...(system ? { system } : {}), ...(device ? { device } : {}), ...(unit ? { unit } : {}) }
  })
}
