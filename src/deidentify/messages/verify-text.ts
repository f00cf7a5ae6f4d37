/** What was written is searched for every name and number that was said, in every way they can be written. */
import { Fault, Recent } from '../../base/index.ts'
import { findValue, spelledOf } from '../verify/short-text.ts'
import type { Spelled } from '../verify/spelled.ts'
import type { Said } from './said.ts'

/**
 * @param lineEnd what divides the text into the places that a failure names
 * @throws Fault 'not-deidentified' with the segment or line, never the value
 */
export function verifyText(text: string, { names, identifiers }: Said, lineEnd: '\r' | '\n'): void {
  const asked: Spelled[] = []
  for (const name of names) for (const word of wordsOfNames.of(name, longWords)) asked.push(word)
  for (const value of identifiers) if (value.length >= 5 && /\d{2}/.test(value)) asked.push(spelledOf(value))
  if (asked.length === 0) return
  const bytes = utf8(text)
  const at = findValue(bytes, asked)
  if (at < 0) return
  const place = bytes.subarray(0, at).toString().split(lineEnd).length
  throw new Fault('not-deidentified', {
    what: 'identifying value',
    path: `${lineEnd === '\r' ? 'segment' : 'line'} ${place}`,
  })
}

/** the next message is often of the same patient, or of the same doctor */
const wordsOfNames = new Recent<readonly Spelled[]>(2000)
const longWords = (name: string): readonly Spelled[] => (name.match(/\p{L}{4,}/gu) ?? []).map(spelledOf)

/** where short texts are encoded to be searched; nothing waits in between, so one is enough */
const SHORT = Buffer.alloc(16 * 1024)
const MOST_BYTES_A_CHARACTER = 3
const utf8 = (text: string): Buffer =>
  text.length * MOST_BYTES_A_CHARACTER > SHORT.length ? Buffer.from(text) : SHORT.subarray(0, SHORT.write(text))
