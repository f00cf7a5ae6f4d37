/**
 * Where transparent proxies have failed before: addresses, events that come back, cancels, TLS, classes that nobody lists,
 * a gateway that takes over. Other people's programs must not notice.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { bindListeningSocket } from '../../src/app/roles/listening.ts'
import type { ToRelay } from '../../src/app/roles/relay.ts'
import { createObserver, type ObserverEvent } from '../../src/clinical/observe/index.ts'
import { createRelay, type RelayEvent, type RelayLink } from '../../src/clinical/relay/index.ts'
import {
  associateFields,
  encodeCommandSet,
  encodePdu,
  encodePdv,
  writeFileMeta,
} from '../../src/standards/dicom/index.ts'
import {
  atEnd,
  eventually,
  freePort,
  peerTest,
  portAnswers,
  run,
  start,
  startStorescp,
  temporaryFolder,
} from '../peers.ts'

const SENT = { status: 0, stdout: '', stderr: '' }
const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1'
const ARCHIVE = {
  ...{ callingAETitle: 'FINDSCU', calledAETitle: 'PACS', maximumLength: 16384 },
  ...{ implementationClassUID: '2.25.1', implementationVersionName: 'X' },
}
const ACCEPTED = { presentationContextID: 1, result: 0, transferSyntaxUID: '1.2.840.10008.1.2' }
/** (0000,0100) Command Field: C-CANCEL-RQ */
const C_CANCEL = Buffer.from([0, 0, 0, 1, 2, 0, 0, 0, 0xff, 0x0f])
const PRIVATE_CLASS = '1.3.12.2.1107.5.9.1'

/** a relay with an observer at its tap, and what both told */
async function hospital(t: TestContext, link: Omit<RelayLink, 'name'>, listenPort = 0) {
  const events: RelayEvent[] = []
  const observed: ObserverEvent[] = []
  const observer = createObserver({
    onEvent: (event) => observed.push(event),
    sink: {
      begin: () => ({ write: () => {}, commit: () => Promise.resolve({ ref: 'r', bytes: 0 }), abandon: () => {} }),
    },
  })
  const path = join(temporaryFolder(t), 'tap.sock')
  const tap = createServer({ pauseOnConnect: true }, (socket) => observer.accept(socket)).listen(path)
  await once(tap, 'listening')
  const relay = createRelay({ onEvent: (event) => events.push(event) })
  const { port } = await relay.serve({ name: 'link', ...link }, { host: '127.0.0.1', port: listenPort })
  relay.setTap(path)
  await eventually('the tap', () => relay.stats().isTapped)
  atEnd(t, async () => {
    await relay.drain(0)
    tap.close()
  })
  return { port, events, observed }
}
const to = (port: number) => ({ upstream: { host: '127.0.0.1', port } })

function write(folder: string, index: number, sopClassUID = CT_IMAGE_STORAGE): string {
  mkdirSync(folder, { recursive: true })
  const study = examination(1)
  const image = Buffer.from(ctImage(study, index))
  const at = image.indexOf(`${CT_IMAGE_STORAGE}\0`)
  const body = Buffer.concat([
    image.subarray(0, at - 2),
    Buffer.from([(sopClassUID.length + 1) & ~1, 0]),
    Buffer.from(sopClassUID.padEnd((sopClassUID.length + 1) & ~1, '\0')),
    image.subarray(at + CT_IMAGE_STORAGE.length + 1),
  ])
  const file = join(folder, `${index}.dcm`)
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: sopClassUID,
    mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
  })
  writeFileSync(file, Buffer.concat([meta, body]))
  return file
}
const hashes = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name))
      return createHash('sha256')
        .update(bytes.subarray(144 + bytes.readUInt32LE(140)))
        .digest('hex')
    })

test('one connection of a device is one of the archive, from the address that the link was given', async (t) => {
  const seen: string[] = []
  const archive = createServer((socket) => {
    seen.push(socket.remoteAddress ?? '')
    socket.on('error', () => {}).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(archive, 'listening')
  atEnd(t, () => archive.close())
  const link = { ...to((archive.address() as AddressInfo).port), localAddress: '127.0.0.7' }
  const { port, events } = await hospital(t, link)
  const devices = await Promise.all(
    Array.from({ length: 7 }, async () => {
      const device = connect(port, '127.0.0.1')
      device.write('x')
      await once(device, 'data')
      return device
    }),
  )
  assert.deepEqual(seen, Array(7).fill('127.0.0.7'))
  for (const device of devices) device.end()
  await eventually('all are closed', () => events.filter(({ type }) => type === 'association-closed').length === 7)
  assert.equal(seen.length, 7)
})

peerTest('both connections are kept alive, so that a peer that vanished is found', ['ss'], async (t) => {
  const archive = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await once(archive, 'listening')
  atEnd(t, () => archive.close())
  const behind = (archive.address() as AddressInfo).port
  const { port } = await hospital(t, to(behind))
  const device = connect(port, '127.0.0.1')
  device.on('error', () => {})
  atEnd(t, () => device.destroy())
  await once(device, 'connect')
  const kept = async (filter: string) => (await run('ss', ['-tnoH', 'state', 'established', filter])).stdout
  await eventually('the archive’s', async () => /timer:\(keepalive/.test(await kept(`( dport = :${behind} )`)))
  await eventually('the device’s', async () => /timer:\(keepalive/.test(await kept(`( sport = :${port} )`)))
})

peerTest(
  'storage commitment: the archive’s own event comes back over a link the other way, and the device knows its images are safe',
  ['Orthanc'],
  async (t) => {
    const folder = temporaryFolder(t)
    const [devicePort, archivePort, toArchive, toDevice] = await Promise.all([1, 2, 3, 4].map(() => freePort()))
    const orthanc = async (name: string, dicomPort: number, modalities: Record<string, unknown>) => {
      const home = join(folder, name)
      mkdirSync(home)
      const port = await freePort()
      const places = { StorageDirectory: home, IndexDirectory: home, Plugins: [] }
      writeFileSync(
        join(home, 'orthanc.json'),
        JSON.stringify({
          ...{ ...places, Name: name, HttpPort: port, DicomPort: dicomPort, DicomAet: name },
          ...{ RemoteAccessAllowed: false, AuthenticationEnabled: false, DicomModalities: modalities },
        }),
      )
      await start(t, 'Orthanc', [join(home, 'orthanc.json')], port)
      return `http://127.0.0.1:${port}`
    }
    // each knows the other behind a link of ours
    const device = await orthanc('DEVICE', devicePort ?? 0, { pacs: ['PACS', '127.0.0.1', toArchive] })
    const archive = await orthanc('PACS', archivePort ?? 0, { device: ['DEVICE', '127.0.0.1', toDevice] })
    const there = await hospital(t, to(archivePort ?? 0), toArchive)
    const back = await hospital(t, to(devicePort ?? 0), toDevice)
    const body = new Uint8Array(readFileSync(write(join(folder, 'sent'), 4)))
    const { ID } = (await (await fetch(`${device}/instances`, { method: 'POST', body })).json()) as { ID: string }
    const ask = async (path: string, what: unknown) => {
      const answer = await fetch(`${device}${path}`, { method: 'POST', body: JSON.stringify(what) })
      assert.equal(answer.status, 200, path)
      return (await answer.json()) as { ID: string }
    }
    await ask('/modalities/pacs/store', [ID])
    assert.equal(((await (await fetch(`${archive}/instances`)).json()) as unknown[]).length, 1)
    const commitment = await ask('/modalities/pacs/storage-commitment', { Resources: [ID] })
    const status = await eventually('the event came back', async () => {
      const report = (await (await fetch(`${device}/storage-commitment/${commitment.ID}`)).json()) as {
        Status: string
      }
      return report.Status === 'Pending' ? undefined : report.Status
    })
    assert.equal(status, 'Success')
    const closed = await eventually('the event’s association ended', () =>
      back.events.find((event) => event.type === 'association-closed'),
    )
    assert.equal(closed.toUpstream.sha256In, closed.toUpstream.sha256Out)
    // the archive calls as whom the device called, and calls whom it was called by
    const opened = await eventually('it was seen', () => back.observed.find((event) => event.type === 'negotiated'))
    assert.deepEqual([opened.callingAETitle, opened.calledAETitle], ['PACS', 'DEVICE'])
    assert.ok(there.observed.every(({ type }) => type !== 'stopped'))
  },
)

peerTest('a query that the device cancels ends as the archive says', ['findscu'], async (t) => {
  // an archive whose answers end only when it is told to stop
  const archive = createServer((socket) => {
    const say = (...pdus: Uint8Array[]) => socket.write(Buffer.concat(pdus))
    const answer = (Status: number, hasDataSet: boolean) =>
      encodePdv(
        1,
        { command: true, last: true },
        encodeCommandSet({
          ...{ CommandField: 0x8020, messageID: 1, hasDataSet, SOPClassUID: STUDY_ROOT_FIND, Status },
        }),
      )
    const image = Buffer.from('\x08\x00\x52\x00\x06\x00\x00\x00IMAGE ', 'latin1')
    let timer: NodeJS.Timeout | undefined
    let held = Buffer.alloc(0)
    socket.on('error', () => {}).on('close', () => clearInterval(timer))
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes])
      const whole = () => (held.length < 6 ? Infinity : 6 + held.readUInt32BE(2))
      for (let end = whole(); held.length >= end; end = whole()) {
        const pdu = held.subarray(0, end)
        held = held.subarray(end)
        if (pdu[0] === 1) say(encodePdu('A-ASSOCIATE-AC', associateFields(ARCHIVE, [ACCEPTED])))
        else if (pdu[0] === 5) say(Buffer.from([6, 0, 0, 0, 0, 4, 0, 0, 0, 0]))
        else if (pdu.includes(C_CANCEL)) {
          clearInterval(timer)
          say(answer(0xfe00, false))
        } else
          timer ??= setInterval(
            () => say(answer(0xff00, true), encodePdv(1, { command: false, last: true }, image)),
            20,
          )
      }
    })
  }).listen(0, '127.0.0.1')
  await once(archive, 'listening')
  atEnd(t, () => archive.close())
  const port = (archive.address() as AddressInfo).port
  const through = await hospital(t, to(port))
  for (const at of [port, through.port]) {
    const { stdout, stderr, status } = await run('findscu', [
      ...['-v', '-S', '--cancel', '2', '-aec', 'PACS', '-k', 'QueryRetrieveLevel=IMAGE', '127.0.0.1', String(at)],
    ])
    assert.equal(status, 0, stderr)
    assert.match(stdout + stderr, /Received Final Find Response \(Cancel: MatchingTerminatedDueToCancelRequest\)/)
  }
  assert.ok(through.observed.every(({ type }) => type !== 'stopped'))
})

peerTest(
  'TLS between device and archive passes as it is, and the operator is told',
  ['storescu', 'storescp', 'openssl'],
  async (t) => {
    const folder = temporaryFolder(t)
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=pacs'],
      ...['-keyout', key, '-out', certificate],
    ])
    assert.equal(made.status, 0, made.stderr)
    mkdirSync(join(folder, 'pacs'))
    const port = await freePort()
    const tls = ['+tls', key, certificate, '--ignore-peer-cert']
    await start(t, 'storescp', ['--fork', ...tls, '+B', '-od', join(folder, 'pacs'), String(port)], port)
    const { port: relayed, observed, events } = await hospital(t, to(port))
    const sent = await run('storescu', [...tls, '127.0.0.1', String(relayed), write(join(folder, 'sent'), 3)])
    assert.equal(sent.status, 0, sent.stderr)
    assert.equal(readdirSync(join(folder, 'pacs')).length, 1)
    const closed = await eventually('it ended', () => events.find((event) => event.type === 'association-closed'))
    assert.equal(closed.toModality.sha256In, closed.toModality.sha256Out)
    // what is encrypted is not taken for anything else
    await eventually('it is named', () => observed.some(({ type }) => type === 'unknown-pdu'))
    assert.ok(observed.every(({ type }) => type !== 'captured'))
  },
)

peerTest(
  'a class that no list has passes and is captured, in the syntax that the archive accepted',
  ['dcmsend', 'storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    const port = await startStorescp(t, join(folder, 'through'), ['--promiscuous'])
    const direct = await startStorescp(t, join(folder, 'direct'), ['--promiscuous'])
    const { port: relayed, observed } = await hospital(t, to(port))
    const file = write(join(folder, 'sent'), 2, PRIVATE_CLASS)
    for (const at of [relayed, direct])
      assert.deepEqual(await run('dcmsend', ['--no-uid-checks', '127.0.0.1', String(at), file]), SENT)
    assert.equal(hashes(join(folder, 'through')).length, 1)
    assert.deepEqual(hashes(join(folder, 'through')), hashes(join(folder, 'direct')))
    const captured = await eventually('it is captured', () => observed.find((event) => event.type === 'captured'))
    assert.equal(captured.status, 0)
  },
)

peerTest('a second gateway takes over with nothing of the first', ['storescu', 'storescp'], async (t) => {
  const folder = temporaryFolder(t)
  const upstream = await startStorescp(t, join(folder, 'pacs'))
  const direct = await startStorescp(t, join(folder, 'direct'))
  const port = await freePort()
  const gateway = () => {
    const listening = bindListeningSocket('127.0.0.1', port)
    const child = fork(join(import.meta.dirname, '../../src/app/roles/relay.ts'), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    atEnd(t, () => child.kill('SIGKILL'))
    child.send({ type: 'serve', link: { name: 'link', ...to(upstream) } } satisfies ToRelay, listening.handle)
    return { child, listening }
  }
  const files = [1, 2, 3].map((index) => write(join(folder, 'sent'), index))
  const send = (at: number) => run('storescu', ['127.0.0.1', String(at), ...files])
  const first = gateway()
  await portAnswers(port)
  assert.deepEqual(await send(port), SENT)
  // an association is running when the machine dies
  const device = connect(port, '127.0.0.1')
  await once(device, 'connect')
  const cut = new Promise((done) => device.on('error', () => {}).on('close', done))
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  first.listening.close()
  await cut
  const second = gateway()
  atEnd(t, () => second.listening.close())
  await portAnswers(port)
  assert.deepEqual(await send(port), SENT)
  assert.equal((await send(direct)).status, 0)
  assert.deepEqual(hashes(join(folder, 'pacs')), hashes(join(folder, 'direct')))
})
