/** PS3.15 Annex E as data: what the Basic Application Level Confidentiality Profile does with each attribute. */
import { parseTag, type Tag } from '../dictionary/attributes.ts'
import { EDITION, TABLE_E1_1 } from './table-e1-1.generated.ts'

/** compound codes are kept as the table has them: `X/Z/D` is settled by the attribute's type in its IOD */
export type ConfidentialityAction = 'X' | 'Z' | 'D' | 'U' | 'X/Z' | 'X/D' | 'Z/D' | 'X/Z/D' | 'X/Z/U'

export interface ConfidentialityRow {
  readonly basic: ConfidentialityAction
  /** Retain Longitudinal Temporal Information With Modified Dates asks for cleaning: a date is shifted */
  readonly modifiedDates: boolean
  readonly retainDeviceIdentity: boolean
  readonly retainPatientCharacteristics: boolean
}

/** of PS3.15 */
export const CONFIDENTIALITY_EDITION = EDITION

/** @returns undefined for what the table omits; private attributes and repeating groups are left to their own rules */
export const confidentialityRow = (tag: Tag): ConfidentialityRow | undefined => rows.get(tag)

const rows: ReadonlyMap<Tag, ConfidentialityRow> = new Map(
  TABLE_E1_1.trim()
    .split('\n')
    .flatMap((line) => {
      const [id = '', basic, ...options] = line.split(' ')
      const tag = parseTag(id)
      if (tag === undefined) return []
      const row: ConfidentialityRow = {
        basic: basic as ConfidentialityAction,
        modifiedDates: options.includes('M=C'),
        retainDeviceIdentity: options.includes('E=K'),
        retainPatientCharacteristics: options.includes('P=K'),
      }
      return [[tag, row] as const]
    }),
)
