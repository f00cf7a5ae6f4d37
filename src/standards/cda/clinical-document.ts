/**
 * What a CDA document says: its header, its sections and every observation in it (CDA R2; HL7 v3 RIM data types). A message
 * of HL7 v3 with results of one patient is read as a document with a section for each subject.
 */
import type { CdaCode, CdaIdentifier } from './data-types.ts'
import type { CdaObservation } from './observation.ts'

export interface CdaSection {
  readonly code: string
  readonly codeSystem: string
  readonly title: string
  /** the narrative block without its mark-up, blanks joined */
  readonly text: string
}

/** What names the person; for the vault and never for research. */
export interface CdaPatient {
  readonly ids: readonly CdaIdentifier[]
  readonly name: readonly string[]
  readonly birthTime: string
  /** M or F where the code says so */
  readonly sex?: 'M' | 'F'
}

export interface ClinicalDocument {
  readonly encoding: string
  /** `ClinicalDocument`, or the name of the interaction */
  readonly root: string
  readonly code: CdaCode
  readonly id: CdaIdentifier
  readonly effectiveTime: string
  readonly patient: CdaPatient
  readonly sections: readonly CdaSection[]
  readonly observations: readonly CdaObservation[]
}
