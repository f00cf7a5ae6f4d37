/** A person's records as FHIR serves them, made ready to be drawn: studies, results by analyte, reports. */
import type { Bundle, DiagnosticReport, ImagingStudy, Observation, Quantity, Resource } from '@medplum/fhirtypes'
import { ask } from '../kit/server.ts'

export interface Result {
  readonly id: string
  readonly messageId: string
  /** ISO 8601 as precise as it is known */
  readonly at: string | undefined
  readonly analyte: string
  readonly name: string
  readonly value: number | undefined
  readonly shown: string
  readonly unit: string
  readonly low: number | undefined
  readonly high: number | undefined
  readonly flag: string
  /** what was sent: value, unit, range */
  readonly stated: string
  readonly status: string
}

export interface Study {
  readonly uid: string
  readonly at: string | undefined
  readonly modalities: string
  readonly description: string
  readonly images: number
}

/** Words of a report or of a document's section. */
export interface Report {
  readonly id: string
  readonly messageId: string
  readonly at: string | undefined
  readonly name: string
  readonly conclusion: string
}

export interface Person {
  readonly results: readonly Result[]
  readonly reports: readonly Report[]
  readonly studies: readonly Study[]
}

/** @param pseudonym goes in the query, never into the page's own address */
export async function personOf(pseudonym: string, language: string): Promise<Person> {
  const [observations, reports, studies] = await Promise.all([
    all<Observation>(`/fhir/Observation?patient=${encodeURIComponent(pseudonym)}&_count=1000&_sort=date`),
    all<DiagnosticReport>(`/fhir/DiagnosticReport?patient=${encodeURIComponent(pseudonym)}&_count=1000`),
    all<ImagingStudy>(`/fhir/ImagingStudy?patient=${encodeURIComponent(pseudonym)}&_count=1000`),
  ])
  return {
    results: observations.map((one) => resultOf(one, language)),
    reports: reports.flatMap(({ id = '', effectiveDateTime, issued, code, conclusion }) =>
      conclusion
        ? [{ id, messageId: messageOf(id), at: effectiveDateTime ?? issued, name: code?.text ?? '', conclusion }]
        : [],
    ),
    studies: studies.map((one) => ({
      uid: one.id ?? '',
      at: one.started,
      modalities: (one.modality ?? []).map(({ code }) => code).join(', '),
      description: one.description ?? '',
      images: one.numberOfInstances ?? 0,
    })),
  }
}

/** an id begins with that of the message it came in */
const messageOf = (id: string): string => id.split('.')[0] ?? ''

const MOST_PAGES = 20

async function all<T extends Resource>(first: string): Promise<readonly T[]> {
  const found: T[] = []
  let url: string | undefined = first
  for (let page = 0; url && page < MOST_PAGES; page++) {
    const bundle: Bundle<T> = await ask<Bundle<T>>(url)
    for (const { resource } of bundle.entry ?? []) if (resource) found.push(resource)
    const next: string | undefined = bundle.link?.find(({ relation }) => relation === 'next')?.url
    url = next && new URL(next, location.href).pathname + new URL(next, location.href).search
  }
  return found
}

const ours = (one: Observation, name: string): string => {
  const unification = one.extension?.find(({ url }) => url === 'urn:sluice:unification')
  const found = unification?.extension?.find(({ url }) => url === name)
  return found?.valueString ?? found?.valueCode ?? ''
}

function resultOf(one: Observation, language: string): Result {
  const concept = one.code?.coding?.find(({ system }) => system === 'urn:sluice:concept')
  const range = one.referenceRange?.find(({ extension }) => extension?.some(({ valueCode }) => valueCode === 'ours'))
  const { low, high } = range ?? {}
  const flag = one.interpretation?.flatMap(({ coding }) => coding ?? []).map(({ code }) => code)[0] ?? ''
  const stated = [ours(one, 'value'), ours(one, 'unit')].filter(Boolean).join(' ')
  return {
    ...{ id: one.id ?? '', messageId: messageOf(one.id ?? ''), at: one.effectiveDateTime },
    ...{ analyte: concept?.code ?? one.code?.text ?? '', name: nameOf(one, language) },
    ...{ value: one.valueQuantity?.value, unit: unitOf(one), shown: shownOf(one, language) },
    ...{ low: low?.value, high: high?.value, flag, status: ours(one, 'status') },
    stated: ours(one, 'range') ? `${stated} (${ours(one, 'range')})` : stated,
  }
}

/** a ratio has no unit that anybody would read: UCUM's 1 */
const unitOf = ({ valueQuantity: { unit = '' } = {} }: Observation): string => (unit === '1' ? '' : unit)

const nameOf = (one: Observation, language: string): string =>
  (language === 'ru' ? one.code?.text : one.code?.coding?.find(({ display }) => display)?.display) ??
  one.code?.text ??
  ''

function shownOf(one: Observation, language: string): string {
  const { valueQuantity, valueString, valueCodeableConcept } = one
  if (valueQuantity) return `${valueQuantity.comparator ?? ''}${number(valueQuantity, language)}`
  return valueString ?? valueCodeableConcept?.text ?? '—'
}

/** mol/L is small: powers of ten are written as people read them. */
export function number({ value = 0 }: Pick<Quantity, 'value'>, language: string): string {
  if (value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 100_000))
    return value.toLocaleString(language, { maximumSignificantDigits: 5 })
  const power = Math.floor(Math.log10(Math.abs(value)) / 3) * 3
  const mantissa = (value / 10 ** power).toLocaleString(language, { maximumSignificantDigits: 4 })
  return `${mantissa}·10${[...String(power)].map((digit) => SUPERSCRIPTS[digit] ?? '').join('')}`
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789-'].map((digit, at) => [digit, [...'⁰¹²³⁴⁵⁶⁷⁸⁹⁻'][at] ?? '']),
)
