/**
 * The spool's volume fills up while a device stores: the archive gets everything, and what was not copied is known. And what a
 * volume that is full to the last byte does to the rest of the home: nothing that has to be put right by hand.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination, SLICES } from '../../src/app/demo/images.ts'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { Database } from '../../src/app/roles/database.ts'
import { lockHome } from '../../src/app/roles/home-lock.ts'
import { GapBook } from '../../src/app/roles/gap-book.ts'
import { Picture } from '../../src/app/roles/picture.ts'
import { createObserver } from '../../src/clinical/observe/index.ts'
import { createRelay } from '../../src/clinical/relay/index.ts'
import { InHand, openSpoolReader, openSpoolWriter } from '../../src/clinical/spool/index.ts'
import { isWaiting } from '../../src/pipeline/index.ts'
import { Blobs } from '../../src/research/archive/index.ts'
import { writeFileMeta } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, freePort, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { smallVolume } from '../small-volume.ts'
import { configText } from '../sluice.ts'

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

/** @returns makes room again */
function fill(volume: string): () => void {
  const ballast = join(volume, 'ballast')
  const bytes = Buffer.alloc(64 << 10)
  for (let size = bytes.length; size > 0; size >>= 1)
    try {
      for (;;) writeFileSync(ballast, bytes.subarray(0, size), { flag: 'a' })
    } catch {
      // smaller pieces find what is left
    }
  return () => rmSync(ballast)
}

/** as a person asks it, of a home on this volume */
async function sluice(volume: string, config: string, ...words: string[]) {
  const [link, upstream, web, operate] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const text = configText({ link, upstream, web, operate, demo: false })
  writeFileSync(config, text.replace('./data', join(volume, 'home')))
  return run(process.execPath, ['src/app/main.ts', ...words, '--config', config])
}

test('a first start on a full volume says so, and leaves no empty key that a later one takes for a key', async (t) => {
  const volume = smallVolume(t, 1 << 20)
  if (!volume) return
  const free = fill(volume)
  const { status, stderr } = await sluice(volume, join(temporaryFolder(t), 'sluice.yaml'), 'up')
  assert.equal(status, 1)
  assert.match(stderr, /ENOSPC/)
  assert.deepEqual(readdirSync(join(volume, 'home/clinical/keys')), [])
  await assert.rejects(startPostgres({ home: join(volume, 'home') }))
  assert.deepEqual(readdirSync(join(volume, 'home/postgres-logins')), [])
  // as an earlier build left them
  const login = join(volume, 'home/postgres-logins/sluice_owner')
  writeFileSync(login, '')
  free()
  // there is no room for a cluster, but for its login
  await assert.rejects(startPostgres({ home: join(volume, 'home') }), { code: 'archive-unavailable' })
  assert.equal(statSync(login).size, 32)
})

test('a volume without room for the lock does not keep a start from its place, and is locked when it has', async (t) => {
  const volume = smallVolume(t, 1 << 20)
  if (!volume) return
  const path = join(volume, 'lock')
  spawnSync('mount', ['-o', 'remount,nr_inodes=1', volume])
  const unlock = await lockHome(path)
  atEnd(t, unlock)
  spawnSync('mount', ['-o', 'remount,nr_inodes=100', volume])
  await eventually('it is locked', () => existsSync(path))
  await assert.rejects(lockHome(path), { code: 'home-in-use' })
})

test('doctor looks at everything of a full volume, and says what to do', async (t) => {
  const volume = smallVolume(t, 1 << 20)
  if (!volume) return
  mkdirSync(join(volume, 'home'))
  fill(volume)
  const { status, stdout } = await sluice(volume, join(temporaryFolder(t), 'sluice.yaml'), 'doctor', '--json')
  assert.equal(status, 1)
  const { findings } = JSON.parse(stdout) as { findings: { what: string; level: string; detail: string }[] }
  const of = (name: string) => findings.find(({ what }) => what === name)
  assert.equal(of('disk')?.level, 'bad')
  assert.match(of('sync')?.detail ?? '', /ENOSPC.*free the disk/)
  assert.ok(of('database of the catalogue') && of('archive behind ct-to-pacs'))
  assert.deepEqual(readdirSync(join(volume, 'home')), [], 'nothing of it is left')
})

test('what cannot be settled on a full volume waits, and nothing half is left behind', async (t) => {
  const volume = smallVolume(t, 4 << 20)
  if (!volume) return
  const spool = join(volume, 'spool')
  const writer = await openSpoolWriter({ folder: spool })
  atEnd(t, () => writer.close())
  const capture = writer.begin({
    ...{ associationId: 'a', link: 'ct', callingAETitle: 'CT', calledAETitle: 'PACS', remoteAddress: '127.0.0.1' },
    ...{ transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN, SOPClassUID: CT_IMAGE_STORAGE, SOPInstanceUID: '1.2.3', at: 1 },
  })
  assert.ok(capture)
  capture.write(Buffer.alloc(500_000, 1))
  await capture.commit(0)
  const reader = await openSpoolReader({ folder: spool })
  atEnd(t, () => reader.close())
  const [captured] = await reader.take(1)
  assert.ok(captured)
  const inHand = new InHand(spool)
  const blobs = new Blobs(join(volume, 'blobs'))
  const free = fill(volume)

  await assert.rejects(captured.settle({ outcome: 'quarantined', code: 'internal' }), isWaiting)
  assert.deepEqual(readdirSync(join(spool, 'quarantine')), [])
  await assert.rejects(captured.settle({ outcome: 'archived', projects: [] }), isWaiting)
  assert.throws(() => inHand.begin(['1-1']), isWaiting)
  await assert.rejects(blobs.put(captured.source), isWaiting)
  assert.deepEqual(readdirSync(join(volume, 'blobs/incoming')), [])
  free()

  // room for the bytes and for no folder of their name: they are not left where they were written
  const inodes = Number(spawnSync('df', ['--output=iused', volume], { encoding: 'utf8' }).stdout.split('\n')[1])
  spawnSync('mount', ['-o', `remount,nr_inodes=${inodes + 1}`, volume])
  await assert.rejects(blobs.put(captured.source), isWaiting)
  assert.deepEqual(readdirSync(join(volume, 'blobs/incoming')), [])
  spawnSync('mount', ['-o', 'remount,nr_inodes=1000', volume])

  await blobs.put(captured.source)
  inHand.begin(['1-1'])
  await captured.settle({ outcome: 'quarantined', code: 'internal' })
  assert.deepEqual(
    (await reader.quarantine()).map(({ ref }) => ref),
    [captured.ref],
  )
})

test('a gap that a full volume has no room for is written down when it has', async (t) => {
  const volume = smallVolume(t, 1 << 20)
  if (!volume) return
  const file = join(volume, 'gaps.jsonl')
  const book = new GapBook(file)
  const picture = new Picture((gap) => book.note(gap))
  const free = fill(volume)
  picture.relay({ type: 'association-opened', id: 'a', link: 'ct', remoteAddress: '127.0.0.1', at: 1 })
  const one = { id: 'a', from: 1, to: 2, bytesToUpstream: 10, bytesToModality: 0 }
  picture.relay({ type: 'gap', ...one, link: 'ct', reason: 'off' })
  picture.observer({ type: 'abandoned', ...one, reason: 'no room' })
  await pause(100)
  assert.equal(existsSync(file) && statSync(file).size > 0, false)
  free()
  const lines = await eventually('they are written', () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    return text !== '' && text.split('\n').map((line) => JSON.parse(line) as object)
  })
  assert.deepEqual(lines, [
    { type: 'gap', ...one, link: 'ct', reason: 'off' },
    { type: 'gap', ...one, link: 'ct', reason: 'no room' },
  ])
})

test('who is told to end while the database cannot start does not wait for it', async (t) => {
  const home = temporaryFolder(t)
  // a cluster that no server starts from, as one that has no room to recover in
  const cluster = join(home, 'postgres/data')
  mkdirSync(cluster, { recursive: true })
  spawnSync('chmod', ['755', home, join(home, 'postgres')])
  writeFileSync(join(cluster, 'PG_VERSION'), '18\n')
  const database = new Database(home, () => {})
  void database.make('catalogue')
  await pause(1500)
  const from = performance.now()
  await database.stop()
  const ms = performance.now() - from
  assert.ok(ms < 7000, `${Math.round(ms)} ms`)
})
