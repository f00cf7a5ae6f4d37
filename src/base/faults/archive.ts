/** The archive, backup and restore. */
import type { Entry } from './entry.ts'

export const ARCHIVE = {
  'archive-unavailable': {
    retry: 'later',
    http: 503,
    means: 'The archive catalogue cannot be reached.',
    action: 'Start the database, and see to it that its disk has room. Sluice tries its own again by itself.',
  },
  'blob-missing': {
    retry: 'later',
    http: 500,
    means: 'A stored object is not where the catalogue says.',
    action: 'Run a scrub; restore the object from a backup.',
  },
  'blob-damaged': {
    retry: 'never',
    http: 500,
    means: 'A stored object does not match its SHA-256.',
    action: 'Restore the object from a backup.',
  },
  conflict: {
    retry: 'never',
    http: 409,
    means: 'The same SOP Instance UID is already archived with other contents.',
    action: 'The first is kept and the conflict is recorded; find out which device reuses identifiers.',
  },
  'backup-missing': {
    retry: 'never',
    means: 'There is no whole backup there.',
    action: 'Name the folder that `sluice backup` wrote into, and one of its times.',
  },
  'backup-damaged': {
    retry: 'never',
    means: 'A file of the backup is not what it was.',
    action: 'Run `sluice backup --check` over it; take another one.',
  },
  'backup-of-another-version': {
    retry: 'never',
    means: 'The backup was taken by a version whose tables are others.',
    action: 'Restore it with the version that its manifest.json names, then upgrade.',
  },
  'home-not-empty': {
    retry: 'never',
    means: 'There is something where the backup should go.',
    action: 'Restore into an empty home; nothing was changed.',
  },
  'keys-beside-backup': {
    retry: 'never',
    means: 'Keys may not stand in the folder of the backup: together they say who is who.',
    action: 'Give --keys a folder elsewhere, best on another disk.',
  },
} as const satisfies Record<string, Entry>
