/** The archive for a command, whether Sluice runs or not: its database is asked where it is, or started for the while. */
import { openArchive, type Archive } from '../../research/archive/index.ts'
import type { Config } from '../config/index.ts'
import { runningDatabase, startPostgres } from '../postgres/index.ts'
import { placesOf } from '../roles/places.ts'

/** @throws Fault 'archive-unavailable', and what the work throws; archive and database are closed after it */
export async function withArchive<T>(config: Config, work: (archive: Archive) => Promise<T>): Promise<T> {
  const there = config.catalogue?.url
    ? { connectionString: config.catalogue.url }
    : runningDatabase(config.home, 'catalogue')
  const postgres = there ? undefined : await startPostgres({ home: config.home })
  try {
    const connection = there ?? (await (postgres as NonNullable<typeof postgres>).createDatabase('catalogue'))
    const archive = await openArchive({ connection, blobs: placesOf(config.home).blobs })
    try {
      return await work(archive)
    } finally {
      await archive.close()
    }
  } finally {
    await postgres?.stop()
  }
}
