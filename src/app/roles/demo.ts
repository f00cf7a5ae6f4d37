/** The demo hospital's process: for each protocol's first link the system behind it and the devices in front of it. */
import { startDemoAnalysers, startDemoDevices, startDemoLaboratory, startDemoPacs } from '../demo/index.ts'
import { splitAddress } from '../config/index.ts'
import { role, tell } from './messages.ts'

role({
  start: async ({ config }) => {
    const first = (wanted: string) => {
      const link = config.links.find(({ protocol }) => protocol === wanted)
      return link && { listen: splitAddress(link.listen).port, upstream: splitAddress(link.upstream).port }
    }
    const [dicom, mllp, astm] = [first('dicom'), first('mllp'), first('astm')]
    if (dicom) {
      await startDemoPacs({ port: dicom.upstream })
      startDemoDevices({ port: dicom.listen })
    }
    if (mllp && astm) {
      await startDemoLaboratory({ port: mllp.upstream, protocol: 'mllp' })
      await startDemoLaboratory({ port: astm.upstream, protocol: 'astm' })
      startDemoAnalysers({ mllpPort: mllp.listen, astmPort: astm.listen })
    }
    tell({ type: 'ready' })
  },
  stop: () => Promise.resolve(),
})
