/** What is known of one kind of failure. */
export interface Entry {
  readonly retry: 'later' | 'never' | 'unknown'
  /** DIMSE status (PS3.7 Annex C, PS3.4 §B.2.3) */
  readonly status?: number
  readonly http?: number
  readonly means: string
  readonly action: string
}
