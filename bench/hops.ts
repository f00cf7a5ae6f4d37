/** What stands between a device and an archive, and the line between them: our relay, HAProxy, the least hop there can be. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, freePort } from '../test/peers.ts'
import { ended, native } from './measure.ts'

/** where the archive, or a laboratory, is beyond the shaped line */
export const ARCHIVE = '10.213.77.2'
export type Line = 'loopback' | '1 Gbit/s'

/** where the archive is, and what stands before it */
export const hostOf = (line: Line): string => (line === 'loopback' ? '127.0.0.1' : ARCHIVE)

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
  const host = hostOf(line)
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
  const host = hostOf(line)
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, haproxyConfiguration(`${host}:${port}`, `${host}:${upstreamPort}`))
  const child = begin(stops, within(line, 'archive', ['haproxy', '-db', '-f', file]))
  return { child, host, port }
}

/** The least that can stand in between, at the same place. */
export async function hopTo(stops: (() => unknown)[], line: Line, upstreamPort: number) {
  const host = hostOf(line)
  const child = begin(stops, within(line, 'archive', [native('hop'), host, String(upstreamPort)]))
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  await eventually('the hop listens', () => said.endsWith('\n'))
  return { host, port: Number(said) }
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

/** A reader of the tap in a process of its own that keeps nothing. @returns waits until a relay is connected to it */
export async function discard(stops: (() => unknown)[], path: string): Promise<() => Promise<unknown>> {
  const reader = begin(stops, [process.execPath, join(import.meta.dirname, 'tap-reader.ts'), path])
  let said = ''
  reader.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  await eventually('the reader of the tap', () => said.includes('l'))
  return () => eventually('the tap is connected', () => said.includes('c'))
}
