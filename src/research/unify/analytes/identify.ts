/**
 * Which analyte it is. A site's own mapping decides; then a LOINC code that is one and does not contradict the name
 * beside it; then the federal catalogue; then the name. A code is not believed because it is there: analysers send LOINC
 * codes with wrong check digits and codes of other analytes.
 */
import type { Finding, StatedObservation } from '../observation.ts'
import type { Mapping, UnificationTables } from '../tables.ts'
import { CONCEPTS, conceptsNamed, LOINC_SUBSET, nameKey, type Concept } from './concepts.ts'
import { isLoincCode, type LoincProperty } from './loinc.ts'
import { specimenKind } from './specimen.ts'

export const FSLI_OID = '1.2.643.5.1.13.13.11.1080'
const LOINC_SYSTEMS = new Set(['LN', 'LOINC', '2.16.840.1.113883.6.1', 'http://loinc.org'])

export interface Identification {
  /** several where only the unit tells them apart; none: not mapped */
  readonly candidates: readonly Concept[]
  readonly rule: 'mapping' | 'loinc' | 'fsli' | 'name' | 'none'
  /** of the LOINC code that was believed */
  readonly property?: LoincProperty
  readonly mapping?: Mapping
  readonly findings: readonly Finding[]
}

export function identify(stated: StatedObservation, tables: UnificationTables): Identification {
  const mapping = mapped(stated, tables)
  const concept = mapping && CONCEPTS.get(mapping.analyte)
  if (mapping && concept) return { candidates: [concept], rule: 'mapping', mapping, findings: [] }
  const findings: Finding[] = []
  const named = stated.codes.flatMap(({ text, code, system }) => [
    ...namedBy(text),
    ...(isLoincSystem(system) ? [] : namedBy(code)),
  ])
  const names = inSpecimen([...new Set(named)], stated)
  for (const { code, system } of stated.codes) {
    const valid = isLoincCode(code)
    if (isLoincSystem(system) && valid === false) findings.push({ code: 'loinc-check-digit', detail: code })
    const entry = valid && (isLoincSystem(system) || system === '') ? LOINC_SUBSET.get(code) : undefined
    if (!entry) continue
    if (names.length && !names.includes(entry.concept)) {
      findings.push({
        code: 'loinc-name',
        detail: `${code} is ${entry.concept.code}, the name says ${names[0]?.code ?? ''}`,
      })
      continue
    }
    return { candidates: [entry.concept], rule: 'loinc', property: entry.property, findings }
  }
  const catalogued = stated.codes
    .filter(({ system }) => system === FSLI_OID)
    .map(({ code }) => CONCEPTS.get(tables.fsli.get(code) ?? ''))
    .filter((one) => one !== undefined)
  if (catalogued.length) return { candidates: catalogued, rule: 'fsli', findings }
  return { candidates: names, rule: names.length ? 'name' : 'none', findings }
}

const isLoincSystem = (system: string): boolean => LOINC_SYSTEMS.has(system)

function mapped({ codes, device }: StatedObservation, { mappings }: UnificationTables): Mapping | undefined {
  for (const { code, system } of codes) {
    const fits = mappings
      .get(code)
      ?.find((row) => (!row.device || row.device === device) && (!row.system || row.system === system))
    if (fits) return fits
  }
  return undefined
}

/** by the whole name, else by the name without what stands in parentheses: `Лейкоциты (WBC)` */
function namedBy(text: string): readonly Concept[] {
  const whole = conceptsNamed(text)
  if (whole.length || !text.includes('(')) return whole
  const [, outside = '', inside = ''] = /^([^()]+)\(([^()]+)\)\s*$/.exec(text) ?? []
  const [outer, inner] = [conceptsNamed(outside), conceptsNamed(inside)]
  if (nameKey(outside) === '' || nameKey(inside) === '') return []
  return outer.length && inner.length ? outer.filter((one) => inner.includes(one)) : outer
}

/** leukocytes of urine are not those of blood, and there is no concept for them yet */
function inSpecimen(concepts: readonly Concept[], { specimen }: StatedObservation): readonly Concept[] {
  const kind = specimenKind(specimen ?? '')
  return kind === 'unknown' ? concepts : concepts.filter((one) => one.specimen === 'any' || one.specimen === kind)
}
