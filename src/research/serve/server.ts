/** The research side's HTTP server: the page, its API, DICOMweb. Signed in or nothing, but for the sign-in itself. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { z } from 'zod'
import { Fault } from '../../base/index.ts'
import { createPageServer, keepDoor, pushEvents, serveBuiltPage, type Door } from '../../pages/index.ts'
import type { Archive, StudyRow } from '../archive/index.ts'
import { openAccounts } from './accounts/accounts.ts'
import type { Project, Session, StudyPage, StudySummary } from './contract.ts'
import { documentRoutes } from './documents.ts'
import { dicomwebRoutes } from './dicomweb/routes.ts'
import type { Admit } from './dicomweb/store.ts'
import { fhirRoutes } from './fhir/routes.ts'
import { peopleRoutes } from './people.ts'

export interface ResearchOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** host names under which the page is reached, besides addresses and this machine's own */
  readonly names?: readonly string[]
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
/** the viewer decodes in workers, by WebAssembly */
const POLICY = {
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  'img-src': "'self' data: blob:",
}
/** routes of programs, which sign in by a header */
const PROGRAMS = /^\/(dicom-web|fhir)(\/|$)/
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/healthz', '/api/session', '/api/sign-in', '/api/bootstrap'])

/** @throws Fault 'port-taken', 'archive-unavailable' */
export async function createResearchServer(options: ResearchOptions): Promise<ResearchServer> {
  const accounts = await openAccounts(options.connection)
  const app = createPageServer({ ...(options.names ? { names: options.names } : {}), policy: POLICY })
  const door = keepDoor<Session>(app, {
    cookie: COOKIE,
    open: OPEN_ROUTES,
    challenge: (route) => (PROGRAMS.test(route) ? 'Basic realm="Sluice", Bearer' : undefined),
    sessionOf: (secret) => accounts.sessionOf(secret),
  })

  app.get('/healthz', () => ({ ok: true }))
  accountRoutes(app, accounts, door)
  app.get('/api/projects', () => options.projects)
  app.get('/api/studies', (request) => studies(options.archive, request))
  app.get('/api/live', (request, reply) =>
    pushEvents(request, reply, {
      everyMs: LIVE_MS,
      next: changes(async () => JSON.stringify(await options.archive.newest())),
      still: async () => (await accounts.sessionOf(door.secretOf(request) ?? '')) !== undefined,
    }),
  )
  await app.register(
    (scope) => dicomwebRoutes(scope, { ...options, account: (request) => door.session(request).name }),
    { prefix: '/dicom-web' },
  )
  await app.register(
    (scope) => documentRoutes(scope, { ...options, account: (request) => door.session(request).name }),
    { prefix: '/api' },
  )
  peopleRoutes(app, options.archive)
  await app.register((scope) => fhirRoutes(scope, options.archive), { prefix: '/fhir' })
  await serveBuiltPage(app, options.staticFolder, 'index.html', /^\/(api|dicom-web|fhir)\//)

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

function accountRoutes(
  app: FastifyInstance,
  accounts: Awaited<ReturnType<typeof openAccounts>>,
  door: Door<Session>,
): void {
  const credentials = z.object({
    name: z
      .string()
      .max(64)
      .regex(/^[^\0]+$/),
    password: z.string().min(1).max(1024),
  })
  const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new Fault('bad-request', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
    return parsed.data
  }
  const begin = (
    request: FastifyRequest,
    reply: FastifyReply,
    { session, secret }: { session: Session; secret: string },
  ): Session => {
    door.begin(request, reply, secret)
    return session
  }
  app.get('/api/session', async (request, reply) => {
    const secret = door.secretOf(request)
    const session = secret ? await accounts.sessionOf(secret) : undefined
    return session ?? reply.code(204).send()
  })
  app.post('/api/bootstrap', async (request, reply) => {
    const { token, name, password } = read(credentials.extend({ token: z.string().max(100) }), request.body)
    return begin(request, reply, await accounts.bootstrap(token, name, password))
  })
  app.post('/api/sign-in', async (request, reply) => {
    const { name, password } = read(credentials, request.body)
    return begin(request, reply, await accounts.signIn(name, password))
  })
  app.post('/api/sign-out', async (request, reply) => {
    await accounts.signOut(door.secretOf(request) ?? '')
    door.end(reply)
    return reply.code(204).send()
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

/** Says what is new, and nothing when it is what it was. */
function changes(read: () => Promise<string>): () => Promise<string | undefined> {
  let last = ''
  return async () => {
    const now = await read()
    if (now === last) return undefined
    last = now
    return now
  }
}
