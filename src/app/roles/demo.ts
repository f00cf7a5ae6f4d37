/** The demo hospital's process: its PACS behind the first link, its CTs in front of it. */
import { startDemoDevices, startDemoPacs } from '../demo/index.ts'
import { splitAddress } from '../config/index.ts'
import { role, tell } from './messages.ts'

role({
  start: async ({ config }) => {
    const [link] = config.links
    if (!link) return
    await startDemoPacs({ port: splitAddress(link.upstream).port })
    startDemoDevices({ port: splitAddress(link.listen).port })
    tell({ type: 'ready' })
  },
  stop: () => Promise.resolve(),
})
