/** The gate over one file, in a process that says how much memory it took at its highest. */
import { deidentifyFiles } from '../../src/app/deidentify-files.ts'
import { temporaryKeys } from '../../src/deidentify/index.ts'

const [input = '', output = ''] = process.argv.slice(2)
const project = {
  name: 'large',
  profile: 'basic',
  options: { dates: 'removed', patientCharacteristics: false },
} as const
for await (const report of deidentifyFiles([input], output, project, temporaryKeys()))
  console.log(JSON.stringify({ ...report, peakMb: process.resourceUsage().maxRSS / 1024 }))
