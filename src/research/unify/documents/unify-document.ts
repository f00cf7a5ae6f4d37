/** A whole clinical document as reports: a section each, with its results in the one vocabulary and its words. */
import type { ClinicalDocument } from '../../../standards/cda/index.ts'
import type { StatedCode, Subject, UnifiedObservation } from '../observation.ts'
import type { UnificationTables } from '../tables.ts'
import { unifyObservation } from '../unify.ts'
import { statedInDocument } from './stated-in-document.ts'

/** One section; of the same form as a report of a message. */
export interface DocumentReport {
  /** `section[1]`, unique in the document */
  readonly place: string
  readonly codes: readonly StatedCode[]
  /** HL7 table 0123: a document that was signed is final */
  readonly resultStatus: string
  readonly observedAt?: string
  readonly issuedAt?: string
  /** the section's narrative, as the gate left it */
  readonly conclusion?: string
  readonly specimen?: { readonly type: string }
  readonly observations: readonly UnifiedObservation[]
}

/**
 * @param document read after it passed the gate; @param subject what ranges depend on
 * @returns a report for each section that has results or words, in document order
 */
export function unifyDocument(
  document: ClinicalDocument,
  tables: UnificationTables,
  subject?: Subject,
): { readonly reports: readonly DocumentReport[] } {
  const stated = Map.groupBy(
    statedInDocument(document, subject),
    ({ place }) => document.observations.find(({ offset }) => String(offset) === place)?.sectionNumber ?? 0,
  )
  const reports = document.sections.map(({ code, codeSystem, title, text }, at): DocumentReport => {
    const results = stated.get(at + 1) ?? []
    const specimen = results.find((one) => one.specimen)?.specimen
    const observedAt = results.find((one) => one.observedAt)?.observedAt
    return {
      place: `section[${at + 1}]`,
      codes: [{ code, text: title, system: codeSystem }],
      resultStatus: 'F',
      ...(observedAt ? { observedAt } : {}),
      ...(document.effectiveTime ? { issuedAt: document.effectiveTime } : {}),
      ...(text ? { conclusion: text } : {}),
      ...(specimen ? { specimen: { type: specimen } } : {}),
      observations: results.map((one) => unifyObservation(one, tables)),
    }
  })
  return {
    reports: reports.filter(({ observations, conclusion }) => observations.length > 0 || conclusion !== undefined),
  }
}
