/** One mix of messages through the pipeline: `hl7-pipeline-child.ts MIX quick|full`; a line of JSON, none where there are no messages. */
import { MIXES, pipelineRate } from './hl7-pipeline.ts'

const [mix = '', size] = process.argv.slice(2)
const isQuick = size === 'quick'
const days = Array.from({ length: isQuick ? 48 : 16 }, (_, round) => MIXES[mix]?.(isQuick, round) ?? [])
if (days[0]?.length) {
  // a gate runs for months; for its first 50,000 messages the runtime still compiles what it runs
  await pipelineRate(days.slice(0, (days.length * 3) / 4))
  console.log(JSON.stringify(await pipelineRate(days.slice((days.length * 3) / 4))))
}
