/** The real peers that tests talk to: presence, free ports, start, stop, run. Only processes started here are ended. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

const onPath = (program: string) =>
  `${process.env.PATH}:/usr/sbin`.split(':').some((folder) => existsSync(`${folder}/${program}`))

/** A test that needs programs of others: skipped, with their names, where they are missing. */
export function peerTest(
  title: string,
  programs: readonly string[],
  run: (t: TestContext) => Promise<void> | void,
  options: { readonly timeout?: number } = {},
): void {
  const missing = programs.filter((program) => !onPath(program))
  void test(title, missing.length ? { skip: `needs ${missing.join(', ')}` } : options, run)
}

/** below the range from which the system takes ports of outgoing connections; each process has a stretch of its own */
let nextPort = 15_000 + (process.pid % 560) * 30

/** A port that nothing listens on, and that nothing is given while whoever asked for it starts. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++
    const free = await new Promise<boolean>((done) => {
      const server = createServer().once('error', () => done(false))
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
    })
    if (free) return port
  }
}

type Undo = () => unknown
const undone = new WeakMap<TestContext, Undo[]>()

/**
 * What is undone when a test ends: in the reverse order, and all of it whatever of it throws. Node's own `after` goes the
 * other way, takes the folder from under what still writes there, and leaves the rest running when that fails.
 */
export function atEnd(t: TestContext, undo: Undo): void {
  const known = undone.get(t)
  if (known) return void known.push(undo)
  const all = [undo]
  undone.set(t, all)
  t.after(async () => {
    const failures: unknown[] = []
    for (const one of all.reverse())
      try {
        await one()
      } catch (error) {
        failures.push(error)
      }
    if (failures.length) throw failures[0]
  })
}

/** A folder of its own, gone with the test. */
export function temporaryFolder(t: TestContext, name = 'sluice'): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, with TCP_NODELAY=1 for DCMTK, and gives what it said. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
) {
  return new Promise<Finished>((done, fail) => {
    const child = spawn(program, args, {
      ...(options.cwd ? { cwd: options.cwd } : {}),
      env: { ...process.env, TCP_NODELAY: '1', ...options.env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', fail).on('close', (status) => done({ status, stdout, stderr }))
    // who needs no input may be gone before it comes
    child.stdin.on('error', () => {}).end(options.input ?? '')
  })
}

/** Starts a program, ends it with the test, and waits until its port answers. */
export async function start(
  t: TestContext,
  program: string,
  args: readonly string[],
  port: number,
  cwd?: string,
): Promise<ChildProcess> {
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, TCP_NODELAY: '1' },
    ...(cwd ? { cwd } : {}),
  })
  atEnd(t, () => child.kill('SIGKILL'))
  await portAnswers(port)
  return child
}

/** DCMTK's storescp, one process an association, writing data sets as they came into `folder`. */
export async function startStorescp(t: TestContext, folder: string, more: readonly string[] = []): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  await start(t, 'storescp', ['--fork', '+B', '+xa', '-od', folder, '-aet', 'PACS', ...more, String(port)], port)
  return port
}

export async function portAnswers(port: number, withinMs = 45_000): Promise<void> {
  const until = Date.now() + withinMs
  for (;;) {
    const answered = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => (socket.destroy(), done(true))).on('error', () => done(false))
    })
    if (answered) return
    if (Date.now() > until) throw new Error(`port ${port} did not answer`)
    await new Promise((done) => setTimeout(done, 30))
  }
}

/** Waits for something to become true, or says what did not. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 45_000,
): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((done) => setTimeout(done, 25))
  }
}
