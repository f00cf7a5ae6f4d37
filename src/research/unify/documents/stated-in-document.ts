/** Results of a CDA document as they are stated: the observations of its sections (CDA R2; SEMD, section RESLAB). */
import type { CdaObservation, CdaRange, ClinicalDocument } from '../../../standards/cda/index.ts'
import type { StatedCode, StatedObservation, Subject } from '../observation.ts'

/** HL7 v3 ActStatus → HL7 table 0085 */
const RESULT_STATUS: Readonly<Record<string, string>> = { completed: 'F', active: 'P', aborted: 'X', nullified: 'W' }

/**
 * @param subject what ranges depend on: the gate tells it, a document that passed it does not
 * @returns one each that has a value, in document order; the place is the byte offset of its start tag
 */
export function statedInDocument({ observations }: ClinicalDocument, subject?: Subject): readonly StatedObservation[] {
  return observations
    .filter(({ value, valueCode }) => value !== '' || valueCode !== undefined)
    .map((one) => stated(one, subject))
}

function stated(one: CdaObservation, subject: Subject | undefined): StatedObservation {
  const translated = one.valueTranslations.find(({ value }) => value === one.value)
  return {
    place: String(one.offset),
    codes: codesOf(one),
    valueType: one.valueType,
    value: one.valueCode ? one.valueCode.displayName || one.valueCode.code : one.value,
    unit: one.unit || (translated?.unit ?? ''),
    range: rangeText(one.ranges[0]),
    flags: one.interpretations,
    resultStatus: RESULT_STATUS[one.status] ?? one.status,
    ...(one.effectiveTime ? { observedAt: one.effectiveTime } : {}),
    ...(one.specimen ? { specimen: one.specimen } : {}),
    ...(one.method ? { method: one.method } : {}),
    ...(subject ? { subject } : {}),
  }
}

const codesOf = ({ code, codeTranslations }: CdaObservation): StatedCode[] =>
  [code, ...codeTranslations].map((one) => ({ code: one.code, text: one.displayName, system: one.codeSystem }))

/** numbers where there are some, with the bounds' own unit behind them; else the words */
function rangeText(range: CdaRange | undefined): string {
  if (!range) return ''
  const { low, high, text } = range
  const unit = (low ?? high)?.unit ?? ''
  const numbers =
    low && high ? `${low.value} - ${high.value}` : low ? `>= ${low.value}` : high ? `<= ${high.value}` : ''
  return numbers && unit ? `${numbers} ${unit}` : numbers || text
}
