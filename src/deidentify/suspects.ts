/** Objects whose pixels or documents are known to carry identities: the header alone cannot clear them. */
import { Fault } from '../base/index.ts'
import { attribute, strings, text, type DataSet, type OptionName } from '../standards/dicom/index.ts'

/** a SOP class, or the root of several, what it carries, and the option that cleans it */
const SUSPECT_CLASSES: readonly (readonly [uid: string, what: string, cleanedBy?: OptionName])[] = [
  ['1.2.840.10008.5.1.4.1.1.104', 'encapsulated document'],
  ['1.2.840.10008.5.1.4.1.1.88', 'structured report', 'clean-structured-content'],
  ['1.2.840.10008.5.1.4.1.1.7', 'secondary capture', 'clean-pixel-data'],
  ['1.2.840.10008.5.1.4.1.1.77.1', 'visible light', 'clean-pixel-data'],
  ['1.2.840.10008.5.1.4.1.1.11', 'presentation state', 'clean-graphics'],
]
const ULTRASOUND = ['1.2.840.10008.5.1.4.1.1.6.1', '1.2.840.10008.5.1.4.1.1.3.1']
const HEAD_BYTES = 64 * 1024

/**
 * @param hasPixelStage somebody takes text out of pixels here, and out of compressed streams
 * @throws Fault 'not-deidentified' with the reason and the tag that gave it
 */
export function refuseSuspects(
  instance: DataSet<'identified'>,
  options: ReadonlySet<OptionName>,
  hasPixelStage: boolean,
): void {
  const refuse = (what: string, path: string): never => {
    throw new Fault('not-deidentified', { what, path })
  }
  const looksAtPixels = hasPixelStage && options.has('clean-pixel-data')
  const suspect = SUSPECT_CLASSES.find(
    ([uid]) => instance.SOPClassUID === uid || instance.SOPClassUID.startsWith(`${uid}.`),
  )
  // what an option cleans is no suspect under it
  const [, what, cleanedBy] = suspect ?? []
  const isCleaned =
    cleanedBy !== undefined && (cleanedBy === 'clean-pixel-data' ? looksAtPixels : options.has(cleanedBy))
  if (what && !isCleaned) refuse(what, '(0008,0016)')
  if (!hasPixelStage) refuseTextInJpeg(instance)
  if (looksAtPixels) return
  const burnedIn = text(instance.attributes, 'BurnedInAnnotation')
  if (burnedIn === 'YES') refuse('burned-in annotation', '(0028,0301)')
  if (ULTRASOUND.includes(instance.SOPClassUID) && burnedIn !== 'NO')
    refuse('ultrasound that does not deny burned-in annotation', '(0028,0301)')
  if (strings(instance.attributes, 'ImageType').some((value) => /SCREEN|SAVE|CAPTURE/.test(value)))
    refuse('screen capture', '(0008,0008)')
}

/** Comments and application segments of a JPEG stream may hold anything; JFIF, Adobe and SPIFF headers hold nothing. */
function refuseTextInJpeg(instance: DataSet<'identified'>): void {
  const fragments = attribute(instance.attributes, 'PixelData')?.fragments?.slice(1) ?? []
  for (const { offset, length } of fragments) {
    const head = instance.source.read(offset, Math.min(length, HEAD_BYTES))
    for (let at = 2; head[0] === 0xff && head[1] === 0xd8 && at + 4 <= head.length && head[at] === 0xff;) {
      const marker = head[at + 1] as number
      if (marker === 0xda) break
      const isText = marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && ![0xe0, 0xe8, 0xee].includes(marker))
      if (isText) throw new Fault('not-deidentified', { what: 'text inside JPEG', path: '(7FE0,0010)' })
      at += 2 + (((head[at + 2] as number) << 8) | (head[at + 3] as number))
    }
  }
}
