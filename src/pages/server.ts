/** An HTTP server for a page: bounded in what it waits for, with the headers that keep a browser to this page alone. */
import staticFiles from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import { existsSync } from 'node:fs'
import { Fault } from '../base/index.ts'
import { answerFailure } from './failure.ts'
import { refuseForeignHost } from './hosts.ts'

export interface PageServerOptions {
  /** host names of the page besides addresses, `localhost` and this machine's own; with one, X-Forwarded-Proto is believed */
  readonly names?: readonly string[]
  /** what the page needs beyond its own files, as directives of Content-Security-Policy */
  readonly policy?: Readonly<Record<string, string>>
}

/** headers that do not come within this are of a client that only holds the connection */
const HEADERS_MS = 15_000
/** of a connection on which nothing moves: longer than the gate takes for the largest upload */
const IDLE_MS = 20 * 60_000
const CONNECTIONS = 4096

const POLICY = {
  'default-src': "'self'",
  // the interface's library sets style attributes
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
}

/** @returns an instance whose every answer carries the headers, which answers only to its own names, and whose failures are Faults */
export function createPageServer({ names = [], policy = {} }: PageServerOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    trustProxy: names.length > 0,
    connectionTimeout: IDLE_MS,
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: HEADERS_MS / 3 },
    routerOptions: { maxParamLength: 2000 },
  })
  app.server.maxConnections = CONNECTIONS
  const headers = {
    'content-security-policy': Object.entries({ ...POLICY, ...policy })
      .map((directive) => directive.join(' '))
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
  app.setErrorHandler(answerFailure)
  app.addHook('onRequest', async (request, reply) => {
    // on the raw answer too: a stream of events is written past the reply
    for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value)
    refuseForeignHost(request, names)
    // no name, value or file has it, and no database takes it
    if (/%00/.test(request.url)) throw new Fault('bad-request', { what: 'NUL' })
  })
  return app
}

/** The page's files, where it is built; what is no file and no route is the page, and what should be data is a failure. */
export async function serveBuiltPage(app: FastifyInstance, folder: string, page: string, data: RegExp): Promise<void> {
  const built = existsSync(folder)
  app.setNotFoundHandler((request, reply) =>
    built && request.method === 'GET' && !data.test(request.url)
      ? reply.sendFile(page)
      : answerFailure(new Fault('not-found'), request, reply),
  )
  if (!built) return
  await app.register(staticFiles, {
    root: folder,
    index: [page],
    cacheControl: false,
    // names of what is built carry a hash; the page itself is asked for again
    setHeaders: (reply, path) =>
      void reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  })
}
