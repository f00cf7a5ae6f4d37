/** The profile of a project: the short form, one written into sluice.yaml, or one in a file beside it. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { z } from 'zod'
import { lintProfile } from '../../deidentify/index.ts'
import type { Mistake, Path } from './document.ts'
import { withEdition } from './profile-edition.ts'
import { readProfile } from './profile-file.ts'
import type { Project, projectSchema } from './schema.ts'

type WrittenProject = z.infer<typeof projectSchema>
export interface ReadProject {
  readonly project: Project
  readonly mistakes: readonly Mistake[]
}

/**
 * @param folder of sluice.yaml
 * @param place a mistake inside this project
 */
export function projectProfile(
  written: WrittenProject,
  folder: string,
  place: (path: Path, message: string) => Mistake,
): ReadProject {
  const { profile } = written
  if (profile === 'basic') return { project: { ...written, profile }, mistakes: [] }
  const shortForm = (['dates', 'patientCharacteristics'] as const)
    .filter((key) => written[key] !== undefined)
    .map((key) => place([key], `${key} is of the short form, with profile: basic; a profile has options`))
  const { source, mistakes } =
    typeof profile === 'string' ? fromFile(profile, folder, place) : writtenHere(profile, folder, place)
  return { project: { ...written, profile: source }, mistakes: [...shortForm, ...mistakes] }
}

function fromFile(name: string, folder: string, place: (path: Path, message: string) => Mistake) {
  const file = resolve(folder, name)
  if (!existsSync(file)) return { source: 'basic' as const, mistakes: [place(['profile'], `there is no file ${name}`)] }
  const { profile, mistakes } = readProfile(file)
  return { source: profile ?? ('basic' as const), mistakes }
}

function writtenHere(
  profile: Exclude<WrittenProject['profile'], string>,
  folder: string,
  place: (path: Path, message: string) => Mistake,
) {
  const here = (path: Path, message: string) => place(['profile', ...path], message)
  const { profile: source, mistakes } = withEdition(profile, folder, here)
  return { source, mistakes: [...mistakes, ...lintProfile(source).map(({ path, message }) => here(path, message))] }
}
