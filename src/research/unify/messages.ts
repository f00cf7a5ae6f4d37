/**
 * What a message says, as observations: OBR with its OBX, NTE and SPM of HL7 v2 (v2.5.1 chapter 7), O with its R and C of
 * analysers (LIS2-A2). The message has passed the gate: it is UTF-8, and whom it is about is told beside.
 */
import { Recent } from '../../base/index.ts'
import type { Message, Texts } from '../../standards/hl7/index.ts'
import type { StatedCode, StatedObservation, Subject, UnifiedObservation, Writable } from './observation.ts'
import { segmentsOf, segmentsOfText, type Around, type TextMessage, type TextSegment } from './segments.ts'
import type { UnificationTables } from './tables.ts'
import { unifyObservation, type Alike } from './unify.ts'
import { joinedUnit } from './units/read-unit.ts'

/** One report: what was asked for, and what came of it. */
export interface UnifiedReport {
  /** `OBR[1]`, unique in the message */
  readonly place: string
  readonly codes: readonly StatedCode[]
  /** HL7 table 0123 */
  readonly resultStatus: string
  readonly observedAt?: string
  readonly issuedAt?: string
  readonly conclusion?: string
  readonly specimen?: { readonly type: string; readonly collectedAt?: string; readonly receivedAt?: string }
  readonly observations: readonly UnifiedObservation[]
}

export interface UnifiedMessage {
  readonly reports: readonly UnifiedReport[]
  readonly encounter?: {
    readonly number?: string
    readonly patientClass: string
    readonly start?: string
    readonly end?: string
  }
}

interface Growing {
  readonly said: Omit<UnifiedReport, 'observations' | 'conclusion' | 'specimen'>
  specimen: UnifiedReport['specimen']
  readonly notes: string[]
  readonly stated: { readonly one: StatedObservation; readonly alike?: Alike | undefined }[]
}

/**
 * @param text a message that passed the gate; @param subject what ranges depend on
 * @returns its reports in order, every observation unified; none where it has no results
 * @throws Fault 'message-invalid'
 */
export function unifyMessage(
  { kind, text, subject }: { readonly kind: 'hl7' | 'astm'; readonly text: string; readonly subject: Subject },
  tables: UnificationTables,
): UnifiedMessage {
  return unified(kind, segmentsOfText(kind, text), subject, tables)
}

/** The same of a message that is read already, in whatever character set it is. */
export function unifyRead(
  of: {
    readonly kind: 'hl7' | 'astm'
    readonly message: Message
    readonly texts: Pick<Texts, 'text'>
    readonly subject: Subject
  },
  tables: UnificationTables,
): UnifiedMessage {
  return unified(of.kind, segmentsOf(of.message, of.texts), of.subject, tables)
}

function unified(
  kind: 'hl7' | 'astm',
  message: TextMessage,
  subject: Subject,
  tables: UnificationTables,
): UnifiedMessage {
  const reports = kind === 'hl7' ? hl7Reports(message, subject) : astmReports(message, subject)
  const encounter = kind === 'hl7' ? encounterIn(message) : undefined
  return {
    reports: reports.map(({ said, specimen, notes, stated }) => {
      const observations = stated.map(({ one, alike }) => unifyObservation(one, tables, alike))
      const report: Writable<UnifiedReport> = { ...said, observations }
      if (specimen) report.specimen = specimen
      if (notes.length) report.conclusion = notes.join('\n')
      return report
    }),
    ...(encounter ? { encounter } : {}),
  }
}

/** CE and CWE (v2.5.1 §2.A.6): identifier, text, system; then the alternate ones. */
function codesOf(parts: readonly string[]): readonly StatedCode[] {
  const [code = '', text = '', system = '', otherCode = '', otherText = '', otherSystem = ''] = parts
  const codes: StatedCode[] = []
  if (code.trim() !== '' || text.trim() !== '') codes.push({ code, text, system })
  if (otherCode.trim() !== '' || otherText.trim() !== '')
    codes.push({ code: otherCode, text: otherText, system: otherSystem })
  return codes
}

const given = <T extends string>(key: T, value: string): Partial<Record<T, string>> =>
  value.trim() ? ({ [key]: value.trim() } as Record<T, string>) : {}

function hl7Reports({ segments, subcomponent }: TextMessage, subject: Subject): Growing[] {
  const reports: Growing[] = []
  const device = segments[0]?.component(3, 1) ?? ''
  let observations = 0
  const current = (): Growing => {
    if (reports.length === 0) reports.push(growing({ place: 'OBR[0]', codes: [], resultStatus: '' }))
    return reports.at(-1) as Growing
  }
  for (const segment of segments) {
    if (segment.name === 'OBR')
      reports.push(
        growing(
          {
            place: `OBR[${reports.length + 1}]`,
            codes: codesOf(segment.components(4)),
            resultStatus: segment.field(25).trim(),
            ...given('observedAt', segment.field(7)),
            ...given('issuedAt', segment.field(22)),
          },
          specimenOf(named(segment.component(15, 1), subcomponent), segment.field(7), segment.field(14)),
        ),
      )
    else if (segment.name === 'SPM') {
      const type = segment.component(4, 2) || segment.component(4, 1)
      const report = current()
      report.specimen = specimenOf(type, segment.field(17), segment.field(18)) ?? report.specimen
    } else if (segment.name === 'NTE' && reports.length && current().stated.length === 0) {
      if (segment.field(3).trim()) current().notes.push(segment.field(3).trim())
    } else if (segment.name === 'OBX') {
      observations++
      const around = segment.around(VALUE, TYPE, STATUS)
      const words = wordsOf(segment, around)
      // documents and pictures are no results: they go their own way (ED, RP; v2.5.1 §2.A.24)
      if (NO_RESULTS.has(words.valueType)) continue
      const { stated, specimen, said } = current()
      const of = { subject, device, specimen: specimen?.type ?? '', observedAt: said.observedAt ?? '' }
      stated.push(hl7Observation(segment, around, words, `OBX[${observations}]`, of))
    }
  }
  return reports
}

const NO_RESULTS: ReadonlySet<string> = new Set(['ED', 'RP'])
const CODED: ReadonlySet<string> = new Set(['CE', 'CWE', 'CNE', 'CF'])

/** What an OBX says besides its number: the same device says it all day. */
interface Words extends Pick<StatedObservation, 'codes' | 'valueType' | 'unit' | 'range' | 'flags' | 'resultStatus'> {
  readonly alike?: Alike
}
const [TYPE, VALUE, STATUS] = [2, 5, 11]
const LONGEST_WORDS = 300
const WORDS_KEPT = 2000
const known = new Recent<Words>(WORDS_KEPT)
let met = 0

const wordsOf = (segment: TextSegment, around: Around | undefined): Words =>
  around && around.others.length <= LONGEST_WORDS
    ? known.of(around.others, () => ({ ...newWords(segment), alike: { number: ++met } }))
    : newWords(segment)

const newWords = (segment: TextSegment): Words => ({
  codes: codesOf(segment.components(3)),
  valueType: segment.field(TYPE).trim(),
  unit: joinedUnit(segment.components(6)),
  range: segment.field(7).trim(),
  flags: segment.repetitions(8).map((flag) => flag.trim()),
  resultStatus: segment.field(STATUS).trim(),
})

function hl7Observation(
  segment: TextSegment,
  around: Around | undefined,
  { codes, valueType, unit, range, flags, resultStatus, alike }: Words,
  place: string,
  of: { subject: Subject; device: string; specimen: string; observedAt: string },
): Growing['stated'][number] {
  const value = valueOf(segment, valueType, around)
  const one: Writable<StatedObservation> = { place, codes, valueType, value, unit, range, flags, resultStatus }
  // most results end with their status
  const isMore = around?.isMore ?? true
  const observedAt = ((isMore && (segment.field(14) || segment.field(19))) || of.observedAt).trim()
  if (observedAt) one.observedAt = observedAt
  const specimen = of.specimen.trim()
  if (specimen) one.specimen = specimen
  const method = isMore && (segment.component(17, 2) || segment.component(17, 1))
  if (method) one.method = method
  const device = (isMore && segment.component(18, 1)) || of.device
  if (device) one.device = device
  one.subject = of.subject
  return { one, alike }
}

function valueOf(segment: TextSegment, valueType: string, around: Around | undefined): string {
  if (CODED.has(valueType)) return segment.component(VALUE, 2) || segment.component(VALUE, 1)
  if (valueType === 'SN') return segment.components(VALUE).join('')
  if (around && !DIVIDED.test(around.field)) return around.field.trim()
  return segment.repetitions(VALUE).join('~').trim()
}
const DIVIDED = /[\\~]/

/** SPS.1 (v2.5.1 §2.A.69): code, text and system as sub-components; the text says more. */
function named(source: string, subcomponent: string): string {
  const [code = '', text = ''] = subcomponent === '' ? [source] : source.split(subcomponent)
  return text.trim() || code.trim()
}

function specimenOf(type: string, collectedAt: string, receivedAt: string): UnifiedReport['specimen'] {
  if (!type.trim()) return undefined
  return { type: type.trim(), ...given('collectedAt', collectedAt), ...given('receivedAt', receivedAt) }
}

const growing = (said: Growing['said'], specimen?: UnifiedReport['specimen']): Growing => ({
  said,
  specimen,
  notes: [],
  stated: [],
})

function encounterIn({ segments }: TextMessage): UnifiedMessage['encounter'] {
  const visit = segments.find(({ name }) => name === 'PV1')
  if (!visit) return undefined
  return {
    ...given('number', visit.component(19, 1)),
    patientClass: visit.component(2, 1),
    ...given('start', visit.field(44)),
    ...given('end', visit.field(45)),
  }
}

/** LIS2-A2: O asks, R answers; a test is `^^^code^name`, wherever the maker puts it. */
function astmReports({ segments }: TextMessage, subject: Subject): Growing[] {
  const reports: Growing[] = []
  const device = segments[0]?.component(5, 1) ?? ''
  let results = 0
  const test = (parts: readonly string[]): readonly StatedCode[] => {
    const [code = '', text = ''] = parts.map((part) => part.trim()).filter((part) => part !== '')
    return code ? [{ code, text, system: '' }] : []
  }
  const current = (): Growing => {
    if (reports.length === 0) reports.push(growing({ place: 'O[0]', codes: [], resultStatus: 'F' }))
    return reports.at(-1) as Growing
  }
  for (const segment of segments) {
    if (segment.name === 'O')
      reports.push(
        growing(
          {
            ...{ place: `O[${reports.length + 1}]`, codes: test(segment.components(4)), resultStatus: 'F' },
            ...given('observedAt', segment.field(7)),
          },
          specimenOf(segment.component(15, 1), segment.field(7), segment.field(14)),
        ),
      )
    else if (segment.name === 'C' && segment.field(3).trim()) current().notes.push(segment.field(3).trim())
    else if (segment.name === 'R') {
      const report = current()
      const value = segment.field(3).trim()
      const one: StatedObservation = {
        place: `R[${++results}]`,
        codes: test(segment.components(2)),
        valueType: /^[<>]?=?\s*[+-]?[\d.,]+$/.test(value) ? 'NM' : 'ST',
        value,
        unit: joinedUnit(segment.components(4)),
        range: segment.component(5, 1),
        flags: segment.repetitions(6).map((flag) => flag.trim()),
        resultStatus: segment.field(8).trim() || 'F',
        ...given('observedAt', segment.field(12) || segment.field(11) || report.said.observedAt || ''),
        ...given('specimen', report.specimen?.type ?? ''),
        ...given('device', segment.component(13, 1) || device),
        subject,
      }
      report.stated.push({ one })
    }
  }
  return reports
}
