/** Values that fit their VR and say nothing (action D): the same every time. */
import type { VR } from '../../standards/dicom/index.ts'

const DUMMIES: Readonly<Partial<Record<VR, string>>> = {
  AE: 'REMOVED',
  AS: '000D',
  CS: 'REMOVED',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  LO: 'REMOVED',
  LT: 'REMOVED',
  PN: 'REMOVED',
  SH: 'REMOVED',
  ST: 'REMOVED',
  TM: '000000',
  UC: 'REMOVED',
  UR: 'urn:removed',
  UT: 'REMOVED',
}

const EIGHT: ReadonlySet<VR> = new Set(['FD', 'SV', 'UV', 'OD', 'OV'])
const TWO: ReadonlySet<VR> = new Set(['US', 'SS', 'OB', 'OW', 'UN'])

/** @returns ASCII text, or zeros of the length of one value for binary VRs */
export const dummyValue = (vr: VR): string | Uint8Array =>
  DUMMIES[vr] ?? new Uint8Array(EIGHT.has(vr) ? 8 : TWO.has(vr) ? 2 : 4)

/** longest value of the text VRs (PS3.5 Table 6.2-1) */
const LONGEST: Readonly<Partial<Record<VR, number>>> = {
  AE: 16,
  CS: 16,
  DS: 16,
  IS: 12,
  LO: 64,
  LT: 10_240,
  PN: 64,
  SH: 16,
  ST: 1024,
}
const FORMS: Readonly<Partial<Record<VR, RegExp>>> = {
  AE: /^[ -[\]-~]+$/,
  AS: /^\d{3}[DWMY]$/,
  CS: /^[A-Z0-9_ ]+$/,
  DA: /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/,
  DS: /^[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?$/,
  DT: /^\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?$/,
  IS: /^[+-]?\d+$/,
  TM: /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/,
  LO: /^[^\\]*$/,
  PN: /^[^\\]*$/,
  SH: /^[^\\]*$/,
  UC: /^[^\\]*$/,
  UI: /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/,
}

/** the most characters of one value; those of unlimited VRs by what a gate may reasonably write */
export const longestOf = (vr: VR): number => LONGEST[vr] ?? 1_000_000

/** Whether one value may stand in an attribute of this VR (PS3.5 §6.2). */
export function fitsVR(vr: VR, value: string): boolean {
  if (!(vr in DUMMIES) && vr !== 'UI') return false
  return value.length <= (LONGEST[vr] ?? 64 * 1024) && (FORMS[vr]?.test(value) ?? true)
}
