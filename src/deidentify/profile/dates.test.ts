import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coarseDates, shiftDates } from './dates.ts'

test('dates move by days; time of day, offset and precision stay', () => {
  for (const [value, days, moved] of [
    ['20240301', -1, '20240229'],
    ['2024.03.01', -1, '2024.02.29'],
    ['20231231235959.123456+0300', 1, '20240101235959.123456+0300'],
    ['202403', 20, '202404'],
    ['2024', 200, '2025'],
    ['01000105', -10, '00991226'],
    ['20240301-20240305', -1, '20240229-20240304'],
    ['20240301-', 1, '20240302-'],
    ['20240301\\20240302', 1, '20240302\\20240303'],
    [' 20240301 ', 1, '20240302'],
    ['', 5, ''],
    ['99991231', 0, '99991231'],
  ] as const)
    assert.equal(shiftDates(value, days), moved, value)
})

test('what is no date, or would lie where no date can, is not moved', () => {
  for (const value of ['20240230', '20241301', '2024030', '00240301', '20240301\\x', '20240301+1500', '-'])
    assert.equal(shiftDates(value, 1), undefined, value)
  assert.equal(shiftDates('99991231', 1), undefined)
})

test('coarser dates are the first day of their year or month', () => {
  assert.equal(coarseDates('20240317101500', 'year'), '20240101')
  assert.equal(coarseDates('2024.03.17', 'month'), '2024.03.01')
  assert.equal(coarseDates('2024', 'month'), '2024')
})
