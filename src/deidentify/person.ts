/** How one person is known in one project. */
export interface Person {
  readonly pseudonym: string
  /** added to every date; the same for all of the person's data in the project */
  readonly dateShiftDays: number
}
