import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Attention } from './attention.ts'
import { atEnd } from '../../../test/peers.ts'

const turn = () => new Promise<void>((done) => setImmediate(done))

/** attention with a clock of its own */
function attentive(t: TestContext) {
  let now = 1000
  const attention = new Attention(() => now)
  /** the loop turns as often as a quiet one would in this time, and a last time */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 0.05) {
      now += Math.min(left, 0.05)
      await turn()
    }
    await turn()
  }
  // a clock that stands still would have it look for ever
  atEnd(t, () => pass(1))
  return { attention, pass, jump: (ms: number) => void (now += ms) }
}

test('after a short piece the loop looks for half a millisecond, and as long again after the next', async (t) => {
  const { attention, pass } = attentive(t)
  assert.equal(attention.isAwake, false)
  attention.passed(100, 'toUpstream')
  await pass(0.4)
  assert.equal(attention.isAwake, true)
  attention.passed(100, 'toUpstream')
  await pass(0.4)
  assert.equal(attention.isAwake, true)
  await pass(0.2)
  assert.equal(attention.isAwake, false)
})

test('after a piece of a bulk it sleeps, and so it does for 5 ms', async (t) => {
  const { attention, pass } = attentive(t)
  attention.passed(100, 'toUpstream')
  attention.passed(100_000, 'toUpstream')
  await pass(0.05)
  assert.equal(attention.isAwake, false)
  await pass(4)
  attention.passed(100, 'toUpstream')
  assert.equal(attention.isAwake, false)
  await pass(2)
  attention.passed(100, 'toUpstream')
  assert.equal(attention.isAwake, true)
})

test('where it looks in vain it tries seldom, and where it does not it is back soon', async (t) => {
  const { attention, pass, jump } = attentive(t)
  /** a piece every 2 ms. @returns how often the loop looked for the next */
  const tried = async (times: number) => {
    let count = 0
    for (let time = 0; time < times; time++) {
      attention.passed(100, 'toUpstream')
      if (attention.isAwake) count++
      await pass(0.6)
      jump(1.4)
    }
    return count
  }
  assert.ok((await tried(150)) >= 8)
  assert.ok((await tried(200)) <= 4)
  jump(200)
  for (let time = 0; time < 130; time++) {
    attention.passed(100, 'toUpstream')
    await pass(0.1)
  }
  assert.equal(attention.isAwake, true)
  await pass(1)
  assert.equal(attention.isAwake, false)
  attention.passed(100, 'toUpstream')
  assert.equal(attention.isAwake, true)
})

test('a few pieces in time do not make up for one in vain', async (t) => {
  const { attention, pass, jump } = attentive(t)
  let inVain = 0
  for (let time = 0; time < 60; time++) {
    for (let piece = 0; piece < 5; piece++) {
      attention.passed(100, 'toUpstream')
      await pass(0.1)
    }
    if (attention.isAwake) inVain++
    await pass(0.5)
    jump(1.5)
  }
  assert.ok(inVain <= 20, `${inVain} of 60`)
})

test('whoever else needs the processor has it', async (t) => {
  const { attention, pass, jump } = attentive(t)
  attention.passed(100, 'toUpstream')
  await pass(0.05)
  assert.equal(attention.isAwake, true)
  // between two looks it was taken away
  jump(0.32)
  await turn()
  await turn()
  assert.equal(attention.isAwake, false)
  attention.passed(100, 'toUpstream')
  assert.equal(attention.isAwake, false)
})

test('what follows an answer is another matter than what follows a question', async (t) => {
  const { attention, pass, jump } = attentive(t)
  const looked = { afterQuestion: 0, afterAnswer: 0 }
  for (let time = 0; time < 100; time++) {
    attention.passed(100, 'toUpstream')
    if (attention.isAwake) looked.afterQuestion++
    await pass(0.1)
    attention.passed(100, 'toModality')
    await pass(0.1)
    if (attention.isAwake) looked.afterAnswer++
    // the next question comes when nobody looks any more
    await pass(0.6)
    jump(1.3)
  }
  assert.equal(looked.afterQuestion, 100)
  assert.ok(looked.afterAnswer <= 12, `${looked.afterAnswer} of 100`)
})

test('the loop stops looking at an answer after which it is not worth while', async (t) => {
  const { attention, pass, jump } = attentive(t)
  for (;;) {
    attention.passed(100, 'toModality')
    if (!attention.isAwake) break
    await pass(0.6)
    jump(1)
  }
  attention.passed(100, 'toUpstream')
  await pass(0.05)
  assert.equal(attention.isAwake, true)
  attention.passed(100, 'toModality')
  await turn()
  await turn()
  assert.equal(attention.isAwake, false)
})
