/** Dates before and after: whether what lay between two events of a person lies between them still. */
import { strings, type Attributes, type DataSet } from '../../src/standards/dicom/index.ts'
import type { Pair } from './references.ts'

const DAY_MS = 86_400_000
const FORM = /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/
/** the first of a month or year on purpose: by no shift */
const BIRTH = 0x00100030

export const dayOf = (date: string): number | undefined => {
  const [, year, month, day] = FORM.exec(date.replaceAll('.', '')) ?? []
  if (year === undefined) return undefined
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day))
  return new Date(at).getUTCDate() === Number(day) ? at / DAY_MS : undefined
}

/** @returns days that each date moved by, by its path; NaN for one that is no date any more */
export function shifts(before: DataSet<'identified'>, after: DataSet<'identified'>): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const walk = (was: Attributes, is: Attributes | undefined, path: string) => {
    for (const { tag, vr, items } of was.byTag.values()) {
      for (const [index, item] of (items ?? []).entries())
        walk(item, is?.byTag.get(tag)?.items?.[index], `${path}${tag}[${index}].`)
      if ((vr !== 'DA' && vr !== 'DT') || tag === BIRTH) continue
      const now = is ? strings(is, tag) : []
      for (const [index, date] of strings(was, tag).entries()) {
        const day = dayOf(date)
        const then = now[index]
        if (day === undefined || !then) continue
        found.set(`${path}${tag}.${index}`, (dayOf(then) ?? Number.NaN) - day)
      }
    }
  }
  walk(before.attributes, after.attributes, '')
  return found
}

export interface Intervals {
  /** dates that are there before, in files that have an output */
  readonly dates: number
  /** of these, moved by the days that most dates of their person moved by */
  readonly kept: number
  readonly invalid: number
}

export function intervals(pairs: readonly Pair[]): Intervals {
  const byPerson = new Map<string, number[]>()
  let [dates, invalid] = [0, 0]
  for (const { before, after } of pairs) {
    if (!before || !after) continue
    dates += countDates(before.attributes)
    const person = strings(before.attributes, 'PatientID')[0] ?? strings(before.attributes, 'StudyInstanceUID')[0] ?? ''
    const moved = [...shifts(before, after).values()]
    invalid += moved.filter(Number.isNaN).length
    byPerson.set(person, [...(byPerson.get(person) ?? []), ...moved])
  }
  const kept = [...byPerson.values()].reduce((sum, moved) => {
    const usual = mostFrequent(moved)
    return sum + moved.filter((days) => days === usual).length
  }, 0)
  return { dates, kept, invalid }
}

function countDates({ byTag }: Attributes): number {
  let count = 0
  for (const { tag, vr, items, value } of byTag.values()) {
    for (const item of items ?? []) count += countDates(item)
    if ((vr === 'DA' || vr === 'DT') && tag !== BIRTH && value?.length)
      count += Buffer.from(value)
        .toString('latin1')
        .split('\\')
        .filter((date) => dayOf(date) !== undefined).length
  }
  return count
}

export function mostFrequent(values: readonly number[]): number | undefined {
  const groups = [...Map.groupBy(values, (value) => value).entries()]
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
}
