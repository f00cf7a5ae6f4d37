/**
 * The relay on MLLP: what it adds to a question, to 20 MB, and 200 connections at once. Sender and laboratory are processes
 * of their own, the relay too.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { laboratoryMessages } from '../src/app/demo/index.ts'
import { bindListeningSocket } from '../src/app/roles/listening.ts'
import type { ToRelay } from '../src/app/roles/relay.ts'
import { frame } from '../src/standards/hl7/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { PEERS, serving, type PeerName } from './hl7-peers.ts'
import { largeMessage, median, Sender } from './hl7-sender.ts'
import { ARCHIVE, begin, haproxyTo, relayTo, shapedLine, within } from './hops.ts'
import { cpuSeconds, ended, timed, type Figures } from './measure.ts'

const AFTERWARDS_MS = 100
/** questions of one sender before it is the next one's turn */
const ROW = 25

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

export async function relayed(figures: Figures, quick: boolean, round: number): Promise<void> {
  const { direct, relayed: through, pid, end } = await line()
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const stops: (() => unknown)[] = []
  const message = frame(laboratoryMessages(0).hl7[1] ?? Buffer.alloc(0))
  const large = largeMessage()
  try {
    const haproxy = existsSync('/usr/sbin/haproxy') ? await haproxyTo(stops, 'loopback', direct, folder) : undefined
    if (haproxy) await portAnswers(haproxy.port)
    const senders = {
      direct: new Sender(direct),
      ...(haproxy ? { haproxy: new Sender(haproxy.port) } : {}),
      sluice: new Sender(through),
    }
    const all = Object.entries(senders).map(([target, sender]) => ({ target, sender, took: [] as number[] }))
    // a relay and a laboratory run for months: what the runtime compiles in their first moments is not what is asked about
    for (const { sender } of all) for (let time = 0; time < 3000; time++) await sender.send(message)
    // some in a row: between single ones of each, what one of them does after its own would be the next one's cost
    for (let row = 0; row < (quick ? 12 : 120); row++)
      for (const { sender, took } of all) for (let time = 0; time < ROW; time++) took.push(await sender.send(message))
    for (const { target, took } of all) figures.add('question', target, 'ms p50', median(took.splice(0)), round)
    for (const { sender } of all) await sender.send(large)
    // many, and in turns of an odd number: whether the laboratory finds its memory ready or has to ask for it, which it does in
    // turns too, costs it as much as everything else
    const pids: Readonly<Record<string, number | undefined>> = { sluice: pid, haproxy: haproxy?.child.pid }
    const before = Object.entries(pids).map(([target, of]) => ({ target, of, used: of ? cpuSeconds(of) : 0 }))
    const times = quick ? 15 : 31
    for (let time = 0; time < times; time++)
      for (const { sender, took } of all) {
        took.push(await sender.send(large))
        // what the relay does after its message has passed is not to be the next one's cost
        await pause(AFTERWARDS_MS)
      }
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

/**
 * 20 MB over a line of 1 Gbit/s, which is what a laboratory has at most: the sender in one network namespace, relay and laboratory in
 * another.
 * @returns why it was not measured
 */
export async function shaped(figures: Figures, quick: boolean, round: number): Promise<string | undefined> {
  const cable = shapedLine()
  if (!cable) return 'no 1 Gbit/s line: network namespaces are not permitted here'
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const stops: (() => unknown)[] = []
  try {
    const port = await freePort()
    const laboratory = [process.execPath, join(import.meta.dirname, 'hl7-laboratory.ts'), String(port), ARCHIVE]
    begin(stops, within('1 Gbit/s', 'archive', laboratory))
    const relay = await relayTo(stops, '1 Gbit/s', port)
    const haproxy = existsSync('/usr/sbin/haproxy') ? await haproxyTo(stops, '1 Gbit/s', port, folder) : undefined
    const ports = { direct: port, ...(haproxy ? { haproxy: haproxy.port } : {}), sluice: relay.port }
    const sender = [process.execPath, join(import.meta.dirname, 'hl7-sender-child.ts'), ARCHIVE, String(quick ? 5 : 15)]
    const [program = '', ...args] = within('1 Gbit/s', 'device', [...sender, ...Object.values(ports).map(String)])
    const { stdout, status } = await timed(program, args)
    if (status !== 0) return 'the sender beyond the 1 Gbit/s line failed'
    const medians = JSON.parse(stdout) as readonly number[]
    for (const [at, target] of Object.keys(ports).entries())
      figures.add('20 MB, 1 Gbit/s', target, 'ms', medians[at] ?? NaN, round)
    return undefined
  } finally {
    for (const stop of stops.reverse()) await stop()
    rmSync(folder, { recursive: true, force: true })
    cable.close()
  }
}

/** a server that has not answered 20 MB by then is left out */
const PATIENCE_MS = 10_000

/**
 * 20 MB to the servers of others on loopback.
 * @returns what does not answer in time, or cannot be had
 */
export async function largeToPeers(figures: Figures, quick: boolean, round: number): Promise<string[]> {
  const large = largeMessage()
  const notes: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  for (const name of Object.keys(PEERS) as PeerName[]) {
    const stops: (() => unknown)[] = []
    try {
      const server = await serving(name)
      if (!server) {
        notes.push(`20 MB to ${name}: it cannot be had`)
        continue
      }
      stops.push(() => ended(server.process))
      const haproxy = existsSync('/usr/sbin/haproxy')
        ? await haproxyTo(stops, 'loopback', server.port, folder)
        : undefined
      if (haproxy) await portAnswers(haproxy.port)
      const relay = await relayTo(stops, 'loopback', server.port)
      const ports = { direct: server.port, ...(haproxy ? { haproxy: haproxy.port } : {}), sluice: relay.port }
      const all = Object.entries(ports).map(([target, port]) => ({
        target,
        sender: new Sender(port),
        took: [] as number[],
      }))
      const inTime = (answer: Promise<number>) => Promise.race([answer, pause(PATIENCE_MS, undefined, { ref: false })])
      let late = false
      for (let time = 0; time < (quick ? 2 : 4) && !late; time++)
        for (const { sender, took } of all) {
          const answered = await inTime(sender.send(large))
          if (answered === undefined) late = true
          // the first of each is not counted
          else if (time > 0) took.push(answered)
        }
      if (late) {
        notes.push(`20 MB to ${name}: no answer in ${PATIENCE_MS / 1000} s`)
        continue
      }
      for (const { target, took } of all) figures.add(`20 MB to ${name}`, target, 'ms', median(took), round)
      for (const { sender } of all) sender.end()
    } finally {
      for (const stop of stops.reverse()) await stop()
    }
  }
  rmSync(folder, { recursive: true, force: true })
  return notes
}

/** 200 connections, five messages a second each, every one acknowledged or counted as lost */
export async function crowd(quick: boolean): Promise<{ lost: number; perSecond: number; seconds: number }> {
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
