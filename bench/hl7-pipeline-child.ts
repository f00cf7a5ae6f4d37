/** One mix of messages through the pipeline: `hl7-pipeline-child.ts MIX quick|full`; a line of JSON, none where there are no messages. */
import { MIXES, pipelineRate } from './hl7-pipeline.ts'

const [mix = '', size] = process.argv.slice(2)
const isQuick = size === 'quick'
const days = Array.from({ length: isQuick ? 96 : 24 }, (_, round) => MIXES[mix]?.(isQuick, round) ?? [])
if (days[0]?.length) {
  // a gate runs for months; for its first 100,000 messages the runtime still compiles what it runs
  const warm = (days.length * 7) / 8
  await pipelineRate(days.slice(0, warm))
  console.log(JSON.stringify(await pipelineRate(days.slice(warm))))
}
