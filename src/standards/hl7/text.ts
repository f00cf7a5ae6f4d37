/** Text of a field: escape sequences (v2.5.1 §2.7) taken out and put in. Bytes become characters by the caller's decoder. */
import type { Delimiters, Message, Range } from './message.ts'

export type Decoder = (bytes: Uint8Array) => string

/** `""`: the sender says that there is nothing, where an empty field says nothing */
export const NULL = '""'

/**
 * @param decode by the message's character set; never by MSH-18 alone
 * @returns the text, with known escape sequences resolved and unknown ones as they stand
 */
export function textOf(message: Message, range: Range | undefined, decode: Decoder): string {
  if (!range || range.start >= range.end) return ''
  const bytes = message.bytes.subarray(range.start, range.end)
  const { escape } = message.delimiters
  return decode(escape === undefined || !bytes.includes(escape) ? bytes : unescaped(bytes, escape, message.delimiters))
}

/** Byte by byte, so that `\Xdd\` gives bytes of the message's own character set. */
function unescaped(bytes: Buffer, escape: number, delimiters: Delimiters): Buffer {
  const out: Uint8Array[] = []
  let at = 0
  for (let open = bytes.indexOf(escape); open >= 0; open = bytes.indexOf(escape, at)) {
    const close = bytes.indexOf(escape, open + 1)
    if (close < 0) break
    out.push(bytes.subarray(at, open))
    const meaning = meaningOf(bytes.toString('latin1', open + 1, close), delimiters)
    if (meaning) {
      out.push(meaning)
      at = close + 1
    } else {
      // the closing character may open the next one
      out.push(bytes.subarray(open, close))
      at = close
      if (bytes.indexOf(escape, close + 1) < 0) break
    }
  }
  out.push(bytes.subarray(at))
  return Buffer.concat(out)
}

const NOTHING = Buffer.alloc(0)
const LINE = Buffer.from('\n')

function meaningOf(code: string, delimiters: Delimiters): Uint8Array | undefined {
  const delimiter = (byte: number | undefined) => (byte === undefined ? undefined : Buffer.of(byte))
  if (code === 'F') return delimiter(delimiters.field)
  if (code === 'S') return delimiter(delimiters.component)
  if (code === 'T') return delimiter(delimiters.subcomponent)
  if (code === 'R') return delimiter(delimiters.repetition)
  if (code === 'E') return delimiter(delimiters.escape)
  // begin and end of highlighting
  if (code === 'H' || code === 'N') return NOTHING
  if (/^\.(br|sp\d{0,3})$/.test(code)) return LINE
  if (/^X([0-9A-Fa-f]{2}){1,1000}$/.test(code)) return Buffer.from(code.slice(1), 'hex')
  return undefined
}

/** Text as it may stand in a field: delimiters escaped, ends of lines as `\.br\`. Control characters are left out. */
export function escaped(text: string, delimiters: Delimiters): string {
  const names: [number | undefined, string][] = [
    [delimiters.field, 'F'],
    [delimiters.component, 'S'],
    [delimiters.subcomponent, 'T'],
    [delimiters.repetition, 'R'],
    [delimiters.escape, 'E'],
  ]
  const escape = delimiters.escape === undefined ? undefined : String.fromCharCode(delimiters.escape)
  const sequence = (code: string): string => (escape === undefined ? ' ' : escape + code + escape)
  let out = ''
  for (const character of text) {
    const code = names.find(([byte]) => byte !== undefined && character.charCodeAt(0) === byte)?.[1]
    if (code) out += sequence(code)
    else if (character === '\n') out += sequence('.br')
    else if (character >= ' ' && character !== '\x7f') out += character
  }
  return out
}
