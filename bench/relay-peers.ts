/** The relay between programs of others: storescu and storescp, on loopback and over a shaped line; a slow archive; Orthanc. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { encodeDataSet, transferSyntax, writeFileMeta } from '../src/standards/dicom/index.ts'
import { eventually, freePort } from '../test/peers.ts'
import { ended, memoryMb, timed, type Figures } from './measure.ts'
import { ownDisk } from './own-disk.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
/** where the archive, or a laboratory, is beyond the shaped line */
export const ARCHIVE = '10.213.77.2'
type Line = 'loopback' | '1 Gbit/s'
export type Target = 'direct' | 'haproxy' | 'sluice' | 'sluice and tap'

/** Objects as files: `sizeBytes` of pixels each and a short header. */
export function writeObjects(folder: string, count: number, sizeBytes: number): void {
  mkdirSync(folder, { recursive: true })
  const pixels = randomBytes(sizeBytes)
  const syntax = transferSyntax(EXPLICIT_LITTLE_ENDIAN)
  if (!syntax) throw new Error('unreachable: the table has it')
  for (let at = 0; at < count; at++) {
    const uid = `2.25.77${sizeBytes}${at}`
    const object = encodeDataSet(
      [
        { tag: 0x00080016, vr: 'UI', value: CT },
        { tag: 0x00080018, vr: 'UI', value: uid },
        { tag: 0x00080060, vr: 'CS', value: 'CT' },
        { tag: 0x00100020, vr: 'LO', value: 'BENCH' },
        { tag: 0x0020000d, vr: 'UI', value: '2.25.771' },
        { tag: 0x0020000e, vr: 'UI', value: '2.25.772' },
        { tag: 0x7fe00010, vr: 'OW', value: pixels },
      ],
      syntax,
    )
    const meta = writeFileMeta({
      ...{ transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN, mediaStorageSOPClassUID: CT, mediaStorageSOPInstanceUID: uid },
    })
    writeFileSync(join(folder, `${at}.dcm`), Buffer.concat([meta, object]))
  }
}

/** of this run: another one on the same machine has its own */
const namespaceOf = (side: 'device' | 'archive') => `sluice-${process.pid}-${side}`

/** A line of 1 Gbit/s between two network namespaces of our own; undefined where that is not permitted. */
export function shapedLine(): { readonly close: () => void } | undefined {
  const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: 'pipe' })
  const close = () => {
    for (const side of ['device', 'archive'] as const)
      try {
        ip('netns', 'del', namespaceOf(side))
      } catch {
        // it was not made
      }
  }
  try {
    for (const side of ['device', 'archive'] as const) ip('netns', 'add', namespaceOf(side))
    const device = ['slb-d', 'netns', namespaceOf('device')]
    ip('link', 'add', ...device, 'type', 'veth', 'peer', 'name', 'slb-a', 'netns', namespaceOf('archive'))
    for (const [side, end, address] of [
      ['device', 'slb-d', '10.213.77.1/24'],
      ['archive', 'slb-a', `${ARCHIVE}/24`],
    ] as const) {
      const inside = (...args: readonly string[]) => ip('netns', 'exec', namespaceOf(side), ...args)
      inside('ip', 'addr', 'add', address, 'dev', end)
      inside('ip', 'link', 'set', end, 'up')
      inside('ip', 'link', 'set', 'lo', 'up')
      inside('tc', 'qdisc', 'add', 'dev', end, 'root', 'tbf', 'rate', '1gbit', 'burst', '256kb', 'latency', '50ms')
    }
    return { close }
  } catch {
    close()
    return undefined
  }
}

/** @returns the command as it is run on that side of the line */
export const within = (line: Line, side: 'device' | 'archive', command: readonly string[]): readonly string[] =>
  line === 'loopback' ? command : ['ip', 'netns', 'exec', namespaceOf(side), ...command]

/** A process that ends with the others. */
export function begin(stops: (() => unknown)[], [program = '', ...args]: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TCP_NODELAY: '1' } })
  child.on('error', () => {})
  stops.push(() => ended(child))
  return child
}

/** The relay in a process of its own, with what it tells. */
export async function relayTo(stops: (() => unknown)[], line: Line, port: number, tap?: string) {
  const host = line === 'loopback' ? '127.0.0.1' : ARCHIVE
  const program = join(import.meta.dirname, 'relay-child.ts')
  const child = begin(
    stops,
    within(line, 'archive', [process.execPath, program, host, host, String(port), ...(tap ? [tap] : [])]),
  )
  const events: { readonly type?: string; readonly port?: number; readonly tapped?: boolean }[] = []
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    const lines = (text + more).split('\n')
    text = lines.pop() ?? ''
    for (const one of lines) events.push(JSON.parse(one) as (typeof events)[number])
  })
  const served = await eventually('the relay serves', () => events.find((event) => event.port))
  return { child, host, port: served.port ?? 0, events }
}

/** HAProxy in TCP mode with one thread, at the same place as the relay. */
export async function haproxyTo(stops: (() => unknown)[], line: Line, upstreamPort: number, folder: string) {
  const host = line === 'loopback' ? '127.0.0.1' : ARCHIVE
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, haproxyConfiguration(`${host}:${port}`, `${host}:${upstreamPort}`))
  const child = begin(stops, within(line, 'archive', ['haproxy', '-db', '-f', file]))
  return { child, host, port }
}

const haproxyConfiguration = (listen: string, upstream: string) => `global
  nbthread 1
  maxconn 2000
defaults
  mode tcp
  timeout connect 2s
  timeout client 1m
  timeout server 1m
frontend device
  bind ${listen}
  default_backend archive
backend archive
  server archive ${upstream}
`

/** A reader of the tap in a process of its own that keeps nothing. `taken` says whether a relay is connected. */
export async function discard(stops: (() => unknown)[], path: string): Promise<() => Promise<unknown>> {
  const reader = begin(stops, [process.execPath, join(import.meta.dirname, 'tap-reader.ts'), path])
  let said = ''
  reader.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  await eventually('the reader of the tap', () => said.includes('l'))
  return () => eventually('the tap is connected', () => said.includes('c'))
}

/**
 * storescu to storescp, which writes files. `warm` is sent before: a relay runs for months, and the first moments of a
 * process are not what is asked about, of any target.
 * @returns objects per second, the start of the programs included; or why it does not count
 */
export async function send(
  target: Target,
  line: Line,
  objects: string,
  warm: string,
  folder: string,
): Promise<number | string> {
  const stops: (() => unknown)[] = []
  const received = join(folder, 'received')
  rmSync(received, { recursive: true, force: true })
  mkdirSync(received)
  try {
    const scp = await freePort()
    begin(
      stops,
      within(line, 'archive', [
        'storescp',
        '--fork',
        '+B',
        '-od',
        received,
        '-pdu',
        '131072',
        '-aet',
        'PACS',
        String(scp),
      ]),
    )
    const tap = target === 'sluice and tap' ? join(folder, `tap-${scp}`) : undefined
    const tapped = tap ? await discard(stops, tap) : undefined
    const relay = target.startsWith('sluice') ? await relayTo(stops, line, scp, tap) : undefined
    const other = target === 'haproxy' ? await haproxyTo(stops, line, scp, folder) : undefined
    const at = relay ?? other ?? { host: line === 'loopback' ? '127.0.0.1' : ARCHIVE, port: scp }
    await tapped?.()
    const echo = within(line, 'device', ['echoscu', '-aec', 'PACS', at.host, String(at.port)])
    await eventually('the archive answers', async () => (await timed(echo[0] ?? '', echo.slice(1))).status === 0)
    const store = (what: string) => {
      const to = ['storescu', '-aec', 'PACS', '-pdu', '131072', '+sd', at.host, String(at.port), what]
      const [program = '', ...args] = within(line, 'device', to)
      return timed(program, args)
    }
    if ((await store(warm)).status !== 0) return 'not counted, not everything arrived'
    for (const one of readdirSync(received)) rmSync(join(received, one))
    const { status, seconds } = await store(objects)
    const count = readdirSync(objects).length
    if (status !== 0 || readdirSync(received).length !== count) return 'not counted, not everything arrived'
    if (!relay) return count / seconds
    const ends = () => relay.events.filter(({ type }) => type === 'association-closed')
    await eventually('the associations ended', () => ends().length >= 3)
    return tap && ends().some((event) => !event.tapped) ? 'not counted, the tap was left behind' : count / seconds
  } catch (error) {
    return `not counted: ${error instanceof Error ? error.message : 'failed'}`
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Eight associations of `bytes` each to an archive that reads 20 MB/s from each. @returns peak memory of the relay, MB */
export async function slowArchiveMb(bytes: number): Promise<number> {
  const stops: (() => unknown)[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    const from = performance.now()
    socket.on('data', () => {
      const aheadMs = (socket.bytesRead / 20e6) * 1000 - (performance.now() - from)
      if (aheadMs > 2) {
        socket.pause()
        setTimeout(() => socket.resume(), aheadMs)
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    const relay = await relayTo(stops, 'loopback', (server.address() as { port: number }).port)
    const piece = Buffer.alloc(1 << 20, 7)
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const device = connect(relay.port, '127.0.0.1')
        for (let sent = 0; sent < bytes; sent += piece.length)
          if (!device.write(piece)) await new Promise((done) => device.once('drain', done))
        device.end()
        await new Promise((done) => device.resume().once('close', done))
      }),
    )
    return memoryMb(relay.child.pid ?? 0).peak
  } finally {
    for (const stop of stops.reverse()) await stop()
    sockets.forEach((socket) => socket.destroy())
    server.close()
  }
}

const FORWARD =
  "function OnStoredInstance(id, tags, metadata, origin)\n  if origin['RequestOrigin'] ~= 'Lua' then SendToModality(id, 'pacs') end\nend\n"

/** Seconds until every object is at an archive behind Orthanc that forwards each by Lua; beside {@link send}. */
export async function forwardSeconds(objects: string, folder: string): Promise<number | string> {
  const stops: (() => unknown)[] = []
  const received = join(folder, 'forwarded')
  const storage = join(folder, 'orthanc')
  for (const one of [received, storage]) {
    rmSync(one, { recursive: true, force: true })
    mkdirSync(one)
  }
  try {
    const [scp, dicom, http] = [await freePort(), await freePort(), await freePort()]
    begin(stops, ['storescp', '--fork', '+B', '-od', received, '-pdu', '131072', '-aet', 'PACS', String(scp)])
    writeFileSync(join(folder, 'forward.lua'), FORWARD)
    const configuration = {
      ...{ Name: 'bench', StorageDirectory: storage, IndexDirectory: storage, HttpPort: http, DicomPort: dicom },
      ...{
        RemoteAccessAllowed: false,
        AuthenticationEnabled: false,
        DicomCheckCalledAet: false,
        SyncStorageArea: false,
      },
      ...{ LuaScripts: [join(folder, 'forward.lua')], DicomModalities: { pacs: ['PACS', '127.0.0.1', scp] } },
    }
    writeFileSync(join(folder, 'forward.json'), JSON.stringify(configuration))
    begin(stops, ['Orthanc', join(folder, 'forward.json')])
    const echo = ['-aec', 'ORTHANC', '127.0.0.1', String(dicom)]
    await eventually('Orthanc answers', async () => (await timed('echoscu', echo)).status === 0, 30_000)
    const from = performance.now()
    const { status } = await timed('storescu', [
      '-aec',
      'ORTHANC',
      '-pdu',
      '131072',
      '+sd',
      '127.0.0.1',
      String(dicom),
      objects,
    ])
    if (status !== 0) return 'not counted, Orthanc did not take everything'
    const count = readdirSync(objects).length
    await eventually('everything is forwarded', () => readdirSync(received).length >= count, 120_000)
    return (performance.now() - from) / 1000
  } catch (error) {
    return `not counted: ${error instanceof Error ? error.message : 'failed'}`
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

const DISK_GIGABYTES = 4
/** slices of one, as they are sent to somebody who forwards them */
const EXAMINATION = 200
export const FORWARDED = `storescu, ${EXAMINATION} CT slices`

/** All of it, in rounds. @returns notes on what could not be measured or does not count */
export async function measurePeers(
  figures: Figures,
  folder: string,
  rounds: number,
  quick: boolean,
): Promise<string[]> {
  const notes: string[] = []
  const disk = ownDisk(folder, DISK_GIGABYTES)
  if (!disk) notes.push("the machine's own file system: files that were deleted lately slow the archive down")
  const here = disk?.folder ?? folder
  // as many as take half a second: within a tenth of it the start of the programs decides
  const count = quick ? { CT: 100, small: 500 } : { CT: 600, small: 5000 }
  const [ct, examination, small] = [join(here, 'ct'), join(here, 'examination'), join(here, 'small')]
  writeObjects(ct, count.CT, 524_288)
  writeObjects(examination, EXAMINATION, 524_288)
  writeObjects(small, count.small, 20_000)
  const line = shapedLine()
  if (!line) notes.push('no 1 Gbit/s line: network namespaces are not permitted here')
  const add = (workload: string, target: string, round: number, value: number | string) => {
    if (typeof value === 'number') figures.add(workload, target, 'objects/s', value, round)
    else notes.push(`${workload}, ${target}: ${value}`)
  }
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [workload, way, objects] of [
        ['storescu CT', 'loopback', ct],
        ['storescu small', 'loopback', small],
        ...(line ? ([['storescu CT, 1 Gbit/s', '1 Gbit/s', ct]] as const) : []),
      ] as const)
        for (const target of ['direct', 'haproxy', 'sluice', 'sluice and tap'] as const)
          add(workload, target, round, await send(target, way, objects, small, here))
      const sent = await send('sluice and tap', 'loopback', examination, small, here)
      add(FORWARDED, 'sluice and tap', round, sent)
      const seconds = await forwardSeconds(examination, here)
      add(FORWARDED, 'orthanc forwarding', round, typeof seconds === 'number' ? EXAMINATION / seconds : seconds)
    }
  } finally {
    line?.close()
    disk?.close()
  }
  figures.add('slow archive', 'sluice', 'MB', await slowArchiveMb((quick ? 20 : 200) << 20))
  return notes
}
