/** Configuration, relay, spool. */
import type { Entry } from './entry.ts'

export const RUNNING = {
  'config-invalid': {
    retry: 'never',
    means: 'The configuration has a mistake.',
    action: 'Run `sluice check`; it names file, line and column.',
  },
  'option-invalid': {
    retry: 'never',
    means: 'An option or an argument of the command is not right.',
    action: 'See `--help` of the command.',
  },
  'file-exists': {
    retry: 'never',
    means: 'There is a file of that name already.',
    action: 'Choose another name with `--config`, or take that file away first.',
  },
  'file-missing': {
    retry: 'never',
    means: 'There is no file or folder of that name.',
    action: 'Check how it is spelled.',
  },
  'file-unreadable': {
    retry: 'unknown',
    means: 'The file could not be read, or not to its end.',
    action: 'Check who may read it, and its disk; then try it again.',
  },
  'system-refused': {
    retry: 'unknown',
    means: 'The system refused what was asked of it.',
    action:
      'Its own word stands beside: EACCES and EPERM are rights, ENOSPC is room, EMFILE and ENFILE are open files.',
  },
  'output-failed': {
    retry: 'unknown',
    means: 'The output could not be written.',
    action: 'Check who may write there and whether the disk has room; what was reported before is whole.',
  },
  'config-missing': {
    retry: 'never',
    means: 'There is no configuration file where one was asked for.',
    action: 'Run `sluice init --pacs AE@host:port`.',
  },
  'home-in-use': {
    retry: 'never',
    means: 'Another Sluice runs with this home.',
    action: 'Stop that one first, or give this one a `home` of its own.',
  },
  'port-taken': {
    retry: 'later',
    means: 'A port that Sluice should listen on is in use.',
    action: 'Stop the other program or choose another port in sluice.yaml.',
  },
  'not-running': {
    retry: 'later',
    http: 503,
    means: 'Sluice does not run here, or its worker is not ready.',
    action: 'Start it with `sluice up`, with the same configuration.',
  },
  'upstream-refused': {
    retry: 'later',
    means: 'The archive behind a link refused the connection.',
    action: 'Check that the archive runs and that address and port are right.',
  },
  'upstream-timeout': {
    retry: 'later',
    means: 'The archive behind a link did not answer the connection in time.',
    action: 'Check the network between this machine and the archive.',
  },
  'tap-left-behind': {
    retry: 'never',
    means: 'The copy for research could not keep up and was left; clinical traffic went on.',
    action: 'See the gap in the operator page; the study can be sent again or retrieved.',
  },
  'spool-full': {
    retry: 'later',
    status: 0xa700,
    http: 507,
    means: 'The spool is near its limit; nothing more is captured until there is room.',
    action: 'Free disk space or raise `spool.maxBytes`.',
  },
  'spool-damaged': {
    retry: 'never',
    means: 'A record of the spool does not match its checksum.',
    action: 'The segment is kept aside; send the study again.',
  },
  'disk-failed': {
    retry: 'unknown',
    means: 'The disk reported an error on write or sync.',
    action: 'Check the volume; captures are not claimed until a sync succeeds.',
  },
} as const satisfies Record<string, Entry>
