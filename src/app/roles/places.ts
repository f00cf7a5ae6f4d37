/** Where everything stands below `home`, clinical and research apart. */
import { join } from 'node:path'

export interface Places {
  readonly home: string
  readonly spool: string
  readonly spoolKey: string
  readonly vaultKey: string
  /** of the supervisor that runs here */
  readonly lockSocket: string
  readonly tapSocket: string
  readonly admitSocket: string
  /** the operator's decisions about quarantine */
  readonly quarantineSocket: string
  readonly decisions: string
  readonly gaps: string
  /** what devices are known to write */
  readonly habits: string
  readonly operators: string
  readonly blobs: string
}

export function placesOf(home: string): Places {
  const clinical = join(home, 'clinical')
  return {
    home,
    spool: join(clinical, 'spool'),
    spoolKey: join(clinical, 'keys', 'spool'),
    vaultKey: join(clinical, 'keys', 'vault'),
    habits: join(clinical, 'habits.json'),
    lockSocket: join(clinical, 'run', 'lock'),
    tapSocket: join(clinical, 'run', 'tap.sock'),
    admitSocket: join(clinical, 'run', 'admit.sock'),
    quarantineSocket: join(clinical, 'run', 'quarantine.sock'),
    decisions: join(clinical, 'decisions.jsonl'),
    gaps: join(clinical, 'gaps.jsonl'),
    operators: join(clinical, 'operators.json'),
    blobs: join(home, 'research', 'blobs'),
  }
}
