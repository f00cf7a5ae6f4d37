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

/** @returns the dictionary's row, repeating groups (50xx, 60xx, …) included; undefined for private and unknown tags */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  return byTag.get(tag) ?? repeating.find(({ mask, value }) => (tag & mask) >>> 0 === value)?.entry
}

/** @returns the tag of a PS3.6 keyword; undefined for a word that is none, and for repeating groups */
export const tagOf = (keyword: string): Tag | undefined => byKeyword.get(keyword)

export const isPrivate = (tag: Tag): boolean => ((tag >>> 16) & 1) === 1

/** `(gggg,eeee)`, hexadecimal */
export const formatTag = (tag: Tag): string =>
  `(${(tag >>> 16).toString(16).padStart(4, '0').toUpperCase()},${(tag & 0xffff).toString(16).padStart(4, '0').toUpperCase()})`

/** @returns undefined when the text is neither `ggggeeee` nor `(gggg,eeee)` */
export function parseTag(text: string): Tag | undefined {
  const hex = /^\(?([0-9a-fA-F]{4}),?([0-9a-fA-F]{4})\)?$/.exec(text)
  return hex ? Number.parseInt(`${hex[1]}${hex[2]}`, 16) : undefined
}

const byTag = new Map<Tag, DictionaryEntry>()
const byKeyword = new Map<string, Tag>()
const repeating: { readonly entry: DictionaryEntry; readonly value: number; readonly mask: number }[] = []

// row by row and without lists of rows: every process reads this when it starts, and its highest memory stays
const lists = new Map<string, readonly VR[]>()
for (let from = 1, to = 0; from < ATTRIBUTES.length; from = to + 1) {
  to = ATTRIBUTES.indexOf('\n', from)
  const [tag = '', words = '', vm = '', keyword = '', retired] = ATTRIBUTES.slice(from, to).split(' ')
  const vrs = lists.get(words) ?? (words.split('/') as VR[])
  lists.set(words, vrs)
  const entry: DictionaryEntry = { keyword, vrs, vm, retired: retired === 'R' }
  const value = Number.parseInt(tag.replaceAll('x', '0'), 16)
  if (tag.includes('x')) {
    const mask = Number.parseInt(tag.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16) >>> 0
    repeating.push({ entry, value, mask })
  } else {
    byTag.set(value, entry)
    byKeyword.set(keyword, value)
  }
}
