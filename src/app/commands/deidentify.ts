/** `sluice deidentify IN OUT` */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '../../base/index.ts'
import { temporaryKeys, type GateProject } from '../../deidentify/index.ts'
import { deidentifyFiles } from '../deidentify-files.ts'
import { filesBelow } from '../files.ts'

export interface DeidentifyOptions {
  readonly project: string
  readonly key?: string
  readonly profile?: string
  readonly dates: string
  readonly keepPatientCharacteristics?: boolean
}

const KEY_BYTES = 32

export async function deidentifyCommand(input: string, output: string, options: DeidentifyOptions): Promise<void> {
  if (options.dates !== 'removed' && options.dates !== 'shifted')
    throw new Fault('option-invalid', { option: '--dates', form: 'removed or shifted' })
  const files = filesBelow(input)
  if (files.length === 0) throw new Fault('file-missing', { what: 'a file in the input' })
  // a second run would take what this one has written for input
  if (isBelow(output, input)) throw new Fault('option-invalid', { argument: 'out', what: 'inside of the input' })
  const project = await projectOr2(options, options.dates)
  if (!project) return
  let quarantined = 0
  let done = 0
  for await (const report of deidentifyFiles(
    files,
    output,
    project,
    temporaryKeys(options.key ? secretOf(options.key) : undefined),
  )) {
    // on a terminal the bar makes room for the line, and stands below it again
    if (process.stderr.isTTY) process.stderr.write(CLEARED)
    console.log(JSON.stringify(report))
    done++
    if (report.outcome === 'quarantined') quarantined++
    progress(done, files.length, quarantined)
  }
  if (process.stderr.isTTY) process.stderr.write('\n')
  if (quarantined) process.exitCode = 1
}

/** the folder itself too; a path that is not there yet counts by what there is of it */
function isBelow(path: string, folder: string): boolean {
  const [outer, inner] = [realpathSync(folder), realOf(resolve(path))]
  return statSync(outer).isDirectory() && `${inner}/`.startsWith(`${outer}/`)
}

const realOf = (path: string): string =>
  existsSync(path) || path === dirname(path) ? realpathSync(path) : join(realOf(dirname(path)), basename(path))

async function projectOr2(options: DeidentifyOptions, dates: 'removed' | 'shifted'): Promise<GateProject | undefined> {
  const { project: name, profile: file, keepPatientCharacteristics: patientCharacteristics = false } = options
  if (file === undefined) return { name, profile: 'basic', options: { dates, patientCharacteristics } }
  // who reads profiles brings 30 MB of readers and checkers of YAML with it
  const { profileOr2 } = await import('./profile.ts')
  const profile = profileOr2(file)
  return profile && { name, profile: profile.source }
}

function secretOf(file: string): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
  const secret = readFileSync(file)
  if (secret.length < KEY_BYTES) throw new Fault('option-invalid', { option: '--key', what: 'shorter than 32 bytes' })
  return secret
}

/** the line under the cursor is empty */
const CLEARED = '\r\x1b[K'

function progress(done: number, total: number, quarantined: number): void {
  if (!process.stderr.isTTY) return
  const width = 30
  const filled = Math.round((done / total) * width)
  process.stderr.write(
    `${CLEARED}[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total}, ${quarantined} in quarantine`,
  )
}
