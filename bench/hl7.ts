/**
 * Messages: round trip, framing and reading beside the libraries of others, the way through gate and unification on one
 * core, and the relay on MLLP: what it adds to a question, to 20 MB, and 200 connections at once. Sender and laboratory are
 * processes of their own, the relay too.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindListeningSocket } from '../src/app/roles/listening.ts'
import type { ToRelay } from '../src/app/roles/relay.ts'
import { laboratoryMessages } from '../src/app/demo/index.ts'
import { code, frame, MllpDeframer, readDecoded, readMessage, textsOf } from '../src/standards/hl7/index.ts'
import { WORKER_FLAGS } from '../src/app/roles/worker-flags.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { corpus, dividing, fuzz, pythonFigures, roundTrip } from './hl7-codec.ts'
import { delivers, FRAMINGS, peerFigures, PEERS, type PeerName } from './hl7-peers.ts'
import { MIXES, type PipelineRate } from './hl7-pipeline.ts'
import { haproxyTo } from './relay-peers.ts'
import { cpuSeconds, ended, Figures, result, timed, type Options, type Result } from './measure.ts'

export async function run(options: Options): Promise<readonly Result[]> {
  const figures = new Figures()
  const notes: string[] = []
  const messages = corpus()
  const same = roundTrip(messages)
  figures.add('round trip', 'sluice', 'messages', same)
  const framed = await besidePeers(messages, figures, notes, options.quick)
  const { differences, exceptions, streams, mutated } = fuzz(options.quick)
  figures.add('fuzz', 'sluice', 'differences', differences)
  figures.add('fuzz', 'sluice', 'exceptions', exceptions)
  for (let round = 0; round < options.rounds; round++) {
    figures.add('parse and five texts', 'sluice', 'messages/s', reading(options.quick))
    await throughAll(figures, options.quick)
    await relayed(figures, options.quick, round)
  }
  const lost = await crowd(options.quick)
  figures.add('200 connections', 'sluice', 'lost', lost.lost)
  figures.add('200 connections', 'sluice', 'messages/s', lost.perSecond)
  const median = (workload: string, target: string, unit: string) =>
    figures.rows.find((row) => row.workload === workload && row.target === target && row.unit === unit)?.spread
      .median ?? NaN
  const added = median('question', 'sluice', 'ms p50') - median('question', 'direct', 'ms p50')
  const large = figures.ratio('20 MB', 'sluice', 'direct', 'ms')
  const goal = (text: string, measured: number, reached: boolean) => ({ goal: text, measured, reached })
  const targets = {
    'round trip': goal(`all ${messages.length}`, same, same === messages.length),
    'framing table': goal(
      `all ${framed.cases}, each peer fails one`,
      framed.ours,
      framed.ours === framed.cases && framed.peers.every((right) => right < framed.cases),
    ),
    [`fuzz of ${streams} streams`]: goal('0 differences', differences, differences === 0),
    [`${mutated} mutated messages`]: goal('0 exceptions', exceptions, exceptions === 0),
    'parse, gate and unification': goal(
      'at least 15,000 messages/s',
      median(DAY, 'sluice', 'messages/s'),
      median(DAY, 'sluice', 'messages/s') >= 15_000,
    ),
    'added to a question at p50': goal('at most 0.1 ms', added, added <= 0.1),
    '20 MB': goal('at most 1.5 of direct', large?.median ?? NaN, (large?.median ?? NaN) <= 1.5),
    '1,000 messages/s over 200 connections': goal('nothing lost', lost.lost, lost.lost === 0 && lost.perSecond >= 990),
  }
  notes.push(`200 connections for ${lost.seconds} s`)
  const ratios = Object.fromEntries(
    [
      ['sluice', 'direct'],
      ['haproxy', 'direct'],
      ['sluice', 'haproxy'],
    ].flatMap(([target = '', other = '']) => {
      const ratio = figures.ratio('20 MB', target, other, 'ms')
      return ratio ? [[`20 MB: ${target} / ${other}`, ratio] as const] : []
    }),
  )
  return [result('hl7', options, { rows: figures.rows, ratios, targets, notes, versions: versionsOfPeers() })]
}

/** @returns messages a second: read, character set, five texts, one core */
function reading(quick: boolean): number {
  const messages = Array.from({ length: 12 }, (_, at) => laboratoryMessages(at).hl7).flat()
  const paths = ['PID.5.1', 'OBX[1].3.1', 'OBX[1].5', 'OBX[1].6', 'OBX[1].7']
  const times = quick ? 50 : 400
  const startedAt = performance.now()
  for (let time = 0; time < times; time++)
    for (const bytes of messages) {
      const { message, hidden } = readDecoded(bytes)
      const texts = textsOf(message, hidden)
      for (const path of paths) texts.at(path)
    }
  return (times * messages.length) / ((performance.now() - startedAt) / 1000)
}

/** the same messages through the libraries of others, and seven ways of framing through their servers */
async function besidePeers(
  messages: readonly Buffer[],
  figures: Figures,
  notes: string[],
  quick: boolean,
): Promise<{ readonly cases: number; readonly ours: number; readonly peers: readonly number[] }> {
  const ms = quick ? 300 : 2000
  const cases = Object.keys(FRAMINGS)
  const right: boolean[] = []
  for (const framing of cases) right.push(await delivers('sluice', import.meta.dirname, framing))
  const ours = right.filter(Boolean).length
  figures.add('framing', 'sluice', 'of 7 right', ours)
  figures.add('divided into fields', 'sluice', 'messages/s', dividing(messages, ms))
  const peers: number[] = []
  for (const [name, packages] of Object.entries(PEERS)) {
    const peer = await peerFigures(name as PeerName, messages, ms)
    if (!peer) {
      notes.push(`${packages.join(' ')} cannot be had`)
      continue
    }
    if (peer.roundTrip !== undefined) figures.add('round trip', name, 'messages', peer.roundTrip)
    if (peer.perSecond !== undefined) figures.add('divided into fields', name, 'messages/s', peer.perSecond)
    figures.add('framing', name, 'of 7 right', peer.framed.length)
    peers.push(peer.framed.length)
    notes.push(`${name} fails: ${cases.filter((framing) => !peer.framed.includes(framing)).join(', ') || 'nothing'}`)
  }
  const python = pythonFigures(messages, ms / 1000)
  if (!python) notes.push('python3-hl7 is absent')
  else {
    figures.add('round trip', 'python3-hl7', 'messages', python.same)
    figures.add('divided into fields', 'python3-hl7', 'messages/s', python.perSecond)
  }
  return { cases: cases.length, ours, peers }
}

const DAY = 'a day of 400 people, 12 messages each'

/** messages a second of processor time, and what the middle one costs at each step; each mix in a process as the worker's */
async function throughAll(figures: Figures, quick: boolean): Promise<void> {
  for (const mix of Object.keys(MIXES)) {
    const child = join(import.meta.dirname, 'hl7-pipeline-child.ts')
    const { stdout } = await timed(process.execPath, [...WORKER_FLAGS, child, mix, quick ? 'quick' : 'full'])
    if (!stdout.startsWith('{')) continue
    const { perSecond, quarantined, ...steps } = JSON.parse(stdout) as PipelineRate
    figures.add(mix, 'sluice', 'messages/s', perSecond)
    for (const [step, us] of Object.entries(steps)) figures.add(mix, `sluice, ${step}`, 'µs p50', us as number)
    figures.add(mix, 'sluice', 'quarantined', quarantined)
  }
}

/** relay and laboratory as processes of their own */
async function line(): Promise<{ direct: number; relayed: number; pid: number | undefined; end(): Promise<void> }> {
  const direct = await freePort()
  const laboratory = fork(join(import.meta.dirname, 'hl7-laboratory.ts'), [String(direct)], { stdio: 'ignore' })
  await portAnswers(direct)
  const relayed = await freePort()
  const listening = bindListeningSocket('127.0.0.1', relayed)
  const relay: ChildProcess = fork(join(import.meta.dirname, '../src/app/roles/relay.ts'), { stdio: 'ignore' })
  const link = { name: 'lab', protocol: 'mllp', upstream: { host: '127.0.0.1', port: direct } } as const
  await new Promise((done) => {
    relay.on('message', (message: { type: string }) => message.type === 'serving' && done(undefined))
    relay.send({ type: 'serve', link } satisfies ToRelay, listening.handle as never)
  })
  return {
    direct,
    relayed,
    pid: relay.pid,
    end: async () => {
      await ended(relay)
      await ended(laboratory)
      listening.close()
    },
  }
}

class Sender {
  readonly #socket: Socket
  readonly #waiting: ((at: number) => void)[] = []
  readonly #deframer = new MllpDeframer()

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('error', () => {})
    this.#socket.on('data', (chunk: Buffer) => {
      for (const piece of this.#deframer.feed(chunk))
        if (piece.type === 'frame' && code(readMessage(piece.bytes), 'MSA.1') === 'AA')
          this.#waiting.shift()?.(performance.now())
    })
  }

  /** @returns milliseconds until it was acknowledged */
  async send(framed: Buffer): Promise<number> {
    const startedAt = performance.now()
    const answered = new Promise<number>((done) => this.#waiting.push(done))
    this.#socket.write(framed)
    return (await answered) - startedAt
  }

  end(): void {
    this.#socket.destroy()
  }
}

async function relayed(figures: Figures, quick: boolean, round: number): Promise<void> {
  const { direct, relayed: through, pid, end } = await line()
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const stops: (() => unknown)[] = []
  const message = frame(laboratoryMessages(0).hl7[1] ?? Buffer.alloc(0))
  const large = frame(
    Buffer.concat([
      Buffer.from('MSH|^~\\&|A||||2026||ORU^R01|1|P|2.5\rOBX|1|ED|x||'),
      Buffer.alloc(20e6, 0x41),
      Buffer.from('\r'),
    ]),
  )
  try {
    const haproxy = existsSync('/usr/sbin/haproxy') ? await haproxyTo(stops, 'loopback', direct, folder) : undefined
    if (haproxy) await portAnswers(haproxy.port)
    const senders = {
      direct: new Sender(direct),
      ...(haproxy ? { haproxy: new Sender(haproxy.port) } : {}),
      sluice: new Sender(through),
    }
    const median = (of: readonly number[]) => [...of].sort((a, b) => a - b)[of.length >> 1] ?? NaN
    const all = Object.entries(senders).map(([target, sender]) => ({ target, sender, took: [] as number[] }))
    // a relay and a laboratory run for months: what the runtime compiles in their first moments is not what is asked about
    for (const { sender } of all) for (let time = 0; time < 3000; time++) await sender.send(message)
    for (let time = 0; time < (quick ? 300 : 3000); time++)
      for (const { sender, took } of all) took.push(await sender.send(message))
    for (const { target, took } of all) figures.add('question', target, 'ms p50', median(took.splice(0)), round)
    for (const { sender } of all) await sender.send(large)
    // many, and in turns of an odd number: whether the laboratory finds its memory ready or has to ask for it, which it does in
    // turns too, costs it as much as everything else
    const pids: Readonly<Record<string, number | undefined>> = { sluice: pid, haproxy: haproxy?.child.pid }
    const before = Object.entries(pids).map(([target, of]) => ({ target, of, used: of ? cpuSeconds(of) : 0 }))
    const times = quick ? 15 : 31
    for (let time = 0; time < times; time++) for (const { sender, took } of all) took.push(await sender.send(large))
    for (const { target, of, used } of before)
      if (of) figures.add('20 MB', target, 'CPU ms', ((cpuSeconds(of) - used) * 1000) / times, round)
    for (const { target, took } of all) figures.add('20 MB', target, 'ms', median(took), round)
    for (const { sender } of all) sender.end()
  } finally {
    for (const stop of stops) await stop()
    rmSync(folder, { recursive: true, force: true })
    await end()
  }
}

/** 200 connections, five messages a second each, every one acknowledged or counted as lost */
async function crowd(quick: boolean): Promise<{ lost: number; perSecond: number; seconds: number }> {
  const { relayed: through, end } = await line()
  const seconds = quick ? 10 : 600
  const message = frame(laboratoryMessages(1).hl7[1] ?? Buffer.alloc(0))
  const senders = Array.from({ length: 200 }, () => new Sender(through))
  let sent = 0
  let acknowledged = 0
  const startedAt = performance.now()
  try {
    await Promise.all(
      senders.map(async (sender, at) => {
        for (let turn = 0; turn < seconds * 5; turn++) {
          const due = startedAt + turn * 200 + at
          const wait = due - performance.now()
          if (wait > 0) await new Promise((done) => setTimeout(done, wait))
          sent++
          const answered = await Promise.race([sender.send(message), new Promise((done) => setTimeout(done, 30_000))])
          if (answered !== undefined) acknowledged++
        }
      }),
    )
    return { lost: sent - acknowledged, perSecond: acknowledged / ((performance.now() - startedAt) / 1000), seconds }
  } finally {
    for (const sender of senders) sender.end()
    await end()
  }
}

const versionsOfPeers = (): Record<string, string> =>
  Object.fromEntries(
    Object.values(PEERS).flatMap((packages) => packages.map((one) => one.split(/(?<=.)@/) as [string, string])),
  )
