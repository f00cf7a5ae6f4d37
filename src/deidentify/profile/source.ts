/** A profile as a site writes it: a base, options of PS3.15 Annex E, rows of its own. Data, without behaviour. */
import type { OptionName, VR } from '../../standards/dicom/index.ts'
import type { RegionRule } from './region-rule.ts'

export interface ProfileSource {
  readonly base: 'basic'
  /** of Table E.1-1; default: the newest that is here */
  readonly edition?: string
  /** of an edition that is not here: its table, in the form of `readEdition` */
  readonly table?: string
  readonly options?: readonly OptionName[]
  readonly rows?: readonly ProfileRow[]
  /** dates are shifted by whole weeks, so that days of the week stay */
  readonly wholeWeeks?: boolean
  /** of the site's devices, beside what is known of devices in general */
  readonly regions?: readonly RegionRule[]
  /** encapsulated PDF and CDA; default: quarantine */
  readonly documents?: DocumentRule
}

/** `quarantine` the instance · `replace` the document by a blank one of its kind (Table E.1-1, D) */
export const DOCUMENT_RULES = ['quarantine', 'replace'] as const
export type DocumentRule = (typeof DOCUMENT_RULES)[number]

/**
 * The codes of the standard, and what they leave open:
 * X remove · Z empty · D a value of the VR that says nothing · K keep · C clean (text cleaned, dates shifted, sequences
 * judged inside) · U map · shift · generalise · pseudonym · clean · hash (a keyed code) · keepIfIn · quarantine
 */
export const ROW_ACTIONS = [
  'X',
  'Z',
  'D',
  'K',
  'C',
  'U',
  'shift',
  'generalise',
  'pseudonym',
  'clean',
  'hash',
  'keepIfIn',
  'quarantine',
] as const
export type RowAction = (typeof ROW_ACTIONS)[number]

/** Exactly one of path, attribute, private and vr says where; `sopClass` narrows it, or stands alone with `quarantine`. */
export interface ProfileRow {
  /** keywords or tags from the top: `ReferencedSeriesSequence[].SeriesInstanceUID` */
  readonly path?: string
  /** a keyword or `(gggg,eeee)`, at any depth */
  readonly attribute?: string
  /** whatever block the creator took; without `element` all of its elements */
  readonly private?: { readonly creator: string; readonly group: string; readonly element?: string }
  /** of what Table E.1-1 and other rows omit */
  readonly vr?: VR
  readonly sopClass?: string
  readonly action: RowAction
  /** generalise: `year` or `month` of a date, `090Y` as the highest age, a number as the step of a number */
  readonly to?: string | number
  /** keepIfIn: the values that may stay; another is removed */
  readonly values?: readonly string[]
  /** D: the value to write, instead of ours */
  readonly value?: string
}

/** the short form of a project: the Basic Profile and two of its options */
export interface ProfileOptions {
  /** `removed`: no dates leave · `shifted`: by a number of days that belongs to the person (Retain Longitudinal … Modified Dates) */
  readonly dates: 'removed' | 'shifted'
  /** Retain Patient Characteristics: sex, age, size, weight */
  readonly patientCharacteristics: boolean
}

/** The short form as a profile. */
export const shortProfile = ({ dates, patientCharacteristics }: ProfileOptions): ProfileSource => ({
  base: 'basic',
  options: [
    ...(dates === 'shifted' ? (['retain-longitudinal-modified-dates'] as const) : []),
    ...(patientCharacteristics ? (['retain-patient-characteristics'] as const) : []),
  ],
})
