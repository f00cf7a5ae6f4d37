import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TAP } from '../../base/index.ts'
import { NOTE } from './notes.ts'
import { Witness, WitnessOfOne, type Witnessed } from './witness.ts'

test('a connection whose witness has no room left is given up, says since when, and asks for nothing more', () => {
  let room = 2
  const one = new WitnessOfOne({ write: () => room-- > 0, put: () => undefined })
  one.note(NOTE.passed, TAP.toUpstream, Buffer.alloc(10))
  one.note(NOTE.passed, TAP.toModality, Buffer.alloc(4))
  one.note(NOTE.passed, TAP.toUpstream, Buffer.alloc(100))
  one.note(NOTE.passed, TAP.toUpstream, Buffer.alloc(100))
  assert.equal(room, -1)
  assert.equal(one.keep(TAP.toUpstream, Buffer.alloc(1)), undefined)
  let seen: Witnessed | undefined
  one.close({ reason: 'closed', at: 0 }, (witnessed) => (seen = witnessed))
  assert.equal(seen?.hashes, undefined)
  const { reason, toUpstream, toModality } = seen?.left ?? {}
  assert.deepEqual([reason, toUpstream, toModality], ['ring-full', 10, 4])
})

test('what a witness that was stopped has not seen is told as gone, and nobody waits', async () => {
  const witness = new Witness()
  await witness.ready
  const one = witness.open({ id: 'a', link: 'link', remoteAddress: '', at: 0 })
  one.note(NOTE.passed, TAP.toUpstream, Buffer.from('x'))
  await witness.stop()
  const seen = await new Promise<Witnessed>((done) => one.close({ reason: 'closed', at: 0 }, done))
  assert.equal(seen.hashes, undefined)
  assert.ok(seen.left)
})
