/** Search parameters (FHIR R4 §3.1.1) in, a catalogue query out. What is not served is told, or refused where strict handling is asked for. */
import { Fault } from '../../../base/index.ts'
import type { RecordQuery } from '../../archive/index.ts'
import { interval } from '../../fhir/index.ts'

export type Kind = 'token' | 'reference' | 'date' | 'id' | 'patient'

/** What each type is found by; the conformance statement and the CapabilityStatement print it. */
export const PARAMETERS = {
  Patient: { _id: 'id', identifier: 'id', gender: 'token' },
  Observation: {
    ...{ _id: 'id', patient: 'patient', subject: 'patient', date: 'date', code: 'token', category: 'token' },
    ...{ status: 'token', interpretation: 'token', 'value-concept': 'token' },
    ...{ encounter: 'reference', specimen: 'reference', device: 'reference' },
  },
  DiagnosticReport: {
    ...{ _id: 'id', patient: 'patient', subject: 'patient', date: 'date', code: 'token', category: 'token' },
    ...{ status: 'token', encounter: 'reference', result: 'reference', specimen: 'reference' },
  },
  ImagingStudy: {
    _id: 'id',
    patient: 'patient',
    subject: 'patient',
    started: 'date',
    modality: 'token',
    identifier: 'token',
  },
  Encounter: { _id: 'id', patient: 'patient', subject: 'patient', date: 'date', status: 'token', class: 'token' },
  Specimen: { _id: 'id', patient: 'patient', subject: 'patient', collected: 'date', type: 'token' },
  Device: { _id: 'id', 'device-name': 'token' },
  Provenance: { _id: 'id', patient: 'patient', recorded: 'date', target: 'reference' },
} as const satisfies Record<string, Readonly<Record<string, Kind>>>

export type ServedType = keyof typeof PARAMETERS
export const isServed = (type: string): type is ServedType => Object.hasOwn(PARAMETERS, type)

/** `Type:parameter` → what it leads to */
export const INCLUDES: Readonly<Record<string, readonly string[]>> = {
  'Observation:subject': ['subject'],
  'Observation:patient': ['subject'],
  'Observation:encounter': ['encounter'],
  'Observation:specimen': ['specimen'],
  'Observation:device': ['device'],
  'DiagnosticReport:result': ['result'],
  'DiagnosticReport:subject': ['subject'],
  'DiagnosticReport:patient': ['subject'],
  'DiagnosticReport:encounter': ['encounter'],
  'DiagnosticReport:specimen': ['specimen'],
  'ImagingStudy:subject': ['subject'],
  'ImagingStudy:patient': ['subject'],
  'Encounter:subject': ['subject'],
  'Encounter:patient': ['subject'],
  'Specimen:subject': ['subject'],
  'Provenance:target': ['target'],
}

export interface Search {
  readonly query: RecordQuery
  readonly includes: readonly string[]
  readonly countOnly: boolean
  /** what was understood, for the link to itself and to the next page */
  readonly applied: readonly (readonly [name: string, value: string])[]
  /** names of parameters that were left out */
  readonly ignored: readonly string[]
}

const DEFAULT_COUNT = 50
const MOST = 1000

/** @throws Fault 'bad-request' with the parameter's name; never its value */
export function parseSearch(type: ServedType, given: URLSearchParams, strict: boolean): Search {
  const known: Readonly<Record<string, Kind>> = PARAMETERS[type]
  const applied: [string, string][] = []
  const ignored: string[] = []
  const query = {
    ...{ ids: undefined as string[] | undefined, patients: undefined as string[] | undefined },
    ...{ tokens: [] as string[][], dates: [] as { from?: string; to?: string }[] },
    ...{ newestFirst: true, limit: DEFAULT_COUNT, offset: 0 },
  }
  let countOnly = false
  const includes: string[] = []
  for (const [name, value] of given) {
    const kind = known[name]
    if (value === '') continue
    if (name === '_count') query.limit = Math.min(whole(name, value), MOST)
    else if (name === '_offset') query.offset = whole(name, value)
    else if (name === '_summary' && value === 'count') countOnly = true
    else if (name === '_sort' && /^-?(date|started|recorded|collected)$/.test(value))
      query.newestFirst = value.startsWith('-')
    else if (name === '_include' && INCLUDES[value.split(':').slice(0, 2).join(':')]) includes.push(value)
    else if (name === '_format' && /json/.test(value)) continue
    else if (kind === 'id')
      query.ids = both(
        query.ids,
        value.split(',').map((one) => one.split('|').at(-1) ?? ''),
      )
    else if (kind === 'patient')
      query.patients = both(
        query.patients,
        value.split(',').map((one) => one.replace(/^Patient\//, '')),
      )
    else if (kind === 'token') query.tokens.push(value.split(',').map((one) => `${name}=${one.replace(/^\|/, '')}`))
    else if (kind === 'reference') query.tokens.push(value.split(',').flatMap((one) => referencesOf(type, name, one)))
    else if (kind === 'date') query.dates.push(bounds(name, value))
    else {
      if (strict) throw new Fault('bad-request', { parameter: name.slice(0, 40) })
      ignored.push(name)
      continue
    }
    if (!['_offset'].includes(name)) applied.push([name, value])
  }
  const { ids, patients, ...rest } = query
  return {
    query: { type, ...rest, ...(ids ? { ids } : {}), ...(patients ? { patients } : {}) },
    ...{ includes, countOnly, applied, ignored },
  }
}

/** A parameter that stands twice means both (§3.1.1.3.1.2). */
const both = (before: readonly string[] | undefined, more: readonly string[]): string[] =>
  before ? before.filter((one) => more.includes(one)) : [...more]

const TARGETS: Readonly<Record<string, string>> = {
  encounter: 'Encounter',
  specimen: 'Specimen',
  device: 'Device',
  result: 'Observation',
}
function referencesOf(type: ServedType, name: string, value: string): string[] {
  if (value.includes('/')) return [`${name}=${value}`]
  const target = TARGETS[name]
  if (!target) throw new Fault('bad-request', { parameter: `${type}.${name}` })
  return [`${name}=${target}/${value}`]
}

/** Prefixes of §3.1.1.4.7: eq, ge, gt, le, lt, sa, eb; a date without prefix is the whole of it. */
function bounds(name: string, value: string): { from?: string; to?: string } {
  const [, prefix = 'eq', date = ''] =
    /^(eq|ge|gt|le|lt|sa|eb)?(\d{4}(?:-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?)?)?)$/.exec(value) ?? []
  if (!date || Number.isNaN(Date.parse(date))) throw new Fault('bad-request', { parameter: name })
  const { from, to } = interval(date)
  if (prefix === 'ge') return { from }
  if (prefix === 'gt' || prefix === 'sa') return { from: to }
  if (prefix === 'le') return { to }
  if (prefix === 'lt' || prefix === 'eb') return { to: from }
  return { from, to }
}

function whole(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Fault('bad-request', { parameter: name })
  return Number(value)
}
