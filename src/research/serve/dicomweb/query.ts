/** QIDO-RS requests (PS3.18 §10.6, §8.3.4): parameters in, a catalogue query out. */
import { Fault } from '../../../base/index.ts'
import { dictionaryEntry, parseTag, tagOf } from '../../../standards/dicom/index.ts'
import { MATCHED, type Query } from '../../archive/index.ts'

export interface ParsedQuery {
  readonly query: Query
  /** keys of DICOM JSON that were asked for beyond the usual; 'all' for everything there is */
  readonly include: ReadonlySet<string> | 'all'
  /** told in a Warning header: what was asked for and is not done (PS3.18 §8.3.4) */
  readonly warnings: readonly string[]
  /** how many results are given; the query asks for one more, to know whether there are others */
  readonly limit: number
}

export const MORE =
  'The number of results exceeded the maximum supported by the server. Additional results can be requested.'

const DEFAULT_LIMIT = 1000
const MOST = 10_000

/** @throws Fault 'bad-request' for a parameter that is no attribute, or a number that is none */
export function parseQuery(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
  fixed: Readonly<Record<string, string>>,
): ParsedQuery {
  const match: Record<string, string> = {}
  const include = new Set<string>()
  const warnings: string[] = []
  let all = false
  let limit = DEFAULT_LIMIT
  let offset = 0
  for (const [name, given] of Object.entries(parameters)) {
    for (const value of typeof given === 'string' ? [given] : (given ?? [])) {
      if (name === 'limit') limit = Math.min(whole(name, value), MOST)
      else if (name === 'offset') offset = whole(name, value)
      else if (name === 'fuzzymatching') {
        if (value === 'true')
          warnings.push('The fuzzymatching parameter is not supported. Only literal matching has been performed.')
      } else if (name === 'includefield') {
        if (value === 'all') all = true
        else for (const field of value.split(',')) include.add(keyOf(field))
      } else {
        const keyword = keywordOf(name)
        const before = match[keyword]
        // only lists of UIDs may be given as several parameters (PS3.18 §8.3.4.1)
        if (before !== undefined && !/UID$/.test(keyword)) throw new Fault('bad-request', { parameter: keyword })
        if (keyword in MATCHED) match[keyword] = before === undefined ? value : `${before},${value}`
        else if (value !== '') warnings.push(`Matching on ${keyword} is not supported and was left out.`)
        else include.add(keyOf(name))
      }
    }
  }
  const query = { match: { ...match, ...fixed }, limit: limit + 1, offset }
  return { query, include: all ? 'all' : include, warnings, limit }
}

function keywordOf(name: string): string {
  const last = name.split('.').at(-1) ?? name
  const tag = parseTag(last)
  const keyword = tag === undefined ? last : dictionaryEntry(tag)?.keyword
  if (!keyword || tagOf(keyword) === undefined)
    throw new Fault('bad-request', { parameter: tag === undefined ? 'unknown keyword' : 'unknown tag' })
  return keyword
}

const keyOf = (name: string): string => (tagOf(keywordOf(name)) ?? 0).toString(16).padStart(8, '0').toUpperCase()

function whole(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Fault('bad-request', { parameter: name })
  return Number(value)
}
