/** De-identified instances: blobs by SHA-256 and a catalogue in PostgreSQL. */
export { openArchive, type Archive, type Provenance, type Stored } from './archive.ts'
export type { OpenBlob } from './blobs.ts'
export type { InstanceRow, SeriesRow, StudyRow } from './schema.ts'
export { MATCHED, type Query } from './search.ts'
export { metadataOf } from './row.ts'
