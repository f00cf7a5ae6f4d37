/** What input may be at most, as the tables say it that docs/limits.md is made of. */
export interface Limit {
  readonly value: number
  readonly unit: string
  readonly of: string
  readonly why: string
}

export const KIB = 1024
export const MIB = 1024 * KIB
