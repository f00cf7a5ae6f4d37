/**
 * The transmission wrapper of an HL7 v3 message (MCCI): what it is, its number, and which message it acknowledges. No more of
 * the message is read than that.
 */
import { Fault } from '../../base/index.ts'
import { identifierOf } from './data-types.ts'
import { readXml, type XmlElement, type XmlHandler } from './read-xml.ts'
import { CLINICAL_DOCUMENT, isInteraction, rootOf } from './root.ts'

export interface Transmission {
  /** `ClinicalDocument`, which has no wrapper; or the name of the interaction, `POLB_IN224200UV01` */
  readonly messageType: string
  /** root and extension; empty where it has none */
  readonly id: string
  /** AL, NE, ER; empty where nothing is said */
  readonly acceptAckCode: string
  /** `alone`: and does nothing else */
  readonly acknowledgement?: { readonly code: string; readonly target: string; readonly alone: boolean }
  /** of the devices, by their ids */
  readonly sender: string
  readonly receiver: string
}

/**
 * @param bytes XML
 * @throws Fault 'not-cda' where it is neither a ClinicalDocument nor an interaction, and what `readXml` throws
 */
export function readTransmission(bytes: Uint8Array): Transmission {
  const root = rootOf(bytes)
  if (root === CLINICAL_DOCUMENT) return new Wrapper().transmission(root, true)
  const wrapper = new Wrapper()
  try {
    readXml(bytes, () => wrapper)
  } catch (error) {
    if (error instanceof Enough) return wrapper.transmission(error.root, false)
    throw error
  }
  return wrapper.transmission(root ?? '', true)
}

/** the wrapper is over: what follows is not read */
class Enough extends Error {
  readonly root: string

  constructor(root: string) {
    super()
    this.root = root
  }
}

class Wrapper implements XmlHandler {
  readonly #path: string[] = []
  readonly #said = { id: '', target: '', code: '', acceptAckCode: '', sender: '', receiver: '' }
  #acknowledges = false

  open(element: XmlElement): void {
    this.#path.push(element.name)
    const [root = '', ...below] = this.#path
    if (below.length === 0 && !isInteraction(root)) throw new Fault('not-cda', { offset: element.start })
    const said = this.#said
    switch (below.join('/')) {
      case 'id':
        said.id = numberOf(element)
        break
      case 'acceptAckCode':
        said.acceptAckCode = element.attribute('code') ?? ''
        break
      case 'acknowledgement':
        this.#acknowledges = true
        said.code = element.attribute('typeCode') ?? ''
        break
      // later editions have an element where earlier ones have an attribute
      case 'acknowledgement/typeCode':
        said.code = element.attribute('code') ?? ''
        break
      case 'acknowledgement/targetMessage/id':
        said.target = numberOf(element)
        break
      case 'sender/device/id':
        said.sender ||= nameOf(element)
        break
      case 'receiver/device/id':
        said.receiver ||= nameOf(element)
        break
      default:
        if (below[0] === 'controlActProcess' || isInteraction(below[0] ?? '')) throw new Enough(root)
    }
  }

  close(): void {
    this.#path.pop()
  }

  transmission(messageType: string, alone: boolean): Transmission {
    const { target, code, ...said } = this.#said
    return { messageType, ...said, ...(this.#acknowledges ? { acknowledgement: { code, target, alone } } : {}) }
  }
}

const numberOf = (element: XmlElement): string => {
  const { root, extension } = identifierOf(element)
  return `${root} ${extension}`.trim()
}

const nameOf = (element: XmlElement): string => {
  const { root, extension } = identifierOf(element)
  return extension || root
}
