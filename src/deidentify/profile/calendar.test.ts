import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateOfDay, dayNumber, daysInMonth } from './calendar.ts'

test('every day of four centuries and more is the one that the platform’s calendar has', () => {
  const day = new Date(Date.UTC(1599, 11, 31))
  const first = dayNumber(1599, 12, 31)
  for (let passed = 0; day.getUTCFullYear() < 2101; passed++) {
    const [year, month, inMonth] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()]
    if (dayNumber(year, month, inMonth) !== first + passed) assert.fail(`${year} ${month} ${inMonth}`)
    assert.deepEqual(dateOfDay(first + passed), { year, month, day: inMonth })
    day.setUTCDate(inMonth + 1)
  }
  for (const year of [1900, 2000, 2023, 2024])
    for (let month = 1; month <= 12; month++)
      assert.equal(daysInMonth(year, month), new Date(Date.UTC(year, month, 0)).getUTCDate())
})

test('the calendar goes on before the year 0 and beyond 9999', () => {
  assert.deepEqual(dateOfDay(dayNumber(0, 1, 1) - 1), { year: -1, month: 12, day: 31 })
  assert.deepEqual(dateOfDay(dayNumber(9999, 12, 31) + 1), { year: 10_000, month: 1, day: 1 })
})
