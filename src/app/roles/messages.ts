/** What the supervisor and its children say to each other, beside what relay.ts has. */
import { log, type Fault, type FaultCode } from '../../base/index.ts'
import type { ObserverEvent } from '../../clinical/observe/index.ts'
import type { SpoolState } from '../../clinical/spool/index.ts'
import type { Config } from '../config/index.ts'
import { startFault } from '../files.ts'
import type { PoolConfig } from 'pg'
import type { Places } from './places.ts'

export type ToChild =
  | {
      readonly type: 'start'
      readonly config: Config
      readonly places: Places
      readonly vault?: PoolConfig
      readonly catalogue?: PoolConfig
    }
  | { readonly type: 'config'; readonly config: Config }
  | { readonly type: 'ping' }
  | { readonly type: 'stop' }

export interface WorkerCounts {
  readonly waiting: number
  readonly archived: number
  readonly notSelected: number
  readonly conflicts: number
  readonly quarantined: number
}

export type FromChild =
  | { readonly type: 'ready'; readonly port?: number; readonly bootstrapToken?: string }
  | { readonly type: 'failed'; readonly code: FaultCode; readonly where?: Fault['where'] }
  | { readonly type: 'pong' }
  | { readonly type: 'observed'; readonly events: readonly ObserverEvent[] }
  | { readonly type: 'spool'; readonly state: SpoolState }
  | {
      readonly type: 'counts'
      readonly counts: WorkerCounts
      readonly quarantine: readonly { ref: string; at: number; code: string; path?: string; project?: string }[]
    }

/** To the supervisor, unless it is gone. */
export function tell(message: FromChild): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

/** A role's main: takes `start` once, answers pings, ends with the supervisor. */
export function role(handlers: {
  start(message: Extract<ToChild, { type: 'start' }>): Promise<void>
  config?(config: Config): void
  stop(): Promise<void>
}): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await handlers.stop().catch(() => {})
    process.exit(0)
  }
  process.on('message', (message: ToChild) => {
    if (message.type === 'ping') tell({ type: 'pong' })
    else if (message.type === 'stop') void stop()
    else if (message.type === 'config') handlers.config?.(message.config)
    else if (message.type === 'start')
      handlers.start(message).catch((error: unknown) => {
        log.error('a role could not start', {}, error)
        const { code, where } = startFault(error)
        tell({ type: 'failed', code, where })
        // told first, then gone: the supervisor starts it again
        setTimeout(() => process.exit(1), 100)
      })
  })
  process.on('disconnect', () => void stop())
  // a signal to the whole group is for the supervisor to answer
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}
