/** Disks that fill up and disks that fail, for real: a small volume, and a descriptor that leads to /dev/full. */
import assert from 'node:assert/strict'
import { closeSync, globSync, openSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { smallVolume } from '../../../test/small-volume.ts'
import { eventually, temporaryFolder } from '../../../test/peers.ts'
import { Fault } from '../../base/index.ts'
import { openSpoolReader, openSpoolWriter, type SpoolStart, type SpoolWriter } from './index.ts'

const MIB = 1 << 20
const start = (n: number): SpoolStart => ({
  ...{ associationId: 'a', link: 'link', callingAETitle: 'CT01', calledAETitle: 'PACS', remoteAddress: '127.0.0.1' },
  ...{ transferSyntaxUID: '1.2.840.10008.1.2.1', SOPClassUID: '1.2.840.10008.5.1.4.1.1.2' },
  ...{ SOPInstanceUID: `2.25.${n}`, at: 1 },
})

/** @returns the reference when it was promised, why not otherwise */
async function store(writer: SpoolWriter, n: number, bytes: number): Promise<{ ref?: string; why?: string }> {
  const one = writer.begin(start(n))
  if (!one) return { why: 'no room' }
  one.write(Buffer.alloc(bytes, n))
  return one.commit(0).then(
    ({ ref }) => ({ ref }),
    (error: unknown) => ({ why: error instanceof Fault ? error.code : 'unknown' }),
  )
}

async function readable(folder: string): Promise<readonly string[]> {
  const reader = await openSpoolReader({ folder })
  const refs = (await reader.take(1000)).map(({ ref, source }) => {
    source.read(0, source.sizeBytes)
    return ref
  })
  await reader.close()
  return refs
}

test('when writes meet the end of the volume, what was promised is there, nothing else is, and with room it goes on', async (t) => {
  const folder = smallVolume(t, 16 * MIB)
  if (!folder) return
  // room is not looked at, so the writes themselves meet the end of the volume
  const writer = await openSpoolWriter({ folder, minFreeFraction: -1 })
  const burst = await Promise.all(Array.from({ length: 40 }, (_, n) => store(writer, n, MIB / 2)))
  const promised = burst.flatMap(({ ref }) => (ref ? [ref] : []))
  const refused = burst.flatMap(({ why }) => (why ? [why] : []))
  assert.equal(promised.length + refused.length, 40)
  assert.ok(refused.length >= 8, '20 MiB do not fit into 16')
  assert.ok(refused.every((why) => why === 'disk-failed'))
  const found = await readable(folder)
  for (const ref of promised) assert.ok(found.includes(ref), ref)
  await eventually('it takes again', async () => {
    for (const name of globSync(join(folder, '*.segment'))) rmSync(name)
    return (await store(writer, 100, MIB)).ref !== undefined
  })
  await writer.close()
})

test('nothing is taken where less than a twentieth of the volume is free, whoever filled it', async (t) => {
  const folder = smallVolume(t, 16 * MIB)
  if (!folder) return
  const writer = await openSpoolWriter({ folder })
  assert.ok((await store(writer, 1, 1000)).ref)
  writeFileSync(join(folder, 'of somebody else'), Buffer.alloc(15.5 * MIB))
  await eventually('it says that it is full', () => writer.state().full)
  assert.deepEqual(await store(writer, 2, 1000), { why: 'no room' })
  rmSync(join(folder, 'of somebody else'))
  await eventually('it has room', () => !writer.state().full)
  assert.ok((await store(writer, 3, 1000)).ref)
  await writer.close()
})

test('a disk that fails under a segment ends its captures with a fault; the next segment takes what comes', async (t) => {
  const folder = temporaryFolder(t)
  const writer = await openSpoolWriter({ folder })
  const before = await store(writer, 1, 1000)
  assert.ok(before.ref)
  const descriptor = readdirSync('/proc/self/fd').find((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('.open')
    } catch {
      return false
    }
  })
  // the lowest free number is taken: the segment's own
  closeSync(Number(descriptor))
  assert.equal(openSync('/dev/full', 'w'), Number(descriptor))
  const during = await Promise.all([store(writer, 2, 1000), store(writer, 3, MIB)])
  assert.deepEqual(during, [{ why: 'disk-failed' }, { why: 'disk-failed' }])
  await eventually('a fresh segment takes it', async () => (await store(writer, 4, 1000)).ref !== undefined)
  const found = await readable(folder)
  assert.ok(found.includes(before.ref))
  await writer.close()
})
