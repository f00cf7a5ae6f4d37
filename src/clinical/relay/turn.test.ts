import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turn, type Kept } from './turn.ts'

const device = {}
const another = {}
const nextTurn = () => new Promise<void>((done) => setImmediate(done))

function turnOf() {
  const happened: string[] = []
  const turn = new Turn(() => happened.push('told'))
  const kept = (name: string, after?: string): Kept => ({
    pass: () => {
      happened.push(name)
      return after === undefined ? undefined : () => happened.push(after)
    },
  })
  return { turn, happened, kept }
}

test('what one association brings after the other is passed on at once; with another between it waits for the others', () => {
  const { turn, kept } = turnOf()
  turn.comesAfterAnother(device)
  assert.equal(turn.comesAfterAnother(device), false)
  assert.equal(turn.comesAfterAnother(another), true)
  assert.equal(turn.comesAfterAnother(another), false)
  assert.equal(turn.comesAfterAnother(device), true)
  turn.keep(kept('a'))
  assert.equal(turn.comesAfterAnother(device), true, 'something waits already')
  turn.end()
  assert.equal(turn.comesAfterAnother(device), false)
})

test('what was kept leaves at the end of the turn, in its order, is told once, and then what follows from it', async () => {
  const { turn, happened, kept } = turnOf()
  turn.keep(kept('a', 'after a'))
  turn.keep(kept('b'))
  turn.keep(kept('c', 'after c'))
  assert.deepEqual(happened, [])
  await nextTurn()
  assert.deepEqual(happened, ['a', 'b', 'c', 'told', 'after a', 'after c'])
  turn.end()
  await nextTurn()
  assert.equal(happened.length, 6, 'nothing was kept since')
})

test('a turn that brings very many pieces ends before its time', async () => {
  const { turn, happened, kept } = turnOf()
  for (let count = 1; count <= 64; count++) turn.keep(kept(String(count)))
  assert.equal(happened.length, 65)
  turn.keep(kept('65'))
  assert.equal(happened.length, 65)
  await nextTurn()
  assert.deepEqual(happened.slice(65), ['65', 'told'])
})
