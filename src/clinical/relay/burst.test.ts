import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Burst } from './burst.ts'

const KIB = 1024
const piece = 128 * KIB

test('the end of a slice is known where as much has passed as before the last answer', () => {
  const burst = new Burst(4096 * KIB)
  const slice = (...pieces: readonly number[]) => pieces.map((bytes) => burst.passed(bytes, 'toUpstream'))
  const answer = () => burst.passed(100, 'toModality')

  // of the first nothing is known: the answer tells
  assert.deepEqual([slice(piece, piece, 900), burst.goesOn, answer()], [[false, false, false], false, true])
  assert.deepEqual([slice(piece), burst.goesOn], [[false], true])
  assert.deepEqual([slice(piece, 898), burst.goesOn, answer()], [[true, false], false, false])
  // a longer one ends with its answer again
  assert.deepEqual([slice(piece, piece, piece), answer()], [[false, true, false], false])
  // and so does a shorter one
  assert.deepEqual([slice(piece), answer()], [[false], true])
  assert.deepEqual([slice(piece), answer()], [[true], false])
})

test('neither short objects nor those that are longer than may wait have an end that is waited for', () => {
  const burst = new Burst(4096 * KIB)
  const passed = (bytes: number) => burst.passed(bytes, 'toUpstream')
  const answer = () => burst.passed(100, 'toModality')
  for (let time = 0; time < 2; time++)
    assert.deepEqual([passed(20 * KIB), burst.goesOn, answer()], [false, false, false])
  for (let time = 0; time < 2; time++)
    assert.deepEqual([passed(piece), burst.goesOn, passed(4096 * KIB), answer()], [false, false, false, true])
  // more than one answer at the end of an association, and none before it
  assert.equal(answer(), false)
})
