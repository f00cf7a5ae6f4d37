/** What a narrative block says, without its mark-up (CDA R2 §4.3.5). */
import type { XmlEncoding } from './read-xml.ts'

const MARKUP = /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\/?([A-Za-z_][^\s/>]*)(?:"[^"]*"|'[^']*'|[^>"'])*>/g
const LINES = new Set(['paragraph', 'br', 'tr', 'item', 'list', 'caption', 'table', 'thead', 'tbody'])
const CELLS = new Set(['td', 'th'])

/**
 * @returns the text between two offsets: what is a line or a row stands on its own, cells of a row are set apart by
 * semicolons, for a capital in a cell begins a phrase
 */
export function wordsOf(encoding: XmlEncoding, start: number, end: number): string {
  const raw = encoding.text(start, end, true)
  const words = raw.replace(MARKUP, (_all, cdata: string | undefined, qualified = '') => {
    const name = qualified.slice(qualified.indexOf(':') + 1)
    // references mean nothing inside CDATA, and are resolved below
    if (cdata !== undefined) return cdata.replaceAll('&', '&amp;')
    return LINES.has(name) ? '\n' : CELLS.has(name) ? '\t' : ''
  })
  return encoding
    .resolved(words)
    .replaceAll(/[ \t]*\n\s*/g, '\n')
    .trim()
    .replaceAll(/ *\t[ \t]*/g, '; ')
}
