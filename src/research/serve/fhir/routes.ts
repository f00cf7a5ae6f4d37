/** FHIR R4: read and search (§3.1.0) over what the gate let through. */
import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault, log, newId } from '../../../base/index.ts'
import type { Archive, PersonRow, RecordRow } from '../../archive/index.ts'
import { capabilityStatement } from './capability.ts'
import { imagingStudyOf, patientOf, SEXES } from './imaging.ts'
import { INCLUDES, isServed, parseSearch, type Search, type ServedType } from './parameters.ts'

const JSON_TYPE = 'application/fhir+json; charset=utf-8'
const STARTED = new Date()
/** of one page; more is asked for by searching */
const MOST_INCLUDED = 5000

interface Page {
  readonly total: number
  readonly resources: readonly Resource[]
}

export function fhirRoutes(app: FastifyInstance, archive: Archive): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply))
  app.addHook('onRequest', async (request) => {
    const accept = request.headers.accept ?? '*/*'
    if (
      !/json|\*\/\*|application\/\*/.test(accept) &&
      !/json/.test(String((request.query as { _format?: string })._format))
    )
      throw new Fault('not-acceptable')
  })

  app.get('/metadata', (request, reply) => reply.type(JSON_TYPE).send(capabilityStatement(base(request), STARTED)))
  app.get('/:type', async (request, reply) => {
    const type = servedType(request)
    const strict = /handling=strict/.test(String(request.headers.prefer ?? ''))
    const search = parseSearch(type, new URL(request.url, 'http://local').searchParams, strict)
    return reply.type(JSON_TYPE).send(await bundleOf(archive, search, `${base(request)}/${type}`))
  })
  app.get('/:type/:id', async (request, reply) => {
    const type = servedType(request)
    const { id } = request.params as { id: string }
    const [resource] = (await find(archive, { type, ids: [id], limit: 1, offset: 0 })).resources
    if (!resource) throw new Fault('not-found')
    return reply.type(JSON_TYPE).send(resource)
  })
}

const base = (request: FastifyRequest): string => `${request.protocol}://${request.host}/fhir`

function servedType(request: FastifyRequest): ServedType {
  const { type } = request.params as { type: string }
  if (!isServed(type)) throw new Fault('not-found', { what: 'resource type' })
  return type
}

async function bundleOf(archive: Archive, search: Search, address: string): Promise<Bundle> {
  const { total, resources } = await find(archive, search.query)
  const included = search.countOnly ? [] : await include(archive, search.includes, resources)
  const entry = (resource: Resource, mode: 'match' | 'include' | 'outcome'): BundleEntry => ({
    ...(mode === 'outcome'
      ? {}
      : { fullUrl: `${address.slice(0, address.lastIndexOf('/'))}/${resource.resourceType}/${resource.id ?? ''}` }),
    resource,
    search: { mode },
  })
  const shown = search.countOnly ? [] : resources
  const { limit, offset } = search.query
  const link = (relation: string, from: number) => {
    const parameters = [...search.applied, ...(from ? [['_offset', String(from)] as const] : [])]
    return {
      relation,
      url: `${address}?${new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()}`,
    }
  }
  const ignored = search.ignored.length
    ? [outcome('information', 'not-supported', `left out: ${search.ignored.join(', ')}`)]
    : []
  const entries = [
    ...shown.map((resource) => entry(resource, 'match')),
    ...included.map((resource) => entry(resource, 'include')),
    ...ignored.map((resource) => entry(resource, 'outcome')),
  ]
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total,
    link: [
      link('self', offset),
      ...(offset > 0 ? [link('previous', Math.max(0, offset - limit))] : []),
      ...(limit > 0 && offset + limit < total ? [link('next', offset + limit)] : []),
    ],
    ...(entries.length ? { entry: entries } : {}),
  }
}

/** Each type has its place: persons and studies in the image catalogue, all else in records. */
async function find(archive: Archive, query: Search['query']): Promise<Page> {
  if (query.type === 'Patient') return patients(archive, query)
  if (query.type === 'ImagingStudy') return imagingStudies(archive, query)
  const { total, records } = await archive.searchRecords(query)
  return { total, resources: records.map(served) }
}

const served = (record: RecordRow): Resource => ({
  ...(record.body as Resource),
  meta: {
    versionId: String(record.version),
    lastUpdated: record.received_at.toISOString(),
    tag: [{ system: 'urn:sluice:project', code: record.project }],
  },
})

async function patients(archive: Archive, { ids, tokens = [], limit, offset }: Search['query']): Promise<Page> {
  const genders = tokens.flat().map((token) => SEXES[codeOf(token)] ?? '-')
  const { total, people } = await archive.searchPeople({
    ...(ids ? { ids } : {}),
    ...(tokens.length ? { sexes: genders } : {}),
    limit,
    offset,
  })
  return { total, resources: people.map(patientOf) }
}

async function imagingStudies(archive: Archive, query: Search['query']): Promise<Page> {
  const { ids, patients: asked, tokens = [], dates = [], limit, offset } = query
  const people = asked ? (await archive.searchPeople({ ids: asked, limit: 1000, offset: 0 })).people : undefined
  const { total, studies } = await archive.searchPersonStudies({
    ...(ids ? { uids: ids } : {}),
    ...(people ? { patients: people.flatMap(known) } : {}),
    modalities: tokens.filter((choice) => choice[0]?.startsWith('modality=')).map((choice) => choice.map(codeOf)),
    uidChoices: tokens
      .filter((choice) => choice[0]?.startsWith('identifier='))
      .map((choice) => choice.map((token) => codeOf(token).replace(/^urn:oid:/, ''))),
    dates: dates.map(({ from, to }) => ({
      ...(from ? { from: dicomDate(from) } : {}),
      ...(to ? { to: dicomDate(to) } : {}),
    })),
    limit,
    offset,
  })
  return {
    total,
    resources: studies.map(({ study, series, patient, days }) => imagingStudyOf(study, series, { patient, days })),
  }
}

const known = (person: PersonRow): string[] => [person.patient, ...person.aliases.map(({ from }) => from)]
const codeOf = (token: string): string => token.replace(/^[^=]*=(.*\|)?/, '')
const dicomDate = (instant: string): string => instant.slice(0, 10).replaceAll('-', '')

/** What the found resources refer to, each once; one step (§3.1.1.5.4). */
async function include(
  archive: Archive,
  includes: readonly string[],
  resources: readonly Resource[],
): Promise<Resource[]> {
  const wanted = new Map<string, Set<string>>()
  for (const name of includes) {
    const [type = '', parameter = '', target] = name.split(':')
    for (const resource of resources.filter(({ resourceType }) => resourceType === type))
      for (const field of INCLUDES[`${type}:${parameter}`] ?? [])
        for (const reference of referencesIn((resource as unknown as Record<string, unknown>)[field])) {
          const [to = '', id = ''] = reference.split('/')
          if (target && target !== to) continue
          wanted.set(to, (wanted.get(to) ?? new Set()).add(id))
        }
  }
  const pages = await Promise.all(
    [...wanted].map(([type, ids]) => find(archive, { type, ids: [...ids], limit: MOST_INCLUDED, offset: 0 })),
  )
  return pages.flatMap((page) => page.resources)
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  const reference = (value as { reference?: unknown } | undefined)?.reference
  return typeof reference === 'string' ? [reference] : []
}

const outcome = (
  severity: 'error' | 'information',
  code: 'invalid' | 'not-found' | 'not-supported' | 'exception' | 'forbidden' | 'login' | 'transient',
  diagnostics: string,
): OperationOutcome => ({ resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics }] })

/** Failures as FHIR says them; what and where, never a value. */
function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const fault = error instanceof Fault ? error : new Fault('internal', {}, error)
  const { http = 500, retry } = fault.entry
  const ref = newId()
  if (http >= 500)
    log.error('a request failed', { ref, method: request.method, route: request.routeOptions.url ?? '' }, fault)
  const code =
    http === 404
      ? 'not-found'
      : http === 403
        ? 'forbidden'
        : http === 401
          ? 'login'
          : retry === 'later'
            ? 'transient'
            : http < 500
              ? 'invalid'
              : 'exception'
  void reply
    .code(http)
    .type(JSON_TYPE)
    .send(outcome('error', code, `${fault.message} ${fault.action}${http >= 500 ? ` (${ref})` : ''}`))
}
