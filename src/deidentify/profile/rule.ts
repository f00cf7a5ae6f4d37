/** What is done with one attribute, and why. */
import type { ProfileRow } from './source.ts'

/**
 * keep · remove · empty (zero length) · dummy (a value of the VR that says nothing) · uid (mapped) · shift (dates, by the
 * person's days) · pseudonym · code-string (CS: kept when it is one) · inside (a sequence whose items are judged one by one)
 * · clean (text) · generalise · hash (a keyed code) · keep-if-in · overlay (kept when it marks a region of interest) ·
 * quarantine (the whole instance)
 */
export type Action =
  | 'keep'
  | 'remove'
  | 'empty'
  | 'dummy'
  | 'uid'
  | 'shift'
  | 'pseudonym'
  | 'code-string'
  | 'inside'
  | 'clean'
  | 'generalise'
  | 'hash'
  | 'keep-if-in'
  | 'overlay'
  | 'quarantine'

export interface Rule {
  readonly action: Action
  /** for the report: the table's code, an option, a row's number, or what the table omits */
  readonly reason: string
  readonly row?: ProfileRow
}
