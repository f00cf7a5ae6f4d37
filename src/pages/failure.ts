/** Faults as answers: what happened, where, what to do; never a value. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault, log, newId, type FaultCode } from '../base/index.ts'

export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const fault = error instanceof Fault ? error : new Fault(codeOf(error), {}, error)
  const { http = 500, retry } = fault.entry
  const ref = newId()
  if (http >= 500)
    log.error('a request failed', { ref, method: request.method, route: request.routeOptions.url ?? '' }, fault)
  if (reply.raw.headersSent) {
    reply.raw.destroy()
    return
  }
  if (retry === 'later') void reply.header('retry-after', '5')
  const failure = {
    code: fault.code,
    message: fault.message,
    action: fault.action,
    where: { ...fault.where, ...(http >= 500 ? { ref } : {}) },
  }
  void reply.code(http).type('application/json; charset=utf-8').send(failure)
}

/** fastify's own refusals by their status */
function codeOf(error: unknown): FaultCode {
  const status = (error as { statusCode?: number }).statusCode
  if (status === 415) return 'unsupported-media-type'
  if (status === 413) return 'limit-exceeded'
  return status !== undefined && status < 500 ? 'bad-request' : 'internal'
}
