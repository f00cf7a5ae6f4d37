/** Dates as people write them, shifted by the person's days. */
import type { Span } from './spans.ts'

const MONTHS = 'январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр'.split(' ')
const MONTH =
  '(январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе])'
const ENGLISH = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const ORDINALS =
  `перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат
  шестнадцат семнадцат восемнадцат девятнадцат двадцат`.split(/\s+/)
const ORDINAL = `((?:двадцать|тридцать)\\s+)?(${[...ORDINALS].reverse().join('|')}|тридцат)(?:ого|его|ьего|ое|ье)`
const YEAR_WORD = '(?:\\s*(?:года|году|год|г\\.\\s?р\\.|г\\.?)(?![а-яё]))?'
const DAY_MS = 86_400_000

interface Form {
  readonly form: RegExp
  /** @returns year, month (1–12) and day as far as they are said, and how to say them again */
  readonly read: (
    groups: readonly string[],
  ) => readonly [year: number, month: number, day: number, say: Say] | undefined
}
type Say = 'day' | 'month' | 'year' | 'day and month' | 'compact' | 'iso'

const century = (year: string) => (year.length === 4 ? Number(year) : Number(year) + (Number(year) > 40 ? 1900 : 2000))
const monthOf = (word: string) =>
  word.toLowerCase().startsWith('март') ? 3 : MONTHS.findIndex((month) => word.toLowerCase().startsWith(month)) + 1
/** a date that says no year: any leap year will do */
const SOME_YEAR = 2000

const FORMS: readonly Form[] = [
  {
    form: /(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|\.\d)/g,
    read: ([d, , m, y]) => [century(y!), Number(m), Number(d), 'day'],
  },
  {
    form: /(?<![\d.])(\d{1,2})[ .]{1,2}(\d{1,2})[ .]{1,2}((?:19|20)\d{2})(?!\d|\.\d)/g,
    read: ([d, m, y]) => [century(y!), Number(m), Number(d), 'day'],
  },
  {
    form: /(?<![\d.])((?:19|20)\d{2})([./-])(\d{2})\2(\d{2})(?!\d)/g,
    read: ([y, , m, d]) => [Number(y), Number(m), Number(d), 'iso'],
  },
  {
    form: /(?<![\d.])((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)/g,
    read: ([y, m, d]) => [Number(y), Number(m), Number(d), 'compact'],
  },
  {
    form: new RegExp(`(?<!\\d)«?(\\d{1,2})»?[\\s-]*${MONTH}[\\s,]*((?:19|20)\\d{2}|\\d{2}(?=\\s*г))${YEAR_WORD}`, 'gi'),
    read: ([d, m, y]) => [century(y!), monthOf(m!), Number(d), 'day'],
  },
  {
    form: new RegExp(`(?<![а-яё])${ORDINAL}\\s+${MONTH}\\s+((?:19|20)\\d{2})${YEAR_WORD}`, 'gi'),
    read: ([tens, one, m, y]) => [Number(y), monthOf(m!), ordinal(tens, one!), 'day'],
  },
  {
    form: new RegExp(`(?<![а-яё])${ORDINAL}\\s+${MONTH}(?![а-яё])`, 'gi'),
    read: ([tens, one, m]) => [SOME_YEAR, monthOf(m!), ordinal(tens, one!), 'day and month'],
  },
  {
    form: new RegExp(`(?<![а-яё])${MONTH}[\\s,]+((?:19|20)\\d{2})${YEAR_WORD}`, 'gi'),
    read: ([m, y]) => [Number(y), monthOf(m!), 15, 'month'],
  },
  {
    form: new RegExp(`(?<!\\d)(\\d{1,2})[\\s-]+${MONTH}(?![а-яё])`, 'gi'),
    read: ([d, m]) => [SOME_YEAR, monthOf(m!), Number(d), 'day and month'],
  },
  { form: /(?<![\d.,])(\d{4})\s*(?:г\.?\s?р\.?|года? рождения)/g, read: ([y]) => [Number(y), 7, 1, 'year'] },
  {
    form: /(?<![а-яё])(?:от|до|с|по)\s+(\d{2})\.(\d{2})(?![\d.,]|\s*(?:мм|см|мл|м\b|г\b|кг|%|ед|мг|час))/g,
    read: ([d, m]) => [SOME_YEAR, Number(m), Number(d), 'day and month'],
  },
  {
    form: new RegExp(
      `(?<![\\da-z])(\\d{1,2})[\\s-]+(${ENGLISH.join('|')})[a-z]*[\\s,.-]+((?:19|20)\\d{2})(?!\\d)`,
      'gi',
    ),
    read: ([d, m, y]) => [Number(y), ENGLISH.indexOf(m!.toLowerCase()) + 1, Number(d), 'day'],
  },
  {
    form: new RegExp(`(?<![a-z])(${ENGLISH.join('|')})[a-z]*[\\s.]+(\\d{1,2}),?\\s+((?:19|20)\\d{2})(?!\\d)`, 'gi'),
    read: ([m, d, y]) => [Number(y), ENGLISH.indexOf(m!.toLowerCase()) + 1, Number(d), 'day'],
  },
]

const ordinal = (tens: string | undefined, one: string) => {
  const at = one === 'тридцат' ? 30 : ORDINALS.indexOf(one) + 1
  return tens ? (tens.toLowerCase().startsWith('три') ? 30 : 20) + at : at
}

/** @param days added to each date; undefined: dates are taken out, and nothing is said in their place */
export function datesIn(text: string, days: number | undefined): readonly Span[] {
  if (!/\d{2}|[а-я]ого|[а-я]его/i.test(text)) return []
  return FORMS.flatMap(({ form, read }) =>
    [...text.matchAll(form)].flatMap((match): Span[] => {
      const date = read(match.slice(1))
      if (!date) return []
      const [year, month, day, say] = date
      const at = new Date(Date.UTC(year, month - 1, day))
      if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || year < 1880 || year > 2100) return []
      const replacement = days === undefined ? '[ДАТА]' : `[ДАТА ${said(new Date(at.getTime() + days * DAY_MS), say)}]`
      const isCued = /^\p{L}/u.test(match[0]) && /^(?:от|до|с|по)\s/.test(match[0])
      const start = match.index + (isCued ? match[0].search(/\d/) : 0)
      return [{ start, end: match.index + match[0].length, kind: 'date', replacement }]
    }),
  )
}

function said(date: Date, say: Say): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const [year, month, day] = [String(date.getUTCFullYear()), two(date.getUTCMonth() + 1), two(date.getUTCDate())]
  if (say === 'year') return year
  if (say === 'month') return `${month}.${year}`
  if (say === 'day and month') return `${day}.${month}`
  if (say === 'compact') return year + month + day
  return say === 'iso' ? `${year}-${month}-${day}` : `${day}.${month}.${year}`
}
