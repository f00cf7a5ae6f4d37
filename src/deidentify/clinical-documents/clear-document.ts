/** Writes a clinical document anew in UTF-8: codes, values, units and ranges as they are, words cleaned, all else out. */
import { rewriteSpans, type SensitiveSpan } from '../../standards/cda/index.ts'
import { keyedCode } from '../actions.ts'
import type { KnownPerson } from '../messages/known.ts'
import type { Said } from '../messages/said.ts'
import { shiftDates } from '../profile/dates.ts'
import { textCleaner } from '../text/clean.ts'
import { mapUID } from '../uids.ts'

export interface ClearedXml {
  readonly text: string
  readonly kept: number
  readonly changed: number
  readonly removed: number
  /** kinds of what was replaced in texts, with how often */
  readonly found: ReadonlyMap<string, number>
  /** texts that nobody could clear */
  readonly unsure: number
}

/** the patient's own numbers, in a document and in a message */
const OF_PATIENT = /\/recordTarget\/(?:patientRole|patient)\/id\/@extension$/

/** words longer than any are something packed, which nobody reads */
const PACKED = /\S{100}/

/** @param encoding of the bytes, as the document's reader found it */
export function clearDocument(
  bytes: Uint8Array,
  spans: readonly SensitiveSpan[],
  encoding: string,
  { person, uidKey, numberKey, dateShiftDays, keepsCharacteristics }: KnownPerson,
  said: Said,
): ClearedXml {
  const counts = { kept: 0, changed: 0, removed: 0, unsure: 0 }
  const found = new Map<string, number>()
  const cleaner = textCleaner({ ...said, ...(dateShiftDays === undefined ? {} : { dateShiftDays }) })
  const clean = (text: string): string => {
    const { text: cleaned, found: kinds, sure } = cleaner.clean(text)
    for (const { kind, count } of kinds) found.set(kind, (found.get(kind) ?? 0) + count)
    if (sure && !PACKED.test(cleaned)) return cleaned
    counts.unsure++
    return ''
  }
  const written = (span: SensitiveSpan): string => {
    switch (span.kind) {
      case 'person-identifier':
      case 'identifier':
        if (span.path.endsWith('@root')) return mapUID(span.text(), uidKey)
        return OF_PATIENT.test(span.path) ? person.pseudonym : keyedCode(numberKey, span.text())
      case 'time':
        return dateShiftDays === undefined ? '' : (shiftDates(span.text().trim(), dateShiftDays) ?? '')
      case 'birth-time':
        return keepsCharacteristics ? (/^\d{4}/.exec(span.text())?.[0] ?? '') : ''
      case 'narrative':
      case 'title':
      case 'original-text':
      case 'value-text':
      case 'range-text':
      case 'display-name':
        return clean(span.words())
      default:
        return ''
    }
  }
  const rewritten = rewriteSpans(bytes, spans, (span) => {
    const text = written(span)
    if (text === '') counts.removed++
    else if (text === span.text()) counts.kept++
    else counts.changed++
    return text
  })
  return { text: inUTF8(rewritten, encoding), ...counts, found }
}

/** references to anything but mark-up become what they refer to: behind one a name would not be found */
function inUTF8(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding)
    .decode(bytes)
    .replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(["'])[^"']*\2/, '$1$2UTF-8$2')
    .replaceAll(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (whole, hex?: string, decimal?: string) => {
      const point = hex ? Number.parseInt(hex, 16) : Number(decimal)
      const isText = point >= 0x20 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000)
      return isText && !'&<>"\''.includes(String.fromCodePoint(point)) ? String.fromCodePoint(point) : whole
    })
}
