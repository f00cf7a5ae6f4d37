/** What a CDA document says: its header, its sections and every observation in it (CDA R2; HL7 v3 RIM data types). */
import { Fault } from '../../base/index.ts'
import { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'

/** CD, CE, CV */
export interface CdaCode {
  readonly code: string
  /** OID */
  readonly codeSystem: string
  readonly displayName: string
}

/** PQ, or one side of IVL_PQ */
export interface CdaQuantity {
  readonly value: string
  readonly unit: string
}

export interface CdaRange {
  readonly text: string
  readonly low?: CdaQuantity
  readonly high?: CdaQuantity
  readonly interpretation?: string
}

export interface CdaObservation {
  /** byte offset of its start tag */
  readonly offset: number
  /** code of the section it stands in: `RESLAB` */
  readonly section: string
  /** which of `sections` that is, from 1; 0: none */
  readonly sectionNumber: number
  /** names of the organizers around it, outermost first */
  readonly organizers: readonly string[]
  readonly code: CdaCode
  readonly codeTranslations: readonly CdaCode[]
  readonly status: string
  readonly effectiveTime: string
  /** xsi:type of the value without prefix: `PQ`, `ST`, `CD`, `INT`, `REAL`, `IVL_PQ` … */
  readonly valueType: string
  readonly value: string
  readonly unit: string
  /** of a coded value */
  readonly valueCode?: CdaCode
  /** the same quantity in another unit, as the document has it */
  readonly valueTranslations: readonly CdaQuantity[]
  readonly interpretations: readonly string[]
  readonly method: string
  /** code or name of the specimen, of the observation or of an organizer around it */
  readonly specimen: string
  readonly ranges: readonly CdaRange[]
}

export interface CdaSection {
  readonly code: string
  readonly codeSystem: string
  readonly title: string
  /** the narrative block without its mark-up, blanks joined */
  readonly text: string
}

/** What names the person; for the vault and never for research. */
export interface CdaPatient {
  readonly ids: readonly { readonly root: string; readonly extension: string }[]
  readonly name: readonly string[]
  readonly birthTime: string
  /** M or F where the code says so */
  readonly sex?: 'M' | 'F'
}

export interface ClinicalDocument {
  readonly encoding: string
  readonly code: CdaCode
  readonly id: { readonly root: string; readonly extension: string }
  readonly effectiveTime: string
  readonly patient: CdaPatient
  readonly sections: readonly CdaSection[]
  readonly observations: readonly CdaObservation[]
}

/**
 * @param bytes one document, in any encoding that XML declares and that contains ASCII
 * @throws Fault 'not-cda' where the root is no ClinicalDocument, and what `readXml` throws
 */
export function readClinicalDocument(bytes: Uint8Array): ClinicalDocument {
  let reader: Reader | undefined
  readXml(bytes, (encoding) => (reader = new Reader(encoding)))
  if (!reader) throw new Fault('not-cda', {})
  return reader.document()
}

/** An element inside an observation, with what stands in it. */
interface Node {
  readonly name: string
  readonly element: XmlElement
  readonly children: Node[]
  text: string
}

interface OpenSection {
  code: string
  codeSystem: string
  title: string
  text: string
}

class Reader implements XmlHandler {
  readonly #encoding: XmlEncoding
  readonly #path: string[] = []
  readonly #sections: OpenSection[] = []
  readonly #openSections: OpenSection[] = []
  readonly #organizers: { name: string; specimen: string }[] = []
  readonly #observations: CdaObservation[] = []
  /** the open observations, each with its open elements */
  readonly #nodes: Node[][] = []
  readonly #ids: { root: string; extension: string }[] = []
  readonly #name: string[] = []
  #code: CdaCode = { code: '', codeSystem: '', displayName: '' }
  #id = { root: '', extension: '' }
  #effectiveTime = ''
  #birthTime = ''
  #sex: 'M' | 'F' | undefined

  constructor(encoding: XmlEncoding) {
    this.#encoding = encoding
  }

  open(element: XmlElement): void {
    const { name } = element
    const parent = this.#path.at(-1)
    if (parent === undefined && name !== 'ClinicalDocument') throw new Fault('not-cda', { offset: element.start })
    this.#path.push(name)
    if (name === 'observation') return void this.#nodes.push([node(element)])
    const nodes = this.#nodes.at(-1)
    if (nodes) {
      const made = node(element)
      nodes.at(-1)?.children.push(made)
      nodes.push(made)
    } else if (name === 'section') {
      const section = { code: '', codeSystem: '', title: '', text: '' }
      this.#sections.push(section)
      this.#openSections.push(section)
    } else if (name === 'organizer') this.#organizers.push({ name: '', specimen: '' })
    else this.#outside(element, parent)
  }

  /** the parts of header, sections and organizers that are wanted */
  #outside(element: XmlElement, parent: string | undefined): void {
    const { name } = element
    const depth = this.#path.length
    const section = this.#openSections.at(-1)
    const organizer = this.#organizers.at(-1)
    if (depth === 2 && name === 'code') this.#code = codeOf(element)
    else if (depth === 2 && name === 'id') this.#id = identifierOf(element)
    else if (depth === 2 && name === 'effectiveTime') this.#effectiveTime = element.attribute('value') ?? ''
    else if (parent === 'patientRole' && name === 'id') this.#ids.push(identifierOf(element))
    else if (parent === 'patient' && name === 'birthTime') this.#birthTime = element.attribute('value') ?? ''
    else if (parent === 'patient' && name === 'administrativeGenderCode') this.#sex = sexOf(element)
    else if (parent === 'section' && section && name === 'code') {
      const { code, codeSystem } = codeOf(element)
      Object.assign(section, { code, codeSystem })
    } else if (parent === 'organizer' && organizer && name === 'code') organizer.name ||= codeOf(element).displayName
    else if (parent === 'specimenPlayingEntity' && organizer && name === 'code')
      organizer.specimen = specimenOf(element)
  }

  close(name: string): void {
    this.#path.pop()
    const nodes = this.#nodes.at(-1)
    if (nodes) {
      const made = nodes.pop()
      if (made && nodes.length === 0) {
        this.#nodes.pop()
        this.#observations.push(this.#observed(made))
      }
    } else if (name === 'section') this.#openSections.pop()
    else if (name === 'organizer') this.#organizers.pop()
  }

  text(start: number, end: number, isCdata: boolean): void {
    const node = this.#nodes.at(-1)?.at(-1)
    if (node) {
      node.text += this.#encoding.text(start, end, isCdata)
      return
    }
    const parent = this.#path.at(-1)
    const section = this.#openSections.at(-1)
    if (section) {
      const inText = this.#path.lastIndexOf('text') > this.#path.lastIndexOf('section')
      if (inText) section.text += ` ${this.#encoding.text(start, end, isCdata)}`
      else if (parent === 'title') section.title += this.#encoding.text(start, end, isCdata)
      else if (parent === 'originalText' && this.#organizers.length) {
        const organizer = this.#organizers.at(-1)
        if (organizer) organizer.name += this.#encoding.text(start, end, isCdata).trim()
      }
    } else if (this.#path.includes('patient') && this.#path.includes('name')) {
      const part = this.#encoding.text(start, end, isCdata).trim()
      if (part) this.#name.push(part)
    }
  }

  document(): ClinicalDocument {
    return {
      encoding: this.#encoding.label,
      code: this.#code,
      id: this.#id,
      effectiveTime: this.#effectiveTime,
      patient: {
        ids: this.#ids,
        name: this.#name,
        birthTime: this.#birthTime,
        ...(this.#sex ? { sex: this.#sex } : {}),
      },
      sections: this.#sections.map((section) => ({
        ...section,
        title: joined(section.title),
        text: joined(section.text),
      })),
      observations: this.#observations,
    }
  }

  #observed(root: Node): CdaObservation {
    const child = (name: string) => root.children.find((one) => one.name === name)
    const code = child('code')
    const value = child('value')
    const valueCode = value?.element.attribute('code') === undefined ? undefined : codeOf(value.element)
    const own = root.children.find(({ name }) => name === 'specimen')
    const playing = own && found(own, 'specimenPlayingEntity')?.children.find(({ name }) => name === 'code')
    return {
      offset: root.element.start,
      section: this.#openSections.at(-1)?.code ?? '',
      sectionNumber: this.#sections.findLastIndex((one) => one === this.#openSections.at(-1)) + 1,
      organizers: this.#organizers.map(({ name }) => joined(name)).filter(Boolean),
      code: code ? codeOf(code.element) : { code: '', codeSystem: '', displayName: '' },
      codeTranslations: (code?.children ?? []).filter(isNamed('translation')).map(({ element }) => codeOf(element)),
      status: child('statusCode')?.element.attribute('code') ?? '',
      effectiveTime: timeOf(child('effectiveTime')),
      valueType: (value?.element.attribute('xsi:type') ?? '').replace(/^.*:/, ''),
      value: value?.element.attribute('value') ?? joined(value?.text ?? ''),
      unit: value?.element.attribute('unit') ?? '',
      ...(valueCode ? { valueCode } : {}),
      valueTranslations: (value?.children ?? [])
        .filter(isNamed('translation'))
        .map(({ element }) => translated(element)),
      interpretations: root.children
        .filter(isNamed('interpretationCode'))
        .map(({ element }) => element.attribute('code') ?? '')
        .filter(Boolean),
      method: methodOf(child('methodCode')?.element),
      specimen:
        (playing && specimenOf(playing.element)) ||
        (this.#organizers.findLast(({ specimen }) => specimen)?.specimen ?? ''),
      ranges: root.children.filter(isNamed('referenceRange')).map(rangeOf),
    }
  }
}

const node = (element: XmlElement): Node => ({ name: element.name, element, children: [], text: '' })
const isNamed = (name: string) => (one: Node) => one.name === name
const joined = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

function found(root: Node, name: string): Node | undefined {
  for (const child of root.children) {
    const inside = child.name === name ? child : found(child, name)
    if (inside) return inside
  }
  return undefined
}

const codeOf = (element: XmlElement): CdaCode => ({
  code: element.attribute('code') ?? '',
  codeSystem: element.attribute('codeSystem') ?? '',
  displayName: element.attribute('displayName') ?? '',
})

const identifierOf = (element: XmlElement) => ({
  root: element.attribute('root') ?? '',
  extension: element.attribute('extension') ?? '',
})

const quantityOf = (element: XmlElement | undefined): CdaQuantity | undefined =>
  element && { value: element.attribute('value') ?? '', unit: element.attribute('unit') ?? '' }

/** a translation names its unit by a code of the units catalogue and by words */
const translated = (element: XmlElement): CdaQuantity => ({
  value: element.attribute('value') ?? '',
  unit: element.attribute('displayName') ?? element.attribute('code') ?? '',
})

const methodOf = (element: XmlElement | undefined): string =>
  element?.attribute('displayName') ?? element?.attribute('code') ?? ''

const specimenOf = (element: XmlElement): string => element.attribute('displayName') ?? element.attribute('code') ?? ''

const timeOf = (time: Node | undefined): string =>
  time?.element.attribute('value') ??
  time?.children.find((one) => one.name === 'high' || one.name === 'low')?.element.attribute('value') ??
  ''

/** federal codes 1 and 2, HL7 v3 M and F */
function sexOf(element: XmlElement): 'M' | 'F' | undefined {
  const code = element.attribute('code') ?? ''
  return code === '1' || code === 'M' ? 'M' : code === '2' || code === 'F' ? 'F' : undefined
}

function rangeOf(range: Node): CdaRange {
  const inside = range.children.find(isNamed('observationRange'))
  const child = (name: string) => inside?.children.find(isNamed(name))
  const side = (name: string) => quantityOf(child('value')?.children.find(isNamed(name))?.element)
  const [low, high] = [side('low'), side('high')]
  const interpretation = child('interpretationCode')?.element.attribute('code')
  return {
    text: joined(child('text')?.text ?? ''),
    ...(low?.value ? { low } : {}),
    ...(high?.value ? { high } : {}),
    ...(interpretation ? { interpretation } : {}),
  }
}
