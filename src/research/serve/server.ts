/** The research side's HTTP server: the page, its API, DICOMweb. Signed in or nothing, but for the sign-in itself. */
import staticFiles from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { existsSync } from 'node:fs'
import type pg from 'pg'
import { z } from 'zod'
import { Fault } from '../../base/index.ts'
import type { Archive, StudyRow } from '../archive/index.ts'
import { openAccounts } from './accounts/accounts.ts'
import type { Live, Project, Session, StudyPage, StudySummary } from './contract.ts'
import { dicomwebRoutes } from './dicomweb/routes.ts'
import type { Admit } from './dicomweb/store.ts'
import { fhirRoutes } from './fhir/routes.ts'
import { answerFailure } from './failure.ts'
import { peopleRoutes } from './people.ts'

export interface ResearchOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly archive: Archive
  /** the database of accounts: the catalogue's */
  readonly connection: pg.PoolConfig
  readonly admit: Admit
  /** read at each request: the owner may change what is in it */
  readonly projects: readonly Project[]
  /** the built page; where it is missing, the API works without it */
  readonly staticFolder: string
}

export interface ResearchServer {
  readonly port: number
  /** for the first account, while there is none */
  readonly bootstrapToken: string | undefined
  close(): Promise<void>
}

const COOKIE = 'sluice_research'
const PAGE = 100
const LIVE_MS = 1000
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/healthz', '/api/session', '/api/sign-in', '/api/bootstrap'])

/** @throws Fault 'port-taken', 'archive-unavailable' */
export async function createResearchServer(options: ResearchOptions): Promise<ResearchServer> {
  const accounts = await openAccounts(options.connection)
  const app = Fastify({ logger: false, forceCloseConnections: true, routerOptions: { maxParamLength: 2000 } })
  const sessions = new WeakMap<FastifyRequest, Session>()

  app.setErrorHandler(answerFailure)
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' && !/^\/(api|dicom-web|fhir)\//.test(request.url) && existsSync(options.staticFolder)
    if (isPage) return reply.sendFile('index.html')
    return answerFailure(new Fault('not-found'), request, reply)
  })
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS)
    const path = request.url.split('?')[0] ?? ''
    if (!/^\/(api|dicom-web|fhir)(\/|$)/.test(path) || OPEN_ROUTES.has(path)) return
    refuseForeignOrigin(request)
    const secret = secretOf(request)
    const session = secret ? await accounts.sessionOf(secret) : undefined
    if (!session) {
      if (/^\/(dicom-web|fhir)/.test(path)) void reply.header('www-authenticate', 'Basic realm="Sluice", Bearer')
      throw new Fault('unauthenticated')
    }
    sessions.set(request, session)
  })
  app.addHook('onSend', async (request, reply) => {
    if (/^\/(api|dicom-web|fhir)\//.test(request.url)) void reply.header('cache-control', 'no-store')
  })

  app.get('/healthz', () => ({ ok: true }))
  accountRoutes(app, accounts)
  app.get('/api/projects', () => options.projects)
  app.get('/api/studies', (request) => studies(options.archive, request))
  app.get('/api/live', (request, reply) => live(options.archive, request, reply))
  await app.register(
    (scope) => dicomwebRoutes(scope, { ...options, account: (request) => sessions.get(request)?.name ?? '' }),
    { prefix: '/dicom-web' },
  )
  peopleRoutes(app, options.archive)
  await app.register((scope) => fhirRoutes(scope, options.archive), { prefix: '/fhir' })
  if (existsSync(options.staticFolder))
    await app.register(staticFiles, { root: options.staticFolder, cacheControl: true, maxAge: '1h' })

  try {
    await app.listen(options.listen)
  } catch (error) {
    throw new Fault('port-taken', { port: options.listen.port }, error)
  }
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.listen.port,
    bootstrapToken: await accounts.bootstrapToken(),
    close: async () => {
      await app.close()
      await accounts.close()
    },
  }
}

function accountRoutes(app: FastifyInstance, accounts: Awaited<ReturnType<typeof openAccounts>>): void {
  const credentials = z.object({ name: z.string().min(1).max(64), password: z.string().min(1).max(1024) })
  const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new Fault('bad-request', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
    return parsed.data
  }
  const begin = (reply: FastifyReply, { session, secret }: { session: Session; secret: string }): Session => {
    void reply.header('set-cookie', `${COOKIE}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200`)
    return session
  }
  app.get('/api/session', async (request, reply) => {
    const secret = secretOf(request)
    const session = secret ? await accounts.sessionOf(secret) : undefined
    return session ?? reply.code(204).send()
  })
  app.post('/api/bootstrap', async (request, reply) => {
    refuseForeignOrigin(request)
    const { token, name, password } = read(credentials.extend({ token: z.string().max(100) }), request.body)
    return begin(reply, await accounts.bootstrap(token, name, password))
  })
  app.post('/api/sign-in', async (request, reply) => {
    refuseForeignOrigin(request)
    const { name, password } = read(credentials, request.body)
    return begin(reply, await accounts.signIn(name, password))
  })
  app.post('/api/sign-out', async (request, reply) => {
    await accounts.signOut(secretOf(request) ?? '')
    return reply.header('set-cookie', `${COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`).code(204).send()
  })
}

async function studies(archive: Archive, request: FastifyRequest): Promise<StudyPage> {
  const { search = '', project = '', offset = '0' } = request.query as Record<string, string | undefined>
  const from = /^\d{1,9}$/.test(offset) ? Number(offset) : 0
  const rows = await archive.searchStudies({
    match: {},
    ...(search ? { search: search.slice(0, 100) } : {}),
    ...(project ? { project } : {}),
    limit: PAGE + 1,
    offset: from,
  })
  return { studies: rows.slice(0, PAGE).map(summary), ...(rows.length > PAGE ? { nextOffset: from + PAGE } : {}) }
}

const summary = (row: StudyRow): StudySummary => ({
  ...{ studyInstanceUID: row.uid, project: row.project, pseudonym: row.patient_id, modalities: row.modalities },
  ...{ seriesCount: row.series_count, instanceCount: row.instance_count, archivedAt: row.archived_at.getTime() },
})

/** Server-sent events: what the archive holds, whenever it changes. */
async function live(archive: Archive, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...HEADERS })
  let last = ''
  const look = async (): Promise<void> => {
    const now: Live = await archive.newest()
    const text = JSON.stringify(now)
    if (text !== last) reply.raw.write(`data: ${text}\n\n`)
    else reply.raw.write(': \n\n')
    last = text
  }
  const timer = setInterval(() => void look().catch(() => {}), LIVE_MS)
  request.raw.on('close', () => clearInterval(timer))
  await look().catch(() => {})
}

/** Another site's page may not act with our cookie. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin } = request.headers
  if (origin && request.method !== 'GET' && new URL(origin).host !== request.host) throw new Fault('forbidden')
}

function secretOf(request: FastifyRequest): string | undefined {
  const { authorization = '', cookie = '' } = request.headers
  if (authorization.startsWith('Bearer ')) return authorization.slice(7)
  if (authorization.startsWith('Basic '))
    return Buffer.from(authorization.slice(6), 'base64').toString().split(':').slice(1).join(':')
  return new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(cookie)?.[1]
}
