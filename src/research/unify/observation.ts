/** What goes into unification and what comes out of it. Numbers are decimal strings; the original always stands beside. */

/** How an observation is called where it comes from. */
export interface StatedCode {
  readonly code: string
  readonly text: string
  /** as sent: an HL7 table 0396 name (`LN`, `99MRC`) or an OID; empty where none was named */
  readonly system: string
}

/** Who and what was examined, as far as ranges depend on it. */
export interface Subject {
  readonly sex?: 'M' | 'F'
  /** completed years, with a fraction below one year */
  readonly ageYears?: number
}

/** One result as a device or a document stated it, whatever it came in. Nothing here is corrected or completed. */
export interface StatedObservation {
  /** where it stands in the original: `OBX[3]`, `R[2]` or a byte offset */
  readonly place: string
  /** all identifiers as sent, in their order */
  readonly codes: readonly StatedCode[]
  /** HL7 v2 value type (table 0125) or HL7 v3 data type: `NM`, `SN`, `ST`, `CE`, `PQ` … */
  readonly valueType: string
  readonly value: string
  readonly unit: string
  /** the maker's reference range as sent (OBX-7) */
  readonly range: string
  /** the maker's flags as sent (OBX-8) */
  readonly flags: readonly string[]
  /** HL7 table 0085: `F`, `P`, `C`, `X` … */
  readonly resultStatus: string
  /** as sent, HL7 or ISO form */
  readonly observedAt?: string
  readonly specimen?: string
  readonly method?: string
  /** make and model, or the serial number of the instrument, as sent */
  readonly device?: string
  readonly subject?: Subject
}

/** One analyte of ours. */
export interface ConceptReference {
  readonly code: string
  readonly name: { readonly en: string; readonly ru: string }
  /** the LOINC code whose property fits the unified unit */
  readonly loinc?: string
}

export type Comparator = '<' | '<=' | '>=' | '>'

export interface Quantity {
  readonly comparator?: Comparator
  /** a decimal string; digits are those that were measured (`formatDecimal`) */
  readonly value: string
  /** UCUM, case sensitive */
  readonly unit: string
}

export type Ordinal = 'negative' | 'trace' | 'positive' | '1+' | '2+' | '3+' | '4+'

export type UnifiedValue =
  | ({ readonly kind: 'quantity' } & Quantity)
  | { readonly kind: 'ordinal'; readonly value: Ordinal }
  | { readonly kind: 'text'; readonly value: string }

/**
 * ok: certain. assumed: concluded from the analyte or from the maker's own range, the rule says which. ambiguous: several
 * readings, none decided. refused: cannot be unified, the rule says why. The last two have no unified value.
 */
export type UnificationStatus = 'ok' | 'assumed' | 'ambiguous' | 'refused'

/** Low and high are decimal strings in `unit`; a side that is not there is open. */
export interface ReferenceRange {
  readonly from: 'maker' | 'ours'
  readonly kind: 'interval' | 'decision-limit' | 'text'
  readonly low?: string
  readonly high?: string
  readonly lowExclusive?: boolean
  readonly highExclusive?: boolean
  readonly unit?: string
  /** as sent by the maker, or a remark of ours */
  readonly text?: string
  readonly sex?: 'M' | 'F'
  readonly ageYears?: { readonly from?: number; readonly below?: number }
  readonly specimen?: string
  readonly method?: string
  /** where the numbers come from; of a maker's range, the message itself */
  readonly source: string
}

export type Interpretation = 'L' | 'N' | 'H'

/** Something that a person should look at; never a reason to change the original. */
export interface Finding {
  readonly code: FindingCode
  readonly detail: string
}

/** Every finding there is, and what it means. */
export const FINDINGS = {
  'loinc-check-digit': 'the code is not a LOINC code: its check digit (mod 10) is wrong',
  'loinc-name': 'the LOINC code means another analyte than the name beside it',
  'loinc-unit': 'the LOINC code has another property (mass or amount) than the unit',
  'analyte-unmapped': 'no concept is known for this code and name',
  'analyte-conflict': 'identifiers of one observation mean different concepts',
  'unit-unknown': 'the unit could not be read',
  'unit-ambiguous': 'the unit has several readings and nothing decides',
  'unit-missing': 'a number without a unit, and nothing says which',
  'unit-dimension': 'the unit does not fit the analyte',
  'unit-scale': 'value or range is 10, 100 or 1000 times what the unit would give',
  'value-unreadable': 'the value is not a number of the stated type',
  'conversion-refused': 'mass and amount of this analyte have no defined relation',
  'range-unreadable': 'the maker’s range could not be read',
  'range-order': 'the maker’s range has its low above its high',
  'flag-differs': 'the maker’s flag and the one by our range differ',
} as const
export type FindingCode = keyof typeof FINDINGS

/** What research reads; `stated` is the original, unchanged. */
export interface UnifiedObservation {
  readonly stated: StatedObservation
  readonly concept?: ConceptReference
  readonly status: UnificationStatus
  /** the rule that decided, for example `unit.same`, `molar.creatinine`, `range.fraction` (docs/unification.md) */
  readonly rule: string
  /** the stated number and unit, read: value as a decimal string, unit in UCUM */
  readonly measured?: Quantity
  readonly value?: UnifiedValue
  /** the maker's first, in its own unit; then ours, in the unified unit, the most fitting first */
  readonly ranges: readonly ReferenceRange[]
  /** by the first interval of ours that fits; the maker's own flags stay in `stated.flags` */
  readonly interpretation?: Interpretation
  readonly findings: readonly Finding[]
}

/** what is built field by field; a spread of what may be absent costs as much as the rest of it */
export type Writable<One> = { -readonly [Key in keyof One]: One[Key] }
