/** DICOMweb in a process of its own: `serve-child.ts CONNECTION HOME`; prints its port and the token of the first account. */
import { join } from 'node:path'
import type pg from 'pg'
import { openArchive } from '../src/research/archive/index.ts'
import { createResearchServer } from '../src/research/serve/index.ts'

const [connectionText = '{}', home = '.'] = process.argv.slice(2)
const connection = JSON.parse(connectionText) as pg.PoolConfig
const archive = await openArchive({ connection, blobs: join(home, 'blobs') })
const server = await createResearchServer({
  listen: { host: '127.0.0.1', port: 0 },
  archive,
  connection,
  projects: [{ name: 'head-ct', title: 'Head CT' }],
  staticFolder: join(home, 'none'),
  admit: () => Promise.resolve({ outcome: 'refused', code: 'internal' }),
})
console.log(JSON.stringify({ port: server.port, token: server.bootstrapToken }))
process.on('SIGTERM', () => process.exit())
