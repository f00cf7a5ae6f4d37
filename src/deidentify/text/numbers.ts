/** Numbers and addresses of the network that identify a person in Russia, by their form, their check digits, or a word before them. */
import type { Kind, Span } from './spans.ts'

/** SNILS: nine digits and their check (valid from 001-001-998 on) */
export function isSnils(digits: string): boolean {
  if (!/^\d{11}$/.test(digits) || digits <= '00100199899') return false
  const sum = [...digits.slice(0, 9)].reduce((total, digit, at) => total + Number(digit) * (9 - at), 0)
  const check = sum < 100 ? sum : sum % 101 === 100 ? 0 : sum % 101
  return check === Number(digits.slice(9))
}

interface Pattern {
  readonly kind: Kind
  /** the last group is what is replaced, or the whole where there is none */
  readonly form: RegExp
  readonly holds?: (found: string) => boolean
}

const digitsOf = (text: string) => text.replace(/\D/g, '')
const NUMBER_WORD =
  '(?:истори[яи]\\s+болезни|и\\.?\\s?б\\.?|карт[аыу]|амб\\.?\\s*карт[аыу]|медкарт[аыу]|направлени[еяю]|протокол[а]?|заключени[еяю]|договор[а]?|исследовани[еяю]|снимок|случа[йя]|талон[а]?|заказ[а]?|номер[а]?|полис[а]?|инв\\.?|рег\\.?|MRN|ID|ИД|accession)'

const PATTERNS: readonly Pattern[] = [
  { kind: 'mail', form: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g },
  { kind: 'mail', form: /(?:https?:\/\/|www\.)[^\s«»"]+/gi },
  { kind: 'number', form: /(?<![\d.])\d+(?:\.\d+){5,}(?!\d)/g },
  { kind: 'number', form: /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])/g },
  { kind: 'snils', form: /(?<!\d)\d{3}[-– ]\d{3}[-– ]\d{3}[-– ]?\s?\d{2}(?!\d)/g },
  { kind: 'snils', form: /(?<!\d)\d{11}(?!\d)/g, holds: (found) => isSnils(found) },
  { kind: 'snils', form: /СНИЛС[\s:№]*(\d[\d\s-]{8,16}\d)/gi },
  { kind: 'policy', form: /(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)/g },
  {
    kind: 'policy',
    form: /(?:полис[а-я]*|ОМС|ДМС|ЕНП)(?:\s+(?:ОМС|ДМС|серия|№|номер)){0,3}[\s:№]*((?:[А-ЯA-Z]{0,4}[\s-]?)?\d[\d\s-]{4,20}\d)/gi,
  },
  {
    kind: 'passport',
    form: /(?:паспорт[а-я]*|серия|серии|документ[а-я]*)(?:\s+(?:РФ|гражданина|серия|серии|номер|№))*[\s:,№]*(\d{2}\s?\d{2}[\s,]*(?:№|номер)?\s*\d{6})(?!\d)/gi,
  },
  { kind: 'passport', form: /(?<!\d)\d{2}\s\d{2}\s(?:№\s?)?\d{6}(?!\d)/g },
  { kind: 'passport', form: /(?<!\d)\d{4}\s(?:№\s?)?\d{6}(?!\d)/g },
  {
    kind: 'phone',
    form: /(?<![\d.])(?:\+7|\+?\b8)[\s-]*\(?\d{3,5}\)?[\s-]*\d{1,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)/g,
    holds: (found) => digitsOf(found).length === 11,
  },
  { kind: 'phone', form: /\(\d{3,5}\)\s?\d{1,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)/g },
  { kind: 'phone', form: /(?<![\d-])\d{3}-\d{2}-\d{2}(?![\d-])/g },
  { kind: 'phone', form: /(?:тел|телефон|моб|факс|phone|tel)[а-яa-z]*[.:\s]*(?:№\s*)?((?:\+?\d)[\d\s()-]{4,18}\d)/gi },
  {
    kind: 'number',
    form: new RegExp(
      `(?<![а-яё])${NUMBER_WORD}[\\s:.]*(?:№|N|#)?[\\s:]*([A-ZА-Я]{0,4}[-/]?\\d[\\dA-ZА-Яa-zа-я/-]{2,24})`,
      'gi',
    ),
    holds: (found) => digitsOf(found).length >= 3,
  },
  { kind: 'number', form: /(?:№|#)\s*([A-ZА-Я]{0,4}[-/]?\d[\dA-ZА-Я/-]{2,24})/g },
  { kind: 'number', form: /(?<![\d.,])\d{2}[-/]\d{5,8}(?![\d.,])/g },
  { kind: 'number', form: /(?<![\d.,])\d{9,}(?![\d.,]\d)/g },
  { kind: 'number', form: /(?<![A-Za-zА-Яа-я\d])[A-ZА-Я]{1,4}-?\d{6,}(?!\d)/g },
]

export function numbersIn(text: string): readonly Span[] {
  if (!/[\d@]|www|http/.test(text)) return []
  return PATTERNS.flatMap(({ kind, form, holds }) =>
    [...text.matchAll(form)].flatMap((match): Span[] => {
      const found = match[match.length - 1] ?? ''
      if (found === '' || (holds && !holds(found))) return []
      const start = match.index + match[0].lastIndexOf(found)
      return [{ start, end: start + found.length, kind }]
    }),
  )
}
