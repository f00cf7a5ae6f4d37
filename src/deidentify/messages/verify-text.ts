/** What was written is searched for every name and number that was said, in every way they can be written. */
import { Fault } from '../../base/index.ts'
import { findValue } from '../verify/short-text.ts'
import type { Said } from './said.ts'

/**
 * @param lineEnd what divides the text into the places that a failure names
 * @throws Fault 'not-deidentified' with the segment or line, never the value
 */
export function verifyText(text: string, { names, identifiers }: Said, lineEnd: '\r' | '\n'): void {
  const values = [
    ...names.flatMap((name) => name.match(/\p{L}{4,}/gu) ?? []),
    ...identifiers.filter((value) => value.length >= 5 && /\d{2}/.test(value)),
  ]
  if (values.length === 0) return
  const bytes = Buffer.from(text)
  const at = findValue(bytes, [...new Set(values)])
  if (at < 0) return
  const place = bytes.subarray(0, at).toString().split(lineEnd).length
  throw new Fault('not-deidentified', {
    what: 'identifying value',
    path: `${lineEnd === '\r' ? 'segment' : 'line'} ${place}`,
  })
}
