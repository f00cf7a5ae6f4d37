/** The relay between programs of others: storescu and storescp, on loopback and over a shaped line; a slow archive. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, examination, EXPLICIT_LITTLE_ENDIAN } from '../src/app/demo/index.ts'
import { writeFileMeta } from '../src/standards/dicom/index.ts'
import { eventually, freePort } from '../test/peers.ts'
import { begin, discard, haproxyTo, hopTo, hostOf, relayTo, shapedLine, within, type Line } from './hops.ts'
import { busySeconds, memoryMb, timed, type Figures, type Options } from './measure.ts'
import { ownDisk } from './own-disk.ts'

/** `hop`: the least that can stand in between, `native/hop.c` */
const TARGETS = ['direct', 'hop', 'haproxy', 'sluice', 'sluice and tap'] as const
type Target = (typeof TARGETS)[number]

/** CT images as files, complete as a device writes them; of `rows` lines of `columns` pixels. */
export function writeObjects(folder: string, count: number, [rows, columns]: readonly [number, number]): void {
  mkdirSync(folder, { recursive: true })
  const picture = { rows, columns, pixels: new Uint16Array(randomBytes(rows * columns * 2).buffer) }
  const study = examination(1)
  for (let at = 0; at < count; at++) {
    const meta = writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid(`instance ${at}`),
    })
    writeFileSync(join(folder, `${at}.dcm`), Buffer.concat([meta, ctImage(study, at, picture)]))
  }
}

/** An archive: `+B` writes what it receives bit for bit; as it comes it reads each data set and writes it anew. */
export const storescp = (port: number, into: string, ...options: readonly string[]): readonly string[] => [
  ...['storescp', '--fork', ...options, '-od', into],
  ...['-pdu', '131072', '-aet', 'PACS', String(port)],
]

const BIT_PRESERVING = '+B'

interface Stored {
  /** the start of storescu included */
  readonly objectsPerSecond: number
  /** of all programs on the machine, for an object: what two cores have is twice the time that it takes */
  readonly busyUs: number
}

/** storescu to storescp, which writes files, with `target` in between. */
interface Stand {
  readonly target: Target
  /** @returns or why it does not count */
  store(objects: string): Promise<Stored | string>
  stop(): Promise<void>
}

/** @param options of storescp. @throws where it does not come up */
export async function stand(
  target: Target,
  line: Line,
  folder: string,
  options: readonly string[] = [],
): Promise<Stand> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const each of stops.reverse()) await each()
  }
  try {
    const scp = await freePort()
    const received = join(folder, `received-${scp}`)
    mkdirSync(received)
    stops.push(() => rmSync(received, { recursive: true }))
    begin(stops, within(line, 'archive', storescp(scp, received, ...options)))
    const tap = target === 'sluice and tap' ? join(folder, `tap-${scp}`) : undefined
    const tapped = tap ? await discard(stops, tap) : undefined
    const relay = target.startsWith('sluice') ? await relayTo(stops, line, scp, tap) : undefined
    const other = target === 'haproxy' ? await haproxyTo(stops, line, scp, folder) : undefined
    const least = target === 'hop' ? await hopTo(stops, line, scp) : undefined
    const at = relay ?? other ?? least ?? { host: hostOf(line), port: scp }
    await tapped?.()
    const run = ([program = '', ...args]: readonly string[]) => timed(program, args)
    const echo = within(line, 'device', ['echoscu', '-aec', 'PACS', at.host, String(at.port)])
    await eventually('the archive answers', async () => (await run(echo)).status === 0)
    const told = (wanted: string) => relay?.events.filter(({ type }) => type === wanted) ?? []
    const store = async (objects: string) => {
      const to = ['storescu', '-aec', 'PACS', '-pdu', '131072', '+sd', at.host, String(at.port), objects]
      const before = busySeconds()
      const { status, seconds } = await run(within(line, 'device', to))
      const busy = busySeconds() - before
      const arrived = readdirSync(received)
      for (const one of arrived) rmSync(join(received, one))
      const count = readdirSync(objects).length
      if (status !== 0 || arrived.length !== count) return 'not counted, not everything arrived'
      const ends = () => told('association-closed')
      await eventually('the associations ended', () => ends().length === told('association-opened').length)
      if (tap && !ends().at(-1)?.tapped) return 'not counted, the tap was left behind'
      return { objectsPerSecond: count / seconds, busyUs: (1e6 * busy) / count }
    }
    return { target, store, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Add = (target: Target, round: number, stored: Stored | string) => void

/**
 * All targets in turn, forth and back, in rounds of half a second: whoever always came first would always find the machine as
 * something else left it. Each has passed `warm` and the objects before: a relay runs for months, and the first moments of a
 * process, or of a file system, are not what is asked about.
 */
async function inTurn(stands: readonly Stand[], objects: string, warm: string, rounds: number, add: Add) {
  for (const before of [warm, objects]) for (const each of stands) await each.store(before)
  for (let round = 0; round < rounds; round++)
    for (const each of round % 2 ? [...stands].reverse() : stands) add(each.target, round, await each.store(objects))
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

export const DISK_GIGABYTES = 4
/** of storescu and storescp, in each round of the others */
export const SHORT_ROUNDS = 5

/** All of it, in rounds. @returns notes on what could not be measured or does not count */
export async function measurePeers(figures: Figures, folder: string, { rounds, quick }: Options): Promise<string[]> {
  const notes: string[] = []
  const disk = ownDisk(folder, DISK_GIGABYTES)
  if (!disk) notes.push("the machine's own file system: files that were deleted lately slow the archive down")
  const here = disk?.folder ?? folder
  // as many as take half a second: within a tenth of it the start of storescu decides
  const count = quick ? { CT: 100, small: 500 } : { CT: 400, small: 2000 }
  const [ct, small] = [join(here, 'ct'), join(here, 'small')]
  writeObjects(ct, count.CT, [512, 512])
  writeObjects(small, count.small, [100, 100])
  const line = shapedLine()
  if (!line) notes.push('no 1 Gbit/s line: network namespaces are not permitted here')
  const add = (workload: string, target: string, round: number, stored: Stored | string) => {
    if (typeof stored === 'string') {
      notes.push(`${workload}, ${target}: ${stored}`)
      return
    }
    figures.add(workload, target, 'objects/s', stored.objectsPerSecond, round)
    figures.add(workload, target, 'CPU µs an object, of all programs', stored.busyUs, round)
  }
  const workloads = [
    ['storescu CT', 'loopback', ct, here],
    ['storescu small', 'loopback', small, here],
    ['storescu CT, bit-preserving', 'loopback', ct, here, BIT_PRESERVING],
    ['storescu small, bit-preserving', 'loopback', small, here, BIT_PRESERVING],
    ...(line ? ([['storescu CT, 1 Gbit/s', '1 Gbit/s', ct, here]] as const) : []),
    // an archive that has kept and deleted for years is slower, and what stands in between is seen otherwise
    ...(disk
      ? ([
          ["storescu CT, the machine's file system", 'loopback', ct, folder],
          ["storescu small, the machine's file system", 'loopback', small, folder],
        ] as const)
      : []),
  ] as const
  try {
    for (const [workload, way, objects, into, ...options] of workloads) {
      const stands: Stand[] = []
      try {
        for (const target of TARGETS) stands.push(await stand(target, way, into, options))
        await inTurn(stands, objects, small, quick ? 1 : SHORT_ROUNDS * rounds, (target, round, stored) =>
          add(workload, target, round, stored),
        )
      } catch (error) {
        notes.push(`${workload}: ${error instanceof Error ? error.message : 'failed'}`)
      } finally {
        for (const each of stands) await each.stop()
      }
    }
  } finally {
    line?.close()
    disk?.close()
  }
  figures.add('slow archive', 'sluice', 'MB', await slowArchiveMb((quick ? 20 : 200) << 20))
  return notes
}
