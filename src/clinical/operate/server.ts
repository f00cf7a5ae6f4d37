/** The operator's page: its own port, its own sign-in, live snapshots pushed; no database. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../base/index.ts'
import { createPageServer, keepDoor, pushEvents, serveBuiltPage } from '../../pages/index.ts'
import { Operators } from './accounts.ts'
import type { OperateSnapshot, QuarantineOutcome, QuarantinePreview } from './contract.ts'

export interface OperateOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** host names under which the page is reached, besides addresses and this machine's own */
  readonly names?: readonly string[]
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
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/healthz', '/api/session', '/api/sign-in', '/api/bootstrap'])

/** @throws Fault 'port-taken' */
export async function createOperateServer(options: OperateOptions): Promise<OperateServer> {
  const operators = new Operators(options.accountsFile)
  const app = createPageServer(options.names ? { names: options.names } : {})
  const door = keepDoor<string>(app, {
    cookie: COOKIE,
    open: OPEN_ROUTES,
    sessionOf: (secret) => operators.sessionOf(secret),
  })
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
  const begin = (request: FastifyRequest, reply: FastifyReply, name: string, secret: string) => {
    door.begin(request, reply, secret)
    return { name }
  }

  app.get('/healthz', () => ({ ok: true }))
  app.get('/api/session', (request, reply) => {
    const name = operators.sessionOf(door.secretOf(request))
    return name ? { name } : reply.code(204).send()
  })
  app.post('/api/bootstrap', async (request, reply) => {
    const { token = '', name, password } = read(request.body)
    return begin(request, reply, name, await operators.bootstrap(token, name, password))
  })
  app.post('/api/sign-in', async (request, reply) => {
    const { name, password } = read(request.body)
    return begin(request, reply, name, await operators.signIn(name, password))
  })
  app.post('/api/sign-out', (request, reply) => {
    operators.signOut(door.secretOf(request) ?? '')
    door.end(reply)
    return reply.code(204).send()
  })
  // the picture as it is, twice a second while somebody looks
  app.get('/api/live', (request, reply) =>
    pushEvents(request, reply, {
      everyMs: PUSH_MS,
      next: () => JSON.stringify(options.snapshot()),
      still: () => operators.sessionOf(door.secretOf(request)) !== undefined,
    }),
  )
  quarantineRoutes(app, options.quarantine, door.session)
  await serveBuiltPage(app, options.staticFolder, 'operate.html', /^\/api\//)

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
