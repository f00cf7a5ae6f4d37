/**
 * What a message says, as observations: OBR with its OBX, NTE and SPM of HL7 v2 (v2.5.1 chapter 7), O with its R and C of
 * analysers (LIS2-A2). The message has passed the gate: it is UTF-8, and whom it is about is told beside.
 */
import { readRecords } from '../../standards/astm/index.ts'
import {
  componentsOf,
  fieldsOf,
  part,
  readMessage,
  repetitionsOf,
  textsInUTF8,
  type Message,
  type Range,
  type Segment,
  type Texts,
} from '../../standards/hl7/index.ts'
import type { StatedCode, StatedObservation, Subject, UnifiedObservation } from './observation.ts'
import type { UnificationTables } from './tables.ts'
import { unifyObservation } from './unify.ts'
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

interface Growing extends Omit<UnifiedReport, 'observations' | 'conclusion'> {
  specimen?: UnifiedReport['specimen']
  readonly notes: string[]
  readonly stated: StatedObservation[]
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
  const bytes = Buffer.from(text)
  const message = kind === 'hl7' ? readMessage(bytes) : readRecords(bytes)
  return unifyRead({ kind, message, texts: textsInUTF8(message), subject }, tables)
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
  const { kind, message, texts, subject } = of
  const read = reader(message, texts)
  const reports = kind === 'hl7' ? hl7Reports(message, read, subject) : astmReports(message, read, subject)
  const encounter = kind === 'hl7' ? encounterIn(message, read) : undefined
  return {
    reports: reports.map(({ notes, stated, ...report }) => ({
      ...report,
      ...(notes.length ? { conclusion: notes.join('\n') } : {}),
      observations: stated.map((one) => unifyObservation(one, tables)),
    })),
    ...(encounter ? { encounter } : {}),
  }
}

interface Reader {
  /** the field's first repetition, components and all */
  field(segment: Segment, number: number): string
  component(segment: Segment, number: number, component: number): string
  components(segment: Segment, number: number): readonly string[]
  repetitions(segment: Segment, number: number): readonly string[]
}

function reader(message: Message, texts: Pick<Texts, 'text'>): Reader {
  let fields: readonly Range[] = []
  let of: Segment | undefined
  const fieldIn = (segment: Segment, number: number): Range | undefined => {
    if (segment !== of) fields = fieldsOf(message, (of = segment))
    const field = fields[number - 1]
    return field && field.end > field.start ? field : undefined
  }
  const firstOf = (segment: Segment, number: number) => {
    const field = fieldIn(segment, number)
    return field && part(message.bytes, field, message.delimiters.repetition, 1)
  }
  return {
    field: (segment, number) => {
      const first = firstOf(segment, number)
      return first ? (texts.text(first) ?? '') : ''
    },
    component: (segment, number, component) => {
      const first = firstOf(segment, number)
      const found = first && part(message.bytes, first, message.delimiters.component, component)
      return found ? (texts.text(found)?.trim() ?? '') : ''
    },
    components: (segment, number) => {
      const first = firstOf(segment, number)
      return first ? componentsOf(message, first).map((one) => texts.text(one) ?? '') : []
    },
    repetitions: (segment, number) => {
      const field = fieldIn(segment, number)
      return field ? repetitionsOf(message, field).map((one) => texts.text(one) ?? '') : []
    },
  }
}

/** CE and CWE (v2.5.1 §2.A.6): identifier, text, system; then the alternate ones. */
function codesOf(parts: readonly string[]): readonly StatedCode[] {
  const [code = '', text = '', system = '', otherCode = '', otherText = '', otherSystem = ''] = parts
  return [
    { code, text, system },
    { code: otherCode, text: otherText, system: otherSystem },
  ].filter((one) => one.code.trim() !== '' || one.text.trim() !== '')
}

const given = <T extends string>(key: T, value: string): Partial<Record<T, string>> =>
  value.trim() ? ({ [key]: value.trim() } as Record<T, string>) : {}

function hl7Reports(message: Message, read: Reader, subject: Subject): Growing[] {
  const reports: Growing[] = []
  const device = message.segments[0] ? read.component(message.segments[0], 3, 1) : ''
  let observations = 0
  const current = (): Growing => {
    if (reports.length === 0) reports.push({ place: 'OBR[0]', codes: [], resultStatus: '', notes: [], stated: [] })
    return reports.at(-1) as Growing
  }
  for (const segment of message.segments) {
    if (segment.name === 'OBR')
      reports.push({
        place: `OBR[${reports.length + 1}]`,
        codes: codesOf(read.components(segment, 4)),
        resultStatus: read.field(segment, 25).trim(),
        ...given('observedAt', read.field(segment, 7)),
        ...given('issuedAt', read.field(segment, 22)),
        ...specimenOf(named(read.component(segment, 15, 1), message), read.field(segment, 7), read.field(segment, 14)),
        ...{ notes: [], stated: [] },
      })
    else if (segment.name === 'SPM') {
      const type = read.component(segment, 4, 2) || read.component(segment, 4, 1)
      Object.assign(current(), specimenOf(type, read.field(segment, 17), read.field(segment, 18)))
    } else if (segment.name === 'NTE' && reports.length && current().stated.length === 0) {
      if (read.field(segment, 3).trim()) current().notes.push(read.field(segment, 3).trim())
    } else if (segment.name === 'OBX') {
      observations++
      // documents and pictures are no results: they go their own way (ED, RP; v2.5.1 §2.A.24)
      if (/^(ED|RP)$/.test(read.field(segment, 2).trim())) continue
      const report = current()
      report.stated.push(
        hl7Observation(segment, read, `OBX[${observations}]`, {
          ...{ subject, device, specimen: report.specimen?.type ?? '', observedAt: report.observedAt ?? '' },
        }),
      )
    }
  }
  return reports
}

function hl7Observation(
  segment: Segment,
  read: Reader,
  place: string,
  of: { subject: Subject; device: string; specimen: string; observedAt: string },
): StatedObservation {
  const valueType = read.field(segment, 2).trim()
  const coded = /^(CE|CWE|CNE|CF)$/.test(valueType)
  const value = coded
    ? read.component(segment, 5, 2) || read.component(segment, 5, 1)
    : valueType === 'SN'
      ? read.components(segment, 5).join('')
      : read.repetitions(segment, 5).join('~').trim()
  return {
    place,
    codes: codesOf(read.components(segment, 3)),
    valueType,
    value,
    unit: joinedUnit(read.components(segment, 6)),
    range: read.field(segment, 7).trim(),
    flags: read.repetitions(segment, 8).map((flag) => flag.trim()),
    resultStatus: read.field(segment, 11).trim(),
    ...given('observedAt', read.field(segment, 14) || read.field(segment, 19) || of.observedAt),
    ...given('specimen', of.specimen),
    ...given('method', read.component(segment, 17, 2) || read.component(segment, 17, 1)),
    ...given('device', read.component(segment, 18, 1) || of.device),
    subject: of.subject,
  }
}

/** SPS.1 (v2.5.1 §2.A.69): code, text and system as sub-components; the text says more. */
function named(source: string, { delimiters }: Message): string {
  const [code = '', text = ''] =
    delimiters.subcomponent < 0 ? [source] : source.split(String.fromCharCode(delimiters.subcomponent))
  return text.trim() || code.trim()
}

function specimenOf(type: string, collectedAt: string, receivedAt: string): Pick<Growing, 'specimen'> {
  if (!type.trim()) return {}
  return { specimen: { type: type.trim(), ...given('collectedAt', collectedAt), ...given('receivedAt', receivedAt) } }
}

function encounterIn(message: Message, read: Reader): UnifiedMessage['encounter'] {
  const visit = message.segments.find(({ name }) => name === 'PV1')
  if (!visit) return undefined
  return {
    ...given('number', read.component(visit, 19, 1)),
    patientClass: read.component(visit, 2, 1),
    ...given('start', read.field(visit, 44)),
    ...given('end', read.field(visit, 45)),
  }
}

/** LIS2-A2: O asks, R answers; a test is `^^^code^name`, wherever the maker puts it. */
function astmReports(message: Message, read: Reader, subject: Subject): Growing[] {
  const reports: Growing[] = []
  const [header] = message.segments
  const device = header ? read.component(header, 5, 1) : ''
  let results = 0
  const test = (parts: readonly string[]): readonly StatedCode[] => {
    const [code = '', text = ''] = parts.map((part) => part.trim()).filter((part) => part !== '')
    return code ? [{ code, text, system: '' }] : []
  }
  const current = (): Growing => {
    if (reports.length === 0) reports.push({ place: 'O[0]', codes: [], resultStatus: 'F', notes: [], stated: [] })
    return reports.at(-1) as Growing
  }
  for (const segment of message.segments) {
    if (segment.name === 'O')
      reports.push({
        ...{ place: `O[${reports.length + 1}]`, codes: test(read.components(segment, 4)), resultStatus: 'F' },
        ...given('observedAt', read.field(segment, 7)),
        ...specimenOf(read.component(segment, 15, 1), read.field(segment, 7), read.field(segment, 14)),
        ...{ notes: [], stated: [] },
      })
    else if (segment.name === 'C' && read.field(segment, 3).trim()) current().notes.push(read.field(segment, 3).trim())
    else if (segment.name === 'R') {
      const report = current()
      const value = read.field(segment, 3).trim()
      report.stated.push({
        place: `R[${++results}]`,
        codes: test(read.components(segment, 2)),
        valueType: /^[<>]?=?\s*[+-]?[\d.,]+$/.test(value) ? 'NM' : 'ST',
        value,
        unit: joinedUnit(read.components(segment, 4)),
        range: read.component(segment, 5, 1),
        flags: read.repetitions(segment, 6).map((flag) => flag.trim()),
        resultStatus: read.field(segment, 8).trim() || 'F',
        ...given('observedAt', read.field(segment, 12) || read.field(segment, 11) || report.observedAt || ''),
        ...given('specimen', report.specimen?.type ?? ''),
        ...given('device', read.component(segment, 13, 1) || device),
        subject,
      })
    }
  }
  return reports
}
