import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { mayGoFirst, PRIORITY, TAP, type TapFrameType } from '../../base/index.ts'
import { prioritiesOf } from '../../../test/priorities.ts'
import { NOTE } from './notes.ts'
import { Place } from './place.ts'
import { AssociationHashes } from './proof.ts'
import { Witness, WitnessOfOne, type Witnessed } from './witness.ts'

const skip = mayGoFirst() ? false : 'needs the right to go before other programs'

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

test('the thread is woken at the end of a slice where that can be told, and with the answer where it cannot', () => {
  const waits: (number | undefined)[] = []
  const one = new WitnessOfOne({
    write: (_note, _type, _payload, mayWait) => waits.push(mayWait) > 0,
    put: () => undefined,
  })
  const passed = (type: TapFrameType, bytes: number) => one.note(NOTE.passed, type, Buffer.alloc(bytes))
  for (let slice = 0; slice < 2; slice++) {
    for (const bytes of [128_000, 128_000, 2000]) passed(TAP.toUpstream, bytes)
    passed(TAP.toModality, 100)
  }
  const until = 4 * 1024 * 1024
  assert.deepEqual(waits.slice(0, 4), [undefined, undefined, undefined, 0])
  assert.deepEqual(waits.slice(4), [until, 0, undefined, undefined])
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

test('what the loop hashes by itself is proved without the thread, and where the ring has no room', async () => {
  const witness = new Witness()
  await witness.ready
  const one = witness.open({ id: 'a', link: 'link', remoteAddress: '', at: 0 }, true)
  const closing = { reason: 'closed', at: 0 } as const
  const ending = () => new Promise<Witnessed>((done) => one.close(closing, done))
  one.note(NOTE.passed, TAP.toUpstream, Buffer.from('x'))
  one.note(NOTE.read, TAP.toUpstream, Buffer.from('yz'))
  one.note(NOTE.taken, TAP.toUpstream, Buffer.from('y'))
  assert.ok(witness.waiting < 200, 'without a tap no copy is made')
  const sum = (text: string) => createHash('sha256').update(text).digest('hex')
  const proof = {
    toUpstream: { sha256In: sum('xyz'), sha256Out: sum('xy') },
    toModality: { sha256In: sum(''), sha256Out: sum('') },
  }
  const seen = await ending()
  assert.deepEqual(seen.hashes, proof)
  assert.equal(seen.left?.reason, 'off')

  const another = witness.open({ id: 'b', link: 'link', remoteAddress: '', at: 0 }, true)
  another.note(NOTE.passed, TAP.toUpstream, Buffer.from('x'))
  await witness.stop()
  another.note(NOTE.passed, TAP.toModality, Buffer.from('answer'))
  const gone = await new Promise<Witnessed>((done) => another.close(closing, done))
  assert.deepEqual(
    [gone.hashes?.toUpstream.sha256Out, gone.hashes?.toModality.sha256In, gone.left !== undefined],
    [sum('x'), sum('answer'), true],
  )

  const hashes = new AssociationHashes()
  const noRoom = new WitnessOfOne({ write: () => false, put: () => undefined }, { hashes, isCopied: true })
  for (const text of ['a', 'b']) noRoom.note(NOTE.passed, TAP.toUpstream, Buffer.from(text))
  let full: Witnessed | undefined
  noRoom.close(closing, (witnessed) => (full = witnessed))
  assert.deepEqual([full?.hashes?.toUpstream.sha256In, full?.left?.reason], [sum('ab'), 'ring-full'])
})

test('what is read faster than it is hashed is hashed all the same, of many associations and after a rest', async () => {
  const witness = new Witness()
  await witness.ready
  const memory = Buffer.alloc(1024 * 1024 + 1)
  const piece = memory.fill('slice').subarray(1, 1 + 512 * 1024)
  for (const pieces of [6, 24]) {
    const all = Array.from({ length: 8 }, (_, at) =>
      witness.open({ id: `${at}`, link: 'link', remoteAddress: '', at: 0 }),
    )
    // nothing but the thread itself goes on meanwhile: 24 MB fill the ring, and 96 MB do so four times
    for (let count = 0; count < pieces; count++) for (const one of all) one.note(NOTE.passed, TAP.toUpstream, piece)
    const seen = await Promise.all(
      all.map((one) => new Promise<Witnessed>((done) => one.close({ reason: 'closed', at: 0 }, done))),
    )
    const hash = createHash('sha256')
    for (let count = 0; count < pieces; count++) hash.update(piece)
    const sha256 = hash.digest('hex')
    for (const { hashes } of seen) assert.deepEqual(hashes?.toUpstream, { sha256In: sha256, sha256Out: sha256 })
  }
  await witness.stop()
})

test(
  'with little to hash relay and second thread are ordinary programs, with much they go first and stay there',
  { skip },
  async () => {
    const isFirst = () => prioritiesOf(process.pid).includes(PRIORITY.witness) && getPriority() === PRIORITY.relay
    const witness = new Witness(new Place({ ask: () => false }))
    await witness.ready
    const opening = { id: 'a', link: 'link', remoteAddress: '', at: 0 }
    const one = witness.open(opening)
    assert.ok(!prioritiesOf(process.pid).some((priority) => priority < 0))
    const piece = Buffer.alloc(128 * 1024)
    let pieces = 0
    // until it has once not kept up
    for (; !isFirst(); pieces += 64)
      for (let count = 0; count < 64; count++) one.note(NOTE.passed, TAP.toUpstream, piece)
    const seen = await new Promise<Witnessed>((done) => one.close({ reason: 'closed', at: 0 }, done))
    const hash = createHash('sha256')
    for (let count = 0; count < pieces; count++) hash.update(piece)
    assert.equal(seen.hashes?.toUpstream.sha256In, hash.digest('hex'))
    const another = witness.open(opening)
    await new Promise<Witnessed>((done) => another.close({ reason: 'closed', at: 0 }, done))
    assert.ok(isFirst())
    await witness.stop()
  },
)
