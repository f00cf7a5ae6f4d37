/** What is wrong with a profile, and where. */
export interface ProfileMistake {
  /** inside the profile: `['rows', 2, 'action']` */
  readonly path: readonly (string | number)[]
  readonly message: string
}
