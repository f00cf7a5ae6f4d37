/** DIMSE status codes (PS3.7 Annex C, PS3.4 §B.2.3): what a code says about success. */
export type StatusCategory = 'success' | 'warning' | 'pending' | 'cancel' | 'failure'

/** PS3.7 §C: 0001 and 0107, 0116 are warnings, as is all of Bxxx; FF00, FF01 pending; FE00 cancel */
export function statusCategory(status: number): StatusCategory {
  if (status === 0x0000) return 'success'
  if (status === 0x0001 || status === 0x0107 || status === 0x0116 || status >>> 12 === 0xb) return 'warning'
  if (status === 0xff00 || status === 0xff01) return 'pending'
  return status === 0xfe00 ? 'cancel' : 'failure'
}

/** success or warning: the peer has the instance */
export const isAccepted = (status: number): boolean => ['success', 'warning'].includes(statusCategory(status))
