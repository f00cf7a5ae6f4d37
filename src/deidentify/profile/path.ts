/** Paths of a profile's rows: `ReferencedSeriesSequence[].SeriesInstanceUID`, in keywords or tags. */
import { dictionaryEntry, parseTag, tagOf, type Tag } from '../../standards/dicom/index.ts'

/** @returns the tag of a keyword of PS3.6 or of `(gggg,eeee)`; undefined for what is neither */
export function tagOfWord(word: string): Tag | undefined {
  return tagOf(word) ?? (/^\(?[0-9a-fA-F]{4},?[0-9a-fA-F]{4}\)?$/.test(word) ? parseTag(word) : undefined)
}

/** @returns the tags from the top, the last the attribute's own; or what is wrong */
export function parsePath(path: string): readonly Tag[] | string {
  const words = path.split('.')
  const tags: Tag[] = []
  for (const [at, word] of words.entries()) {
    const isLast = at === words.length - 1
    if (isLast === word.endsWith('[]')) return isLast ? 'a path ends with an attribute' : `${word} needs [] behind it`
    const name = isLast ? word : word.slice(0, -2)
    const tag = tagOfWord(name)
    if (tag === undefined) return `${name} is not a keyword of PS3.6 or a tag`
    const entry = dictionaryEntry(tag)
    if (!isLast && entry && !entry.vrs.includes('SQ')) return `${name} is not a sequence`
    tags.push(tag)
  }
  return tags
}
