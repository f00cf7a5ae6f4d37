/** Numbers with units, times with their precision, in the language of the page. */
const UNITS = { en: ['B', 'kB', 'MB', 'GB', 'TB'], ru: ['Б', 'кБ', 'МБ', 'ГБ', 'ТБ'] }

export function bytes(value: number, language: string): string {
  const units = language === 'ru' ? UNITS.ru : UNITS.en
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  const scaled = value / 1000 ** step
  return `${scaled.toLocaleString(language, { maximumFractionDigits: scaled < 10 && step > 0 ? 1 : 0 })} ${units[step] ?? ''}`
}

export const time = (at: number, language: string): string =>
  new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
export const dateTime = (at: number, language: string): string =>
  new Date(at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
