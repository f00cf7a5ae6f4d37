/** HL7 v3 data types as they stand in an element: codes, identifiers, quantities. */
import type { XmlElement } from './read-xml.ts'

/** CD, CE, CV */
export interface CdaCode {
  readonly code: string
  /** OID */
  readonly codeSystem: string
  readonly displayName: string
}

/** II */
export interface CdaIdentifier {
  readonly root: string
  readonly extension: string
}

/** PQ, or one side of IVL_PQ */
export interface CdaQuantity {
  readonly value: string
  readonly unit: string
}

export const codeOf = (element: XmlElement): CdaCode => ({
  code: element.attribute('code') ?? '',
  codeSystem: element.attribute('codeSystem') ?? '',
  displayName: element.attribute('displayName') ?? '',
})

export const identifierOf = (element: XmlElement): CdaIdentifier => ({
  root: element.attribute('root') ?? '',
  extension: element.attribute('extension') ?? '',
})

export const quantityOf = (element: XmlElement | undefined): CdaQuantity | undefined =>
  element && { value: element.attribute('value') ?? '', unit: element.attribute('unit') ?? '' }

/** the words of a code, or the code itself */
export const wordOf = (element: XmlElement | undefined): string =>
  element?.attribute('displayName') ?? element?.attribute('code') ?? ''

/** federal codes 1 and 2, HL7 v3 M and F */
export function sexOf(element: XmlElement): 'M' | 'F' | undefined {
  const code = element.attribute('code') ?? ''
  return code === '1' || code === 'M' ? 'M' : code === '2' || code === 'F' ? 'F' : undefined
}
