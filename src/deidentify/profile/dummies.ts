/** Values that fit their VR and say nothing (action D). */
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
  UT: 'REMOVED',
}

/** @returns ASCII text, or zeros of the length of one value for binary VRs */
export const dummyValue = (vr: VR): string | Uint8Array =>
  DUMMIES[vr] ??
  new Uint8Array(
    vr === 'UR'
      ? 0
      : vr === 'FD' || vr === 'SV' || vr === 'UV' || vr === 'OD' || vr === 'OV'
        ? 8
        : vr === 'US' || vr === 'SS' || vr === 'OB' || vr === 'OW' || vr === 'UN'
          ? 2
          : 4,
  )
