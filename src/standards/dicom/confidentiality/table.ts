/** PS3.15 Annex E as data: what the Basic Application Level Confidentiality Profile and its options do with each attribute. */
import { parseTag, type Tag } from '../dictionary/attributes.ts'
import type { OptionLetter } from './options.ts'
import { TABLE_E1_1_2024B } from './table-e1-1-2024b.ts'

/** compound codes are kept as the table has them: `X/Z/D` is settled by the attribute's type in its IOD */
export type ConfidentialityAction = 'X' | 'Z' | 'D' | 'U' | 'X/Z' | 'X/D' | 'Z/D' | 'X/Z/D' | 'X/Z/U'

export interface ConfidentialityRow {
  readonly basic: ConfidentialityAction
  /** what an option asks for instead: K keep, C clean */
  readonly options: Readonly<Partial<Record<OptionLetter, 'K' | 'C'>>>
}

export interface ConfidentialityTable {
  readonly edition: string
  /** of single attributes */
  readonly rows: ReadonlyMap<Tag, ConfidentialityRow>
  /** of groups that repeat and of private attributes, by the table's own word for them: `50xxxxxx`, `60xx3000`, `private` */
  readonly families: ReadonlyMap<string, ConfidentialityRow>
}

const EDITIONS: Readonly<Record<string, string>> = { '2024b': TABLE_E1_1_2024B }

export const CONFIDENTIALITY_EDITIONS: readonly string[] = Object.keys(EDITIONS)

/** the newest that is here */
export const CONFIDENTIALITY_EDITION = CONFIDENTIALITY_EDITIONS[CONFIDENTIALITY_EDITIONS.length - 1] as string

/** @returns Table E.1-1 of an edition; undefined when that edition is not here */
export function confidentialityTable(edition: string = CONFIDENTIALITY_EDITION): ConfidentialityTable | undefined {
  const text = EDITIONS[edition]
  if (text === undefined) return undefined
  const known = read.get(edition) ?? tableOf(edition, text)
  read.set(edition, known)
  return known
}

const read = new Map<string, ConfidentialityTable>()

/** @param text rows in our own form, each right */
export function tableOf(edition: string, text: string): ConfidentialityTable {
  const rows = new Map<Tag, ConfidentialityRow>()
  const families = new Map<string, ConfidentialityRow>()
  // hundreds of rows say the same few things
  const said = new Map<string, ConfidentialityRow>()
  for (const line of text.trim().split('\n')) {
    const space = line.indexOf(' ')
    const id = line.slice(0, space)
    const what = line.slice(space + 1)
    const row = said.get(what) ?? rowOf(what)
    said.set(what, row)
    const tag = parseTag(id)
    if (tag === undefined) families.set(id, row)
    else rows.set(tag, row)
  }
  return { edition, rows, families }
}

function rowOf(what: string): ConfidentialityRow {
  const [basic, ...options] = what.split(' ')
  return {
    basic: basic as ConfidentialityAction,
    options: Object.fromEntries(options.map((option) => option.split('=') as [OptionLetter, 'K' | 'C'])),
  }
}
