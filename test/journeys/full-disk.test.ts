/** The spool's volume fills up while a device stores: the archive gets everything, and what was not copied is known. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination, SLICES } from '../../src/app/demo/images.ts'
import { Picture } from '../../src/app/roles/picture.ts'
import { createObserver } from '../../src/clinical/observe/index.ts'
import { createRelay } from '../../src/clinical/relay/index.ts'
import { openSpoolReader, openSpoolWriter } from '../../src/clinical/spool/index.ts'
import { writeFileMeta } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { smallVolume } from '../small-volume.ts'

const VOLUME_BYTES = 12 << 20
const IMAGES = 40
const AT_ONCE = 4

peerTest(
  'when the volume is full the copy stops with gaps, the device and the archive notice nothing, and with room it goes on',
  ['storescu', 'storescp'],
  async (t) => {
    const volume = smallVolume(t, VOLUME_BYTES)
    if (!volume) return
    const folder = temporaryFolder(t)
    const files = Array.from({ length: IMAGES }, (_, at) => {
      const [study, index] = [examination(1 + Math.floor(at / SLICES)), at % SLICES]
      const meta = writeFileMeta({
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
        mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
        mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
      })
      const file = join(folder, `${at}.dcm`)
      writeFileSync(file, Buffer.concat([meta, ctImage(study, index)]))
      return file
    })

    const picture = new Picture()
    const writer = await openSpoolWriter({ folder: volume })
    atEnd(t, () => writer.close())
    const observer = createObserver({ sink: writer, onEvent: (event) => picture.observer(event) })
    const tap = createServer({ pauseOnConnect: true }, (socket) => observer.accept(socket))
    const path = join(folder, 'tap.sock')
    await new Promise<void>((done) => tap.listen(path, done))
    atEnd(t, () => tap.close())
    const relay = createRelay({ onEvent: (event) => picture.relay(event) })
    atEnd(t, () => relay.drain(0))
    const upstream = { host: '127.0.0.1', port: await startStorescp(t, join(folder, 'archive')) }
    const { port } = await relay.serve({ name: 'ct-to-pacs', upstream }, { host: '127.0.0.1', port: 0 })
    relay.setTap(path)
    await eventually('the tap', () => relay.stats().isTapped)
    const snapshot = () => picture.snapshot([], [])
    const send = async (some: readonly string[]) => {
      const sent = await run('storescu', ['-aec', 'PACS', '127.0.0.1', String(port), ...some])
      assert.equal(sent.status, 0, sent.stderr)
    }

    // a few at a time: what passes at once fits into the relay's memory, so that the only gaps are those of the volume
    for (let from = 0; from < IMAGES; from += AT_ONCE) await send(files.slice(from, from + AT_ONCE))
    assert.equal(readdirSync(join(folder, 'archive')).length, IMAGES, 'the archive has everything')
    const first = await eventually('all are accounted for', () => {
      const { associations } = snapshot()
      const sum = (of: 'captured' | 'lost') => associations.reduce((all, one) => all + one[of], 0)
      const [captured, lost] = [sum('captured'), sum('lost')]
      return captured + lost === IMAGES && { captured, lost }
    })
    assert.ok(first.captured > 0 && first.lost > 0, `${first.captured} captured, ${first.lost} lost`)
    const { gaps } = snapshot()
    assert.ok(gaps.length > 0 && gaps.every(({ link, from, to }) => link === 'ct-to-pacs' && from <= to))
    assert.ok(gaps.every(({ reason }) => ['no room', 'not durable'].includes(reason)))
    const missed = gaps.reduce((sum, { bytesToUpstream }) => sum + bytesToUpstream, 0)
    assert.ok(missed > first.lost * 500_000, `${missed} bytes in gaps`)

    const reader = await openSpoolReader({ folder: volume })
    atEnd(t, () => reader.close())
    const captured = await reader.take(IMAGES)
    assert.equal(captured.length, first.captured, 'what was captured can be read')
    for (const one of captured) await one.settle({ outcome: 'not-selected' })
    await eventually('there is room again', async () => {
      await reader.take(1)
      return !writer.state().full
    })
    // settled segments are deleted one by one: at first there may be room for a few only
    await eventually(
      'the copy goes on',
      async () => {
        // as the worker does, again and again
        for (const one of await reader.take(IMAGES)) await one.settle({ outcome: 'not-selected' })
        await send(files.slice(0, 4))
        return snapshot().associations.find((one) => one.captured === 4)
      },
      60_000,
    )
  },
)
