/** A rule for what is in quarantine: what somebody who looked at it adds to its project's profile, for it alone. */
import type { OptionName } from '../../standards/dicom/index.ts'
import { profileSourceOf, type GateProject } from '../gate-project.ts'
import type { ProfileRow, ProfileSource } from './source.ts'

/** options that clean; none that retains may be added for a single object */
export const RELEASE_OPTIONS = [
  'clean-pixel-data',
  'clean-recognizable-visual-features',
  'clean-graphics',
  'clean-structured-content',
  'clean-descriptors',
] as const satisfies readonly OptionName[]

export interface ReleaseRule extends Pick<ProfileSource, 'regions' | 'documents'> {
  readonly options?: readonly (typeof RELEASE_OPTIONS)[number][]
  /** each takes the place of the project's own row for the same */
  readonly rows?: readonly ProfileRow[]
}

/** @returns the project with the rule in its profile: pseudonyms, dates and UIDs are the same, verification too */
export function withRule(project: GateProject, rule: ReleaseRule): GateProject {
  const source = profileSourceOf(project)
  const added = new Set((rule.rows ?? []).map(placeOf))
  return {
    name: project.name,
    profile: {
      ...source,
      options: [...new Set([...(source.options ?? []), ...(rule.options ?? [])])],
      rows: [...(source.rows ?? []).filter((row) => !added.has(placeOf(row))), ...(rule.rows ?? [])],
      regions: [...(source.regions ?? []), ...(rule.regions ?? [])],
      ...(rule.documents ? { documents: rule.documents } : {}),
    },
  }
}

const placeOf = ({ path, attribute, private: of, vr, sopClass }: ProfileRow): string =>
  JSON.stringify([path, attribute, of && [of.creator, of.group, of.element], vr, sopClass])
