/** Shifts DA and DT values by days (PS3.5 §6.2): the time of day, its fraction and its offset stay. */
const DAY_MS = 86_400_000

/**
 * @param value one or more values separated by backslashes
 * @returns undefined when any of them is not a date that exists: such a value is removed, not guessed at
 */
export function shiftDates(value: string, days: number): string | undefined {
  const shifted = value.split('\\').map((one) => shiftDate(one.trim(), days))
  return shifted.every((one) => one !== undefined) ? shifted.join('\\') : undefined
}

function shiftDate(value: string, days: number): string | undefined {
  if (value === '') return ''
  // YYYYMMDD, or the old YYYY.MM.DD of ACR-NEMA; a DT goes on with its time
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})([\d.]*[+-]?\d{0,4})$/.exec(value)
  if (!parts) return undefined
  const [, year, month, day, rest = ''] = parts
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const exists = new Date(at)
  if (
    Number.isNaN(at) ||
    exists.getUTCMonth() !== Number(month) - 1 ||
    exists.getUTCDate() !== Number(day) ||
    Number(year) < 100
  )
    return undefined
  const moved = new Date(at + days * DAY_MS)
  const digits = (number: number, length: number) => String(number).padStart(length, '0')
  return `${digits(moved.getUTCFullYear(), 4)}${digits(moved.getUTCMonth() + 1, 2)}${digits(moved.getUTCDate(), 2)}${rest}`
}
