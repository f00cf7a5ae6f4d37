/** Dates moved by days or made coarser (PS3.5 §6.2): the time of day, its fraction and its offset stay. */
import { dateOfDay, daysInMonth, dayNumber } from './calendar.ts'

/**
 * @param value one or more values of DA or DT separated by backslashes; ranges and the old YYYY.MM.DD too
 * @returns undefined when any of them is not a date that exists: such a value is removed, not guessed at
 */
export const shiftDates = (value: string, days: number): string | undefined =>
  mapDates(value, (date) => shifted(date, days))

/** @returns the first day of each date's year or month, without a time of day; undefined as for `shiftDates` */
export const coarseDates = (value: string, to: 'year' | 'month'): string | undefined =>
  mapDates(value, ({ year, month = '01', separator, form }) => {
    const coarse = to === 'year' ? '01' : month
    const parts = [year, ...(form > 4 ? [coarse] : []), ...(form > 6 ? ['01'] : [])]
    return parts.join(separator)
  })

interface DatePart {
  readonly year: string
  /** undefined: not told */
  readonly month: string | undefined
  readonly day: string | undefined
  readonly separator: string
  /** digits of the date: 4, 6 or 8 */
  readonly form: 4 | 6 | 8
  /** time of day and offset from UTC, as they stand */
  readonly rest: string
}

/** YYYY[MM[DD]] or YYYY.MM.DD, then of a DT its time and offset */
const FORM =
  /^(\d{4})(?:(\.?)(\d{2})(?:\2(\d{2})((?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?$/
const RANGE = /^([\d.]*)-([\d.]*)$/

type Change = (date: DatePart) => string | undefined

function mapDates(value: string, change: Change): string | undefined {
  if (!value.includes('\\')) return changedValue(value.trim(), change)
  const changed = value.split('\\').map((one) => changedValue(one.trim(), change))
  return changed.every((one) => one !== undefined) ? changed.join('\\') : undefined
}

function changedValue(value: string, change: Change): string | undefined {
  if (value === '') return ''
  const date = parsed(value)
  if (date) return change(date)
  const [, from = '', to = ''] = RANGE.exec(value) ?? []
  if (!from && !to) return undefined
  const ends = [from, to].map((end) => {
    const one = end === '' ? undefined : parsed(end)
    return one ? change(one) : end === '' ? '' : undefined
  })
  return ends.includes(undefined) ? undefined : ends.join('-')
}

function parsed(value: string): DatePart | undefined {
  const [, year = '', separator = '', month, day, time = '', offset = ''] = FORM.exec(value) ?? []
  if (!year || Number(year) < 100 || (offset !== '' && !isOffset(offset))) return undefined
  const date: DatePart = { year, month, day, separator, form: day ? 8 : month ? 6 : 4, rest: time + offset }
  const inYear = month === undefined ? 1 : Number(month)
  const exists =
    inYear >= 1 &&
    inYear <= 12 &&
    (day === undefined || (day !== '00' && Number(day) <= daysInMonth(Number(year), inYear)))
  return exists ? date : undefined
}

/** −1200 to +1400 (PS3.5 Table 6.2-1); `2024-2025` is a range of years */
const isOffset = (offset: string) => Number(offset) >= -1200 && Number(offset) <= 1400 && Number(offset.slice(3)) < 60

/** @returns undefined where the day lies before the year 0 or beyond 9999, which no date can say */
function shifted(
  { year, month = '07', day = '15', separator, form, rest }: DatePart,
  days: number,
): string | undefined {
  // the middle of a month or year stands for one whose day is not told
  const moved = dateOfDay(dayNumber(Number(year), Number(month), Number(day)) + days)
  if (moved.year < 0 || moved.year > 9999) return undefined
  const inYear = form > 4 ? separator + twoDigits(moved.month) : ''
  const inMonth = form > 6 ? separator + twoDigits(moved.day) : ''
  return String(moved.year).padStart(4, '0') + inYear + inMonth + rest
}

const twoDigits = (number: number): string => (number < 10 ? `0${number}` : String(number))
