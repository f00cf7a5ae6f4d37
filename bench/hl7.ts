/**
 * Messages: round trip and framing beside python3-hl7, reading on one core, and the relay on MLLP: what it adds to a question,
 * to 20 MB, and 200 connections at once. Sender and laboratory are processes of their own, the relay too.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindListeningSocket } from '../src/app/roles/listening.ts'
import type { ToRelay } from '../src/app/roles/relay.ts'
import { laboratoryMessages } from '../src/app/demo/index.ts'
import {
  code,
  fieldsOf,
  frame,
  MllpDeframer,
  readDecoded,
  readMessage,
  splice,
  splitBatch,
  textsOf,
} from '../src/standards/hl7/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { MIXES, pipelineRate } from './hl7-pipeline.ts'
import { haproxyTo } from './relay-peers.ts'
import { ended, Figures, result, type Options, type Result } from './measure.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'hl7')

export async function run(options: Options): Promise<readonly Result[]> {
  const figures = new Figures()
  const notes: string[] = []
  const messages = corpus()
  const same = roundTrip(messages)
  figures.add('round trip', 'sluice', 'messages', same)
  const theirs = pythonRoundTrip(messages)
  if (theirs === undefined) notes.push('python3-hl7 is absent')
  else figures.add('round trip', 'python3-hl7', 'messages', theirs)
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
  return [result('hl7', options, { rows: figures.rows, ratios, targets, notes, versions: {} })]
}

/** public messages where they are at hand, and what the demo's analysers send */
function corpus(): Buffer[] {
  const made = Array.from({ length: 12 }, (_, at) => laboratoryMessages(at).hl7).flat()
  if (!existsSync(CORPUS)) return made
  const files = readdirSync(CORPUS).filter((name) => name.endsWith('.hl7'))
  return [...made, ...files.map((name) => readFileSync(join(CORPUS, name)))]
}

/** every field of every message replaced by its own bytes, and the whole compared */
function roundTrip(messages: readonly Buffer[]): number {
  return messages.filter((bytes) => {
    const pieces = splitBatch(bytes).messages.map(({ start, end }) => {
      const message = readMessage(bytes.subarray(start, end))
      const ranges = message.segments.flatMap((segment) => fieldsOf(message, segment))
      return splice(
        message,
        ranges.map((range) => ({ range, bytes: message.bytes.subarray(range.start, range.end) })),
      )
    })
    const parts = splitBatch(bytes).messages.map(({ start, end }) => bytes.subarray(start, end))
    return parts.length > 0 && Buffer.concat(pieces).equals(Buffer.concat(parts))
  }).length
}

function pythonRoundTrip(messages: readonly Buffer[]): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const program = `
import hl7, sys, os
same = 0
for name in sorted(os.listdir(sys.argv[1])):
    raw = open(os.path.join(sys.argv[1], name), 'rb').read()
    try:
        same += str(hl7.parse(raw.decode('utf-8'))).encode('utf-8') == raw
    except Exception:
        pass
print(same)`
  try {
    for (const [at, bytes] of messages.entries()) writeFileSync(join(folder, String(at)), bytes)
    return Number(
      execFileSync('/usr/bin/python3', ['-c', program, folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** numbers that are the same on every run */
function* numbers(): Generator<number, never> {
  for (let state = 88_172_645; ;) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    yield state >>> 0
  }
}

function fuzz(quick: boolean): { differences: number; exceptions: number; streams: number; mutated: number } {
  const source = numbers()
  const next = (below: number) => source.next().value % below
  const [streams, mutated] = quick ? [400, 4500] : [4000, 45_000]
  let differences = 0
  for (let stream = 0; stream < streams; stream++) {
    const bytes = Buffer.from(
      Array.from({ length: next(400) }, () => [0x0b, 0x1c, 0x0d, 0x0a, 0x41, next(256)][next(6)] as number),
    )
    const told = (cut: boolean): string => {
      const deframer = new MllpDeframer()
      const pieces: string[] = []
      let covered = 0
      const take = (some: ReturnType<MllpDeframer['feed']>): void => {
        for (const piece of some) {
          if (piece.start !== covered) pieces.push('a gap')
          covered = piece.end
          if ('bytes' in piece) pieces.push(`${piece.type} ${piece.bytes.toString('hex')}`)
        }
      }
      for (let at = 0; at < bytes.length;) {
        const size = cut ? 1 + next(20) : bytes.length
        take(deframer.feed(Buffer.from(bytes.subarray(at, at + size))))
        at += size
      }
      take(deframer.end())
      return `${pieces.join('\n')} ${covered === bytes.length}`
    }
    if (told(true) !== told(false)) differences++
  }
  let exceptions = 0
  const seeds = corpus()
  for (let one = 0; one < mutated; one++) {
    const bytes = Buffer.from(seeds[next(seeds.length)]?.subarray(0, 4000) ?? [])
    for (let change = next(8); change >= 0; change--) bytes[next(bytes.length)] = next(256)
    try {
      const { message, hidden } = readDecoded(bytes.subarray(0, 1 + next(bytes.length)))
      textsOf(message, hidden).at('PID.5.1')
    } catch (error) {
      if ((error as { name?: string }).name !== 'Fault') exceptions++
    }
  }
  return { differences, exceptions, streams, mutated }
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

const DAY = 'a day of 400 people, 12 messages each'

/** messages a second of processor time, and what the middle one costs at each step */
async function throughAll(figures: Figures, quick: boolean): Promise<void> {
  for (const [mix, make] of Object.entries(MIXES)) {
    const messages = make(quick)
    if (messages.length === 0) continue
    await pipelineRate(messages.slice(0, 300), 1)
    const { perSecond, quarantined, ...steps } = await pipelineRate(messages, quick ? 1 : 3)
    figures.add(mix, 'sluice', 'messages/s', perSecond)
    for (const [step, us] of Object.entries(steps)) figures.add(mix, `sluice, ${step}`, 'µs p50', us)
    figures.add(mix, 'sluice', 'quarantined', quarantined)
  }
}

/** relay and laboratory as processes of their own */
async function line(): Promise<{ direct: number; relayed: number; end(): Promise<void> }> {
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
  const { direct, relayed: through, end } = await line()
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
    for (let time = 0; time < 5; time++) for (const { sender, took } of all) took.push(await sender.send(large))
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
