/** docs/faults.md from the table of faults. */
import { FAULTS, type FaultCode } from '../../src/base/index.ts'

export function faultsDocument(): string {
  const rows = (Object.keys(FAULTS) as FaultCode[]).sort().map((code) => {
    const entry: { retry: string; status?: number; http?: number; means: string; action: string } = FAULTS[code]
    const status = entry.status === undefined ? '' : `${entry.status.toString(16).toUpperCase().padStart(4, '0')}H`
    return `| \`${code}\` | ${entry.means} | ${entry.action} | ${entry.retry} | ${status} | ${entry.http ?? ''} |`
  })
  return `# Faults\n\nEvery failure Sluice reports carries one of these codes. Generated from \`src/base/faults.ts\`.\n\n| code | what happened | what to do | try again | DIMSE status | HTTP status |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
}
