/** The data dictionary (PS3.6): tag ↔ keyword, VR, VM. */
import type { VR } from '../encoding/vr.ts'
import { ATTRIBUTES } from './attributes.generated.ts'

/** (group << 16 | element) as an unsigned number */
export type Tag = number

export interface DictionaryEntry {
  readonly keyword: string
  /** more than one where the standard leaves it to the pixel representation or the transfer syntax */
  readonly vrs: readonly VR[]
  readonly vm: string
  readonly retired: boolean
}

const TAG_LENGTH = 8

/** @returns the dictionary's row, repeating groups (50xx, 60xx, …) included; undefined for private and unknown tags */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  return known.get(tag) ?? searchedTag(tag) ?? repeating.find(({ mask, value }) => (tag & mask) >>> 0 === value)?.entry
}

/** @returns the tag of a PS3.6 keyword; undefined for a word that is none, and for repeating groups */
export const tagOf = (keyword: string): Tag | undefined => keywords.get(keyword) ?? searchedKeyword(keyword)

export const isPrivate = (tag: Tag): boolean => ((tag >>> 16) & 1) === 1

/** `(gggg,eeee)`, hexadecimal */
export const formatTag = (tag: Tag): string =>
  `(${(tag >>> 16).toString(16).padStart(4, '0').toUpperCase()},${(tag & 0xffff).toString(16).padStart(4, '0').toUpperCase()})`

/** @returns undefined when the text is neither `ggggeeee` nor `(gggg,eeee)` */
export function parseTag(text: string): Tag | undefined {
  const hex = /^\(?([0-9a-fA-F]{4}),?([0-9a-fA-F]{4})\)?$/.exec(text)
  return hex ? Number.parseInt(`${hex[1]}${hex[2]}`, 16) : undefined
}

// every process has this table and asks for some hundred of its rows: it stays text, and a row is read when it is asked for
const known = new Map<Tag, DictionaryEntry>()
const keywords = new Map<string, Tag>()
/** rows of single tags stand in their order before those of repeating groups, which have an x in their tag */
const singles = ATTRIBUTES.search(/\n[\dA-F]{0,7}x/)
const repeating = ATTRIBUTES.slice(singles)
  .trim()
  .split('\n')
  .map((row) => {
    const tag = row.slice(0, TAG_LENGTH)
    const mask = Number.parseInt(tag.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16) >>> 0
    return { entry: entryOf(row), value: Number.parseInt(tag.replaceAll('x', '0'), 16), mask }
  })

function entryOf(row: string): DictionaryEntry {
  const [, words = '', vm = '', keyword = '', retired] = row.split(' ')
  return { keyword, vrs: words.split('/') as VR[], vm, retired: retired === 'R' }
}

/** the row that holds the character at a place, which is no end of a line */
const rowAround = (at: number): string =>
  ATTRIBUTES.slice(ATTRIBUTES.lastIndexOf('\n', at) + 1, ATTRIBUTES.indexOf('\n', at))

function searchedTag(tag: Tag): DictionaryEntry | undefined {
  const wanted = tag.toString(16).toUpperCase().padStart(TAG_LENGTH, '0')
  let low = 0
  // the row wanted, if there is one, begins after the line's end at `low` and not after that at `high`
  for (let high = singles; low < high;) {
    const middle = ATTRIBUTES.lastIndexOf('\n', (low + high) >> 1)
    const found = ATTRIBUTES.slice(middle + 1, middle + 1 + TAG_LENGTH)
    if (found === wanted) {
      const entry = entryOf(rowAround(middle + 1))
      known.set(tag, entry)
      return entry
    }
    if (found < wanted) low = ATTRIBUTES.indexOf('\n', middle + 1)
    else high = middle
  }
  return undefined
}

function searchedKeyword(keyword: string): Tag | undefined {
  const word = ` ${keyword}`
  for (let at = ATTRIBUTES.indexOf(word); at >= 0 && at < singles; at = ATTRIBUTES.indexOf(word, at + 1)) {
    const row = rowAround(at)
    if (entryOf(row).keyword !== keyword) continue
    const tag = Number.parseInt(row.slice(0, TAG_LENGTH), 16)
    keywords.set(keyword, tag)
    return tag
  }
  return undefined
}
