/** The laboratory of the hl7 benchmark: acknowledges every message, on the port of its argument, and on the host of the second. */
import { startDemoLaboratory } from '../src/app/demo/index.ts'

const [port, host = '127.0.0.1'] = process.argv.slice(2)
await startDemoLaboratory({ port: Number(port), host, protocol: 'mllp' })
