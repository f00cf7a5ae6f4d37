/** The research process: DICOMweb and the page over the archive; uploads are handed to the worker as they come. */
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { openArchive } from '../../research/archive/index.ts'
import { createResearchServer, type Admit, type AdmitOutcome, type ResearchServer } from '../../research/serve/index.ts'
import { splitAddress, type Config } from '../config/index.ts'
import { role, tell } from './messages.ts'

let server: ResearchServer | undefined
/** one array, whose contents follow the configuration */
const projects: Config['projects'][number][] = []
role({
  start: async ({ config, places, catalogue }) => {
    if (!catalogue) throw new Fault('archive-unavailable')
    projects.push(...config.projects)
    const archive = await openArchive({ connection: catalogue, blobs: places.blobs })
    server = await createResearchServer({
      ...{
        listen: splitAddress(config.web.listen),
        names: config.web.names,
        archive,
        connection: catalogue,
        admit: admitOver(places.admitSocket),
        projects,
      },
      staticFolder: join(import.meta.dirname, '../../../web/dist/research'),
    })
    tell({
      type: 'ready',
      port: server.port,
      ...(server.bootstrapToken ? { bootstrapToken: server.bootstrapToken } : {}),
    })
  },
  config: (config) => {
    projects.splice(0, projects.length, ...config.projects)
  },
  stop: async () => server?.close(),
})

/** Streams a part to the gate's socket; nothing of it is kept here. */
function admitOver(socketPath: string): Admit {
  return async (part, { project }) => {
    const answer = Promise.withResolvers<AdmitOutcome>()
    const outgoing = httpRequest(
      { socketPath, method: 'POST', path: `/?project=${encodeURIComponent(project)}` },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => answer.resolve(JSON.parse(text) as AdmitOutcome))
      },
    )
    outgoing.on('error', (error) => answer.reject(new Fault('vault-unavailable', {}, error)))
    for await (const piece of part)
      if (!outgoing.write(Buffer.from(piece)))
        await new Promise((done) => outgoing.once('drain', done).once('error', done))
    outgoing.end()
    return answer.promise
  }
}
