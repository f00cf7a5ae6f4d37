/**
 * Under which names a page answers. A browser that was led here by another site's name (DNS rebinding) would take our
 * answers for that site's own: the name it says in Host is refused.
 */
import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { Fault } from '../base/index.ts'

const withoutPort = (host: string): string =>
  host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()

/** An address names nobody else, so it needs no list. */
const isOurs = (host: string, names: readonly string[]): boolean =>
  isIP(host) !== 0 || host === 'localhost' || host === hostname().toLowerCase() || names.includes(host)

/** @throws Fault 'host-unknown' */
export function refuseForeignHost(request: FastifyRequest, names: readonly string[]): void {
  if (!isOurs(withoutPort(request.host), names)) throw new Fault('host-unknown')
}

/**
 * Another site's page may not act with our cookie. Programs send no Origin.
 * @throws Fault 'forbidden'
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin } = request.headers
  if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return
  if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw new Fault('forbidden')
}
