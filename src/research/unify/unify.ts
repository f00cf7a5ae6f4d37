/**
 * One observation into the vocabulary of research. Decides in this order: what was measured, in which unit, how that
 * becomes the unified unit, which ranges belong to it. What is certain is ok; what the analyte or the maker's own range
 * decides is assumed; what stays open is ambiguous or refused and has no unified value. Nothing of the original changes.
 */
import { Recent } from '../../base/index.ts'
import type { Concept } from './analytes/concepts.ts'
import { identify, type Identification } from './analytes/identify.ts'
import { fitsProperty } from './analytes/loinc.ts'
import { formatDecimal, type Decimal } from './decimal.ts'
import type {
  Comparator,
  Finding,
  FindingCode,
  Quantity,
  ReferenceRange,
  StatedObservation,
  UnificationStatus,
  UnifiedObservation,
  Writable,
} from './observation.ts'
import { conversionOf, type Conversion } from './quantities.ts'
import { flaggingRange, flagOf, interpret, makersRange, ourRanges, type FlaggingRange } from './ranges/attach.ts'
import { readRange, type StatedRange } from './ranges/stated-range.ts'
import { suspectUnit } from './ranges/evidence.ts'
import type { UnificationTables } from './tables.ts'
import { chooseUnit, type Chosen, type UnitChoice } from './units/choose-unit.ts'
import { readValue, type StatedValue } from './values.ts'

/** What is known to be said alike: observations of one number have the same codes, unit and range. */
export interface Alike {
  readonly number: number
}

/**
 * @param stated as it was sent; @param tables `unificationTables()` with a site's own over them
 * @param alike where it is known to be said as others were
 */
export function unifyObservation(
  stated: StatedObservation,
  tables: UnificationTables,
  alike?: Alike,
): UnifiedObservation {
  const plan = planOf(stated, tables, alike)
  const { identified, range } = plan
  const value = readValue(stated.value, stated.valueType)
  const unified = value.kind === 'number' ? unifyNumber(stated, value, plan) : unifyWords(stated, value, plan)
  const { findings } = unified
  findings.unshift(...identified.findings)
  findings.push(...rangeFindings(range, stated))
  if (!unified.concept && identified.candidates.length === 0 && stated.codes.length > 0 && stated.value !== '')
    findings.push({ code: 'analyte-unmapped', detail: stated.codes[0]?.code ?? '' })
  return unified
}

/** whose findings are still being added to */
type Growing = Omit<Writable<UnifiedObservation>, 'findings'> & { findings: Finding[] }

/** Everything about an observation that does not depend on its number; the same device asks for it all day. */
interface Plan {
  readonly identified: Identification
  readonly range: StatedRange
  readonly choice: UnitChoice
  /** where a unit was chosen */
  readonly way: Way | undefined
  /** the maker's, then ours */
  readonly ranges: readonly ReferenceRange[]
  readonly named: Pick<UnifiedObservation, 'concept'>
}

/** How a number in the chosen unit becomes the unified one. */
interface Way {
  readonly choice: Chosen
  readonly conversion: Conversion
  readonly scale: string | undefined
  readonly flagging: FlaggingRange | undefined
  /** the property that a LOINC code has and the unit has not */
  readonly contradiction: Finding | undefined
}

const plans = new WeakMap<UnificationTables, { readonly said: Recent<Plan>; readonly alike: Recent<Plan> }>()
const PLANS_KEPT = 5000
/** not said, which is something else than said to be nothing */
const NONE = '\u0000'

function planOf(stated: StatedObservation, tables: UnificationTables, alike: Alike | undefined): Plan {
  let known = plans.get(tables)
  if (!known) plans.set(tables, (known = { said: new Recent(PLANS_KEPT), alike: new Recent(PLANS_KEPT) }))
  const { device, specimen, method, subject } = stated
  const whose = `\u001f${device ?? ''}\u001f${specimen ?? NONE}\u001f${method ?? NONE}\u001f${subject?.sex ?? ''}\u001f${subject?.ageYears ?? ''}`
  const make = () => newPlan(stated, tables)
  return alike ? known.alike.of(`${alike.number}${whose}`, make) : known.said.of(saidBy(stated) + whose, make)
}

function saidBy({ codes, unit, range }: StatedObservation): string {
  let key = ''
  for (const { code, text, system } of codes) key += `${code}\u001f${text}\u001f${system}\u001f`
  return `${key}\u001f${unit}\u001f${range}`
}

function newPlan(stated: StatedObservation, tables: UnificationTables): Plan {
  const identified = identify(stated, tables)
  const range = readRange(stated.range)
  const { candidates, mapping } = identified
  const choice = chooseUnit({ stated, range, candidates, mapping, tables })
  const way = 'finding' in choice ? undefined : newWay(choice, identified, range, stated, tables)
  return {
    identified,
    range,
    choice,
    way,
    ranges: [...makersRange(range, stated, way?.choice.ucum), ...ourRanges(choice.concept, stated, tables)],
    named: named(choice.concept),
  }
}

function newWay(
  choice: Chosen,
  { property }: Identification,
  range: StatedRange,
  stated: StatedObservation,
  tables: UnificationTables,
): Way {
  const { ucum, concept } = choice
  const contradicts = property && !fitsProperty(property, ucum)
  return {
    choice,
    conversion: conversionOf(ucum, concept),
    scale: suspectUnit(range, ucum, concept, stated, tables),
    flagging: flaggingRange(concept, stated, tables),
    contradiction: contradicts ? finding('loinc-unit', `${property} in ${ucum}`) : undefined,
  }
}

function unifyWords(
  stated: StatedObservation,
  value: Exclude<StatedValue, { kind: 'number' }>,
  { identified: { candidates }, range }: Plan,
): Growing {
  const concept = candidates.length === 1 ? candidates[0] : undefined
  const ranges = makersRange(range, stated, undefined)
  const base = { stated, ...named(concept), ranges, findings: [] }
  if (value.kind === 'none') return { ...base, status: 'refused', rule: 'value.none' }
  if (value.kind === 'unreadable')
    return {
      ...base,
      status: 'refused',
      rule: 'value.unreadable',
      findings: [finding('value-unreadable', stated.valueType)],
    }
  return { ...base, status: 'ok', rule: `value.${value.kind}`, value }
}

type Number = Extract<StatedValue, { kind: 'number' }>

function unifyNumber(stated: StatedObservation, number: Number, plan: Plan): Growing {
  const { choice, ranges, way } = plan
  if (way) return unifyMeasured(stated, number, way, plan)
  return {
    stated,
    ...plan.named,
    status: choice.status,
    rule: choice.rule,
    ranges,
    findings: 'finding' in choice ? [finding(choice.finding, stated.unit)] : [],
  }
}

function unifyMeasured(
  stated: StatedObservation,
  { value, comparator }: Number,
  { choice, conversion, scale, flagging, contradiction }: Way,
  { identified, ranges, named }: Plan,
): Growing {
  const { concept, ucum } = choice
  const findings = contradiction ? [contradiction] : []
  const decided = (status: UnificationStatus, rule: string): Growing => {
    const one: Growing = { stated, status, rule, measured: quantity(value, comparator, ucum), ranges, findings }
    if (named.concept) one.concept = named.concept
    return one
  }
  if ('refused' in conversion) {
    const { refused } = conversion
    findings.push(finding(refused, `${ucum}; ${concept?.code ?? ''} is in ${concept?.unit ?? ''}`))
    return decided('refused', refused)
  }
  if (scale) {
    findings.push(finding('unit-scale', `in ${ucum} the maker’s range is ${scale} ours`))
    return decided('ambiguous', 'unit.scale')
  }
  const unified = conversion.of(value)
  const interpretation = interpret(unified, comparator, flagging)
  const theirs = flagOf(stated.flags)
  if (interpretation && theirs && interpretation !== theirs)
    findings.push(finding('flag-differs', `the maker says ${theirs}, by our range it is ${interpretation}`))
  const isAssumed = choice.status === 'assumed' || conversion.assumed || identified.findings.length > 0
  const one = decided(isAssumed ? 'assumed' : 'ok', ruleOf(choice, conversion.rule, identified.rule))
  one.value = { kind: 'quantity', ...quantity(unified, comparator, conversion.unit) }
  if (interpretation) one.interpretation = interpretation
  return one
}

function quantity(value: Decimal, comparator: Comparator | undefined, unit: string): Quantity {
  return comparator ? { comparator, value: formatDecimal(value), unit } : { value: formatDecimal(value), unit }
}

/** the step that decided: evidence for the unit before the way it was converted */
function ruleOf(choice: Chosen, conversion: string, identified: string): string {
  return choice.status === 'assumed' ? choice.rule : identified === 'none' ? 'unit.dimension' : conversion
}

function rangeFindings(range: StatedRange, stated: StatedObservation): Finding[] {
  if (range.kind === 'disordered') return [finding('range-order', stated.range)]
  return range.kind === 'text' && /\d/.test(stated.range) ? [finding('range-unreadable', stated.range)] : []
}

const named = (concept: Concept | undefined): Pick<UnifiedObservation, 'concept'> =>
  concept
    ? { concept: { code: concept.code, name: concept.name, ...(concept.loinc ? { loinc: concept.loinc } : {}) } }
    : {}

const finding = (code: FindingCode, detail: string): Finding => ({ code, detail })
