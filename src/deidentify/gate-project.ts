/** Whose pseudonyms and whose profile: what the gate is told of a project. */
import { shortProfile, type ProfileOptions, type ProfileSource } from './profile/source.ts'

export interface GateProject {
  readonly name: string
  /** `basic` is the short form, with `options` */
  readonly profile: 'basic' | ProfileSource
  readonly options?: ProfileOptions
}

/** of a project in its short form too */
export const profileSourceOf = ({ profile, options }: GateProject): ProfileSource =>
  profile === 'basic' ? shortProfile(options ?? { dates: 'removed', patientCharacteristics: false }) : profile
