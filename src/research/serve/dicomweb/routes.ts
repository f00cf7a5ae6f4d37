/** DICOMweb: QIDO-RS, WADO-RS and STOW-RS (PS3.18 §10) on one prefix. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../../../base/index.ts'
import { isUID, type DicomJson } from '../../../standards/dicom/index.ts'
import type { Archive, Located, Query } from '../../archive/index.ts'
import { refuseTranscoding, wanted } from './media-types.ts'
import { MORE, parseQuery } from './query.ts'
import { instanceResult, metadataResult, seriesResult, studyResult } from './results.ts'
import { bulkDataPart, frameParts, instancePart, multipart, single } from './retrieve.ts'
import { storeAll, type Admit } from './store.ts'

interface Place {
  readonly study?: string
  readonly series?: string
  readonly instance?: string
  readonly frames?: string
  readonly '*'?: string
}
type Request = FastifyRequest<{ Params: Place; Querystring: Record<string, string | string[]> }>

const JSON_TYPES = ['application/dicom+json', 'application/json'] as const
/** a study of more instances is retrieved by series */
const MOST_INSTANCES = 100_000

export function dicomwebRoutes(
  app: FastifyInstance,
  {
    archive,
    admit,
    projects,
    account,
  }: {
    readonly archive: Archive
    readonly admit: Admit
    readonly projects: readonly { readonly name: string }[]
    account(request: FastifyRequest): string
  },
): void {
  const base = (request: FastifyRequest): string => `${request.protocol}://${request.host}/dicom-web`

  const search = (level: 'study' | 'series' | 'instance') => async (request: Request, reply: FastifyReply) => {
    const type = wanted(request.headers.accept, JSON_TYPES)
    const { query, include, warnings, limit } = parseQuery(request.query, fixed(request.params))
    const across = request.params.study === undefined
    const results = await found(level, query, base(request), include, across)
    const told = results.length > limit && request.query.limit === undefined ? [...warnings, MORE] : warnings
    if (told.length) void reply.header('warning', told.map((text) => `299 sluice "${text}"`).join(', '))
    // PS3.18 Table 10.6.4-1: a search that found nothing has no payload
    if (results.length === 0) return reply.code(204).send()
    return reply.type(`${type}; charset=utf-8`).send(results.slice(0, limit))
  }
  const found = async (
    level: 'study' | 'series' | 'instance',
    query: Query,
    at: string,
    include: ReadonlySet<string> | 'all',
    across: boolean,
  ): Promise<readonly DicomJson[]> => {
    if (level === 'study') return (await archive.searchStudies(query)).map((row) => studyResult(row, at))
    if (level === 'series') return (await archive.searchSeries(query)).map((row) => seriesResult(row, at, across))
    const isUsual = !across && include !== 'all' && include.size === 0
    const rows = isUsual ? await archive.searchInstances(query) : await archive.searchWholeInstances(query)
    return rows.map((row) => instanceResult(row, at, include, across))
  }

  const within = ({ params }: Request): Query => ({ match: fixed(params), limit: MOST_INSTANCES, offset: 0 })
  /** @throws Fault 'not-found' */
  const one = async ({ params }: Request): Promise<Located> => {
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID = '' } = fixed(params)
    const found = await archive.locate(SOPInstanceUID)
    if (found?.study_uid !== StudyInstanceUID || found?.series_uid !== SeriesInstanceUID) throw new Fault('not-found')
    return found as Located
  }

  const retrieve = async (request: Request, reply: FastifyReply) => {
    const isOne = request.params.instance !== undefined
    const found: readonly Located[] = some(
      isOne ? [await one(request)] : await archive.locateInstances(within(request)),
    )
    const type = wanted(
      request.headers.accept,
      isOne
        ? (['multipart/related; application/dicom', 'application/dicom'] as const)
        : (['multipart/related; application/dicom'] as const),
    )
    for (const instance of found) refuseTranscoding(request.headers.accept, instance.transfer_syntax_uid)
    if (type === 'application/dicom') {
      const part = instancePart(found[0] as Located)
      return reply.type(part.contentType).send(single(archive, part, reply))
    }
    const { contentType, body } = multipart(archive, 'application/dicom', found.map(instancePart), reply)
    return reply.type(contentType).send(body)
  }

  const metadata = async (request: Request, reply: FastifyReply) => {
    const type = wanted(request.headers.accept, JSON_TYPES)
    const found = some(await archive.searchWholeInstances(within(request)))
    return reply.type(`${type}; charset=utf-8`).send(found.map((instance) => metadataResult(instance, base(request))))
  }

  const frames = async (request: Request, reply: FastifyReply) => {
    const instance = await one(request)
    const type = wanted(request.headers.accept, frameTypes(instance.transfer_syntax_uid))
    refuseTranscoding(request.headers.accept, instance.transfer_syntax_uid)
    const parts = frameParts(archive, instance, request.params.frames ?? '')
    const inner = type.split('; ').at(-1) ?? type
    if (type === inner && parts[0]) {
      // a single part cannot carry several frames
      if (parts.length > 1) throw new Fault('not-acceptable')
      return reply.type(parts[0].contentType).send(single(archive, parts[0], reply))
    }
    const { contentType, body } = multipart(
      archive,
      inner,
      parts.map((part) => ({ ...part, contentType: part.contentType.replace('application/octet-stream', inner) })),
      reply,
    )
    return reply.type(contentType).send(body)
  }

  const bulkData = async (request: Request, reply: FastifyReply) => {
    const type = wanted(request.headers.accept, BULK_DATA_TYPES)
    const part = bulkDataPart(archive, await one(request), request.params['*'] ?? '')
    if (type === 'application/octet-stream') return reply.type(type).send(single(archive, part, reply))
    const { contentType, body } = multipart(archive, 'application/octet-stream', [part], reply)
    return reply.type(contentType).send(body)
  }

  const store = async (request: Request, reply: FastifyReply) => {
    wanted(request.headers.accept, JSON_TYPES)
    const asked = request.query.project
    const project =
      projects.find(({ name }) => name === asked) ??
      (asked === undefined && projects.length === 1 ? projects[0] : undefined)
    if (!project) throw new Fault('project-unknown')
    const { status, json } = await storeAll(request.headers['content-type'], request.raw, base(request), (part) =>
      admit(part, { project: project.name, account: account(request) }),
    )
    return reply.code(status).type('application/dicom+json; charset=utf-8').send(json)
  }

  // bodies of STOW-RS are streams: nothing parses them before we do
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.get('/studies', search('study'))
  app.get('/series', search('series'))
  app.get('/instances', search('instance'))
  app.get('/studies/:study/series', search('series'))
  app.get('/studies/:study/instances', search('instance'))
  app.get('/studies/:study/series/:series/instances', search('instance'))
  app.get('/studies/:study', retrieve)
  app.get('/studies/:study/series/:series', retrieve)
  app.get('/studies/:study/series/:series/instances/:instance', retrieve)
  app.get('/studies/:study/metadata', metadata)
  app.get('/studies/:study/series/:series/metadata', metadata)
  app.get('/studies/:study/series/:series/instances/:instance/metadata', metadata)
  app.get('/studies/:study/series/:series/instances/:instance/frames/:frames', frames)
  app.get('/studies/:study/series/:series/instances/:instance/bulkdata/*', bulkData)
  app.post('/studies', { bodyLimit: Number.MAX_SAFE_INTEGER }, store)
}

/** What frames are given as: bytes as they are stored, and under the name of PS3.18 Table 8.7.3-4 where they have one. */
const FRAME_TYPES: readonly (readonly [uid: RegExp, type: string])[] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.(50|51|57|70)$/, 'image/jpeg'],
  [/^1\.2\.840\.10008\.1\.2\.4\.8[01]$/, 'image/jls'],
  [/^1\.2\.840\.10008\.1\.2\.4\.9[0-3]$/, 'image/jp2'],
  [/^1\.2\.840\.10008\.1\.2\.4\.20[123]$/, 'image/jphc'],
  [/^1\.2\.840\.10008\.1\.2\.5$/, 'image/dicom-rle'],
]
const BULK_DATA_TYPES = ['multipart/related; application/octet-stream', 'application/octet-stream'] as const
const frameTypes = (transferSyntaxUID: string): readonly string[] => [
  'multipart/related; application/octet-stream',
  'application/octet-stream',
  ...FRAME_TYPES.filter(([uid]) => uid.test(transferSyntaxUID)).map(([, type]) => `multipart/related; ${type}`),
]

/** @throws Fault 'not-found' */
function some<T>(found: readonly T[]): readonly T[] {
  if (found.length === 0) throw new Fault('not-found')
  return found
}

/** @throws Fault 'bad-request' for what is no UID */
function fixed({ study, series, instance }: Place): Record<string, string> {
  const uids = {
    ...(study === undefined ? {} : { StudyInstanceUID: study }),
    ...(series === undefined ? {} : { SeriesInstanceUID: series }),
    ...(instance === undefined ? {} : { SOPInstanceUID: instance }),
  }
  for (const [keyword, uid] of Object.entries(uids))
    if (!isUID(uid)) throw new Fault('bad-request', { parameter: keyword })
  return uids
}
