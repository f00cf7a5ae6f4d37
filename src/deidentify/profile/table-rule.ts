/** What Table E.1-1 and the chosen options say of an attribute, and for what the table omits, its VR. */
import {
  CONFIDENTIALITY_OPTIONS,
  isTextVR,
  type AttributeType,
  type ConfidentialityAction,
  type ConfidentialityRow,
  type OptionName,
  type Tag,
  type VR,
} from '../../standards/dicom/index.ts'
import { ALLOWED_BYTES, ALLOWED_TEXT, REPLACED_TEXT } from './allowed.ts'
import type { Action, Rule } from './rule.ts'

export type Options = ReadonlySet<OptionName>

const DO: Readonly<Record<'X' | 'Z' | 'D' | 'U', Action>> = { X: 'remove', Z: 'empty', D: 'dummy', U: 'uid' }

/**
 * @param row of the table
 * @param type of the attribute in the instance's IOD, where it is known
 */
export function tableRule(row: ConfidentialityRow, vr: VR, options: Options, type?: AttributeType): Rule {
  const { action, name } = optionColumn(row, options)
  if (action === 'K') return { action: keeping(vr), reason: name }
  if (action === 'C') return { action: cleaning(vr), reason: name }
  return { action: basicAction(row.basic, vr, type), reason: `E.1-1 ${row.basic}` }
}

/** of several options the one that changes more: dates that are modified, text that is cleaned, before what is kept */
function optionColumn(row: ConfidentialityRow, options: Options) {
  const chosen = CONFIDENTIALITY_OPTIONS.filter(
    ({ name, letter }) => letter && letter in row.options && options.has(name),
  ).map(({ name, letter }) => ({ name, action: letter && row.options[letter] }))
  return chosen.find(({ action }) => action === 'C') ?? chosen[0] ?? { name: '', action: undefined }
}

/** Keep, as the table means it: a sequence is kept and what is in it judged (PS3.15 §E.3). */
const keeping = (vr: VR): Action => (vr === 'SQ' ? 'inside' : vr === 'CS' ? 'code-string' : 'keep')

function cleaning(vr: VR): Action {
  if (vr === 'SQ') return 'inside'
  if (vr === 'DA' || vr === 'DT') return 'shift'
  if (vr === 'TM') return 'keep'
  if (isTextVR(vr)) return 'clean'
  return vr === 'CS' ? 'code-string' : 'remove'
}

/** Compound codes by the type in the IOD; where it is not known, the last letter: D before Z before X (PS3.15 §E.1.1). */
export function basicAction(code: ConfidentialityAction, vr: VR, type?: AttributeType): Action {
  if (code === 'X/Z/U') return 'inside'
  const letter = resolved(code, type)
  // a UID that says nothing is a new one
  if (vr === 'UI' && letter === 'D') return 'uid'
  if (vr !== 'SQ') return DO[letter]
  // an optional sequence of one item or more may not stand there empty
  if (letter === 'Z' && code === 'X/Z' && type !== 2) return 'remove'
  return letter === 'D' || letter === 'U' ? 'inside' : DO[letter]
}

function resolved(code: ConfidentialityAction, type?: AttributeType): 'X' | 'Z' | 'D' | 'U' {
  const letters = code.split('/') as ('X' | 'Z' | 'D' | 'U')[]
  const last = letters[letters.length - 1] as 'X' | 'Z' | 'D' | 'U'
  if (type === 3) return letters[0] as 'X' | 'Z' | 'D' | 'U'
  if (type === 2 && letters.includes('Z')) return 'Z'
  return last
}

/** What the table omits: denied, unless its VR says nothing of a person or it is listed as technical. */
export function omittedRule(tag: Tag, vr: VR, options: Options): Rule {
  return { action: omittedAction(tag, vr, options), reason: `not in E.1-1, ${vr}` }
}

function replacedAction(tag: Tag, options: Options): Action {
  const { by, isDescriptor } = REPLACED_TEXT.get(tag) ?? { by: 'remove', isDescriptor: false }
  return isDescriptor && options.has('clean-descriptors') ? 'clean' : by
}

function omittedAction(tag: Tag, vr: VR, options: Options): Action {
  switch (vr) {
    case 'SQ':
      return 'inside'
    case 'UI':
      return options.has('retain-uids') ? 'keep' : 'uid'
    case 'CS':
      return 'code-string'
    case 'DA':
    case 'DT':
      return options.has('retain-longitudinal-full-dates')
        ? 'keep'
        : options.has('retain-longitudinal-modified-dates')
          ? 'shift'
          : 'remove'
    case 'TM':
      return options.has('retain-longitudinal-full-dates') || options.has('retain-longitudinal-modified-dates')
        ? 'keep'
        : 'remove'
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
      return ALLOWED_TEXT.has(tag) ? 'keep' : replacedAction(tag, options)
  }
}
