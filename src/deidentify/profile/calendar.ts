/**
 * Days of the Gregorian calendar by integer arithmetic, counted from 1 March of the year 0: a year that begins in March has
 * its leap day at the end, and 400 of them are 146,097 days.
 */
const DAYS_OF_400_YEARS = 146_097
const DAYS_OF_100_YEARS = 36_524
const DAYS_OF_4_YEARS = 1461
/** five months from March or August on have 31, 30, 31, 30 and 31 days */
const DAYS_OF_5_MONTHS = 153

/** @param month 1 to 12; @returns the number of a day */
export function dayNumber(year: number, month: number, day: number): number {
  const sinceMarch = (month + 9) % 12
  const marchYear = year - (month < 3 ? 1 : 0)
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return 365 * marchYear + leapDays + Math.floor((DAYS_OF_5_MONTHS * sinceMarch + 2) / 5) + day - 1
}

/** @param number of `dayNumber` */
export function dateOfDay(number: number): { readonly year: number; readonly month: number; readonly day: number } {
  const era = Math.floor(number / DAYS_OF_400_YEARS)
  const inEra = number - era * DAYS_OF_400_YEARS
  const leapDays =
    Math.floor(inEra / (DAYS_OF_4_YEARS - 1)) -
    Math.floor(inEra / DAYS_OF_100_YEARS) +
    Math.floor(inEra / (DAYS_OF_400_YEARS - 1))
  const yearOfEra = Math.floor((inEra - leapDays) / 365)
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const sinceMarch = Math.floor((5 * inYear + 2) / DAYS_OF_5_MONTHS)
  const day = inYear - Math.floor((DAYS_OF_5_MONTHS * sinceMarch + 2) / 5) + 1
  const month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9
  return { year: era * 400 + yearOfEra + (month < 3 ? 1 : 0), month, day }
}

export const daysInMonth = (year: number, month: number): number =>
  month === 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)
