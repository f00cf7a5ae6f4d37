/** What a message costs between the spool and the archive: read, its character set, the gate, unification. One core. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryKeys } from '../src/deidentify/index.ts'
import { deidentifyMessages } from '../src/deidentify/messages/index.ts'
import { MESSAGES_TOGETHER } from '../src/pipeline/index.ts'
import { unificationTables, unifyMessage } from '../src/research/unify/index.ts'
import { readDecoded, splitBatch, textsOf, type Texts } from '../src/standards/hl7/index.ts'
import { laboratoryDay } from './laboratory-day.ts'

/** dates moved, and what ranges depend on kept */
export const PROJECT = {
  name: 'bench',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
} as const

/** What is sent, by name: who it is about decides how much of the work is done for the first time. Every round is another day. */
export const MIXES: Readonly<Record<string, (quick: boolean, round: number) => readonly Buffer[]>> = {
  'a day of 400 people, 12 messages each': (quick, round) => laboratoryDay(quick ? 100 : 400, 12, 400 * round),
  'every message of another person': (quick, round) => laboratoryDay(quick ? 550 : 2200, 1, 2200 * round),
  'public results (ORU)': () => publicResults(),
}

function publicResults(): readonly Buffer[] {
  const folder = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'hl7')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hl7'))
    .map((name) => readFileSync(join(folder, name)))
    .flatMap((bytes) => splitBatch(bytes).messages.map(({ start, end }) => bytes.subarray(start, end)))
    .filter((bytes) => bytes.toString('latin1', 0, 200).includes('|ORU^'))
}

export interface PipelineRate {
  /** a second of processor time, collection of garbage included */
  readonly perSecond: number
  /** microseconds a message at each step, of the middle company */
  readonly read: number
  readonly gate: number
  readonly unify: number
  readonly quarantined: number
}

/** Messages take the path in companies, as the worker takes those that wait. @param rounds messages of each; keys are new each time, so that nobody is known from the round before */
export async function pipelineRate(rounds: readonly (readonly Buffer[])[]): Promise<PipelineRate> {
  const tables = unificationTables()
  const steps: { read: number[]; gate: number[]; unify: number[] } = { read: [], gate: [], unify: [] }
  let [quarantined, count] = [0, 0]
  const receivedAt = new Date('2026-09-01T08:00:00Z')
  const started = process.cpuUsage()
  for (const messages of rounds) {
    const keys = temporaryKeys()
    let memory: Texts['memory'] = {}
    for (let from = 0; from < messages.length; from += MESSAGES_TOGETHER) {
      const company = messages.slice(from, from + MESSAGES_TOGETHER)
      const at = performance.now()
      const read = company.map((bytes) => {
        const { message, hidden } = readDecoded(bytes)
        const texts = textsOf(message, hidden, memory)
        memory = texts.memory
        return { kind: 'hl7' as const, message, texts, link: 'lab', receivedAt }
      })
      const wasRead = performance.now()
      const gates = await deidentifyMessages(read, PROJECT, keys)
      const wasCleared = performance.now()
      for (const gate of gates)
        if (gate.outcome === 'quarantined') quarantined++
        else unifyMessage({ kind: 'hl7', text: gate.message.text, subject: gate.message.subject }, tables)
      const wasUnified = performance.now()
      steps.read.push((wasRead - at) / company.length)
      steps.gate.push((wasCleared - wasRead) / company.length)
      steps.unify.push((wasUnified - wasCleared) / company.length)
      count += company.length
    }
  }
  const { user, system } = process.cpuUsage(started)
  const middle = (values: number[]) => 1000 * (values.sort((a, b) => a - b)[values.length >> 1] ?? NaN)
  return {
    perSecond: (1e6 * count) / (user + system),
    ...{ read: middle(steps.read), gate: middle(steps.gate), unify: middle(steps.unify) },
    quarantined,
  }
}
