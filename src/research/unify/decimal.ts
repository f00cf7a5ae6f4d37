/**
 * Exact decimals: digits and a power of ten, so that `4.00` stays `4.00` and a change of prefix is a change of exponent.
 * Binary floats never touch a measured value (6.5 10*3/uL is 6.5 10*9/L, not 6.499999999999999).
 */
import { Fault } from '../../base/index.ts'

export interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** A quotient of integers: what one unit is in another. The denominator is positive. */
export interface Ratio {
  readonly over: bigint
  readonly under: bigint
}

const NUMBER = /^([+-]?)(\d+)(?:[.,](\d+))?(?:[eE]([+-]?\d{1,3}))?$/
/** more digits than any instrument prints; a guard against texts that only look like numbers */
const MAX_DIGITS = 60

/** @returns undefined where the text is not one plain number; a decimal comma is read, thousands separators are not */
export function parseDecimal(text: string): Decimal | undefined {
  return fewDigits(text) ?? anyDecimal(text)
}

/** as nearly all numbers are: digits, with a decimal sign among them or without, few enough for a number of the runtime's own */
function fewDigits(text: string): Decimal | undefined {
  if (text.length > MOST_OF_FEW) return undefined
  let [digits, sign] = [0, -1]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x2f && code < 0x3a) digits = digits * 10 + code - 0x30
    else if ((code === 0x2e || code === 0x2c) && sign < 0 && at > 0 && at < text.length - 1) sign = at
    else return undefined
  }
  if (text === '') return undefined
  return { digits: BigInt(digits), exponent: sign < 0 ? 0 : sign + 1 - text.length }
}
const MOST_OF_FEW = 15

function anyDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  if (sign === undefined || whole.length + fraction.length > MAX_DIGITS) return undefined
  return {
    digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`),
    exponent: Number(exponent) - fraction.length,
  }
}

/**
 * Writes all digits and no others: plain while that neither invents zeros nor hides the number behind more than five,
 * else with an exponent (the to-scientific-string of the General Decimal Arithmetic Specification).
 */
export function formatDecimal({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = (digits < 0n ? -digits : digits).toString()
  const leading = exponent + text.length - 1
  if (exponent <= 0 && leading >= -6) {
    if (exponent === 0) return sign + text
    const padded = text.padStart(1 - exponent, '0')
    return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
  }
  return `${sign}${text[0]}${text.length > 1 ? `.${text.slice(1)}` : ''}e${leading}`
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const difference = scaled(a, exponent) - scaled(b, exponent)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return { digits: scaled(a, exponent) + scaled(b, exponent), exponent }
}

/**
 * Multiplies by a ratio. Exact where the result is a decimal at all (a power of ten moves the exponent and keeps every
 * trailing zero); else, or where the ratio itself is only known so well, rounded half to even to two significant digits
 * more than came in, so that the way back gives the same number again.
 */
export function times(value: Decimal, ratio: Ratio, measured = false): Decimal {
  const { over, under } = reduced(ratio)
  const [overPower, overRest] = powersOfTen(over)
  const [underPower, underRest] = powersOfTen(under)
  const shifted = value.exponent + overPower - underPower
  if (underRest === 1n && (!measured || overRest === 1n)) return { digits: value.digits * overRest, exponent: shifted }
  const places = measured ? undefined : terminating(underRest)
  if (places !== undefined) return divided(value.digits * overRest, underRest, places, shifted)
  return rounded(value.digits * overRest, underRest, shifted, significantDigits(value) + 2)
}

/** How many digits stand behind the leading zeros; of zero itself, one. */
export const significantDigits = ({ digits }: Decimal): number => (digits < 0n ? -digits : digits).toString().length

export const ratioOf = ({ digits, exponent }: Decimal): Ratio =>
  exponent >= 0
    ? { over: digits * 10n ** BigInt(exponent), under: 1n }
    : reduced({ over: digits, under: 10n ** BigInt(-exponent) })

export const multiplyRatios = (a: Ratio, b: Ratio): Ratio =>
  reduced({ over: a.over * b.over, under: a.under * b.under })

/** @throws Fault 'internal' for a division by nothing, which no unit and no table may ask for */
export function divideRatios(a: Ratio, b: Ratio): Ratio {
  if (b.over === 0n) throw new Fault('internal', { what: 'division by zero' })
  return multiplyRatios(a, { over: b.under, under: b.over })
}

function reduced({ over, under }: Ratio): Ratio {
  let [a, b] = [over < 0n ? -over : over, under]
  while (b) [a, b] = [b, a % b]
  return a > 1n ? { over: over / a, under: under / a } : { over, under }
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return exponent === to ? digits : digits * 10n ** BigInt(exponent - to)
}

function powersOfTen(value: bigint): [number, bigint] {
  let power = 0
  for (; value !== 0n && value % 10n === 0n; power++) value /= 10n
  return [power, value]
}

/** a division that ends, with as many places as it needs for this dividend */
function divided(dividend: bigint, divisor: bigint, atMost: number, exponent: number): Decimal {
  let places = 0
  while (places < atMost && (dividend * 10n ** BigInt(places)) % divisor !== 0n) places++
  return { digits: (dividend * 10n ** BigInt(places)) / divisor, exponent: exponent - places }
}

/** decimal places that dividing by this needs; undefined where it never ends */
function terminating(divisor: bigint): number | undefined {
  let [twos, fives] = [0, 0]
  for (; divisor % 2n === 0n; twos++) divisor /= 2n
  for (; divisor % 5n === 0n; fives++) divisor /= 5n
  return divisor === 1n ? Math.max(twos, fives) : undefined
}

function rounded(over: bigint, under: bigint, exponent: number, digits: number): Decimal {
  const negative = over < 0n
  const absolute = negative ? -over : over
  // enough places that at least one digit is there to be dropped
  const places = Math.max(0, digits + 1 + under.toString().length - absolute.toString().length)
  const dividend = absolute * 10n ** BigInt(places)
  let quotient = dividend / under
  const drop = quotient.toString().length - digits
  const unit = drop > 0 ? 10n ** BigInt(drop) : 1n
  // anything that the division left makes a tie not a tie
  const rest = drop > 0 ? (quotient % unit) * 2n : 0n
  const inexact = dividend % under !== 0n
  quotient /= unit
  if (rest > unit || (rest === unit && (inexact || quotient % 2n === 1n))) quotient += 1n
  return { digits: negative ? -quotient : quotient, exponent: exponent - places + Math.max(0, drop) }
}
