/** The laboratory of the hl7 benchmark: acknowledges every message, on the port of its argument. */
import { startDemoLaboratory } from '../src/app/demo/index.ts'

await startDemoLaboratory({ port: Number(process.argv[2]), protocol: 'mllp' })
