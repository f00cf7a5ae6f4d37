/** The analytes we know, by code, by LOINC code and by name. */
import type { ConceptReference } from '../observation.ts'
import { CONCEPTS_TABLE } from './concepts-table.ts'
import { isLoincProperty, type LoincProperty } from './loinc.ts'

export interface Concept extends ConceptReference {
  /** UCUM; `ordinal` where there is no number */
  readonly unit: string
  readonly specimen: 'blood' | 'urine' | 'any'
  readonly loincCodes: ReadonlyMap<string, LoincProperty>
  /** the substance whose molar mass turns mass into amount */
  readonly substance?: string
  /** elementary charges of an ion: what an equivalent is */
  readonly charge?: number
  /** what a unit of activity means for this analyte: the enzyme unit, a unit of a standard, an amount of insulin */
  readonly units?: 'enzyme' | 'arbitrary' | 'insulin'
  /** only these units, though others have the same dimension: HbA1c by NGSP is no mmol/mol */
  readonly only?: readonly string[]
  readonly names: readonly string[]
}

export const CONCEPTS: ReadonlyMap<string, Concept> = new Map(
  CONCEPTS_TABLE.trim()
    .split('\n')
    .map((line) => concept(line.split('|').map((cell) => cell.trim())))
    .map((read) => [read.code, read]),
)

/** LOINC code → what it measures and as what */
export const LOINC_SUBSET: ReadonlyMap<string, { readonly concept: Concept; readonly property: LoincProperty }> =
  new Map(
    [...CONCEPTS.values()].flatMap((one) =>
      [...one.loincCodes].map(([code, property]) => [code, { concept: one, property }] as const),
    ),
  )

const NAMES = byName()

/**
 * Concepts that go by a name or an analyser's code. Several where only the unit tells them apart (`Лимфоциты`, `PCT`).
 * @param name as written; case, blanks, full stops and ё do not matter, `#` and `%` do
 */
export const conceptsNamed = (name: string): readonly Concept[] => NAMES.get(nameKey(name)) ?? []

/** what of a name counts */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replaceAll(/[^\p{L}\p{N}#%+]/gu, '')
}

function concept([
  code = '',
  unit = '',
  specimen = '',
  loinc = '',
  ways = '',
  en = '',
  ru = '',
  more = '',
]: string[]): Concept {
  const codes = loinc
    .split(/\s+/)
    .filter(Boolean)
    .map((entry) => entry.split(':') as [string, string])
  const properties = codes.map(([name, property]) => {
    if (!isLoincProperty(property)) throw new TypeError(`${code}: ${name} has no property ${property}`)
    return [name, property] as const
  })
  const way = (key: string) => [...ways.matchAll(new RegExp(`${key}:(\\S+)`, 'g'))].map(([, value = '']) => value)
  const [substance] = way('substance')
  const [charge] = way('charge')
  const only = way('only')
  const units = way('iu').length ? 'enzyme' : /\b(arbitrary|insulin)\b/.exec(ways.replaceAll(/substance:\S+/g, ''))?.[1]
  return {
    code,
    unit,
    specimen: specimen === 'U' ? 'urine' : specimen === 'B' ? 'blood' : 'any',
    name: { en, ru },
    ...(properties[0] ? { loinc: properties[0][0] } : {}),
    loincCodes: new Map(properties),
    ...(substance ? { substance } : {}),
    ...(charge ? { charge: Number(charge) } : {}),
    ...(units ? { units: units as 'enzyme' | 'arbitrary' | 'insulin' } : {}),
    ...(only.length ? { only } : {}),
    names: [code, en, ru, ...more.split(';').map((name) => name.trim())].filter(Boolean),
  }
}

function byName(): Map<string, Concept[]> {
  const map = new Map<string, Concept[]>()
  for (const one of CONCEPTS.values())
    for (const key of new Set(one.names.map(nameKey))) map.set(key, [...(map.get(key) ?? []), one])
  return map
}
