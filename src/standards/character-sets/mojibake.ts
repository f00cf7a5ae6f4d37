/** Text that was read in the wrong encoding and written down so: put back, when what comes out is far better Russian. */
import { decode, encode, encodeLatin, utf8Shape, type Encoding } from './encodings.ts'
import { outOfPlace } from './letters.ts'
import { latinText, russianText } from './score.ts'

/** what was written → what it was taken for */
const MISREADINGS: readonly (readonly [written: Encoding, taken: Encoding])[] = [
  ['utf-8', 'windows-1252'],
  ['utf-8', 'windows-1251'],
  ['windows-1251', 'windows-1252'],
  ['koi8-r', 'windows-1251'],
  ['ibm866', 'windows-1251'],
  ['windows-1251', 'koi8-r'],
  ['windows-1251', 'ibm866'],
  ['koi8-r', 'windows-1252'],
  ['ibm866', 'windows-1252'],
]
const FEWEST_CHARACTERS = 3
/** a text that scores so is Russian as it stands: nothing could gain enough */
const WELL = 1.2
/** gain of the score for each character of the repaired text; well-formed UTF-8 is evidence of its own */
const GAIN = 1.2
const GAIN_TO_UTF8 = 0.6
/** of all characters together, where one Cyrillic text becomes another: abbreviations have strange letter pairs of their own */
const EVIDENCE = 14
/** what comes out must look like Russian, not only better than before */
const FLOOR: Readonly<Partial<Record<Encoding, number>>> = { 'utf-8': -1.5, 'windows-1252': -1 }

export interface Repair {
  readonly text: string
  /** the encoding that the bytes had been in before somebody misread them */
  readonly written: Encoding
  readonly taken: Encoding
  /** of the score, above the threshold */
  readonly margin: number
}

/**
 * @param text as it was read
 * @returns undefined when it is well as it is, when nothing is sure, with U+FFFD in it (bytes are lost), and for fewer than
 * three non-ASCII characters. A text that was misread twice is put back twice.
 */
export function repairMojibake(text: string): Repair | undefined {
  const once = repairOnce(text)
  if (once) return once
  const bytes = text.includes('\ufffd') ? undefined : encodeLatin(text)
  const shape = bytes && utf8Shape(bytes)
  if (!bytes || shape?.cut !== 0 || shape.characters < FEWEST_CHARACTERS) return undefined
  return repairOnce(decode(bytes, 'utf-8'))
}

function repairOnce(text: string): Repair | undefined {
  if (text.includes('\ufffd')) return undefined
  const now = russianText(text)
  if (now.count < FEWEST_CHARACTERS || now.sum / now.count > WELL) return undefined
  let best: Repair | undefined
  for (const [written, taken] of MISREADINGS) {
    const bytes = taken === 'windows-1252' ? encodeLatin(text) : encode(text, taken)
    if (!bytes || (written === 'utf-8' && utf8Shape(bytes)?.cut !== 0)) continue
    const repaired = decode(bytes, written)
    const then = russianText(repaired)
    if (then.count === 0 || hasStrangers(repaired)) continue
    const score = then.sum / then.count
    const before = (taken === 'windows-1252' ? latinText(text) : now.sum) / now.count
    const margin = Math.min(
      score - before - (written === 'utf-8' ? GAIN_TO_UTF8 : GAIN),
      score - (FLOOR[written === 'utf-8' ? written : taken] ?? 0),
    )
    const isCyrillicBoth = taken !== 'windows-1252' && written !== 'utf-8'
    if (isCyrillicBoth && (now.count < 5 || (score - before) * now.count < EVIDENCE)) continue
    if (margin > 0 && margin > (best?.margin ?? 0)) best = { text: repaired, written, taken, margin }
  }
  return best
}

const hasStrangers = (text: string) => [...text].some((character) => outOfPlace(character.codePointAt(0) as number) > 1)
