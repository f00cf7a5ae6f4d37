/**
 * One event, one line of JSON on standard error, past tense, with fields. Fields hold tags, lengths, codes and our own
 * references; a value of an attribute never.
 */
import { createRequire } from 'node:module'
import type { Logger, pino } from 'pino'
import { Fault } from './faults.ts'

export type Fields = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>
>

/** kept of what could not be written, until it can */
const UNTAKEN_BYTES = 64 * 1024

const load = (): Logger => {
  const make = createRequire(import.meta.url)('pino') as typeof pino
  return make(
    { level: process.env.SLUICE_LOG ?? 'info', base: { role: process.env.SLUICE_ROLE ?? 'cli' } },
    destination(make),
  )
}

/** What nobody takes any more is let go, and not waited for. */
function destination(make: typeof pino): ReturnType<typeof pino.destination> {
  const to = make.destination({ fd: 2, sync: true, maxLength: UNTAKEN_BYTES, retryEAGAIN: () => false })
  return to.on('error', () => {})
}

// who reads what is said may be gone: a terminal, a journal that begins again, a disk that is full. That ends nothing
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** commands that have nothing to say, most of them, do without the logger's 3 MB; what stays, and may stand in a line, loads it as it starts */
let opened = process.env.SLUICE_ROLE === undefined ? undefined : load()
const sink = (): Logger => (opened ??= load())

/** An error becomes its code and place; the message of a foreign error may carry values, so only its name and code go out. */
const failure = (error: unknown): Fields => {
  if (error instanceof Fault)
    return { fault: error.code, ...error.where, ...(error.cause ? { cause: nameOf(error.cause) } : {}) }
  return { fault: 'internal', cause: nameOf(error) }
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error
  const code = (error as NodeJS.ErrnoException).code
  const at = error.stack
    ?.split('\n')
    // a message of several lines stands before the calls
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 2)
    .map((line) =>
      line
        .trim()
        .replace(/^at /, '')
        .replace(/\(?\S*\/(src|node_modules)\//, '($1/'),
    )
    .join(' < ')
  return [error.name, code, at].filter(Boolean).join(' ')
}

export const log = {
  debug: (event: string, fields: Fields = {}) => sink().debug(fields, event),
  info: (event: string, fields: Fields = {}) => sink().info(fields, event),
  warn: (event: string, fields: Fields = {}, error?: unknown) =>
    sink().warn(error === undefined ? fields : { ...fields, ...failure(error) }, event),
  error: (event: string, fields: Fields = {}, error?: unknown) =>
    sink().error(error === undefined ? fields : { ...fields, ...failure(error) }, event),
}
