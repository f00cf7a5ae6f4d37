/** A unified observation as FHIR R4 Observation: the unified value where FHIR looks for it, the original beside. */
import type {
  CodeableConcept,
  Device,
  Encounter,
  Extension,
  Observation,
  ObservationReferenceRange,
  Quantity,
  Reference,
  Specimen,
} from '@medplum/fhirtypes'
import type { Quantity as Measured, ReferenceRange, UnifiedObservation } from '../unify/index.ts'
import { idAt, LOINC, OURS, subjectOf, systemOf, UCUM, type MessageContext } from './context.ts'
import { dateTime } from './time.ts'

/** HL7 table 0085 → observation-status */
const STATUS: Readonly<Record<string, Observation['status']>> = {
  F: 'final',
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  C: 'corrected',
  A: 'amended',
  X: 'cancelled',
  I: 'registered',
  O: 'registered',
  D: 'entered-in-error',
  W: 'entered-in-error',
  U: 'final',
}
const CODES = 'http://terminology.hl7.org/CodeSystem'
/** what others read when neither code nor name was sent */
const UNNAMED = 'not named by the sender'

export function observationOf(
  observation: UnifiedObservation,
  context: MessageContext,
  links: {
    readonly encounter?: Reference<Encounter>
    readonly specimen?: Reference<Specimen>
    readonly device?: Reference<Device>
  },
): Observation {
  const { stated, value } = observation
  const effective = dateTime(stated.observedAt, context.utcOffset)
  const interpretation = interpretationOf(observation)
  const ranges = observation.ranges.map(rangeOf).filter((range) => range !== undefined)
  return {
    resourceType: 'Observation',
    id: idAt(context, stated.place),
    status: STATUS[stated.resultStatus] ?? 'unknown',
    category: [{ coding: [{ system: `${CODES}/observation-category`, code: 'laboratory', display: 'Laboratory' }] }],
    code: codeOf(observation),
    subject: subjectOf(context),
    ...links,
    ...(effective ? { effectiveDateTime: effective } : {}),
    issued: context.receivedAt.toISOString(),
    ...(value?.kind === 'quantity' ? { valueQuantity: quantityOf(value) } : {}),
    ...(value?.kind === 'ordinal'
      ? { valueCodeableConcept: { coding: [{ system: `${OURS}ordinal`, code: value.value }], text: stated.value } }
      : {}),
    ...(value?.kind === 'text' && value.value.trim() ? { valueString: value.value } : {}),
    ...(value && (value.kind !== 'text' || value.value.trim()) ? {} : { dataAbsentReason: absentOf(observation) }),
    ...(interpretation.length ? { interpretation } : {}),
    ...(ranges.length ? { referenceRange: ranges } : {}),
    extension: [unificationOf(observation)],
  }
}

function codeOf({ concept, stated, findings }: UnifiedObservation): CodeableConcept {
  const isDoubted = findings.some(({ code }) => code.startsWith('loinc-'))
  const coding = [
    ...(concept?.loinc ? [{ system: LOINC, code: concept.loinc }] : []),
    ...(concept ? [{ system: `${OURS}concept`, code: concept.code, display: concept.name.en }] : []),
    ...stated.codes
      .filter(({ code }) => code.trim() !== '')
      // a code that LOINC does not have, or has for something else, is not served as LOINC's
      .map(({ code, text, system }) => ({
        system: system === 'LN' && isDoubted ? `${OURS}stated:LN` : systemOf(system),
        code: code.trim(),
        ...(text.trim() ? { display: text.trim() } : {}),
      }))
      .filter(({ system, code }) => !(system === LOINC && code === concept?.loinc)),
  ]
  const text = stated.codes.map((one) => one.text.trim()).find((one) => one) ?? concept?.name.en ?? coding[0]?.code
  return { ...(coding.length ? { coding } : {}), text: text ?? UNNAMED }
}

/** JSON numbers of a program lose trailing zeros and long digits: the decimal as it was measured stands beside. */
function quantityOf({ value, unit, comparator }: Measured): Quantity {
  const number = Number(value)
  return {
    value: number,
    ...(comparator ? { comparator } : {}),
    unit,
    system: UCUM,
    code: unit,
    ...(String(number) === value ? {} : { extension: [{ url: `${OURS}decimal`, valueString: value }] }),
  }
}

function rangeOf(range: ReferenceRange): ObservationReferenceRange | undefined {
  const unit = range.unit ? { unit: range.unit, system: UCUM, code: range.unit } : {}
  const low = range.low === undefined ? {} : { low: { value: Number(range.low), ...unit } }
  const high = range.high === undefined ? {} : { high: { value: Number(range.high), ...unit } }
  // obs-3: a range says something
  if (range.low === undefined && range.high === undefined && !range.text?.trim()) return undefined
  const meaning = range.kind === 'decision-limit' ? 'recommended' : 'normal'
  const age = range.ageYears
  const years = (value: number) => ({ value, unit: 'a', system: UCUM, code: 'a' })
  return {
    ...low,
    ...high,
    type: { coding: [{ system: `${CODES}/referencerange-meaning`, code: meaning }], text: range.kind },
    ...(range.sex
      ? {
          appliesTo: [
            {
              coding: [
                { system: 'http://hl7.org/fhir/administrative-gender', code: range.sex === 'M' ? 'male' : 'female' },
              ],
            },
          ],
        }
      : {}),
    ...(age && (age.from !== undefined || age.below !== undefined)
      ? {
          age: {
            ...(age.from === undefined ? {} : { low: years(age.from) }),
            ...(age.below === undefined ? {} : { high: years(age.below) }),
          },
        }
      : {}),
    ...(range.text?.trim() ? { text: range.text.trim() } : {}),
    extension: [
      { url: `${OURS}range-from`, valueCode: range.from },
      { url: `${OURS}range-source`, valueString: range.source || 'unknown' },
    ],
  }
}

function interpretationOf({ interpretation, stated }: UnifiedObservation): CodeableConcept[] {
  const display = { L: 'Low', N: 'Normal', H: 'High' }
  return [
    ...(interpretation
      ? [
          {
            coding: [
              {
                system: `${CODES}/v3-ObservationInterpretation`,
                code: interpretation,
                display: display[interpretation],
              },
            ],
          },
        ]
      : []),
    ...stated.flags
      .filter((flag) => flag.trim() !== '')
      .map((flag) => ({ text: flag.trim(), extension: [FROM_MAKER] })),
  ]
}

const FROM_MAKER: Extension = { url: `${OURS}range-from`, valueCode: 'maker' }

const absentOf = ({ stated, status }: UnifiedObservation): CodeableConcept => {
  const code =
    stated.value.trim() === '' ? 'unknown' : status === 'ambiguous' || status === 'refused' ? 'unsupported' : 'unknown'
  return { coding: [{ system: `${CODES}/data-absent-reason`, code }] }
}

/** How the value came about, and what was sent. */
function unificationOf({ status, rule, stated, findings }: UnifiedObservation): Extension {
  const said = (url: string, value: string | undefined): Extension[] =>
    value?.trim() ? [{ url, valueString: value }] : []
  return {
    url: `${OURS}unification`,
    extension: [
      { url: 'status', valueCode: status },
      ...said('rule', rule),
      ...said('place', stated.place),
      ...said('value', stated.value),
      ...said('unit', stated.unit),
      ...said('range', stated.range),
      ...findings.map(({ code }) => ({ url: 'finding', valueCode: code })),
    ],
  }
}
