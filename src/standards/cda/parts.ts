/**
 * The clinical documents in XML that came over a line: the document itself, or those that an HL7 v3 message carries, as
 * elements (ITS XML) or packed in a text of ED (CDA R2 §3). A message with results and no document is a part itself.
 */
import { Fault } from '../../base/index.ts'
import { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'
import { CLINICAL_DOCUMENT, documentIn, isInteraction, rootOf } from './root.ts'

export interface ClinicalParts {
  /** `ClinicalDocument`, or the name of the interaction */
  readonly messageType: string
  /** each a whole document for `readClinicalDocument`; none: the message has neither documents nor results */
  readonly parts: readonly Uint8Array[]
  /** documents stand inside something that says more of people than they do */
  readonly wrapped: boolean
}

/**
 * @param bytes XML
 * @throws Fault 'not-cda' where it is neither a ClinicalDocument nor an interaction, and what `readXml` throws
 */
export function clinicalParts(bytes: Uint8Array): ClinicalParts {
  const messageType = rootOf(bytes) ?? ''
  if (messageType === CLINICAL_DOCUMENT) return { messageType, parts: [bytes], wrapped: false }
  let finder: Finder | undefined
  readXml(bytes, (encoding) => (finder = new Finder(bytes, encoding)))
  const { parts = [], hasResults = false } = finder ?? {}
  if (parts.length > 0) return { messageType, parts, wrapped: true }
  return { messageType, parts: hasResults ? [bytes] : [], wrapped: false }
}

class Finder implements XmlHandler {
  readonly parts: Uint8Array[] = []
  hasResults = false
  readonly #bytes: Uint8Array
  readonly #encoding: XmlEncoding
  readonly #open: { readonly element: XmlElement; text: string }[] = []
  /** the document that is open */
  #document: { readonly depth: number; readonly opening: string; readonly rest: number } | undefined

  constructor(bytes: Uint8Array, encoding: XmlEncoding) {
    this.#bytes = bytes
    this.#encoding = encoding
  }

  open(element: XmlElement): void {
    const { name, start } = element
    if (this.#open.length === 0 && !isInteraction(name)) throw new Fault('not-cda', { offset: start })
    if (name === 'observationEvent' || name === 'observation') this.hasResults = true
    if (name === CLINICAL_DOCUMENT && !this.#document)
      this.#document = { depth: this.#open.length, ...this.#alone(element) }
    this.#open.push({ element, text: '' })
  }

  text(start: number, end: number, isCdata: boolean): void {
    const here = this.#open.at(-1)
    if (here?.element.name === 'text' && !this.#document) here.text += this.#encoding.text(start, end, isCdata)
  }

  close(_name: string, _start: number, end: number): void {
    const closed = this.#open.pop()
    if (this.#document?.depth === this.#open.length) {
      const { opening, rest } = this.#document
      this.#document = undefined
      this.parts.push(Buffer.concat([Buffer.from(opening, 'latin1'), this.#bytes.subarray(rest, end)]))
    } else if (closed?.text.trim()) this.#unpack(closed.element, closed.text)
  }

  #unpack(element: XmlElement, text: string): void {
    const isPacked = element.attribute('representation') === 'B64'
    const document = documentIn(Buffer.from(text, isPacked ? 'base64' : 'utf8'))
    if (document) this.parts.push(document)
  }

  /** What a start tag begins with where it stands alone: the encoding and the prefixes that were declared around it; and where its rest begins. */
  #alone(element: XmlElement): { readonly opening: string; readonly rest: number } {
    const raw = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
    const own = new Set(element.attributes().keys())
    const around = new Map<string, string>()
    for (const { element: outer } of this.#open)
      for (const [name, { start, end }] of outer.attributes())
        if (/^xmlns(:|$)/.test(name) && !own.has(name)) around.set(name, raw.toString('latin1', start, end))
    const declared = [...around].map(([name, value]) => ` ${name}="${value}"`).join('')
    const qualified = /^<[^\s/>]+/.exec(raw.toString('latin1', element.start, element.end))?.[0] ?? ''
    const opening = `<?xml version="1.0" encoding="${this.#encoding.label}"?>\n${qualified}${declared}`
    return { opening, rest: element.start + qualified.length }
  }
}
