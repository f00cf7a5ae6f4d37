/**
 * XML with byte offsets. The bytes are read as Latin-1, so that a position in the text is an offset in the file whatever
 * its encoding; text is decoded when somebody asks for it. Strict: what is not well-formed ends with its offset.
 */
import { SaxesParser } from 'saxes'
import { Fault } from '../../base/index.ts'
import { XML_LIMITS } from './limits.ts'

/** An element's start tag. */
export interface XmlElement {
  /** without its prefix: `InsurancePolicy` of `identity:InsurancePolicy` */
  readonly name: string
  /** byte offsets of the start tag, `<` to after `>` */
  readonly start: number
  readonly end: number
  readonly selfClosing: boolean
  /** attributes by their name with prefix; the byte range of each value without its quotes */
  attributes(): ReadonlyMap<string, { readonly start: number; readonly end: number }>
  /** a value, decoded, references resolved */
  attribute(name: string): string | undefined
}

export interface XmlHandler {
  open?(element: XmlElement): void
  /** @param start and @param end of the end tag; of an empty element, both are the end of its tag */
  close?(name: string, start: number, end: number): void
  /** text between two tags, offsets in bytes; never empty. CDATA comes without its marks */
  text?(start: number, end: number, isCdata: boolean): void
  /** a comment or processing instruction, with its marks */
  remark?(start: number, end: number): void
}

export interface XmlEncoding {
  readonly label: string
  /** decodes bytes of the document, references resolved unless `raw` */
  text(start: number, end: number, raw?: boolean): string
  /** references of decoded text as the characters they are */
  resolved(text: string): string
  /** letters that were read one a byte, as the letters they are */
  letters(bytes: string): string
}

/** encodings in which every ASCII byte is that ASCII character and nothing else */
const ENCODINGS = /^(utf-8|us-ascii|ascii|windows-125\d|cp125\d|koi8-[ru]|iso-8859-\d+|ibm866|cp866)$/
const ATTRIBUTE = /([^\s=/<]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * Walks a document once.
 * @param bytes the whole document; a byte order mark of UTF-8 is passed over
 * @param handler told of tags in document order
 * @returns what decodes its bytes
 * @throws Fault 'xml-encoding', 'xml-doctype', 'xml-malformed', 'limit-exceeded', each with the byte offset
 */
export function readXml(bytes: Uint8Array, handler: (encoding: XmlEncoding) => XmlHandler): XmlEncoding {
  if (bytes.length > XML_LIMITS.xmlBytes.value) throw new Fault('limit-exceeded', { bytes: bytes.length })
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const mark = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0
  const source = buffer.toString('latin1')
  const encoding = encodingOf(source, buffer, mark)
  const { open, close, text, remark } = bound(handler(encoding))
  const parser = new SaxesParser({
    xmlns: false as const,
    position: false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  })
  const names: string[] = []
  let done = mark

  const here = () => mark + parser.position
  /** what stands between the last mark-up and this one */
  const upTo = (start: number) => {
    if (start > done && names.length) text?.(done, start, false)
  }
  parser.on('doctype', () => {
    throw new Fault('xml-doctype', { offset: source.lastIndexOf('<!DOCTYPE', here()) })
  })
  parser.on('error', (error) => {
    if (error instanceof Fault) throw error
    throw new Fault('xml-malformed', { offset: here() })
  })
  parser.on('opentag', ({ name: qualified, isSelfClosing, attributes }) => {
    const end = here()
    const start = source.lastIndexOf('<', end - 1)
    upTo(start)
    const name = local(qualified)
    names.push(name)
    if (names.length > XML_LIMITS.xmlDepth.value)
      throw new Fault('limit-exceeded', { offset: start, depth: names.length })
    open?.(new Element(name, start, end, isSelfClosing, attributes, source, encoding))
    done = end
  })
  parser.on('closetag', ({ isSelfClosing }) => {
    const end = here()
    const start = isSelfClosing ? end : source.lastIndexOf('<', end - 1)
    upTo(start)
    const name = names.pop() ?? ''
    close?.(name, start, end)
    done = end
  })
  const remarked = (opening: string, rest: number) => () => {
    const end = here() + rest
    const start = source.lastIndexOf(opening, end - 1)
    upTo(start)
    remark?.(start, end)
    done = end
  }
  // the parser tells of a comment when `>` is still to come
  parser.on('comment', remarked('<!--', 1))
  parser.on('processinginstruction', remarked('<?', 0))
  parser.on('cdata', (inside) => {
    const end = here()
    const start = end - inside.length - '<![CDATA[]]>'.length
    upTo(start)
    if (inside.length) text?.(start + '<![CDATA['.length, end - ']]>'.length, true)
    done = end
  })
  parser.write(mark ? source.slice(mark) : source).close()
  return encoding
}

class Element implements XmlElement {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly selfClosing: boolean
  readonly #values: Readonly<Record<string, string>>
  readonly #source: string
  readonly #encoding: XmlEncoding
  #ranges: Map<string, { start: number; end: number }> | undefined

  constructor(
    name: string,
    start: number,
    end: number,
    selfClosing: boolean,
    values: Readonly<Record<string, string>>,
    source: string,
    encoding: XmlEncoding,
  ) {
    this.name = name
    this.start = start
    this.end = end
    this.selfClosing = selfClosing
    this.#values = values
    this.#source = source
    this.#encoding = encoding
  }

  attributes(): Map<string, { start: number; end: number }> {
    if (this.#ranges) return this.#ranges
    this.#ranges = new Map()
    const tag = this.#source.slice(this.start, this.end)
    for (const found of tag.matchAll(ATTRIBUTE)) {
      const value = found[2] ?? found[3] ?? ''
      const end = this.start + found.index + found[0].length - 1
      this.#ranges.set(found[1] ?? '', { start: end - value.length, end })
    }
    return this.#ranges
  }

  attribute(name: string): string | undefined {
    const value = this.#values[name]
    // what the parser read is what stands there, unless it resolved a reference
    if (value === undefined) return value
    if (!this.#hasReferences()) return this.#encoding.letters(value)
    const range = this.attributes().get(name)
    return range && this.#encoding.text(range.start, range.end)
  }

  #hasReferences(): boolean {
    return this.#source.slice(this.start, this.end).includes('&')
  }
}

/** ASCII is the same in every encoding of the list */
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

function encodingOf(source: string, buffer: Buffer, mark: number): XmlEncoding {
  const head = source.slice(mark, mark + 200)
  const declared = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
  // UTF-16 and UTF-32 have zeros where ASCII has none
  if (!head.trimStart().startsWith('<') || head.includes('\0') || !ENCODINGS.test(declared))
    throw new Fault('xml-encoding', { offset: mark })
  const label = mark ? 'utf-8' : declared.replace(/^cp125/, 'windows-125').replace(/^cp866$/, 'ibm866')
  const decoder = new TextDecoder(label)
  return {
    label,
    resolved: (text) => text.replaceAll(REFERENCE, resolved),
    letters: (bytes) => (isAscii(bytes) ? bytes : decoder.decode(Buffer.from(bytes, 'latin1'))),
    text(start, end, raw = false) {
      const latin = source.slice(start, end)
      const decoded = isAscii(latin) ? latin : decoder.decode(buffer.subarray(start, end))
      return raw || !decoded.includes('&') ? decoded : decoded.replaceAll(REFERENCE, resolved)
    },
  }
}

const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function resolved(whole: string, hex?: string, decimal?: string, name?: string): string {
  if (name) return PREDEFINED[name] ?? whole
  const point = hex ? Number.parseInt(hex, 16) : Number(decimal)
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole
}

const local = (qualified: string): string => qualified.slice(qualified.indexOf(':') + 1)

function bound(handler: XmlHandler): XmlHandler {
  return {
    ...(handler.open ? { open: handler.open.bind(handler) } : {}),
    ...(handler.close ? { close: handler.close.bind(handler) } : {}),
    ...(handler.text ? { text: handler.text.bind(handler) } : {}),
    ...(handler.remark ? { remark: handler.remark.bind(handler) } : {}),
  }
}
