/** The edition of Table E.1-1 that a profile names: one that is here, or a file of the site's. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { z } from 'zod'
import type { ProfileSource } from '../../deidentify/index.ts'
import type { Mistake, Path } from './document.ts'
import type { profileSchema } from './profile-schema.ts'

/**
 * @param folder that the file is named from
 * @returns the profile with the table that its edition names; without one when its file is not there
 */
export function withEdition(
  written: z.infer<typeof profileSchema>,
  folder: string,
  place: (path: Path, message: string) => Mistake,
): { readonly profile: ProfileSource; readonly mistakes: readonly Mistake[] } {
  const { edition, ...rest } = written
  // an absent setting is no setting: exact optional types of a row are made by the schema
  const profile = rest as ProfileSource
  if (edition === undefined) return { profile, mistakes: [] }
  if (typeof edition === 'string') return { profile: { ...profile, edition }, mistakes: [] }
  const file = resolve(folder, edition.file)
  if (!existsSync(file)) return { profile, mistakes: [place(['edition', 'file'], `there is no file ${edition.file}`)] }
  return { profile: { ...profile, edition: edition.name, table: readFileSync(file, 'utf8') }, mistakes: [] }
}
