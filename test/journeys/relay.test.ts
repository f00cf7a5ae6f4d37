/** Other people's programs through the relay: they must see each other as if it were a cable. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { createRelay, type RelayEvent } from '../../src/clinical/relay/index.ts'
import { writeFileMeta } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, freePort, peerTest, run, start, startStorescp, temporaryFolder } from '../peers.ts'

async function relayTo(t: TestContext, port: number) {
  const events: RelayEvent[] = []
  const relay = createRelay({ onEvent: (event) => events.push(event) })
  const served = await relay.serve(
    { name: 'link', upstream: { host: '127.0.0.1', port } },
    { host: '127.0.0.1', port: 0 },
  )
  atEnd(t, () => relay.drain(0))
  return { port: served.port, events }
}

function writeStudy(folder: string, images: number): string[] {
  mkdirSync(folder, { recursive: true })
  const study = examination(1)
  return Array.from({ length: images }, (_, index) => {
    const file = join(folder, `${index}.dcm`)
    const meta = writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
    })
    writeFileSync(file, Buffer.concat([meta, ctImage(study, index)]))
    return file
  })
}

const dataSetOf = (file: string) => {
  const bytes = readFileSync(file)
  const length = bytes.readUInt32LE(140)
  return bytes.subarray(144 + length)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

peerTest('what storescu sends through the relay, storescp has byte for byte', ['storescu', 'storescp'], async (t) => {
  const folder = temporaryFolder(t)
  const sent = writeStudy(join(folder, 'sent'), 4)
  // storescu writes its sequences anew, so the measure is what storescp has without the relay
  const direct = await startStorescp(t, join(folder, 'direct'))
  const relayed = await relayTo(t, await startStorescp(t, join(folder, 'through')))
  for (const port of [direct, relayed.port]) {
    const result = await run('storescu', ['-aec', 'PACS', '127.0.0.1', String(port), ...sent])
    assert.equal(result.status, 0, result.stderr)
  }
  const received = (name: string) =>
    readdirSync(join(folder, name))
      .sort()
      .map((file) => sha256(dataSetOf(join(folder, name, file))))
  assert.equal(received('through').length, 4)
  assert.deepEqual(received('through'), received('direct'))
  const closed = await eventually('closed', () => relayed.events.find((event) => event.type === 'association-closed'))
  assert.equal(closed.toUpstream.sha256In, closed.toUpstream.sha256Out)
  assert.equal(closed.toModality.sha256In, closed.toModality.sha256Out)
})

peerTest(
  'echo, find, move and get work through the relay as they do without it',
  ['dcmqrscp', 'findscu', 'movescu', 'getscu', 'storescu'],
  async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'db'))
    mkdirSync(join(folder, 'got'))
    const [port, movePort] = [await freePort(), await freePort()]
    writeFileSync(
      join(folder, 'qr.cfg'),
      `NetworkTCPPort = ${port}\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\nmover = (MOVER, 127.0.0.1, ${movePort})\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\nPACS ${join(folder, 'db')} RW (200, 1024mb) ANY\nAETable END\n`,
    )
    await start(t, 'dcmqrscp', ['-c', join(folder, 'qr.cfg')], port)
    const relayed = await relayTo(t, port)
    const at = ['127.0.0.1', String(relayed.port)]
    const files = writeStudy(join(folder, 'sent'), 3)
    assert.equal((await run('echoscu', ['-aec', 'PACS', ...at])).status, 0)
    assert.equal((await run('storescu', ['-aec', 'PACS', ...at, ...files])).status, 0)
    const study = examination(1).uid('study')
    const found = await run('findscu', [
      '-S',
      '-aec',
      'PACS',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${study}`,
      '-k',
      'PatientID',
      ...at,
    ])
    assert.match(found.stdout + found.stderr, /Pending/)
    const got = await run('getscu', [
      '-S',
      '-aec',
      'PACS',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${study}`,
      '-od',
      join(folder, 'got'),
      ...at,
    ])
    assert.equal(got.status, 0, got.stderr)
    assert.equal(readdirSync(join(folder, 'got')).length, 3)
    mkdirSync(join(folder, 'moved'))
    const moved = await run('movescu', [
      '-S',
      '-aet',
      'MOVER',
      '-aec',
      'PACS',
      '-aem',
      'MOVER',
      '+P',
      String(movePort),
      '-od',
      join(folder, 'moved'),
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${study}`,
      ...at,
    ])
    assert.equal(moved.status, 0, moved.stderr)
    assert.equal(readdirSync(join(folder, 'moved')).length, 3)
  },
)

peerTest("rejections and aborts are the archive's own", ['storescp', 'storescu', 'echoscu'], async (t) => {
  const folder = temporaryFolder(t)
  const files = writeStudy(join(folder, 'sent'), 1)
  const direct = await startStorescp(t, join(folder, 'refusing'), ['--refuse'])
  const words = async (port: number) =>
    (await run('echoscu', ['-v', '127.0.0.1', String(port)])).stderr.replace(/\d{4,5}/g, 'PORT')
  assert.equal(await words((await relayTo(t, direct)).port), await words(direct))
  const aborting = await startStorescp(t, join(folder, 'aborting'), ['--abort-during'])
  const through = await run('storescu', ['-v', '127.0.0.1', String((await relayTo(t, aborting)).port), ...files])
  const without = await run('storescu', ['-v', '127.0.0.1', String(aborting), ...files])
  assert.notEqual(without.status, 0)
  // after an abort storescu's exit code differs from run to run even without the relay
  assert.notEqual(through.status, 0)
})
