/**
 * Other people's HL7 libraries, each in a process of its own: how many messages they give back byte for byte, how many they
 * divide a second, and what their MLLP servers make of seven ways in which TCP delivers frames. One that cannot be had is
 * named and left out.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { frame } from '../src/standards/hl7/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { ended } from './measure.ts'
import { installed } from './npm-peers.ts'

/** exact versions: figures are of these */
export const PEERS = {
  '@medplum/hl7': ['@medplum/core@5.0.10', '@medplum/hl7@5.0.10'],
  'simple-hl7': ['simple-hl7@3.3.0'],
  'node-hl7-server': ['node-hl7-server@2.5.0', 'node-hl7-client@3.2.0'],
  hl7v2: ['hl7v2@1.9.0', 'hl7v2-net@1.9.0', 'hl7v2-dictionary@1.8.0'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type PeerName = keyof typeof PEERS

/** what the parent asks, and what the child answers */
export type Asked =
  | { readonly ask: 'round trip'; readonly folder: string }
  | { readonly ask: 'parse'; readonly folder: string; readonly ms: number }
  | { readonly ask: 'serve'; readonly port: number }
export type Answered =
  | { readonly same: number }
  | { readonly perSecond: number }
  | { readonly delivered: string }
  | { readonly failed: string }

export interface PeerFigures {
  readonly roundTrip?: number
  readonly perSecond?: number
  /** of `FRAMINGS`, those that were delivered right */
  readonly framed: readonly string[]
}

/** @param messages each a file's bytes, given as UTF-8 text */
export async function peerFigures(
  name: PeerName,
  messages: readonly Buffer[],
  ms: number,
): Promise<PeerFigures | undefined> {
  const where = installed(name, PEERS[name])
  if (!where) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  for (const [at, bytes] of messages.entries()) writeFileSync(join(folder, String(at).padStart(4, '0')), bytes)
  try {
    const [trip, rate] = [
      await asked(name, where, { ask: 'round trip', folder }),
      await asked(name, where, { ask: 'parse', folder, ms }),
    ]
    const framed: string[] = []
    for (const framing of Object.keys(FRAMINGS)) if (await delivers(name, where, framing)) framed.push(framing)
    return {
      ...('same' in trip ? { roundTrip: trip.same } : {}),
      ...('perSecond' in rate ? { perSecond: rate.perSecond } : {}),
      framed,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const child = (name: PeerName | 'sluice', where: string): ChildProcess =>
  fork(join(import.meta.dirname, 'hl7-peer-child.ts'), [name, where], { stdio: 'ignore' })

async function asked(name: PeerName, where: string, question: Asked): Promise<Answered> {
  const process = child(name, where)
  try {
    return await new Promise<Answered>((done) => {
      process.on('message', (answer) => done(answer as Answered))
      process.on('exit', () => done({ failed: 'exit' }))
      process.send(question)
    })
  } finally {
    await ended(process)
  }
}

const oru = (number: number): Buffer =>
  Buffer.from(
    `MSH|^~\\&|A|B|C|D|20260101||ORU^R01^ORU_R01|ID${number}|P|2.5\rPID|1||P${number}^^^H^MR||NAME${number}^X\rOBR|1||S${number}|GLU^Glucose^L\rOBX|1|NM|GLU^Glucose^L||5.${number}|mmol/L|||||F\r`,
  )
const [ONE, TWO] = [frame(oru(1)), frame(oru(2))]
const LONE = ['ID1 P1'] as const
const BOTH = ['ID1 P1', 'ID2 P2'] as const

/** how frames arrive, a write each, and what is to be delivered: number and patient of each message */
export const FRAMINGS: Readonly<
  Record<string, { readonly writes: readonly Buffer[]; readonly right: readonly string[] }>
> = {
  'two in one write': { writes: [Buffer.concat([ONE, TWO])], right: BOTH },
  'one after the other': { writes: [ONE, TWO], right: BOTH },
  'byte by byte': { writes: [...ONE].map((byte) => Buffer.of(byte)), right: LONE },
  'FS and CR apart': { writes: [ONE.subarray(0, -1), ONE.subarray(-1)], right: LONE },
  'one and a half, then the rest': {
    writes: [Buffer.concat([ONE, TWO.subarray(0, 60)]), TWO.subarray(60)],
    right: BOTH,
  },
  'NUL and LF between frames': { writes: [Buffer.concat([ONE, Buffer.of(0, 10), TWO])], right: BOTH },
  'a frame that is cut, then another': { writes: [ONE.subarray(0, 70), TWO], right: ['ID2 P2'] },
}

/** A library's server in a process of its own. @returns undefined where it cannot be had, or does not start */
export async function serving(
  name: PeerName | 'sluice',
  where = name === 'sluice' ? '' : installed(name, PEERS[name]),
): Promise<{ readonly port: number; readonly process: ChildProcess } | undefined> {
  if (where === undefined) return undefined
  const process = child(name, where)
  const port = await freePort()
  process.send({ ask: 'serve', port } satisfies Asked)
  try {
    await portAnswers(port)
    return { port, process }
  } catch {
    await ended(process)
    return undefined
  }
}

/** a server of its own for each: what one case leaves behind is not the next one's */
export async function delivers(name: PeerName | 'sluice', where: string, framing: string): Promise<boolean> {
  const { writes, right } = FRAMINGS[framing] ?? { writes: [], right: [] }
  const server = await serving(name, where)
  if (!server) return false
  const delivered: string[] = []
  try {
    server.process.on('message', (answer: Answered) => {
      if ('delivered' in answer) delivered.push(answer.delivered)
    })
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    socket.resume()
    for (const bytes of writes) {
      socket.write(bytes)
      await pause(writes.length > 10 ? 1 : 40)
    }
    await pause(400)
    socket.destroy()
  } finally {
    await ended(server.process)
  }
  return delivered.join() === right.join()
}
