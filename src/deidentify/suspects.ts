/** Objects whose pixels or documents are known to carry identities: the header alone cannot clear them. */
import { Fault } from '../base/index.ts'
import {
  attribute,
  formatTag,
  numbers,
  strings,
  text,
  type DataSet,
  type OptionName,
  type Tag,
} from '../standards/dicom/index.ts'
import { isReplaced } from './documents.ts'
import type { Profile } from './profile/compile.ts'

/** a SOP class, or the root of several, what it carries, and the option that cleans it */
const SUSPECT_CLASSES: readonly (readonly [uid: string, what: string, cleanedBy?: OptionName])[] = [
  ['1.2.840.10008.5.1.4.1.1.104', 'encapsulated document'],
  ['1.2.840.10008.5.1.4.1.1.88', 'structured report', 'clean-structured-content'],
  ['1.2.840.10008.5.1.4.1.1.7', 'secondary capture', 'clean-pixel-data'],
  ['1.2.840.10008.5.1.4.1.1.77.1', 'visible light', 'clean-pixel-data'],
  ['1.2.840.10008.5.1.4.1.1.11', 'presentation state', 'clean-graphics'],
]
const ULTRASOUND = ['1.2.840.10008.5.1.4.1.1.6.1', '1.2.840.10008.5.1.4.1.1.3.1']

/** @throws Fault 'not-deidentified' with the reason and the tag that gave it */
export function refuseSuspects(instance: DataSet<'identified'>, { options, source }: Profile): void {
  const refuse = (what: string, path: string): never => {
    throw new Fault('not-deidentified', { what, path })
  }
  const suspect = SUSPECT_CLASSES.find(
    ([uid]) => instance.SOPClassUID === uid || instance.SOPClassUID.startsWith(`${uid}.`),
  )
  // what an option cleans is no suspect under it
  const [, what, cleanedBy] = suspect ?? []
  if (what && !(cleanedBy && options.has(cleanedBy)) && !isReplaced(instance.SOPClassUID, source.documents))
    refuse(what, '(0008,0016)')
  refuseEmbeddedOverlays(instance)
  if (options.has('clean-pixel-data')) return
  const burnedIn = text(instance.attributes, 'BurnedInAnnotation')
  if (burnedIn === 'YES') refuse('burned-in annotation', '(0028,0301)')
  if (ULTRASOUND.includes(instance.SOPClassUID) && burnedIn !== 'NO')
    refuse('ultrasound that does not deny burned-in annotation', '(0028,0301)')
  if (strings(instance.attributes, 'ImageType').some((value) => /SCREEN|SAVE|CAPTURE/.test(value)))
    refuse('screen capture', '(0008,0008)')
}

/** An overlay may stand in the unused bits of the pixels (PS3.3 §C.9.2, retired): they are copied with them. */
function refuseEmbeddedOverlays({ attributes }: DataSet<'identified'>): void {
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const [bitsAllocated, bitPosition, data]: [Tag, Tag, Tag] = [
      group * 0x10000 + 0x0100,
      group * 0x10000 + 0x0102,
      group * 0x10000 + 0x3000,
    ]
    const isEmbedded =
      (numbers(attributes, bitsAllocated)[0] ?? 1) > 1 || (numbers(attributes, bitPosition)[0] ?? 0) > 0
    if (isEmbedded && !attribute(attributes, data))
      throw new Fault('not-deidentified', { what: 'overlay inside pixel data', path: formatTag(bitPosition) })
  }
}
