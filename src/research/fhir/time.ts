/** Times of HL7 v2 and v3 (YYYYMMDDHHMMSS.S+ZZZZ, cut anywhere) as FHIR dateTime, as exact as they were and no more. */

const FORM = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/

/**
 * @param utcOffset of a time that says none; FHIR wants one wherever there is an hour
 * @returns undefined for what is no time that exists
 */
export function dateTime(stated: string | undefined, utcOffset: string): string | undefined {
  const iso = stated?.trim() ?? ''
  if (/^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?$/.test(iso)) {
    const whole = /T\d{2}:\d{2}(Z|[+-]|$)/.test(iso) ? iso.replace(/(T\d{2}:\d{2})/, '$1:00') : iso
    const full = whole.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(whole) ? whole + utcOffset : whole
    return Number.isNaN(Date.parse(full)) ? undefined : full
  }
  const parts = FORM.exec(iso)
  if (!parts) return undefined
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction = '', zone] = parts
  if (
    !exists(year, month, day) ||
    (hour !== undefined && (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59))
  )
    return undefined
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (hour === undefined) return date
  const offset = zone ? `${zone.slice(0, 3)}:${zone.slice(3)}` : utcOffset
  return `${date}T${hour}:${minute}:${second}${fraction}${offset}`
}

function exists(year: string, month = '01', day = '01'): boolean {
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return Number(year) >= 1800 && at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
}

/** @returns the first instant of a dateTime and the first one after it: what a search by date compares (FHIR R4 §3.1.1.4.7) */
export function interval(at: string): { readonly from: string; readonly to: string } {
  if (at.includes('T')) {
    const from = new Date(at)
    return { from: from.toISOString(), to: new Date(from.getTime() + (/\.\d/.test(at) ? 1 : 1000)).toISOString() }
  }
  const [year = 0, month, day] = at.split('-').map(Number)
  const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1)
  const to = Date.UTC(
    month === undefined ? year + 1 : year,
    month === undefined ? 0 : day === undefined ? month : month - 1,
    day === undefined ? 1 : day + 1,
  )
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
