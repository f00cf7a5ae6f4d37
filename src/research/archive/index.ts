/** De-identified instances: blobs by SHA-256 and a catalogue in PostgreSQL. */
export { openArchive, type Archive, type Provenance, type Stored } from './archive.ts'
/** objects by hash in a folder: the archive's own, or a copy's */
export { Blobs, type OpenBlob } from './blobs.ts'
export type { InstanceRow, Located, MessageRow, RecordRow, SeriesRow, StudyRow, WholeInstanceRow } from './schema.ts'
export type { PeopleQuery, PersonRow, PersonStudy, PersonStudyQuery } from './people.ts'
export type { Alias, MessageToStore, NewRecord, RecordQuery, Resource } from './records.ts'
export { MATCHED, type Query } from './search.ts'
export { metadataOf } from './row.ts'
export type { WaitingCode, WaitingCount } from './waiting-codes.ts'
