/** The operator's page: its own port, its own sign-in, live snapshots pushed; no database. */
import staticFiles from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { Fault, log } from '../../base/index.ts'
import { Operators } from './accounts.ts'
import type { OperateSnapshot, QuarantineOutcome, QuarantinePreview } from './contract.ts'

export interface OperateOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** the built page */
  readonly staticFolder: string
  /** of mode 0600, made with the first account */
  readonly accountsFile: string
  snapshot(): OperateSnapshot
  readonly quarantine: QuarantineActions
}

/** What may be done about a quarantined object, by whom; the worker does it. */
export interface QuarantineActions {
  show(ref: string): Promise<QuarantinePreview>
  redo(ref: string, by: string): Promise<QuarantineOutcome>
  reject(ref: string, by: string, reason: string): Promise<QuarantineOutcome>
}

export interface OperateServer {
  readonly port: number
  readonly bootstrapToken: string | undefined
  close(): Promise<void>
}

const COOKIE = 'sluice_operate'
const PUSH_MS = 500
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/api/session', '/api/sign-in', '/api/bootstrap'])

/** @throws Fault 'port-taken' */
export async function createOperateServer(options: OperateOptions): Promise<OperateServer> {
  const operators = new Operators(options.accountsFile)
  const app = Fastify({ logger: false, forceCloseConnections: true })
  const credentials = z.object({
    name: z.string().min(1).max(64),
    password: z.string().min(1).max(1024),
    token: z.string().max(100).optional(),
  })
  const read = (body: unknown): z.infer<typeof credentials> => {
    const parsed = credentials.safeParse(body)
    if (!parsed.success) throw new Fault('bad-request', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
    return parsed.data
  }
  const begin = (reply: FastifyReply, name: string, secret: string) => {
    void reply.header('set-cookie', `${COOKIE}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200`)
    return { name }
  }

  app.setErrorHandler((error, _request, reply) => {
    const fault = error instanceof Fault ? error : new Fault('bad-request', {}, error)
    if (!(error instanceof Fault)) log.warn('a request was refused', {}, error)
    void reply.code(fault.entry.http ?? 500).send({ code: fault.code, message: fault.message, action: fault.action })
  })
  app.setNotFoundHandler((request, reply) => {
    if (request.method === 'GET' && !request.url.startsWith('/api/') && existsSync(options.staticFolder))
      return reply.sendFile('operate.html')
    return reply.code(404).send({ code: 'not-found' })
  })
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS)
    const path = request.url.split('?')[0] ?? ''
    if (!path.startsWith('/api/')) return
    const { origin } = request.headers
    if (origin && request.method !== 'GET' && new URL(origin).host !== request.host) throw new Fault('forbidden')
    if (!OPEN_ROUTES.has(path) && !operators.sessionOf(secretOf(request))) throw new Fault('unauthenticated')
  })
  app.get('/healthz', () => ({ ok: true }))
  app.get('/api/session', (request, reply) => {
    const name = operators.sessionOf(secretOf(request))
    return name ? { name } : reply.code(204).send()
  })
  app.post('/api/bootstrap', async (request, reply) => {
    const { token = '', name, password } = read(request.body)
    return begin(reply, name, await operators.bootstrap(token, name, password))
  })
  app.post('/api/sign-in', async (request, reply) => {
    const { name, password } = read(request.body)
    return begin(reply, name, await operators.signIn(name, password))
  })
  app.post('/api/sign-out', (request, reply) => {
    operators.signOut(secretOf(request) ?? '')
    return reply.header('set-cookie', `${COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`).code(204).send()
  })
  app.get('/api/live', (request, reply) => push(options, request, reply))
  quarantineRoutes(app, options.quarantine, (request) => operators.sessionOf(secretOf(request)) ?? '')
  if (existsSync(options.staticFolder))
    await app.register(staticFiles, { root: options.staticFolder, index: ['operate.html'] })

  try {
    await app.listen(options.listen)
  } catch (error) {
    throw new Fault('port-taken', { port: options.listen.port }, error)
  }
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.listen.port,
    bootstrapToken: operators.bootstrapToken(),
    close: () => app.close(),
  }
}

function quarantineRoutes(
  app: FastifyInstance,
  quarantine: QuarantineActions,
  operator: (request: FastifyRequest) => string,
): void {
  interface Ref {
    readonly Params: { readonly ref: string }
  }
  const reasoned = z.object({ reason: z.string().trim().min(3).max(500) })
  app.get<Ref>('/api/quarantine/:ref', ({ params }) => quarantine.show(params.ref))
  app.post<Ref>('/api/quarantine/:ref/redo', (request) => quarantine.redo(request.params.ref, operator(request)))
  app.post<Ref>('/api/quarantine/:ref/reject', (request) => {
    const parsed = reasoned.safeParse(request.body)
    if (!parsed.success) throw new Fault('bad-request', { field: 'reason' })
    return quarantine.reject(request.params.ref, operator(request), parsed.data.reason)
  })
}

/** Server-sent events: the picture as it is, twice a second while somebody looks. A slow reader misses pictures, not memory. */
function push({ snapshot }: OperateOptions, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...HEADERS })
  const send = () => {
    if (!reply.raw.writableNeedDrain) reply.raw.write(`data: ${JSON.stringify(snapshot())}\n\n`)
  }
  const timer = setInterval(send, PUSH_MS)
  request.raw.on('close', () => clearInterval(timer))
  send()
}

const secretOf = (request: FastifyRequest): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1]
