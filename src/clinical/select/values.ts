/** What a rule sees of a data set: PS3.6 keywords with values typed by their VR; sequences as lists of the same. */
import {
  attribute,
  dictionaryEntry,
  items,
  numbers,
  strings,
  tagOf,
  type Attributes,
  type VR,
} from '../../standards/dicom/index.ts'

export type RuleValue = string | number | bigint | readonly RuleValue[] | { readonly [keyword: string]: RuleValue }

const WHOLE: ReadonlySet<VR> = new Set(['US', 'SS', 'UL', 'SL', 'SV', 'UV', 'IS'])
const FRACTION: ReadonlySet<VR> = new Set(['DS', 'FL', 'FD'])
/** sequences are looked into this deep; rules name paths, and nobody names longer ones */
const DEPTH = 4

/**
 * @param keywords what the rules read; nothing else is decoded
 * @returns one property for each keyword that has a value; an absent or empty attribute is absent
 */
export function ruleValues(
  attributes: Attributes,
  keywords: ReadonlySet<string>,
  depth = 0,
): { [keyword: string]: RuleValue } {
  const values: { [keyword: string]: RuleValue } = {}
  for (const keyword of keywords) {
    const value = ruleValue(attributes, keyword, keywords, depth)
    if (value !== undefined) values[keyword] = value
  }
  return values
}

function ruleValue(
  attributes: Attributes,
  keyword: string,
  keywords: ReadonlySet<string>,
  depth: number,
): RuleValue | undefined {
  const found = attribute(attributes, keyword)
  if (!found) return undefined
  const vr = found.vr === 'UN' ? (dictionaryEntry(found.tag)?.vrs[0] ?? 'UN') : found.vr
  if (vr === 'SQ') {
    const inside = depth < DEPTH ? items(attributes, keyword).map((item) => ruleValues(item, keywords, depth + 1)) : []
    return inside.length ? inside : undefined
  }
  const several = dictionaryEntry(found.tag)?.vm !== '1'
  // CEL tells whole numbers from fractions: a bigint is an int, a number a double
  const list: readonly RuleValue[] = WHOLE.has(vr)
    ? numbers(attributes, keyword).filter(Number.isInteger).map(BigInt)
    : FRACTION.has(vr)
      ? numbers(attributes, keyword)
      : strings(attributes, keyword).filter((word) => word !== '')
  if (list.length === 0) return undefined
  return several ? list : list[0]
}

export const isKeyword = (word: string): boolean => tagOf(word) !== undefined
