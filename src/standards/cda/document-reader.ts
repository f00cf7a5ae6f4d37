/** Gathers what a document says while its tags go by. */
import { Fault } from '../../base/index.ts'
import type { ClinicalDocument } from './clinical-document.ts'
import { codeOf, identifierOf, sexOf, wordOf, type CdaCode, type CdaIdentifier } from './data-types.ts'
import { joined, node, observationOf, SPECIMENS, type CdaObservation, type Node } from './observation.ts'
import { readXml, type XmlElement, type XmlEncoding, type XmlHandler } from './read-xml.ts'
import { CLINICAL_DOCUMENT, isInteraction } from './root.ts'

/**
 * @param bytes one document, in any encoding that XML declares and that contains ASCII
 * @throws Fault 'not-cda' where the root is neither a ClinicalDocument nor an interaction, 'interaction-not-read' where an
 * interaction has no results, or not of one patient alone, and what `readXml` throws
 */
export function readClinicalDocument(bytes: Uint8Array): ClinicalDocument {
  let reader: DocumentReader | undefined
  readXml(bytes, (encoding) => (reader = new DocumentReader(encoding)))
  if (!reader) throw new Fault('not-cda', {})
  return reader.document()
}

/** what the same things are called in a document and in a message */
interface Names {
  readonly observation: ReadonlySet<string>
  readonly organizer: ReadonlySet<string>
  /** has the ids of the patient, inside recordTarget */
  readonly role: string
  readonly person: string
  readonly time: string
}
const IN_DOCUMENTS: Names = {
  observation: new Set(['observation']),
  organizer: new Set(['organizer']),
  role: 'patientRole',
  person: 'patient',
  time: 'effectiveTime',
}
const IN_MESSAGES: Names = {
  observation: new Set(['observation', 'observationEvent']),
  organizer: new Set(['organizer', 'observationBattery', 'specimenObservationCluster']),
  role: 'patient',
  person: 'patientPerson',
  time: 'creationTime',
}

interface OpenSection {
  /** how deep its element stands */
  readonly depth: number
  code: string
  codeSystem: string
  title: string
  text: string
}

class DocumentReader implements XmlHandler {
  readonly #encoding: XmlEncoding
  readonly #path: string[] = []
  readonly #sections: OpenSection[] = []
  readonly #openSections: OpenSection[] = []
  readonly #organizers: { name: string; specimen: string }[] = []
  readonly #observations: CdaObservation[] = []
  /** the open observations, each with its open elements */
  readonly #nodes: Node[][] = []
  /** a list for each recordTarget */
  readonly #patients: CdaIdentifier[][] = []
  readonly #name: string[] = []
  /** recordTarget is open */
  #inTarget = false
  #root = ''
  #names = IN_DOCUMENTS
  #code: CdaCode = { code: '', codeSystem: '', displayName: '' }
  #id: CdaIdentifier = { root: '', extension: '' }
  #effectiveTime = ''
  #birthTime = ''
  #sex: 'M' | 'F' | undefined

  constructor(encoding: XmlEncoding) {
    this.#encoding = encoding
  }

  open(element: XmlElement): void {
    const { name } = element
    const parent = this.#path.at(-1)
    if (parent === undefined) this.#begin(element)
    this.#path.push(name)
    if (name === 'recordTarget') {
      this.#patients.push([])
      this.#inTarget = true
    } else if (this.#inTarget) this.#patient(element, parent)
    if (this.#names.observation.has(name)) return void this.#nodes.push([node(element)])
    const nodes = this.#nodes.at(-1)
    if (nodes) {
      // of the act itself, not of one inside it
      if (name === 'code' && this.#nodes.length === 1 && nodes.length === 1) this.#named(codeOf(element))
      const made = node(element)
      nodes.at(-1)?.children.push(made)
      nodes.push(made)
    } else if (this.#isSection(name, parent)) {
      const section = { depth: this.#path.length, code: '', codeSystem: '', title: '', text: '' }
      this.#sections.push(section)
      this.#openSections.push(section)
    } else if (this.#names.organizer.has(name)) this.#organizers.push({ name: '', specimen: '' })
    else this.#outside(element, parent)
  }

  #begin({ name, start }: XmlElement): void {
    if (name !== CLINICAL_DOCUMENT && !isInteraction(name)) throw new Fault('not-cda', { offset: start })
    this.#root = name
    if (name !== CLINICAL_DOCUMENT) this.#names = IN_MESSAGES
  }

  get #isMessage(): boolean {
    return this.#names === IN_MESSAGES
  }

  #isSection(name: string, parent: string | undefined): boolean {
    return this.#isMessage ? name === 'subject' && parent === 'controlActProcess' : name === 'section'
  }

  #patient(element: XmlElement, parent: string | undefined): void {
    const { name } = element
    if (parent === this.#names.role && name === 'id') this.#patients.at(-1)?.push(identifierOf(element))
    else if (parent !== this.#names.person) return
    else if (name === 'birthTime') this.#birthTime = element.attribute('value') ?? ''
    else if (name === 'administrativeGenderCode') this.#sex = sexOf(element)
  }

  /** the parts of header, sections and organizers that are wanted */
  #outside(element: XmlElement, parent: string | undefined): void {
    const { name } = element
    const depth = this.#path.length
    const section = this.#openSections.at(-1)
    const organizer = this.#organizers.at(-1)
    if (depth === 2 && name === 'code') this.#code = codeOf(element)
    else if (depth === 2 && name === 'id') this.#id = identifierOf(element)
    else if (depth === 2 && name === this.#names.time) this.#effectiveTime = element.attribute('value') ?? ''
    else if (parent === 'section' && section && name === 'code') {
      const { code, codeSystem } = codeOf(element)
      Object.assign(section, { code, codeSystem })
    } else if (parent && this.#names.organizer.has(parent) && organizer && name === 'code') {
      organizer.name ||= codeOf(element).displayName
      this.#named(codeOf(element))
    } else if (parent && SPECIMENS.has(parent) && organizer && name === 'code') organizer.specimen = wordOf(element)
  }

  /** a subject of a message has the name of the first act in it */
  #named({ code, codeSystem, displayName }: CdaCode): void {
    const section = this.#openSections.at(-1)
    if (this.#isMessage && section && section.code === '')
      Object.assign(section, { code, codeSystem, title: displayName })
  }

  close(name: string): void {
    const depth = this.#path.length
    this.#path.pop()
    if (name === 'recordTarget') this.#inTarget = false
    const nodes = this.#nodes.at(-1)
    if (nodes) {
      const made = nodes.pop()
      if (made && nodes.length === 0) {
        this.#nodes.pop()
        this.#observed(made)
      }
    } else if (this.#openSections.at(-1)?.depth === depth) this.#openSections.pop()
    else if (this.#names.organizer.has(name)) this.#organizers.pop()
  }

  text(start: number, end: number, isCdata: boolean): void {
    const here = this.#nodes.at(-1)?.at(-1)
    if (here) {
      here.text += this.#encoding.text(start, end, isCdata)
      return
    }
    const section = this.#openSections.at(-1)
    if (section) {
      const inText = this.#path.lastIndexOf('text') > this.#path.lastIndexOf('section')
      if (inText) section.text += ` ${this.#encoding.text(start, end, isCdata)}`
      else if (this.#path.at(-1) === 'title') section.title += this.#encoding.text(start, end, isCdata)
      else if (this.#path.at(-1) === 'originalText' && this.#organizers.length) {
        const organizer = this.#organizers.at(-1)
        if (organizer) organizer.name += this.#encoding.text(start, end, isCdata).trim()
      }
    } else if (this.#path.includes(this.#names.person) && this.#path.includes('name')) {
      const part = this.#encoding.text(start, end, isCdata).trim()
      if (part) this.#name.push(part)
    }
  }

  document(): ClinicalDocument {
    const ids = this.#patients.flat()
    if (this.#isMessage) this.#isOfOnePatient()
    return {
      encoding: this.#encoding.label,
      root: this.#root,
      code: this.#code,
      id: this.#id,
      effectiveTime: this.#effectiveTime,
      patient: { ids, name: this.#name, birthTime: this.#birthTime, ...(this.#sex ? { sex: this.#sex } : {}) },
      sections: this.#sections.map(({ code, codeSystem, title, text }) => ({
        ...{ code, codeSystem },
        title: joined(title),
        text: joined(text),
      })),
      observations: this.#observations,
    }
  }

  /** a message may answer for many: whose results are whose is certain only where all of them are one person's */
  #isOfOnePatient(): void {
    const persons = new Set(this.#patients.map((ids) => JSON.stringify(ids)))
    const isNamed = this.#patients.flat().some(({ extension }) => extension.trim() !== '')
    if (persons.size !== 1 || !isNamed || this.#observations.length === 0)
      throw new Fault('interaction-not-read', { patients: persons.size, results: this.#observations.length })
  }

  #observed(root: Node): void {
    const section = this.#openSections.at(-1)
    this.#observations.push(
      observationOf(root, {
        section: section?.code ?? '',
        sectionNumber: this.#sections.findLastIndex((one) => one === section) + 1,
        organizers: this.#organizers.map(({ name }) => joined(name)).filter(Boolean),
        specimen: this.#organizers.findLast(({ specimen }) => specimen)?.specimen ?? '',
      }),
    )
  }
}
