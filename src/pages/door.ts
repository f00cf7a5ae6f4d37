/** Signed in or nothing: every route but the few that are named asks for a session. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../base/index.ts'
import { refuseForeignOrigin } from './hosts.ts'

export interface DoorOptions<S> {
  /** the name of the session's cookie: each page has its own */
  readonly cookie: string
  /** routes, as they were declared, that need no session */
  readonly open: ReadonlySet<string>
  /** whether programs may sign in by Authorization, and what they are told when they do not */
  readonly challenge?: (route: string) => string | undefined
  sessionOf(secret: string): Promise<S | undefined> | S | undefined
}

export interface Door<S> {
  /** of a request that came through the door */
  session(request: FastifyRequest): S
  secretOf(request: FastifyRequest): string | undefined
  /** sets the cookie of a new session */
  begin(request: FastifyRequest, reply: FastifyReply, secret: string): void
  end(reply: FastifyReply): void
}

const SESSION_S = 12 * 3600
/** the built page's files, which everybody may have: there is nothing in them */
const FILES = '/*'

/**
 * The route decides, as the router found it, and not the address as it was written: `/%61pi` is `/api` to a router.
 * @throws Fault 'unauthenticated', 'forbidden' at a request
 */
export function keepDoor<S>(app: FastifyInstance, options: DoorOptions<S>): Door<S> {
  const { cookie, open, challenge, sessionOf } = options
  const sessions = new WeakMap<FastifyRequest, S>()
  const inCookie = new RegExp(`(?:^|; )${cookie}=([^;]+)`)

  const secretOf = (request: FastifyRequest): string | undefined => {
    const { authorization = '', cookie: cookies = '' } = request.headers
    if (challenge && authorization.startsWith('Bearer ')) return authorization.slice(7)
    if (challenge && authorization.startsWith('Basic '))
      return Buffer.from(authorization.slice(6), 'base64').toString().split(':').slice(1).join(':')
    return inCookie.exec(cookies)?.[1]
  }

  app.addHook('onRequest', async (request, reply) => {
    const { url: route } = request.routeOptions
    if (route === undefined || route === FILES) return
    void reply.header('cache-control', 'no-store')
    refuseForeignOrigin(request)
    if (open.has(route)) return
    const secret = secretOf(request)
    const session = secret ? await sessionOf(secret) : undefined
    if (session === undefined) {
      const told = challenge?.(route)
      if (told) void reply.header('www-authenticate', told)
      throw new Fault('unauthenticated')
    }
    sessions.set(request, session)
  })

  const set = (reply: FastifyReply, value: string, seconds: number, secure: boolean) =>
    void reply.header(
      'set-cookie',
      `${cookie}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure ? '; Secure' : ''}`,
    )
  return {
    session: (request) => sessions.get(request) as S,
    secretOf,
    begin: (request, reply, secret) => set(reply, secret, SESSION_S, request.protocol === 'https'),
    end: (reply) => set(reply, '', 0, false),
  }
}
