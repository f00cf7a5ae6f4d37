/**
 * Loads a table of reference ranges, ours or a laboratory's own approved one: tab-separated, the first line names the
 * columns, `#` begins a remark. A row that cannot be right does not come in; a row that is suspect stays out until its
 * column `confirmed` says `yes`. Printed forms of real laboratories have `117-115` and creatinine in mmol/L.
 */
import { CONCEPTS, LOINC_SUBSET, type Concept } from '../analytes/concepts.ts'
import { compareDecimals, formatDecimal, parseDecimal, type Decimal } from '../decimal.ts'
import type { ReferenceRange } from '../observation.ts'
import { unifyQuantity } from '../quantities.ts'
import { readUnit } from '../units/read-unit.ts'
import { measureOf } from '../units/ucum.ts'
import { scaleBetween } from './scale.ts'

/** A range in the unified unit of its concept. */
export interface RangeRow extends ReferenceRange {
  readonly concept: string
  readonly line: number
  /** shown with its source, never used for flags: nobody has compared it with a publication yet */
  readonly unverified: boolean
}

export interface TableProblem {
  readonly line: number
  readonly severity: 'mistake' | 'suspect'
  readonly message: string
}

export const RANGE_COLUMNS = [
  'analyte',
  'unit',
  'sex',
  'age_from',
  'age_below',
  'specimen',
  'method',
  'low',
  'high',
  'kind',
  'source',
  'note',
  'confirmed',
] as const
type Column = (typeof RANGE_COLUMNS)[number]
const REQUIRED: readonly Column[] = ['analyte', 'unit', 'low', 'high', 'kind', 'source']

/**
 * @param text the table
 * @param known ranges that a new row is compared with: a factor of 10, 100 or 1000 is suspect
 * @returns rows that may be used, and every problem with its line
 */
export function loadRanges(
  text: string,
  known: readonly RangeRow[] = [],
): { readonly rows: readonly RangeRow[]; readonly problems: readonly TableProblem[] } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const headerAt = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  const columns = (lines[headerAt] ?? '').split('\t').map((cell) => cell.trim().toLowerCase())
  const missing = REQUIRED.filter((column) => !columns.includes(column))
  if (missing.length)
    return { rows: [], problems: [mistake(Math.max(1, headerAt + 1), `the first line lacks ${missing.join(', ')}`)] }
  const rows: RangeRow[] = []
  const problems: TableProblem[] = []
  for (const [at, line] of lines.entries()) {
    if (at <= headerAt || line.trim() === '' || line.startsWith('#')) continue
    const cells = line.split('\t').map((cell) => cell.trim())
    const cell = (column: Column): string => cells[columns.indexOf(column)] ?? ''
    const read = row(cell, at + 1, known)
    if ('message' in read) problems.push(read)
    else rows.push(read)
  }
  return { rows, problems }
}

function row(cell: (column: Column) => string, line: number, known: readonly RangeRow[]): RangeRow | TableProblem {
  const concept = CONCEPTS.get(cell('analyte')) ?? LOINC_SUBSET.get(cell('analyte'))?.concept
  if (!concept)
    return mistake(line, `${cell('analyte') || 'the analyte'} is neither a concept nor a LOINC code of ours`)
  const reading = readUnit(cell('unit'))
  const ucum = measureOf(cell('unit')) ? cell('unit') : reading.status === 'ok' ? reading.ucum : undefined
  if (!ucum) return mistake(line, `the unit ${cell('unit') || '(none)'} cannot be read or has several meanings`)
  const bounds = { low: bound(cell('low'), ucum, concept), high: bound(cell('high'), ucum, concept) }
  for (const [side, value] of Object.entries(bounds))
    if (typeof value === 'string') return mistake(line, `${side}: ${value}`)
  const { low, high } = bounds as { low?: Decimal; high?: Decimal }
  if (!low && !high) return mistake(line, 'neither low nor high is there')
  if (low && high && compareDecimals(low, high) >= 0) return mistake(line, 'low is not below high')
  const kind = cell('kind')
  if (kind !== 'interval' && kind !== 'decision-limit')
    return mistake(line, `kind is interval or decision-limit, not ${kind}`)
  if (!cell('source')) return mistake(line, 'a range without a source')
  const sex = cell('sex')
  if (!['', '*', 'M', 'F'].includes(sex)) return mistake(line, `sex is M, F or *, not ${sex}`)
  const ages = [cell('age_from'), cell('age_below')].map((text) =>
    text === '' || text === '*' ? undefined : Number(text),
  )
  const [from, below] = ages
  if (
    ages.some((age) => age !== undefined && !(age >= 0)) ||
    (from !== undefined && below !== undefined && from >= below)
  )
    return mistake(line, 'ages are years, the first below the second')
  const made: RangeRow = {
    concept: concept.code,
    line,
    from: 'ours',
    kind,
    unit: concept.unit,
    ...(low ? { low: formatDecimal(low) } : {}),
    ...(high ? { high: formatDecimal(high) } : {}),
    ...(sex === 'M' || sex === 'F' ? { sex } : {}),
    ...(from === undefined && below === undefined
      ? {}
      : { ageYears: { ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) } }),
    ...optional('specimen', cell('specimen')),
    ...optional('method', cell('method')),
    ...optional('text', cell('note')),
    source: cell('source'),
    unverified: /^unverified\b/.test(cell('source')),
  }
  const scale = cell('confirmed') === 'yes' ? undefined : suspectScale(made, known)
  return scale
    ? { line, severity: 'suspect', message: `about ${scale} what we have for ${concept.code}: is the unit right?` }
    : made
}

/** @returns a sentence where it cannot be, undefined where nothing is written */
function bound(text: string, ucum: string, concept: Concept): Decimal | string | undefined {
  if (text === '') return undefined
  const value = parseDecimal(text)
  if (!value) return `${text} is not a number`
  const unified = unifyQuantity(value, ucum, concept)
  return 'refused' in unified ? `${ucum} does not fit ${concept.code}, which is in ${concept.unit}` : unified.value
}

function suspectScale(made: RangeRow, known: readonly RangeRow[]): string | undefined {
  const others = known.filter(({ concept, kind }) => concept === made.concept && kind === made.kind)
  const scales = others.map((other) => scaleBetween(made, other))
  return others.length && scales.every((scale) => scale !== undefined) ? scales[0] : undefined
}

const mistake = (line: number, message: string): TableProblem => ({ line, severity: 'mistake', message })
const optional = <Key extends string>(key: Key, value: string): { [K in Key]?: string } =>
  (value === '' || value === '*' ? {} : { [key]: value }) as { [K in Key]?: string }
