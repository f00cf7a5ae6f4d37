/** `sluice profile show` and `sluice profile diff`: what a profile amounts to, for those who answer for it. */
import { Fault } from '../../base/index.ts'
import { compileProfile, effectiveTable, profileDifference, profileOf, type Profile } from '../../deidentify/index.ts'
import { readProfile } from '../config/index.ts'
import { gateProjects } from '../roles/gate-projects.ts'
import { configurationOr2, mistakeLine } from './configuration.ts'

export interface ProfileCommandOptions {
  readonly sopClass?: string
  readonly json?: boolean
}

export interface ShowOptions extends ProfileCommandOptions {
  readonly config: string
  readonly project?: string
}

/** The effective table of a profile, one line a place. */
export function profileShow(file: string | undefined, options: ShowOptions): void {
  const { sopClass, json } = options
  const profile = file === undefined ? profileOfProject(options) : profileOr2(file)
  if (!profile) return
  const rows = effectiveTable(profile, sopClass)
  const { id, hash, edition } = profile
  if (json) console.log(JSON.stringify({ id, hash, edition, ...(sopClass ? { sopClass } : {}), rows }))
  else {
    console.log(`${id}\nhash ${hash}, PS3.15 Table E.1-1 of ${edition}${sopClass ? `, ${sopClass}` : ''}\n`)
    print(rows.map(({ place, keyword, action, reason }) => [place, keyword, action, reason]))
  }
}

/** What two profiles do differently, one line a place. */
export function profileDiff(before: string, after: string, { sopClass, json }: ProfileCommandOptions): void {
  const [one, other] = [profileOr2(before), profileOr2(after)]
  if (!one || !other) return
  const differences = profileDifference(one, other, sopClass)
  if (json) console.log(JSON.stringify({ before: one.id, after: other.id, differences }))
  else print(differences.map(({ place, keyword, before: was = '-', after: is = '-' }) => [place, keyword, was, is]))
}

function profileOfProject({ config: file, project: name }: ShowOptions): Profile | undefined {
  if (name === undefined) throw new Fault('option-invalid', { what: 'a profile file, or --project' })
  const config = configurationOr2(file)
  if (!config) return undefined
  const project = gateProjects(config).get(name)
  if (!project) throw new Fault('project-unknown', { project: name })
  return profileOf(project)
}

/** @returns undefined after its mistakes have been told and the exit code set */
export function profileOr2(file: string): Profile | undefined {
  const { profile, mistakes } = readProfile(file)
  for (const mistake of mistakes) console.error(mistakeLine(mistake))
  if (!profile) process.exitCode = 2
  return profile && compileProfile(profile)
}

/** columns as wide as they need to be */
function print(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), [])
  for (const row of rows)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}
