/** One observation and what stands in it (CDA R2 Observation; HL7 v3 ObservationEvent, which has the same parts). */
import { codeOf, quantityOf, wordOf, type CdaCode, type CdaQuantity } from './data-types.ts'
import type { XmlElement } from './read-xml.ts'

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

/** An element inside an observation, with what stands in it. */
export interface Node {
  readonly name: string
  readonly element: XmlElement
  readonly children: Node[]
  text: string
}

export const node = (element: XmlElement): Node => ({ name: element.name, element, children: [], text: '' })
export const joined = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** what a specimen is of: in documents, and in messages */
export const SPECIMENS: ReadonlySet<string> = new Set(['specimenPlayingEntity', 'specimenNatural'])
/** bounds and their words: in documents, and in messages */
const RANGES: ReadonlySet<string> = new Set(['observationRange', 'interpretationRange'])

/** @param around what the sections and organizers around it say */
export function observationOf(
  root: Node,
  around: Pick<CdaObservation, 'section' | 'sectionNumber' | 'organizers' | 'specimen'>,
): CdaObservation {
  const child = (name: string) => root.children.find((one) => one.name === name)
  const code = child('code')
  const value = child('value')
  const valueCode = value?.element.attribute('code') === undefined ? undefined : codeOf(value.element)
  const own = child('specimen')
  const playing = own && found(own, SPECIMENS)?.children.find(isNamed('code'))
  return {
    ...around,
    offset: root.element.start,
    code: code ? codeOf(code.element) : { code: '', codeSystem: '', displayName: '' },
    codeTranslations: (code?.children ?? []).filter(isNamed('translation')).map(({ element }) => codeOf(element)),
    status: child('statusCode')?.element.attribute('code') ?? '',
    effectiveTime: timeOf(child('effectiveTime')),
    valueType: (value?.element.attribute('xsi:type') ?? '').replace(/^.*:/, ''),
    value: value?.element.attribute('value') ?? joined(value?.text ?? ''),
    unit: value?.element.attribute('unit') ?? '',
    ...(valueCode ? { valueCode } : {}),
    valueTranslations: (value?.children ?? []).filter(isNamed('translation')).map(({ element }) => translated(element)),
    interpretations: root.children
      .filter(isNamed('interpretationCode'))
      .map(({ element }) => element.attribute('code') ?? '')
      .filter(Boolean),
    method: wordOf(child('methodCode')?.element),
    specimen: wordOf(playing?.element) || around.specimen,
    ranges: root.children.filter(isNamed('referenceRange')).map(rangeOf),
  }
}

const isNamed = (name: string) => (one: Node) => one.name === name

function found(root: Node, names: ReadonlySet<string>): Node | undefined {
  for (const child of root.children) {
    const inside = names.has(child.name) ? child : found(child, names)
    if (inside) return inside
  }
  return undefined
}

/** a translation names its unit by a code of the units catalogue and by words */
const translated = (element: XmlElement): CdaQuantity => ({
  value: element.attribute('value') ?? '',
  unit: wordOf(element),
})

const timeOf = (time: Node | undefined): string =>
  time?.element.attribute('value') ??
  time?.children.find((one) => one.name === 'high' || one.name === 'low')?.element.attribute('value') ??
  ''

function rangeOf(range: Node): CdaRange {
  const inside = range.children.find(({ name }) => RANGES.has(name))
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
