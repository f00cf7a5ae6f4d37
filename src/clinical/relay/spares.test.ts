import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Spares } from './spares.ts'

test('memory is used again, and what nobody needed for a second is let go', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const spares = new Spares(1000)
  const pieces = Array.from({ length: 5 }, () => spares.take())
  assert.deepEqual([new Set(pieces).size, pieces[0]?.length, spares.count], [5, 1000, 0])
  for (const piece of pieces) spares.give(piece)
  assert.equal(spares.count, 5)

  const needed = [spares.take(), spares.take()]
  assert.ok(
    needed.every((piece) => pieces.includes(piece)),
    'the same memory',
  )
  for (const piece of needed) spares.give(piece)
  t.mock.timers.tick(1000)
  assert.equal(spares.count, 5, 'all of it was needed less than a second ago')

  for (const piece of [spares.take(), spares.take()]) spares.give(piece)
  t.mock.timers.tick(1000)
  assert.equal(spares.count, 2, 'as many as were needed in that second')
  t.mock.timers.tick(1000)
  assert.equal(spares.count, 0)

  // what is given later is let go too
  spares.give(Buffer.alloc(1000))
  t.mock.timers.tick(1000)
  t.mock.timers.tick(1000)
  assert.equal(spares.count, 0)
})
