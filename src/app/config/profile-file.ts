/** A profile in a file of its own. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../../base/index.ts'
import { lintProfile, type ProfileSource, type ReleaseRule } from '../../deidentify/index.ts'
import { textOf } from '../files.ts'
import { YamlFile, type Mistake } from './document.ts'
import { withEdition } from './profile-edition.ts'
import { profileSchema, releaseRuleSchema } from './profile-schema.ts'

export type ReadProfile =
  | { readonly profile: ProfileSource; readonly mistakes: readonly [] }
  | { readonly profile?: undefined; readonly mistakes: readonly Mistake[] }

/** @throws Fault 'file-missing', 'file-unreadable' */
export function readProfile(file: string): ReadProfile {
  if (!existsSync(file)) throw new Fault('file-missing', { file })
  return parseProfile(textOf(file), file)
}

export function parseProfile(text: string, file: string): ReadProfile {
  const yaml = new YamlFile(text, file)
  const { data, mistakes } = yaml.parse(profileSchema)
  if (!data) return { mistakes }
  const { profile, mistakes: missing } = withEdition(data, dirname(file), (path, message) => yaml.place(path, message))
  const wrong = [...missing, ...lintProfile(profile).map(({ path, message }) => yaml.place(path, message))]
  return wrong.length ? { mistakes: wrong } : { profile, mistakes: [] }
}

export type ReadReleaseRule =
  | { readonly rule: ReleaseRule; readonly mistakes: readonly [] }
  | { readonly rule?: undefined; readonly mistakes: readonly Mistake[] }

/** A rule for what is in quarantine. What contradicts the project's profile is found where both are known. @throws Fault 'file-missing', 'file-unreadable' */
export function readReleaseRule(file: string): ReadReleaseRule {
  if (!existsSync(file)) throw new Fault('file-missing', { file })
  const { data, mistakes } = new YamlFile(textOf(file), file).parse(releaseRuleSchema)
  return data ? { rule: data as ReleaseRule, mistakes: [] } : { mistakes }
}
