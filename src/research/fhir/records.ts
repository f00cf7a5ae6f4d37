/** All resources of one message, each with the words that searches find it by. */
import { createHash } from 'node:crypto'
import type {
  Device,
  DiagnosticReport,
  Encounter,
  Observation,
  Resource,
  Provenance,
  Reference,
  Specimen,
} from '@medplum/fhirtypes'
import type { NewRecord } from '../archive/index.ts'
import {
  idAt,
  OURS,
  subjectOf,
  systemOf,
  type MessageContext,
  type UnifiedEncounter,
  type UnifiedReport,
} from './context.ts'
import { observationOf } from './observation.ts'
import { dateTime, interval } from './time.ts'
import { tokensOf } from './tokens.ts'

/** HL7 table 0123 → diagnostic-report-status */
const STATUS: Readonly<Record<string, DiagnosticReport['status']>> = {
  F: 'final',
  P: 'preliminary',
  R: 'partial',
  A: 'partial',
  C: 'corrected',
  I: 'registered',
  O: 'registered',
  S: 'registered',
  X: 'cancelled',
}
/** HL7 table 0004 → v3-ActCode */
const CLASSES: Readonly<Record<string, string>> = { I: 'IMP', O: 'AMB', E: 'EMER', P: 'PRENC', R: 'AMB', B: 'OBSENC' }
const CODES = 'http://terminology.hl7.org/CodeSystem'

/**
 * @param said what the message says after the gate and unification
 * @returns Observations, their reports, specimens and devices, the visit, and where all of it comes from
 */
export function recordsOf(
  context: MessageContext,
  said: { readonly reports: readonly UnifiedReport[]; readonly encounter?: UnifiedEncounter },
): readonly NewRecord[] {
  const encounter = said.encounter ? encounterOf(said.encounter, context) : undefined
  const visit = encounter ? { encounter: referenceTo(encounter) } : {}
  const devices = new Map<string, Device>()
  const resources: Resource[] = encounter ? [encounter] : []
  for (const report of said.reports) {
    const specimen = report.specimen ? specimenOf(report, context) : undefined
    if (specimen) resources.push(specimen)
    const of = { ...visit, ...(specimen ? { specimen: referenceTo(specimen) } : {}) }
    const observations = report.observations.map((observation) => {
      const device = deviceOf(observation.stated.device, context)
      if (device) devices.set(device.id ?? '', device)
      return observationOf(observation, context, { ...of, ...(device ? { device: referenceTo(device) } : {}) })
    })
    resources.push(...observations, reportOf(report, context, visit, specimen, observations.map(referenceTo)))
  }
  resources.push(...devices.values())
  if (resources.length > 0) resources.push(provenanceOf(context, resources.map(referenceTo)))
  return resources.map((resource) => recordOf(resource, context))
}

const referenceTo = <T extends Resource>({ resourceType, id }: T): Reference<T> => ({
  reference: `${resourceType}/${id ?? ''}`,
})

function recordOf(resource: Resource, { patient }: MessageContext): NewRecord {
  const at = dateOf(resource)
  return {
    resource: { ...resource, id: resource.id ?? '' },
    ...(resource.resourceType === 'Device' ? {} : { patient }),
    ...(at ? { date: at } : {}),
    tokens: tokensOf(resource),
  }
}

function dateOf(resource: Resource): NewRecord['date'] {
  if (resource.resourceType === 'Encounter') {
    const { start, end } = resource.period ?? {}
    if (!start && !end) return undefined
    return { from: interval(start ?? end ?? '').from, to: interval(end ?? start ?? '').to }
  }
  if (resource.resourceType === 'Specimen')
    return dated(resource.collection?.collectedDateTime ?? resource.receivedTime)
  if (resource.resourceType === 'Provenance') return dated(resource.recorded)
  if (resource.resourceType === 'Observation' || resource.resourceType === 'DiagnosticReport')
    return dated(resource.effectiveDateTime)
  return undefined
}
const dated = (at: string | undefined): NewRecord['date'] => (at ? interval(at) : undefined)

function reportOf(
  report: UnifiedReport,
  context: MessageContext,
  visit: { readonly encounter?: Reference<Encounter> },
  specimen: Specimen | undefined,
  result: Reference<Observation>[],
): DiagnosticReport {
  const effective = dateTime(report.observedAt, context.utcOffset)
  const coding = report.codes
    .filter(({ code }) => code.trim() !== '')
    .map(({ code, text, system }) => ({
      system: systemOf(system),
      code: code.trim(),
      ...(text.trim() ? { display: text.trim() } : {}),
    }))
  const text = report.codes.map((one) => one.text.trim()).find((one) => one) ?? coding[0]?.code ?? context.messageType
  return {
    resourceType: 'DiagnosticReport',
    id: idAt(context, report.place),
    status: STATUS[report.resultStatus] ?? 'unknown',
    category: [{ coding: [{ system: `${CODES}/v2-0074`, code: 'LAB', display: 'Laboratory' }] }],
    code: { ...(coding.length ? { coding } : {}), text },
    subject: subjectOf(context),
    ...visit,
    ...(effective ? { effectiveDateTime: effective } : {}),
    issued: context.receivedAt.toISOString(),
    ...(specimen ? { specimen: [referenceTo(specimen)] } : {}),
    ...(result.length ? { result } : {}),
    ...(report.conclusion?.trim() ? { conclusion: report.conclusion } : {}),
  }
}

function specimenOf({ place, specimen }: UnifiedReport, context: MessageContext): Specimen {
  const collected = dateTime(specimen?.collectedAt, context.utcOffset)
  const received = dateTime(specimen?.receivedAt, context.utcOffset)
  return {
    resourceType: 'Specimen',
    id: idAt(context, `${place}.spm`),
    ...(specimen?.type.trim() ? { type: { text: specimen.type.trim() } } : {}),
    subject: subjectOf(context),
    ...(received ? { receivedTime: received } : {}),
    ...(collected ? { collection: { collectedDateTime: collected } } : {}),
  }
}

/** The same make, model or serial number is one device, in every message of a project. */
function deviceOf(stated: string | undefined, { project }: MessageContext): Device | undefined {
  const name = stated?.trim()
  if (!name) return undefined
  return {
    resourceType: 'Device',
    id: createHash('sha256').update(`${project}\0${name}`).digest('hex').slice(0, 32),
    deviceName: [{ name, type: 'other' }],
  }
}

function encounterOf({ number, patientClass, start, end }: UnifiedEncounter, context: MessageContext): Encounter {
  const from = dateTime(start, context.utcOffset)
  const until = dateTime(end, context.utcOffset)
  const code = CLASSES[patientClass]
  return {
    resourceType: 'Encounter',
    id: number ?? idAt(context, 'pv1'),
    status: until ? 'finished' : from ? 'in-progress' : 'unknown',
    class: code ? { system: `${CODES}/v3-ActCode`, code } : { system: `${CODES}/v2-0004`, code: patientClass || 'U' },
    subject: subjectOf(context),
    ...(from || until ? { period: { ...(from ? { start: from } : {}), ...(until ? { end: until } : {}) } } : {}),
  }
}

const provenanceOf = (context: MessageContext, target: Reference[]): Provenance => ({
  resourceType: 'Provenance',
  id: idAt(context, 'provenance'),
  target,
  recorded: context.receivedAt.toISOString(),
  activity: { text: `${context.kind} ${context.messageType}: de-identified and unified` },
  agent: [
    {
      type: { coding: [{ system: `${CODES}/provenance-participant-type`, code: 'assembler' }] },
      who: { display: 'Sluice' },
    },
  ],
  entity: [{ role: 'source', what: { identifier: { system: `${OURS}message`, value: context.id } } }],
})
