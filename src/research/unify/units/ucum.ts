/** Reads UCUM expressions (UCUM 2.1, §2.1) into a factor and base units, and says how one unit becomes another. */
import {
  addDecimals,
  divideRatios,
  multiplyRatios,
  parseDecimal,
  ratioOf,
  times,
  type Decimal,
  type Ratio,
} from '../decimal.ts'
import { ATOMS, PREFIXES, type Atom } from './atoms.ts'

/** A unit in base units: how many of them, and which, with their exponents. */
export interface Measure {
  readonly factor: Ratio
  readonly bases: Readonly<Record<string, number>>
  /** the bases as one text: equal for units that measure the same kind of thing */
  readonly dimension: string
  /** scales whose zero is elsewhere; only alone, never within a product */
  readonly scale?: 'Cel' | '[degF]'
}

const ONE: Ratio = { over: 1n, under: 1n }
const UNITY = measure(ONE, {})
/** `10*`, an atom with brackets, or letters; annotations in braces; `.` and `/` between; parentheses */
const TOKEN = /10\*|%|(?:[A-Za-z]*\[[^\]\s]+\])|[A-Za-z]+|\{[^}\s]*\}|[./()]|[+-]?\d+/y
const MEMO_LIMIT = 5000
const memo = new Map<string, Measure | null>()

/**
 * @param unit UCUM, case sensitive
 * @returns undefined where it is no UCUM expression over the atoms of `ATOMS`
 */
export function measureOf(unit: string): Measure | undefined {
  const known = memo.get(unit)
  if (known !== undefined) return known ?? undefined
  if (memo.size > MEMO_LIMIT) memo.clear()
  const read = expression(unit)
  memo.set(unit, read ?? null)
  return read
}

/** @returns whether both can be read and measure the same kind of thing */
export function commensurable(a: string, b: string): boolean {
  const measured = measureOf(a)
  return measured !== undefined && measured.dimension === measureOf(b)?.dimension
}

/**
 * Says the same quantity in another unit, exactly where that is a decimal (`times`). Temperatures move their zero.
 * @returns undefined where the units do not measure the same kind of thing
 */
export const convert = (value: Decimal, from: string, to: string): Decimal | undefined => converter(from, to)?.of(value)

/** The same for any number. @returns `same` is equal for units in which the same number is the same quantity */
export function converter(
  from: string,
  to: string,
): { readonly same: string; of(value: Decimal): Decimal } | undefined {
  if (from === to) return { same: '1/1', of: (value) => value }
  const [source, target] = [measureOf(from), measureOf(to)]
  if (!source || source.dimension !== target?.dimension) return undefined
  if (source.scale || target.scale) return scaleConverter(source, target)
  const factor = divideRatios(source.factor, target.factor)
  return { same: `${factor.over}/${factor.under}`, of: (value) => times(value, factor) }
}

const CELSIUS_ZERO: Decimal = { digits: 27315n, exponent: -2 }
const FAHRENHEIT_ZERO: Decimal = { digits: 45967n, exponent: -2 }
const FIVE_NINTHS: Ratio = { over: 5n, under: 9n }

/** towards kelvin only: nothing here is unified to degrees */
function scaleConverter(source: Measure, target: Measure): ReturnType<typeof converter> {
  if (target.scale) return undefined
  const factor = divideRatios(ONE, target.factor)
  const kelvin = (value: Decimal): Decimal =>
    source.scale === 'Cel' ? addDecimals(value, CELSIUS_ZERO) : times(addDecimals(value, FAHRENHEIT_ZERO), FIVE_NINTHS)
  return { same: `${source.scale ?? ''} ${factor.over}/${factor.under}`, of: (value) => times(kelvin(value), factor) }
}

function measure(factor: Ratio, bases: Record<string, number>, scale?: Measure['scale']): Measure {
  return { factor, bases, dimension: dimensionOf(bases), ...(scale ? { scale } : {}) }
}

/** bases with their exponents as one text, in an order of its own: equal for equal dimensions */
export function dimensionOf(bases: Readonly<Record<string, number>>): string {
  return Object.keys(bases)
    .filter((base) => bases[base] !== 0)
    .sort()
    .map((base) => `${base}${bases[base]}`)
    .join('.')
}

function power(unit: Measure, exponent: number): Measure {
  const { over, under } = unit.factor
  const size = BigInt(Math.abs(exponent))
  const factor = { over: over ** size, under: under ** size }
  return measure(
    exponent < 0 ? divideRatios(ONE, factor) : factor,
    Object.fromEntries(Object.entries(unit.bases).map(([base, times]) => [base, times * exponent])),
  )
}

function product(a: Measure, b: Measure): Measure {
  const bases = { ...a.bases }
  for (const [base, exponent] of Object.entries(b.bases)) bases[base] = (bases[base] ?? 0) + exponent
  return measure(multiplyRatios(a.factor, b.factor), bases)
}

/** left to right, as UCUM says: `a/b.c` is (a/b)·c */
function expression(text: string): Measure | undefined {
  const tokens = tokenised(text)
  if (!tokens?.length) return undefined
  let at = 0

  function term(): Measure | undefined {
    let inverse = tokens?.[at] === '/'
    if (inverse) at++
    let sum: Measure | undefined
    for (;;) {
      const next = component()
      if (!next) return undefined
      const factor = inverse ? power(next, -1) : next
      sum = sum ? product(sum, factor) : inverse || next.scale === undefined ? factor : next
      const operator = tokens?.[at]
      if (operator !== '.' && operator !== '/') return sum
      inverse = operator === '/'
      at++
    }
  }

  function component(): Measure | undefined {
    const token = tokens?.[at++]
    if (token === undefined || token === '.' || token === '/' || token === ')') return undefined
    if (token === '(') {
      const inner = term()
      return tokens?.[at++] === ')' ? inner : undefined
    }
    // an annotation alone counts something, and things of one kind are not things of another; cells are what `10*9/L` counts
    if (token.startsWith('{')) return token === '{cells}' ? UNITY : measure(ONE, { [token]: 1 })
    if (/^\d+$/.test(token)) {
      // nothing is measured in nothings, and nothing can be divided by them
      const over = BigInt(token)
      return over === 0n ? undefined : annotated(measure({ over, under: 1n }, {}))
    }
    const unit = token === '10*' ? atomMeasure('10*') : simple(token)
    const exponent = tokens?.[at]
    if (!unit) return undefined
    if (exponent === undefined || !/^[+-]?\d+$/.test(exponent)) return annotated(unit)
    at++
    return Math.abs(Number(exponent)) > 30 ? undefined : annotated(power(unit, Number(exponent)))
  }

  /** an annotation behind a unit is a remark */
  function annotated(unit: Measure): Measure {
    if (tokens?.[at]?.startsWith('{')) at++
    return unit
  }

  const read = term()
  return at === tokens.length ? read : undefined
}

function tokenised(text: string): string[] | undefined {
  const tokens: string[] = []
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
    const token = TOKEN.exec(text)?.[0]
    if (token === undefined) return undefined
    tokens.push(token)
  }
  return tokens
}

function simple(token: string): Measure | undefined {
  const whole = atomMeasure(token)
  if (whole) return whole
  const atom = ATOMS.get(token.slice(1))
  const exponent = PREFIXES[token[0] ?? '']
  if (!atom || exponent === undefined || !atom.prefixes.includes(token[0] ?? '')) return undefined
  return product(
    measure(
      exponent < 0 ? { over: 1n, under: 10n ** BigInt(-exponent) } : { over: 10n ** BigInt(exponent), under: 1n },
      {},
    ),
    atomMeasure(atom.symbol) ?? UNITY,
  )
}

function atomMeasure(symbol: string): Measure | undefined {
  const atom: Atom | undefined = ATOMS.get(symbol)
  if (!atom) return undefined
  if (!atom.definition) return measure(ONE, { [symbol]: 1 })
  const [value, unit] = atom.definition
  const number = parseDecimal(value)
  const defined = unit === '1' ? UNITY : measureOf(unit)
  if (!number || !defined) throw new TypeError(`the unit table's row of ${symbol} cannot be read`)
  const scale = symbol === 'Cel' || symbol === '[degF]' ? symbol : undefined
  return measure(multiplyRatios(defined.factor, ratioOf(number)), { ...defined.bases }, scale)
}
