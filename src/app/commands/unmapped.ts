/** `sluice hl7 unmapped`: codes that no table maps yet, with the messages that wait for them. */
import { configurationOr2 } from './configuration.ts'
import { withArchive } from './stored-archive.ts'

const MOST = 10_000

export interface UnmappedOptions {
  readonly config: string
  readonly json?: boolean
}

export async function listUnmapped({ config: file, json }: UnmappedOptions): Promise<void> {
  const config = configurationOr2(file)
  if (!config) return
  const codes = await withArchive(config, (archive) => archive.waitingCodes(MOST))
  if (json) console.log(JSON.stringify({ unmapped: codes }))
  else if (codes.length === 0) console.log('Every code is mapped.')
  else
    for (const { messages, device, code, system, text, unit } of codes)
      console.log([String(messages).padStart(8), device, code, system, text, unit].join('\t'))
}
