/** Which action an attribute gets: Table E.1-1, the project's options, and for what the table omits its VR. */
import {
  confidentialityTable,
  isPrivate,
  type ConfidentialityAction,
  type Tag,
  type VR,
} from '../../standards/dicom/index.ts'
import { ALLOWED_BYTES, ALLOWED_TEXT } from './allowed.ts'
import type { ProfileOptions } from './source.ts'

export type { ProfileOptions } from './source.ts'

const rows = confidentialityTable()?.rows

/**
 * keep · remove · empty (zero length) · dummy (a value of the VR that says nothing) · uid (mapped) · shift (dates, by the
 * person's days) · pseudonym · code (CS: kept when it is one) · inside (a sequence whose items are judged one by one)
 */
export type Action = 'keep' | 'remove' | 'empty' | 'dummy' | 'uid' | 'shift' | 'pseudonym' | 'code' | 'inside'

/** the safe reading of a compound code: a dummy where a value may be needed, empty where an attribute may be */
const RESOLVED: Readonly<Record<ConfidentialityAction, Action>> = {
  X: 'remove',
  Z: 'empty',
  D: 'dummy',
  U: 'uid',
  'X/Z': 'empty',
  'X/D': 'dummy',
  'Z/D': 'dummy',
  'X/Z/D': 'dummy',
  'X/Z/U': 'inside',
}

const PATIENT_NAME = 0x00100010
const PATIENT_ID = 0x00100020

export function actionFor(tag: Tag, vr: VR, options: ProfileOptions): Action {
  const group = tag >>> 16
  const element = tag & 0xffff
  if (isPrivate(tag) || element === 0 || group === 0xfffc || group === 0xfffa) return 'remove'
  // curves and overlays carry drawings and text of their own
  if (group >>> 8 === 0x50 || group >>> 8 === 0x60) return 'remove'
  if (tag === PATIENT_NAME || tag === PATIENT_ID) return 'pseudonym'
  const row = rows?.get(tag)
  if (!row) return byVR(tag, vr, options)
  if (row.options.M && options.dates === 'shifted')
    return vr === 'TM' ? 'keep' : vr === 'DA' || vr === 'DT' ? 'shift' : RESOLVED[row.basic]
  if (row.options.P === 'K' && options.patientCharacteristics)
    return vr === 'SQ' ? 'inside' : vr === 'CS' ? 'code' : 'keep'
  const action = RESOLVED[row.basic]
  if (vr !== 'SQ') return action
  // an optional sequence of one item or more may not stand there empty
  if (row.basic === 'X/Z') return 'remove'
  return action === 'dummy' || action === 'uid' ? 'inside' : action
}

function byVR(tag: Tag, vr: VR, options: ProfileOptions): Action {
  switch (vr) {
    case 'SQ':
      return 'inside'
    case 'UI':
      return 'uid'
    case 'CS':
      return 'code'
    case 'DA':
    case 'DT':
      return options.dates === 'shifted' ? 'shift' : 'remove'
    case 'TM':
      return options.dates === 'shifted' ? 'keep' : 'remove'
    case 'US':
    case 'SS':
    case 'UL':
    case 'SL':
    case 'SV':
    case 'UV':
    case 'FL':
    case 'FD':
    case 'IS':
    case 'DS':
    case 'AT':
      return 'keep'
    case 'OB':
    case 'OW':
    case 'OF':
    case 'OD':
    case 'OL':
    case 'OV':
      return ALLOWED_BYTES.has(tag) ? 'keep' : 'remove'
    case 'UN':
      return 'remove'
    default:
      return ALLOWED_TEXT.has(tag) ? 'keep' : 'remove'
  }
}
