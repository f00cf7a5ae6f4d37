/**
 * Table E.1-1 of an edition that is not here, from a file of whoever has it: lines as in our own table (`00080012 X/D F=K
 * M=C`; # begins a comment), or the JSON that the public conversions of PS3.15 have (`id`, `basicProfile`, a key an option).
 */
import { parseTag } from '../dictionary/attributes.ts'
import { CONFIDENTIALITY_OPTIONS, type OptionLetter } from './options.ts'
import { tableOf, type ConfidentialityTable } from './table.ts'

export interface EditionMistake {
  /** from 1, in the file */
  readonly line: number
  readonly message: string
}

export type ReadEdition =
  | { readonly table: ConfidentialityTable; readonly mistakes: readonly [] }
  | { readonly table?: undefined; readonly mistakes: readonly EditionMistake[] }

const CODES = new Set(['X', 'Z', 'D', 'U', 'X/Z', 'X/D', 'Z/D', 'X/Z/D', 'X/Z/U'])
const LETTERS: ReadonlySet<string> = new Set(CONFIDENTIALITY_OPTIONS.flatMap(({ letter }) => letter ?? []))
const FAMILIES = new Set(['50xxxxxx', '60xx3000', '60xx4000', 'private'])
/** the first edition with options had more; a table cut short would leave the rest to their VRs */
const FEWEST_ROWS = 200
const MOST_MISTAKES = 20

/** @returns the table, or what is wrong with the file: nothing of a file with a mistake is used */
export function readEdition(edition: string, text: string): ReadEdition {
  const rows = /^\s*[[{]/.test(text) ? rowsOfJSON(text) : rowsOfLines(text)
  if (typeof rows === 'string') return { mistakes: [{ line: 1, message: rows }] }
  const seen = new Map<string, number>()
  const mistakes = rows.flatMap(({ line, row }) => {
    const [id = '', code = '', ...options] = row.split(' ')
    const earlier = seen.get(id)
    seen.set(id, line)
    const wrong = (message: string) => [{ line, message }]
    if (parseTag(id) === undefined && !FAMILIES.has(id))
      return wrong(`${id} is no tag, and none of ${[...FAMILIES].join(', ')}`)
    if (earlier !== undefined) return wrong(`${id} stands in line ${earlier} already`)
    if (!CODES.has(code)) return wrong(`${code} is none of ${[...CODES].join(', ')}`)
    const odd = options.find((option) => !(LETTERS.has(option.slice(0, 1)) && /^.=[KC]$/.test(option)))
    return odd === undefined ? [] : wrong(`${odd} is no option of ${[...LETTERS].join('')} with K or C`)
  })
  if (mistakes.length > 0) return { mistakes: mistakes.slice(0, MOST_MISTAKES) }
  if (rows.length < FEWEST_ROWS)
    return { mistakes: [{ line: 1, message: `${rows.length} rows are not the whole table` }] }
  return { table: tableOf(edition, rows.map(({ row }) => row).join('\n')), mistakes: [] }
}

interface Row {
  readonly line: number
  readonly row: string
}

const rowsOfLines = (text: string): readonly Row[] =>
  text
    .split('\n')
    .map((line, at) => ({ line: at + 1, row: line.replace(/#.*/, '').trim().replace(/\s+/g, ' ') }))
    .filter(({ row }) => row !== '')

const COLUMNS: readonly (readonly [key: string, letter: OptionLetter])[] = [
  ['rtnUIDsOpt', 'U'],
  ['rtnDevIdOpt', 'E'],
  ['rtnInstIdOpt', 'I'],
  ['rtnPatCharsOpt', 'P'],
  ['rtnLongFullDatesOpt', 'F'],
  ['rtnLongModifDatesOpt', 'M'],
  ['cleanDescOpt', 'T'],
  ['cleanStructContOpt', 'S'],
  ['cleanGraphOpt', 'G'],
  ['rtnSafePrivOpt', 'V'],
]

/** @returns what is wrong, where it is no list of rows; a row's line is its place in the list */
function rowsOfJSON(text: string): readonly Row[] | string {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    return 'this is not JSON'
  }
  if (!Array.isArray(list)) return 'a list of rows is expected'
  return list.map((entry: unknown, at) => {
    const of = (key: string): string => {
      const value = (entry as Readonly<Record<string, unknown>> | null)?.[key]
      return typeof value === 'string' ? value.trim() : ''
    }
    const id = of('id').toLowerCase()
    const options = COLUMNS.flatMap(([key, letter]) => (of(key) === '' ? [] : `${letter}=${of(key)}`))
    const place = id.includes('odd') ? 'private' : id.replace(/[()\s,]/g, '')
    // the star says that a UID in the sequence may have to be replaced: what the gate does anyway
    return { line: at + 1, row: [place, of('basicProfile').replace('*', ''), ...options].join(' ') }
  })
}
