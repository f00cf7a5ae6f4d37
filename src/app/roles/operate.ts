/** The operate process: shows the picture that the supervisor sends. */
import { join } from 'node:path'
import { createOperateServer, type OperateServer, type OperateSnapshot } from '../../clinical/operate/index.ts'
import { splitAddress } from '../config/index.ts'
import { quarantineClient } from '../quarantine-client.ts'
import { role, tell } from './messages.ts'

let server: OperateServer | undefined
let snapshot: OperateSnapshot | undefined
process.on('message', (message: { type: string; snapshot?: OperateSnapshot }) => {
  if (message.type === 'snapshot') snapshot = message.snapshot
})
const nothingYet = (): OperateSnapshot => ({
  ...{ at: Date.now(), links: [], associations: [], gaps: [], quarantine: [], processes: [] },
  queues: {
    spoolBytes: 0,
    spoolFull: false,
    freeFraction: 1,
    waiting: 0,
    archived: 0,
    notSelected: 0,
    conflicts: 0,
    quarantined: 0,
  },
})

role({
  start: async ({ config, places }) => {
    server = await createOperateServer({
      listen: splitAddress(config.operate.listen),
      names: config.operate.names,
      staticFolder: join(import.meta.dirname, '../../../web/dist/operate'),
      accountsFile: places.operators,
      snapshot: () => snapshot ?? nothingYet(),
      quarantine: quarantineClient(places.quarantineSocket),
    })
    tell({
      type: 'ready',
      port: server.port,
      ...(server.bootstrapToken ? { bootstrapToken: server.bootstrapToken } : {}),
    })
  },
  stop: async () => server?.close(),
})
