/** What every benchmark shares: rounds that interleave their targets, medians with ranges, what the machine is. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'

// as `bin/sluice` does, for every process that is measured
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/sluice')

export interface Options {
  readonly rounds: number
  /** smaller counts, for a look and for CI; the targets are then no verdict */
  readonly quick: boolean
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One target under one workload: the figures of all rounds, in the order of the rounds. */
export interface Row {
  readonly workload: string
  readonly target: string
  readonly unit: string
  readonly values: readonly number[]
  readonly spread: Spread
}

export interface Target {
  readonly reached: boolean
  readonly goal: string
  readonly measured: number
}

export interface Result {
  readonly bench: string
  readonly rounds: number
  readonly quick: boolean
  readonly cores: number
  readonly loadAverage: number
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
  /** per-round quotients, so that a busy moment of the machine falls on both sides */
  readonly ratios: Readonly<Record<string, Spread>>
  readonly targets: Readonly<Record<string, Target>>
  /** what could not be measured here, and why */
  readonly notes: readonly string[]
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => round(sorted[index] ?? Number.NaN)
  const middle = (sorted.length - 1) / 2
  const median = round(((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2)
  return { median, min: at(0), max: at(sorted.length - 1) }
}

const round = (value: number) => Number(value.toPrecision(4))

/** Collects figures by workload and target, in rounds. */
export class Figures {
  readonly #values = new Map<
    string,
    { workload: string; target: string; unit: string; values: number[]; rounds: number[] }
  >()

  /** @param of which round, where one may not count: ratios are of the same round */
  add(workload: string, target: string, unit: string, value: number, of?: number): void {
    const key = `${workload} ${target} ${unit}`
    const row = this.#values.get(key) ?? { workload, target, unit, values: [], rounds: [] }
    row.rounds.push(of ?? row.values.length)
    row.values.push(round(value))
    this.#values.set(key, row)
  }

  get rows(): readonly Row[] {
    return [...this.#values.values()].map(({ rounds: _, ...row }) => ({ ...row, spread: spread(row.values) }))
  }

  values(workload: string, target: string, unit: string): readonly number[] {
    return this.#values.get(`${workload} ${target} ${unit}`)?.values ?? []
  }

  /** target over other, of the rounds in which both were measured; undefined where there is none */
  ratio(workload: string, target: string, other: string, unit: string): Spread | undefined {
    const above = this.#values.get(`${workload} ${target} ${unit}`)
    const below = this.#values.get(`${workload} ${other} ${unit}`)
    const quotients = (above?.rounds ?? [])
      .map((of, at) => (above?.values[at] ?? NaN) / (below?.values[below.rounds.indexOf(of)] ?? NaN))
      .filter(Number.isFinite)
    return quotients.length > 0 ? spread(quotients) : undefined
  }
}

export function result(
  bench: string,
  { rounds, quick }: Options,
  rest: Pick<Result, 'rows' | 'ratios' | 'targets' | 'notes' | 'versions'>,
): Result {
  const versions = { node: process.version, cpu: cpus()[0]?.model ?? '', ...rest.versions }
  return { bench, rounds, quick, cores: cpus().length, loadAverage: round(loadavg()[0] ?? 0), ...rest, versions }
}

/** Builds `bench/native/NAME.c` where it is newer than what was built. */
export function native(name: string): string {
  const source = join(import.meta.dirname, 'native', `${name}.c`)
  const folder = join(import.meta.dirname, 'build')
  const program = join(folder, name)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs)
    execFileSync('cc', ['-O3', '-pthread', '-o', program, source])
  return program
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly seconds: number
}

/** Runs a program to its end, DCMTK without Nagle's delay. */
export function timed(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((done, fail) => {
    const startedAt = performance.now()
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TCP_NODELAY: '1' },
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.on('error', fail)
    child.on('close', (status) => done({ status, stdout, seconds: (performance.now() - startedAt) / 1000 }))
  })
}

/** of all programs and all processors since the machine was started */
export function busySeconds(): number {
  const [all = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = all.split(/ +/).map(Number)
  return (user + nice + system + irq + softirq) / 100
}

/** Ends a process that was started here and gives what it had printed. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<string> {
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  if (child.exitCode === null && child.signalCode === null) {
    const closed = new Promise((done) => child.once('close', done))
    child.kill(signal)
    await closed
  }
  return stdout
}

/** Resident memory of a process now, and at its highest. */
export function memoryMb(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (field: string) => round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024)
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** User and system time of a process since it started. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

export function versionOf(program: string, args: readonly string[] = ['--version']): string {
  try {
    return /\d+\.\d+[\w.+-]*/.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[0] ?? 'unknown'
  } catch {
    return 'absent'
  }
}
