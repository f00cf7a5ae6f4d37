/** `sluice quarantine list | show | redo | release | reject` of a running Sluice. */
import { userInfo } from 'node:os'
import { Fault } from '../../base/index.ts'
import type { QuarantineEntry, QuarantineOutcome } from '../../clinical/operate/index.ts'
import { quarantineClient, type QuarantineClient } from '../quarantine-client.ts'
import { placesOf } from '../roles/places.ts'
import { readReleaseRule } from '../config/index.ts'
import { configurationOr2, mistakeLine } from './configuration.ts'

export interface QuarantineOptions {
  readonly config: string
  readonly json?: boolean
}
export interface RedoOptions extends QuarantineOptions {
  readonly all?: boolean
}
export interface ReleaseOptions extends QuarantineOptions {
  readonly rule: string
  readonly reason: string
}
export interface RejectOptions extends QuarantineOptions {
  readonly reason: string
}

export async function list({ config, json }: QuarantineOptions): Promise<void> {
  const entries = await clientOf(config)?.list()
  if (!entries) return
  if (json) return console.log(JSON.stringify({ quarantine: entries }))
  if (entries.length === 0) console.log('Nothing is in quarantine.')
  for (const entry of entries) console.log(lineOf(entry))
}

export async function show(ref: string, { config, json }: QuarantineOptions): Promise<void> {
  const preview = await clientOf(config)?.show(ref)
  if (!preview) return
  if (json) return console.log(JSON.stringify(preview))
  const { at, ...rest } = preview
  for (const [what, value] of Object.entries({ since: new Date(at).toISOString(), ...rest }))
    console.log(`${what.padEnd(16)}${String(value)}`)
}

/** Exit code 1 when anything is still in quarantine afterwards. */
export async function redo(refs: readonly string[], options: RedoOptions): Promise<void> {
  const client = clientOf(options.config)
  if (!client) return
  if (refs.length === 0 && !options.all)
    throw new Fault('option-invalid', { option: 'REF', what: 'name one, or --all' })
  const wanted = options.all ? (await client.list()).map(({ ref }) => ref) : refs
  for (const ref of wanted) tell(ref, await client.redo(ref, operator()), options)
}

/** Exit code 1 when anything is still in quarantine afterwards, 2 when the rule is none. */
export async function release(refs: readonly string[], options: ReleaseOptions): Promise<void> {
  const { rule, mistakes } = readReleaseRule(options.rule)
  for (const mistake of mistakes) console.error(mistakeLine(mistake))
  const client = rule && clientOf(options.config)
  if (!client) return void (process.exitCode = 2)
  for (const ref of refs) tell(ref, await client.release(ref, operator(), options.reason, rule), options)
}

export async function reject(refs: readonly string[], options: RejectOptions): Promise<void> {
  const client = clientOf(options.config)
  if (!client) return
  for (const ref of refs) tell(ref, await client.reject(ref, operator(), options.reason), options)
}

function clientOf(file: string): QuarantineClient | undefined {
  const config = configurationOr2(file)
  return config && quarantineClient(placesOf(config.home).quarantineSocket)
}

const operator = (): string => `${userInfo().username} (command line)`.slice(0, 64)

const lineOf = ({ ref, at, code, path, project, sizeBytes }: QuarantineEntry): string =>
  [new Date(at).toISOString(), ref, code, path, project, sizeBytes && `${sizeBytes} bytes`].filter(Boolean).join('  ')

function tell(ref: string, { outcome, code, path }: QuarantineOutcome, { json }: QuarantineOptions): void {
  if (outcome !== 'archived' && outcome !== 'rejected') process.exitCode = 1
  if (json) console.log(JSON.stringify({ ref, outcome, code, path }))
  else console.log([ref, outcome, code, path].filter(Boolean).join('  '))
}
