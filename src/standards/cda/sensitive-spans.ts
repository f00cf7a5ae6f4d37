/**
 * What may name a person in a CDA document, as byte ranges. An allow-list: an attribute or a text stays only where the
 * tables here say so; whatever a document has beside them is a span. Codes, values, units and ranges are kept, so that the
 * document still says what was found; narrative, titles and names are not, for names stand in them.
 */
import { wordsOf } from './narrative-words.ts'
import { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'

/**
 * person-identifier: ids of the patient. identifier: every other id. time: to be moved with the patient's dates.
 * value-text, range-text: words of a result, which may be data. display-name: words beside a code of a system that nobody
 * has registered. embedded: data of another kind, whatever it holds. The rest says what it is.
 */
export type SpanKind =
  | 'person-identifier'
  | 'identifier'
  | 'birth-time'
  | 'time'
  | 'name'
  | 'address'
  | 'telecom'
  | 'identity-document'
  | 'insurance'
  | 'narrative'
  | 'title'
  | 'original-text'
  | 'value-text'
  | 'range-text'
  | 'text'
  | 'embedded'
  | 'display-name'
  | 'attribute'
  | 'remark'

export interface SensitiveSpan {
  readonly kind: SpanKind
  /** byte offsets of what would be replaced: an attribute's value, everything inside an element, a whole remark */
  readonly start: number
  readonly end: number
  /** local names from the root, `@` before an attribute */
  readonly path: string
  /** decoded, with mark-up where there is some */
  text(): string
  /** without mark-up: rows and paragraphs as lines, cells apart */
  words(): string
}

/** elements whose whole inside is one span */
const BLOCKS: Readonly<Record<string, SpanKind>> = {
  name: 'name',
  addr: 'address',
  Address: 'address',
  birthplace: 'address',
  IdentityDoc: 'identity-document',
  InsurancePolicy: 'insurance',
  title: 'title',
  originalText: 'original-text',
  desc: 'text',
  observationMedia: 'embedded',
}

/** attributes that say what kind of thing an element is, on every element */
const STRUCTURE = new Set(
  `classCode moodCode typeCode determinerCode contextControlCode contextConductionInd nullFlavor negationInd inversionInd
  independentInd inclusive operator mediaType representation xsi:type institutionSpecified partType unsorted`.split(
    /\s+/,
  ),
)
const CODED = ['code', 'codeSystem', 'codeSystemName', 'codeSystemVersion', 'displayName']

/** code systems of Russia’s health ministry and of HL7, LOINC and SNOMED CT: their words are nobody's */
const REGISTERED = /^(1\.2\.643\.5\.1\.13\.(13|2)\.|2\.16\.840\.1\.113883\.(1|3|5|6)\.)/
const WORDS_OF_CODES = new Set(['displayName', 'codeSystemName', 'codeSystemVersion'])

/** attributes that stay, by element */
const KEPT: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [
    ...`code translation statusCode interpretationCode methodCode administrativeGenderCode languageCode realmCode
    confidentialityCode priorityCode routeCode targetSiteCode qualifier approachSiteCode functionCode specimenCode
    severityCode`
      .split(/\s+/)
      .map((name) => [name, CODED] as const),
    ['translation', [...CODED, 'value', 'unit']] as const,
    ['typeId', ['root', 'extension']] as const,
    ['templateId', ['root', 'extension']] as const,
    ['versionNumber', ['value']] as const,
    ['sequenceNumber', ['value']] as const,
    ['repeatNumber', ['value']] as const,
    ['value', [...CODED, 'value', 'unit']] as const,
    ...['low', 'high', 'center', 'width', 'numerator', 'denominator', 'increment', 'doseQuantity', 'quantity'].map(
      (name) => [name, ['value', 'unit']] as const,
    ),
  ].map(([name, attributes]) => [name, new Set(attributes)]),
)
const TIMES = new Set(['effectiveTime', 'time', 'signatureTime', 'availabilityTime', 'existenceTime', 'creationTime'])

/**
 * @param bytes one document
 * @returns spans in document order, none within another
 * @throws what `readXml` throws
 */
export function sensitiveSpans(bytes: Uint8Array): readonly SensitiveSpan[] {
  const spans: SensitiveSpan[] = []
  readXml(bytes, (encoding) => new Finder(encoding, spans))
  return spans
}

/**
 * Writes a document with spans replaced; every other byte stays.
 * @param replacer new text for a span, escaped and written in ASCII here; undefined keeps the span; a remark that is
 * replaced is taken out
 * @returns a copy whose signature, if it had one, no longer holds
 */
export function rewriteSpans(
  bytes: Uint8Array,
  spans: readonly SensitiveSpan[],
  replacer: (span: SensitiveSpan) => string | undefined,
): Uint8Array {
  const parts: Uint8Array[] = []
  let done = 0
  for (const span of spans) {
    const replacement = replacer(span)
    if (replacement === undefined) continue
    parts.push(
      bytes.subarray(done, span.start),
      Buffer.from(span.kind === 'remark' ? '' : escaped(replacement), 'latin1'),
    )
    done = span.end
  }
  return Buffer.concat([...parts, bytes.subarray(done)])
}

/** ASCII in any encoding: references for the rest */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"'\u0080-\u{10ffff}]/gu, (sign) => `&#${sign.codePointAt(0)};`)

class Finder implements XmlHandler {
  readonly #encoding: XmlEncoding
  readonly #spans: SensitiveSpan[]
  readonly #path: string[] = []
  /** xsi:type of the value that is open: its low and high have none of their own */
  #valueType = ''
  /** the block that is open: at which depth it began, where its inside begins */
  #block: { depth: number; from: number; kind: SpanKind } | undefined

  constructor(encoding: XmlEncoding, spans: SensitiveSpan[]) {
    this.#encoding = encoding
    this.#spans = spans
  }

  open(element: XmlElement): void {
    this.#path.push(element.name)
    if (this.#block) return
    if (element.name === 'value') this.#valueType = element.attribute('xsi:type') ?? ''
    for (const [name, { start, end }] of element.attributes()) {
      const kind = this.#kindOf(element, name)
      if (kind && end > start) this.#add(kind, start, end, `@${name}`)
    }
    const kind = this.#blockKind(element)
    if (kind && !element.selfClosing) this.#block = { depth: this.#path.length, from: element.end, kind }
  }

  close(_name: string, start: number): void {
    const block = this.#block
    if (block?.depth === this.#path.length) {
      this.#block = undefined
      if (start > block.from && this.#encoding.text(block.from, start).trim()) this.#add(block.kind, block.from, start)
    }
    this.#path.pop()
  }

  text(start: number, end: number): void {
    if (this.#block || this.#encoding.text(start, end).trim() === '') return
    this.#add(this.#path.at(-1) === 'value' ? 'value-text' : 'text', start, end)
  }

  remark(start: number, end: number): void {
    // inside a block it goes with the block
    if (!this.#block) this.#add('remark', start, end)
  }

  #blockKind(element: XmlElement): SpanKind | undefined {
    const { name } = element
    if ((name === 'text' || name === 'value') && isEmbedded(element)) return 'embedded'
    if (name !== 'text') return BLOCKS[name]
    if (this.#path.at(-2) === 'nonXMLBody') return 'embedded'
    return this.#path.at(-2) === 'observationRange' ? 'range-text' : 'narrative'
  }

  /** undefined where an attribute stays */
  #kindOf(element: XmlElement, attribute: string): SpanKind | undefined {
    const { name } = element
    if (STRUCTURE.has(attribute) || attribute === 'xmlns' || attribute.startsWith('xmlns:')) return undefined
    if (name === 'birthTime') return 'birth-time'
    if (name === 'telecom') return 'telecom'
    if ((name === 'id' || name === 'setId') && (attribute === 'root' || attribute === 'extension'))
      return this.#path.includes('recordTarget') ? 'person-identifier' : 'identifier'
    if (attribute === 'value' && this.#isTime(element)) return 'time'
    if (name === 'reference' && attribute === 'value' && element.attribute('value')?.startsWith('#')) return undefined
    // words beside a code are the code system's, if it is one; words without one are somebody's
    if (WORDS_OF_CODES.has(attribute) && KEPT.get(name)?.has(attribute)) {
      const system = element.attribute('codeSystem')
      if (system === undefined) return 'attribute'
      return REGISTERED.test(system) ? undefined : 'display-name'
    }
    return KEPT.get(name)?.has(attribute) ? undefined : 'attribute'
  }

  #isTime(element: XmlElement): boolean {
    return (
      this.#path.some((part) => TIMES.has(part)) ||
      (this.#path.includes('value') && /^(IVL_|PIVL_)?TS$/.test(element.attribute('xsi:type') ?? this.#valueType))
    )
  }

  #add(kind: SpanKind, start: number, end: number, attribute?: string): void {
    const path = [...this.#path, ...(attribute ? [attribute] : [])].join('/')
    const encoding = this.#encoding
    const [text, words] = [() => encoding.text(start, end), () => wordsOf(encoding, start, end)]
    this.#spans.push({ kind, start, end, path, text, words })
  }
}

/** ED (HL7 v3 data types §2.4): anything but plain text, and whatever is packed */
const isEmbedded = (element: XmlElement): boolean =>
  element.attribute('representation') === 'B64' ||
  element.attribute('compression') !== undefined ||
  !/^(text\/(plain|x-hl7-text\+xml))?$/.test(element.attribute('mediaType') ?? '')
