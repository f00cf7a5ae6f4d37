/**
 * Every failure Sluice knows, in one table: whether to try again, the DIMSE status and HTTP status it becomes, what
 * happened and what to do. `docs/faults.md` is made from it (`npm run generate`).
 */
import { ARCHIVE } from './faults/archive.ts'
import { CUSTODY } from './faults/custody.ts'
import { DICOM } from './faults/dicom.ts'
import type { Entry } from './faults/entry.ts'
import { GATE } from './faults/gate.ts'
import { MESSAGES } from './faults/messages.ts'
import { RUNNING } from './faults/running.ts'
import { SERVING } from './faults/serving.ts'

export const FAULTS = {
  ...RUNNING,
  ...DICOM,
  ...MESSAGES,
  ...GATE,
  ...CUSTODY,
  ...ARCHIVE,
  ...SERVING,
} as const satisfies Record<string, Entry>

export type FaultCode = keyof typeof FAULTS

/**
 * A failure with a code from the table. `where` holds positions only (tag path, offset, line, a reference of ours):
 * never an attribute's value.
 */
export class Fault extends Error {
  readonly code: FaultCode
  readonly where: Readonly<Record<string, string | number>>

  constructor(code: FaultCode, where: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    const place = Object.entries(where).map(([key, value]) => `${key} ${value}`)
    super([FAULTS[code].means, ...(place.length ? [`(${place.join(', ')})`] : [])].join(' '), { cause })
    this.name = 'Fault'
    this.code = code
    this.where = where
  }

  /** What to do about it, from the table. */
  get action(): string {
    return FAULTS[this.code].action
  }

  get entry(): Entry {
    return FAULTS[this.code]
  }
}
