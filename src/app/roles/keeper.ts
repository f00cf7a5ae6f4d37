/** Keeps one child running: starts it, starts it again when it ends, and hears what it says. */
import { fork, type ChildProcess, type Serializable } from 'node:child_process'
import { join } from 'node:path'
import { log } from '../../base/index.ts'

export interface KeeperOptions {
  readonly role: string
  readonly execArgv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  onStart(child: ChildProcess): void
  /** @param pid of the one that said it: its last words may come when another runs already */
  onMessage(message: unknown, pid: number): void
}

/** the first restart comes at once; one that keeps failing waits longer, up to this */
const LONGEST_WAIT_MS = 5000
const SETTLED_MS = 10_000

export class Keeper {
  readonly role: string
  readonly #options: KeeperOptions
  #child: ChildProcess | undefined
  #stopped = false
  #failures = 0
  /** pings since it was heard of */
  #unheard = 0
  restarts = 0
  state: 'starting' | 'running' | 'stopped' = 'starting'

  constructor(options: KeeperOptions) {
    this.role = options.role
    this.#options = options
    this.#start()
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  send(message: Serializable, handle?: Parameters<ChildProcess['send']>[1]): void {
    if (this.#child?.connected) this.#child.send(message, handle, {}, () => {})
  }

  /**
   * Asks whether a child that runs is there. Whoever has been silent for `most` pings hangs, and is ended and started again.
   * Counted, not timed: a machine that was suspended, or whose clock was set, has hung nobody.
   * @param message that it answers; undefined: it speaks by itself
   */
  ping(most: number, message?: Serializable): void {
    if (this.state !== 'running') return
    if (++this.#unheard > most) {
      log.warn('a process does not answer and is ended', { of: this.role })
      this.#unheard = 0
      this.#child?.kill('SIGKILL')
    }
    if (message !== undefined) this.send(message)
  }

  /** Tells the child to end and waits; after `timeoutMs` it is ended. */
  async stop(timeoutMs: number, message: Serializable = { type: 'stop' }): Promise<void> {
    this.#stopped = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    this.send(message)
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    await gone
    clearTimeout(timer)
  }

  #start(): void {
    const startedAt = performance.now()
    this.state = 'starting'
    let child: ChildProcess
    try {
      child = this.#fork()
    } catch (error) {
      return this.#again(startedAt, {}, error)
    }
    child.on('error', (error) => {
      // what the system had no room for has no number and tells no exit
      if (child.pid === undefined) this.#again(startedAt, {}, error)
    })
    if (child.pid === undefined) return
    this.#child = child
    this.#unheard = 0
    child.on('message', (message) => {
      this.#unheard = 0
      this.#options.onMessage(message, child.pid ?? 0)
    })
    child.once('exit', (code, signal) => this.#again(startedAt, { code, signal }))
    this.#options.onStart(child)
  }

  #fork(): ChildProcess {
    const { role, execArgv = [], env = {} } = this.#options
    return fork(join(import.meta.dirname, `${role}.ts`), {
      execArgv: ['--disable-warning=ExperimentalWarning', ...execArgv],
      env: { ...process.env, ...env, SLUICE_ROLE: role },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  #again(startedAt: number, how: { code?: number | null; signal?: string | null }, error?: unknown): void {
    this.state = 'stopped'
    if (this.#stopped) return
    this.#failures = performance.now() - startedAt > SETTLED_MS ? 0 : this.#failures + 1
    const waitMs = this.#failures <= 1 ? 0 : Math.min(LONGEST_WAIT_MS, 100 * 2 ** this.#failures)
    log.warn('a process ended and is started again', { of: this.role, ...how, waitMs }, error)
    this.restarts++
    setTimeout(() => !this.#stopped && this.#start(), waitMs)
  }
}
