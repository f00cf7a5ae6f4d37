/** `sluice hl7 unmapped`: codes that no table maps yet, with the messages that wait for them. */
import { openArchive } from '../../research/archive/index.ts'
import { runningDatabase, startPostgres } from '../postgres/index.ts'
import { placesOf } from '../roles/places.ts'
import { configurationOr2 } from './configuration.ts'

const MOST = 10_000

export async function listUnmapped({
  config: file,
  json,
}: {
  readonly config: string
  readonly json?: boolean
}): Promise<void> {
  const config = configurationOr2(file)
  if (!config) return
  const there = config.catalogue?.url
    ? { connectionString: config.catalogue.url }
    : runningDatabase(config.home, 'catalogue')
  const postgres = there ? undefined : await startPostgres({ home: config.home })
  try {
    const connection = there ?? (await (postgres as NonNullable<typeof postgres>).createDatabase('catalogue'))
    const archive = await openArchive({ connection, blobs: placesOf(config.home).blobs })
    try {
      const codes = await archive.waitingCodes(MOST)
      if (json) console.log(JSON.stringify({ unmapped: codes }))
      else if (codes.length === 0) console.log('Every code is mapped.')
      else
        for (const { messages, device, code, system, text, unit } of codes)
          console.log([String(messages).padStart(8), device, code, system, text, unit].join('\t'))
    } finally {
      await archive.close()
    }
  } finally {
    await postgres?.stop()
  }
}
