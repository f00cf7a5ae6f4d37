/**
 * Messages: round trip, framing and reading beside the libraries of others, the way through gate and unification on one
 * core, and the relay on MLLP (hl7-line.ts).
 */
import { join } from 'node:path'
import { laboratoryMessages } from '../src/app/demo/index.ts'
import { readDecoded, textsOf } from '../src/standards/hl7/index.ts'
import { WORKER_FLAGS } from '../src/app/roles/worker-flags.ts'
import { corpus, dividing, fuzz, pythonFigures, roundTrip } from './hl7-codec.ts'
import { crowd, largeToPeers, relayed, shaped } from './hl7-line.ts'
import { delivers, FRAMINGS, peerFigures, PEERS, type PeerName } from './hl7-peers.ts'
import { MIXES, type PipelineRate } from './hl7-pipeline.ts'
import { Figures, result, timed, type Options, type Result } from './measure.ts'

/** on loopback to a laboratory that does next to nothing, over the line that one has, to servers of others */
const LARGE = ['20 MB', '20 MB, 1 Gbit/s', ...Object.keys(PEERS).map((name) => `20 MB to ${name}`)]

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
    const why = await shaped(figures, options.quick, round)
    const others = await largeToPeers(figures, options.quick, round)
    if (round === 0) notes.push(...(why ? [why] : []), ...others)
  }
  const lost = await crowd(options.quick)
  figures.add('200 connections', 'sluice', 'lost', lost.lost)
  figures.add('200 connections', 'sluice', 'messages/s', lost.perSecond)
  const median = (workload: string, target: string, unit: string) =>
    figures.rows.find((row) => row.workload === workload && row.target === target && row.unit === unit)?.spread
      .median ?? NaN
  const added = median('question', 'sluice', 'ms p50') - median('question', 'direct', 'ms p50')
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
    ...Object.fromEntries(
      LARGE.flatMap((workload) => {
        const ratio = figures.ratio(workload, 'sluice', 'direct', 'ms')?.median
        return ratio === undefined ? [] : [[workload, goal('at most 1.5 of direct', ratio, ratio <= 1.5)] as const]
      }),
    ),
    '1,000 messages/s over 200 connections': goal('nothing lost', lost.lost, lost.lost === 0 && lost.perSecond >= 990),
  }
  notes.push(`200 connections for ${lost.seconds} s`)
  const ratios = Object.fromEntries(
    LARGE.flatMap((workload) =>
      [
        ['sluice', 'direct'],
        ['haproxy', 'direct'],
        ['sluice', 'haproxy'],
      ].flatMap(([target = '', other = '']) => {
        const ratio = figures.ratio(workload, target, other, 'ms')
        return ratio ? [[`${workload}: ${target} / ${other}`, ratio] as const] : []
      }),
    ),
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

const versionsOfPeers = (): Record<string, string> =>
  Object.fromEntries(
    Object.values(PEERS).flatMap((packages) => packages.map((one) => one.split(/(?<=.)@/) as [string, string])),
  )
