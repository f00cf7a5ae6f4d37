/**
 * Which unit a number is in, and with it which of several analytes of the same name it is. The unit as written, by the
 * site's table or ours; where that has several meanings, or there is none, the analyte and the maker's own range.
 */
import type { Concept } from '../analytes/concepts.ts'
import type { FindingCode, StatedObservation } from '../observation.ts'
import { conversionOf } from '../quantities.ts'
import { fitsRange } from '../ranges/evidence.ts'
import type { StatedRange } from '../ranges/stated-range.ts'
import type { Mapping, UnificationTables } from '../tables.ts'
import { readUnit, type UnitReading } from './read-unit.ts'
import { measureOf } from './ucum.ts'

/** The unit, and the analyte that goes with it. */
export interface Chosen {
  readonly status: 'ok' | 'assumed'
  readonly ucum: string
  readonly rule: string
  readonly concept?: Concept | undefined
}

export type UnitChoice =
  | Chosen
  | {
      readonly status: 'ambiguous' | 'refused'
      readonly rule: string
      readonly finding: FindingCode
      readonly concept?: Concept | undefined
    }

interface Question {
  readonly stated: StatedObservation
  readonly range: StatedRange
  readonly candidates: readonly Concept[]
  readonly mapping?: Mapping | undefined
  readonly tables: UnificationTables
}

/** units that devices leave out, the usual ones of every dimension that has a range of ours */
const USUAL = `% 1 10*9/L 10*12/L 10*3/uL 10*6/uL g/L g/dL mg/dL mg/L ug/dL ug/L ng/mL ng/dL pg/mL mmol/L umol/L nmol/L
  pmol/L U/L ukat/L fL pg s mm/h mm[Hg] kPa m[iU]/L mL/min/{1.73_m2} mg/mmol Cel /min`.split(/\s+/)

export function chooseUnit(question: Question): UnitChoice {
  const { stated, range, candidates, mapping, tables } = question
  const written = stated.unit.trim()
  const only = candidates.length === 1 ? candidates[0] : undefined
  if (written === '') {
    if (mapping?.unit) return { status: 'ok', ucum: mapping.unit, rule: 'unit.mapping', concept: only }
    const within = range.kind === 'interval' && range.unit !== '' ? read(range.unit, tables) : undefined
    if (within?.status === 'ok') return decided(question, within.ucum, 'assumed', 'unit.in-range')
    return missing(question)
  }
  const reading = read(written, tables)
  if (reading.status === 'ok') return decided(question, reading.ucum, 'ok', reading.rule)
  if (reading.status === 'refused')
    return { status: 'refused', rule: 'unit.unknown', finding: 'unit-unknown', concept: only }
  return chosen(question, reading.readings, 'unit-ambiguous')
}

/** the site's spelling before ours; an NSI export may know units that we do not */
function read(written: string, tables: UnificationTables): UnitReading {
  const own = tables.units.get(written)
  return own && measureOf(own) ? { status: 'ok', ucum: own, rule: 'unit.spelling' } : readUnit(written)
}

/** the unit is known: of several analytes those that can have it, then those whose range it fits */
function decided(question: Question, ucum: string, status: 'ok' | 'assumed', rule: string): UnitChoice {
  const { candidates } = question
  if (candidates.length <= 1) return { status, ucum, rule, concept: candidates[0] }
  const able = candidates.filter((concept) => !('refused' in conversionOf(ucum, concept)))
  const fitting = able.length > 1 ? able.filter((concept) => fits(question, concept, ucum)) : able
  const [concept] = fitting
  if (fitting.length === 1) return { status, ucum, rule, concept }
  if (able.length === 0) return { status: 'refused', rule: 'unit.dimension', finding: 'unit-dimension' }
  return { status: 'ambiguous', rule: 'analyte.several', finding: 'analyte-conflict' }
}

function missing(question: Question): UnitChoice {
  const { candidates } = question
  const [concept] = candidates
  const only = candidates.length === 1 && concept?.only?.length === 1 ? concept.only[0] : undefined
  if (only !== undefined) return { status: 'assumed', ucum: only, rule: 'unit.only', concept }
  return chosen(question, USUAL, 'unit-missing')
}

/** of several meanings the one that the analyte allows, or else the only one in which the maker's range is like ours */
function chosen(question: Question, readings: readonly string[], finding: FindingCode): UnitChoice {
  const { candidates } = question
  const possible = candidates.flatMap((concept) =>
    readings.flatMap((ucum) => {
      const conversion = conversionOf(ucum, concept)
      return 'refused' in conversion ? [] : [{ concept, ucum, same: `${concept.code} ${conversion.same}` }]
    }),
  )
  const [first] = possible
  if (first && finding === 'unit-ambiguous' && new Set(possible.map(({ same }) => same)).size === 1)
    return { status: 'assumed', ucum: first.ucum, rule: 'unit.by-analyte', concept: first.concept }
  const fitting = possible.filter(({ concept, ucum }) => fits(question, concept, ucum))
  const [best] = fitting
  if (best && new Set(fitting.map(({ same }) => same)).size === 1)
    return { status: 'assumed', ucum: best.ucum, rule: 'unit.by-range', concept: best.concept }
  const concept = candidates.length === 1 ? candidates[0] : undefined
  return { status: 'ambiguous', rule: finding === 'unit-missing' ? 'unit.missing' : 'unit.ambiguous', finding, concept }
}

const fits = ({ range, stated, tables }: Question, concept: Concept, ucum: string): boolean =>
  fitsRange(range, ucum, concept, stated, tables)
