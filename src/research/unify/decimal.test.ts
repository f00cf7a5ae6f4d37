import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  compareDecimals,
  divideRatios,
  formatDecimal,
  parseDecimal,
  significantDigits,
  times,
  type Decimal,
} from './decimal.ts'

const decimal = (text: string): Decimal => parseDecimal(text) ?? assert.fail(text)
const decimals = fc
  .tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.integer({ min: -12, max: 12 }))
  .map(([digits, exponent]): Decimal => ({ digits, exponent }))

test('a decimal is written with the digits that it was read with', () => {
  for (const text of ['0', '4.00', '-0.50', '0.000088', '1.5e-11', '2.04e11', '120', '0.00'])
    assert.equal(formatDecimal(decimal(text)), text)
  assert.equal(formatDecimal(decimal('5,60')), '5.60')
  fc.assert(fc.property(decimals, (value) => assert.deepEqual(decimal(formatDecimal(value)), value)))
})

test('few digits and many are read alike', () => {
  const digits = fc.stringMatching(/^\d{1,12}([.,]\d{1,8})?$/)
  // with a sign before them they are read as any number is
  fc.assert(fc.property(digits, (text) => assert.deepEqual(decimal(text), decimal(`+${text}`))))
})

test('nothing is divided by nothing', () => {
  const one = { over: 1n, under: 1n }
  assert.throws(() => divideRatios(one, { over: 0n, under: 1n }), { code: 'internal' })
  assert.deepEqual(divideRatios({ over: 0n, under: 1n }, one), { over: 0n, under: 1n })
})

test('what is not one plain number is not read as one', () => {
  for (const text of ['', '.', '5.', '.5', '1 000', '1,000.5', '5-7', '0x10', '1e9999', 'NaN', '٣', '9'.repeat(61)])
    assert.equal(parseDecimal(text), undefined, text)
})

test('a power of ten moves the exponent and keeps every digit', () => {
  const milli = { over: 1n, under: 1000n }
  assert.equal(formatDecimal(times(decimal('4.00'), milli)), '0.00400')
  fc.assert(
    fc.property(decimals, fc.integer({ min: 0, max: 20 }), (value, power) => {
      const there = times(value, { over: 1n, under: 10n ** BigInt(power) })
      assert.equal(there.digits, value.digits)
      assert.deepEqual(times(there, { over: 10n ** BigInt(power), under: 1n }), value)
    }),
  )
})

test('a conversion that is no decimal comes back to the same number', () => {
  const factor = fc.record({ over: fc.bigInt(1n, 10n ** 9n), under: fc.bigInt(1n, 10n ** 9n) })
  fc.assert(
    fc.property(decimals, factor, (value, { over, under }) => {
      const back = times(times(value, { over, under }, true), { over: under, under: over }, true)
      // to the digits that came in
      const drop = significantDigits(back) - significantDigits(value)
      const unit = 10n ** BigInt(Math.max(0, drop))
      const half = back.digits < 0n ? -unit / 2n : unit / 2n
      const rounded = { digits: (back.digits + half) / unit, exponent: back.exponent + Math.max(0, drop) }
      assert.equal(compareDecimals(rounded, value), 0)
    }),
  )
})
