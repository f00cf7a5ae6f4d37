/** Keeps the embedded database running: starts it, and starts it again when it ends or did not start. */
import { setTimeout as pause } from 'node:timers/promises'
import type { PoolConfig } from 'pg'
import { log } from '../../base/index.ts'
import { startPostgres, type Postgres } from '../postgres/index.ts'

const AGAIN_AFTER_MS = 5000

export class Database {
  readonly #home: string
  readonly #missing: (error: unknown) => void
  readonly #end = new AbortController()
  #running: Promise<Postgres> | undefined

  /** @param missing is told each time that it did not start, and is tried again */
  constructor(home: string, missing: (error: unknown) => void) {
    this.#home = home
    this.#missing = missing
  }

  /** How to reach a database of this name, made where it is missing: however long it takes, and never once it is stopped. */
  async make(name: string): Promise<PoolConfig> {
    while (!this.#end.signal.aborted) {
      this.#running ??= this.#start()
      try {
        return await (await this.#running).createDatabase(name)
      } catch (error) {
        await this.#failed(error)
      }
    }
    return new Promise(() => {})
  }

  /** Ends it, even in the middle of its start. */
  async stop(): Promise<void> {
    this.#end.abort()
    await (await this.#running?.catch(() => undefined))?.stop()
  }

  async #start(): Promise<Postgres> {
    for (;;) {
      try {
        const running = await startPostgres({ home: this.#home, end: this.#end.signal })
        void running.exited.then(() => {
          if (this.#end.signal.aborted) return
          log.warn('the database ended and is started again', {})
          this.#running = this.#start()
        })
        return running
      } catch (error) {
        if (this.#end.signal.aborted) throw error
        await this.#failed(error)
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#end.signal.aborted) return
    log.error('the database could not be started', {}, error)
    this.#missing(error)
    await pause(AGAIN_AFTER_MS, undefined, this.#end).catch(() => {})
  }
}
