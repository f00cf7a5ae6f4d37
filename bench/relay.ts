/**
 * The relay beside no relay and HAProxy: a generator and a sink that use next to no CPU, 256 held associations; then between
 * programs of others (relay-peers.ts). HAProxy runs with one thread, as it comes and with
 * the relay's priority, and the relay with one process; Sluice's hashes are on.
 */
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindListeningSocket } from '../src/app/roles/listening.ts'
import type { FromRelay, ToRelay } from '../src/app/roles/relay.ts'
import { mayGoFirst, PRIORITY } from '../src/base/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { withMemoryHeld } from './held-memory.ts'
import { discard, haproxyTo } from './hops.ts'
import { FORWARDED, measureForwarding } from './forwarding.ts'
import { measurePeers } from './relay-peers.ts'
import {
  cpuSeconds,
  ended,
  Figures,
  memoryMb,
  native,
  result,
  timed,
  versionOf,
  type Options,
  type Result,
} from './measure.ts'

// as many as take a second or two: within a tenth of it one stall of the machine decides
const WORKLOADS = [
  { name: 'CT 1', connections: 1, objects: 3200, sizeBytes: 524_288 },
  { name: 'CT 8', connections: 8, objects: 3200, sizeBytes: 524_288 },
  { name: 'CT 64', connections: 64, objects: 3200, sizeBytes: 524_288 },
  { name: 'small 1', connections: 1, objects: 16_000, sizeBytes: 20_000 },
  // a system with two cores puts whoever stands in between beside the device or apart from it, and the two differ by half
  { name: 'small 1, placed alike', connections: 1, objects: 16_000, sizeBytes: 20_000, placed: true },
  { name: 'small 64', connections: 64, objects: 51_200, sizeBytes: 20_000 },
  // beside programs that keep every processor busy, as the gate, a database or a neural network may
  { name: 'CT 1, busy machine', connections: 1, objects: 800, sizeBytes: 524_288, busy: 4 },
  { name: 'echo', connections: 1, objects: 2000, sizeBytes: 100 },
] as const satisfies readonly Workload[]

interface Workload {
  readonly name: string
  readonly connections: number
  readonly objects: number
  readonly sizeBytes: number
  /** what stands in between has the first core, its other threads and both ends have the second */
  readonly placed?: boolean
  /** programs that do nothing but keep a processor busy, at the same time; it has no goal */
  readonly busy?: number
}

/** `haproxy first`: with the priority that the relay gives itself, to tell how much of a figure that is */
const TARGETS = ['direct', 'haproxy', 'haproxy first', 'sluice', 'sluice and tap'] as const
type Target = (typeof TARGETS)[number]

/** sent before anything is measured */
const WARM_OBJECTS = { large: 2000, small: 24_000 } as const

/** workload, target, beside, at least */
const PEERS = [
  ['storescu CT', 'sluice', 'direct', 0.8],
  ['storescu CT', 'sluice and tap', 'direct', 0.8],
  ['storescu small', 'sluice', 'direct', 0.9],
  ['storescu small', 'sluice and tap', 'direct', 0.9],
  ['storescu CT, bit-preserving', 'sluice', 'direct', 0.8],
  ['storescu CT, bit-preserving', 'sluice and tap', 'direct', 0.8],
  ['storescu small, bit-preserving', 'sluice', 'direct', 0.9],
  ['storescu small, bit-preserving', 'sluice and tap', 'direct', 0.9],
  ["storescu CT, the machine's file system", 'sluice', 'direct', 0.8],
  ["storescu CT, the machine's file system", 'sluice and tap', 'direct', 0.8],
  ["storescu small, the machine's file system", 'sluice', 'direct', 0.9],
  ["storescu small, the machine's file system", 'sluice and tap', 'direct', 0.9],
  ['storescu CT, 1 Gbit/s', 'sluice', 'direct', 0.98],
  ['storescu CT, 1 Gbit/s', 'sluice and tap', 'direct', 0.98],
  [FORWARDED, 'sluice and tap', 'orthanc forwarding', 2.5],
] as const

const HOPS = [...new Set(PEERS.map(([workload]) => workload).filter((workload) => workload !== FORWARDED))].flatMap(
  (workload) => [
    [workload, 'hop', 'direct'] as const,
    [workload, 'haproxy', 'direct'] as const,
    [workload, 'sluice', 'haproxy'] as const,
    [workload, 'sluice and tap', 'haproxy'] as const,
  ],
)

export async function run(options: Options): Promise<readonly Result[]> {
  const figures = new Figures()
  const notes: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    await withMemoryHeld(() => measured(figures, notes, folder, options))
    notes.push(...(await measureForwarding(figures, folder, options)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return told(figures, notes, options)
}

async function measured(figures: Figures, notes: string[], folder: string, options: Options): Promise<void> {
  for (let round = 0; round < options.rounds; round++)
    for (const workload of WORKLOADS)
      for (const target of round % 2 ? [...TARGETS].reverse() : TARGETS) {
        const why = await measure(figures, folder, workload, target, options.quick, round)
        if (why) notes.push(`${workload.name}, ${target}, round ${round}: ${why}`)
      }
  figures.add('256 held', 'sluice', 'MB', await heldMb())
  notes.push(...(await measurePeers(figures, folder, options)))
}

function told(figures: Figures, notes: readonly string[], options: Options): readonly Result[] {
  const ratios = Object.fromEntries(
    WORKLOADS.filter((workload: Workload) => !workload.busy).flatMap(({ name }) =>
      againstHAProxy(figures, name, 'haproxy'),
    ),
  )
  const targets: Record<string, Result['targets'][string]> = {}
  for (const [workload, target, other, goal] of PEERS) {
    const ratio = figures.ratio(workload, target, other, 'objects/s')
    if (!ratio) continue
    const name = `${workload}: ${target} / ${other}`
    ratios[name] = ratio
    targets[name] = { goal: `at least ${goal}`, measured: ratio.median, reached: ratio.median >= goal }
  }
  // what any hop costs these programs on this machine
  for (const [workload, target, other] of HOPS) {
    const ratio = figures.ratio(workload, target, other, 'objects/s')
    if (ratio) ratios[`${workload}: ${target} / ${other}`] = ratio
  }
  for (const [name, ratio] of Object.entries(ratios)) {
    if (name.startsWith('echo') || name.startsWith('storescu') || targets[name]) continue
    const goal = name.includes('tap') ? 0.8 : 1
    targets[name] = { goal: `at least ${goal}`, measured: ratio.median, reached: ratio.median >= goal }
  }
  for (const workload of WORKLOADS as readonly Workload[])
    for (const other of ['haproxy', 'haproxy first'] as const)
      if (workload.busy || other === 'haproxy first')
        Object.assign(ratios, Object.fromEntries(againstHAProxy(figures, workload.name, other)))
  const row = (workload: string, target: string) =>
    figures.rows.find(
      (each) =>
        each.workload === workload &&
        each.target === target &&
        each.unit !== 'objects/s' &&
        !each.unit.startsWith('CPU'),
    )
  const addedUs = (row('echo', 'sluice')?.spread.median ?? NaN) - (row('echo', 'direct')?.spread.median ?? NaN)
  targets['a question of 100 bytes, added at p50'] = {
    ...{ goal: 'at most 100 µs', measured: addedUs, reached: addedUs <= 100 },
  }
  const held = row('256 held', 'sluice')?.spread.median ?? NaN
  targets['256 held associations'] = { goal: 'at most 150 MB', measured: held, reached: held <= 150 }
  const slow = row('slow archive', 'sluice')?.spread.median ?? NaN
  targets['8 associations to an archive that reads 20 MB/s'] = {
    ...{ goal: 'at most 150 MB', measured: slow, reached: slow <= 150 },
  }
  const versions = {
    storescu: versionOf('storescu'),
    orthanc: versionOf('Orthanc'),
    haproxy: versionOf('haproxy', ['-v']),
  }
  return [result('relay', options, { rows: figures.rows, ratios, targets, notes, versions })]
}

const againstHAProxy = (figures: Figures, workload: string, other: 'haproxy' | 'haproxy first') =>
  (['sluice', 'sluice and tap'] as const).flatMap((target) => {
    const ratio = figures.ratio(workload, target, other, 'objects/s')
    return ratio ? [[`${workload}: ${target} / ${other}`, ratio] as const] : []
  })

/** @returns what must be said of the figure, or why it does not count */
async function measure(
  figures: Figures,
  folder: string,
  workload: Workload,
  target: Target,
  quick: boolean,
  round: number,
): Promise<string | undefined> {
  const sinkPort = await freePort()
  const sink = spawn(native('sink'), [String(sinkPort)], { stdio: ['ignore', 'pipe', 'ignore'] })
  const stops: (() => unknown)[] = []
  let unequal = 0
  let unproved = 0
  let closed = 0
  const left: string[] = []
  let pid: number | undefined
  try {
    await portAnswers(sinkPort)
    let port = sinkPort
    if (target === 'haproxy' || target === 'haproxy first') {
      const haproxy = await haproxyTo(stops, 'loopback', sinkPort, folder)
      port = haproxy.port
      pid = haproxy.child.pid
      await portAnswers(port)
      if (target === 'haproxy first' && !mayGoFirst()) return 'not counted, the system does not permit it'
      if (target === 'haproxy first' && pid) setPriority(pid, PRIORITY.relay)
    } else if (target !== 'direct') {
      const path = target === 'sluice' ? undefined : join(folder, `tap-${sinkPort}`)
      const tapped = path ? await discard(stops, path) : undefined
      const relay = await startRelay(sinkPort, path)
      stops.push(relay.stop)
      port = relay.port
      pid = relay.child.pid
      relay.child.on('message', (message: FromRelay) => {
        if (message.type !== 'events') return
        for (const event of message.events)
          if (event.type === 'gap') left.push(event.reason)
          else if (event.type === 'association-closed') {
            closed++
            if (!event.toUpstream.sha256In) unproved++
            for (const proof of [event.toUpstream, event.toModality])
              if (proof.sha256In !== proof.sha256Out || proof.bytesIn !== proof.bytesOut) unequal++
          }
      })
      await tapped?.()
    }
    const objects = Math.max(workload.connections, Math.floor(workload.objects / (quick ? 4 : 1)))
    // a relay runs for months: the first moments of a process are not what is asked about, of any target; code that is
    // called four times an object is compiled after some ten thousand calls
    const warm = [port, 2, WARM_OBJECTS[workload.sizeBytes > 100_000 ? 'large' : 'small'], workload.sizeBytes]
    const warmed = await timed(native('generator'), warm.map(String))
    const before = pid ? cpuSeconds(pid) : 0
    if (workload.placed) {
      for (const one of [sink.pid, pid]) if (one) onCore(1, one, 'all threads')
      if (pid) onCore(0, pid)
    }
    const generate = [native('generator'), ...[port, workload.connections, objects, workload.sizeBytes].map(String)]
    const [program = '', ...args] = workload.placed ? ['taskset', '-c', '1', ...generate] : generate
    const others = busyPrograms(workload.busy ?? 0)
    stops.push(...others.map((other) => () => ended(other)))
    const { status, stdout } = await timed(program, args)
    for (const other of others) await ended(other)
    if (target.startsWith('sluice')) await new Promise((done) => setTimeout(done, 250))
    const used = pid ? cpuSeconds(pid) - before : 0
    const seen = (await ended(sink, 'SIGTERM')).trim()
    const [seconds, sent, , , p50Us] = stdout.trim().split(' ')
    if (status !== 0 || seen !== total(warmed.stdout, stdout)) return 'not counted, the sink did not see what was sent'
    if (target.startsWith('sluice') && (unequal > 0 || closed < workload.connections + 2))
      return 'not counted, the hashes differ'
    if (unproved > 0) return `not counted, the witness of ${unproved} connections found no processor in time`
    if (target === 'sluice and tap' && left.length > 0)
      return `not counted, the tap left ${left.length} connections behind: ${[...new Set(left)].join(', ')}`
    figures.add(workload.name, target, 'objects/s', Number(sent) / Number(seconds), round)
    if (pid) figures.add(workload.name, target, 'CPU µs an object', (1e6 * used) / Number(sent))
    if (workload.name === 'echo') figures.add(workload.name, target, 'µs at p50', Number(p50Us))
    return undefined
  } catch {
    return 'not counted, it did not start'
  } finally {
    for (const stop of stops.reverse()) await stop()
    await ended(sink)
  }
}

const busyPrograms = (count: number): readonly ChildProcess[] =>
  Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))

/** objects, bytes and checksum of both runs together: 64 bits, as the sink counts them */
function total(...outputs: readonly string[]): string {
  const sums = [0n, 0n, 0n]
  for (const output of outputs) {
    const counts = output.trim().split(' ').slice(1, 4).map(BigInt)
    counts.forEach((count, at) => (sums[at] = BigInt.asUintN(64, (sums[at] ?? 0n) + count)))
  }
  return sums.join(' ')
}

/** @param threads without it the first thread alone */
const onCore = (core: number, pid: number, threads?: 'all threads'): void =>
  void execFileSync('taskset', [threads ? '-apc' : '-pc', String(core), String(pid)], { stdio: 'ignore' })

async function startRelay(upstreamPort: number, tap: string | undefined) {
  const listening = bindListeningSocket('127.0.0.1', 0)
  const role = join(import.meta.dirname, '../src/app/roles/relay.ts')
  const child: ChildProcess = fork(role, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  if (tap) child.send({ type: 'tap', path: tap } satisfies ToRelay)
  const link = { name: 'link', upstream: { host: '127.0.0.1', port: upstreamPort } }
  child.send({ type: 'serve', link } satisfies ToRelay, listening.handle)
  await new Promise<void>((done) => child.on('message', (message: FromRelay) => message.type === 'serving' && done()))
  const stop = async () => {
    await ended(child)
    listening.close()
  }
  return { child, port: listening.port, stop }
}

async function heldMb(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const relay = await startRelay((server.address() as { port: number }).port, undefined)
  const sockets = await Promise.all(
    Array.from(
      { length: 256 },
      () =>
        new Promise<ReturnType<typeof connect>>((done) => {
          const socket = connect(relay.port, '127.0.0.1', () => socket.write(Buffer.alloc(65_536)))
          socket.on('error', () => {}).on('data', () => socket.bytesRead >= 65_536 && done(socket))
        }),
    ),
  )
  const { peak } = memoryMb(relay.child.pid ?? 0)
  sockets.forEach((socket) => socket.destroy())
  await relay.stop()
  server.close()
  return peak
}
