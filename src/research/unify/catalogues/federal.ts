/**
 * The federal catalogues as the site exports them from the Ministry's portal of normative information (NSI): laboratory
 * tests (FSLI, OID 1.2.643.5.1.13.13.11.1080) and units (1.2.643.5.1.13.13.11.1358). Rows that we know no concept or unit
 * for are counted, not complained about; what contradicts our own tables is a problem with its line.
 */
import { conceptsNamed, LOINC_SUBSET, type Concept } from '../analytes/concepts.ts'
import { isLoincCode } from '../analytes/loinc.ts'
import { parseDecimal } from '../decimal.ts'
import { unifyQuantity } from '../quantities.ts'
import type { TableProblem } from '../ranges/range-table.ts'
import { readUnit } from '../units/read-unit.ts'
import { measureOf } from '../units/ucum.ts'
import { readDelimited, type DelimitedRow } from './delimited.ts'

export interface FederalTests {
  /** FSLI code → concept */
  readonly fsli: ReadonlyMap<string, string>
  readonly rows: number
  readonly problems: readonly TableProblem[]
}

/**
 * @param text columns ID (or CODE), LOINC, FULLNAME, ENGLISHNAME, SHORTNAME, SYNONYMS, ANALYTE, UNIT as NSI names them;
 * only ID and one of LOINC and FULLNAME must be there; LOINC "0" is none
 */
export function loadFederalTests(text: string): FederalTests {
  const { columns, rows } = readDelimited(text)
  const code = ['id', 'code'].find((column) => columns.includes(column))
  if (!code || !(columns.includes('loinc') || columns.includes('fullname')))
    return { fsli: new Map(), rows: 0, problems: [missing('ID, and LOINC or FULLNAME')] }
  const fsli = new Map<string, string>()
  const problems: TableProblem[] = []
  for (const row of rows) {
    const loinc = row.cell('loinc')
    if (loinc && loinc !== '0' && isLoincCode(loinc) !== true)
      problems.push({ line: row.line, severity: 'mistake', message: `${loinc} is not a LOINC code` })
    const concept = testOf(row, loinc)
    if (concept) fsli.set(row.cell(code), concept.code)
  }
  return { fsli, rows: rows.length, problems }
}

/** by its LOINC code, else by a name that means one concept in the row's unit */
function testOf(row: DelimitedRow, loinc: string): Concept | undefined {
  const coded = LOINC_SUBSET.get(loinc)?.concept
  if (coded) return coded
  const names = ['fullname', 'analyte', 'shortname', 'englishname'].flatMap((column) => conceptsNamed(row.cell(column)))
  const able = [...new Set(names)].filter((concept) => fitsUnit(concept, row.cell('unit')))
  return able.length === 1 ? able[0] : undefined
}

const ONE = parseDecimal('1')

function fitsUnit(concept: Concept, written: string): boolean {
  const reading = readUnit(written)
  return reading.status !== 'ok' || !ONE || !('refused' in unifyQuantity(ONE, reading.ucum, concept))
}

export interface FederalUnits {
  /** as written or by its number → UCUM */
  readonly units: ReadonlyMap<string, string>
  readonly rows: number
  readonly problems: readonly TableProblem[]
}

/** @param text columns ID, FULLNAME, SHORTNAME, PRINTNAME, UCUM as NSI names them; a row without UCUM is passed over */
export function loadFederalUnits(text: string): FederalUnits {
  const { columns, rows } = readDelimited(text)
  if (!columns.includes('ucum') || !columns.includes('shortname'))
    return { units: new Map(), rows: 0, problems: [missing('SHORTNAME and UCUM')] }
  const units = new Map<string, string>()
  const problems: TableProblem[] = []
  for (const row of rows) {
    const ucum = row.cell('ucum')
    const measured = measureOf(ucum)
    if (!measured) continue
    const spellings = ['id', 'shortname', 'printname', 'fullname'].map((column) => row.cell(column)).filter(Boolean)
    const contradicted = spellings.find((written) => contradicts(written, measured.dimension))
    if (contradicted === undefined) for (const written of spellings) units.set(written, ucum)
    else
      problems.push({
        line: row.line,
        severity: 'mistake',
        message: `${contradicted} is ${ucum} here, which our own table reads as something else`,
      })
  }
  return { units, rows: rows.length, problems }
}

function contradicts(written: string, dimension: string): boolean {
  const ours = readUnit(written)
  return ours.status === 'ok' && measureOf(ours.ucum)?.dimension !== dimension
}

const missing = (columns: string): TableProblem => ({
  line: 1,
  severity: 'mistake',
  message: `the first line lacks ${columns}`,
})
