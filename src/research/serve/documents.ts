/** Clinical documents that somebody uploads (CDA R2): to the gate, as instances of STOW-RS go; nothing of them is kept here. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault, FAULTS, type FaultCode } from '../../base/index.ts'
import type { Admit } from './dicomweb/store.ts'

const XML = /^(?:application|text)\/(?:[\w.-]+\+)?xml\s*(?:;|$)/i

/** `POST /documents?project=NAME` with one document as its body. */
export function documentRoutes(
  app: FastifyInstance,
  {
    admit,
    projects,
    account,
  }: {
    readonly admit: Admit
    readonly projects: readonly { readonly name: string }[]
    account(request: FastifyRequest): string
  },
): void {
  // a body is a stream to the gate: nothing parses it before
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post('/documents', async (request: FastifyRequest<{ Querystring: { project?: string } }>, reply) => {
    if (!XML.test(request.headers['content-type'] ?? '')) throw new Fault('unsupported-media-type')
    const asked = request.query.project
    const project =
      projects.find(({ name }) => name === asked) ??
      (asked === undefined && projects.length === 1 ? projects[0] : undefined)
    if (!project) throw new Fault('project-unknown')
    const about = { project: project.name, account: account(request) }
    const { outcome, code, path, offset } = await admit(request.raw, about)
    if (outcome === 'refused') throw new Fault(code && code in FAULTS ? (code as FaultCode) : 'internal')
    // what stays in quarantine was taken, and a person decides about it
    return reply.code(outcome === 'quarantined' ? 202 : 200).send({ outcome, code, path, offset })
  })
}
