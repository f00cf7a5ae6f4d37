/** The bytes that a value may have been written as: in any encoding, misread from one into another, in Latin letters. */
import { decode, encode, type Encoding } from '../../standards/character-sets/index.ts'
import { transliterations } from '../text/transliteration.ts'

const WRITTEN: readonly Encoding[] = ['utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5', 'utf-16le', 'utf-16be']
const MISREAD: readonly Encoding[] = ['utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5']
const TAKEN_FOR: readonly Encoding[] = ['iso-8859-1', 'windows-1252', 'iso-8859-5', 'windows-1251']
/** fewer bytes stand anywhere by chance */
export const SHORTEST_BYTES = 4

/** One sequence of bytes that gives somebody away. */
export interface Pattern {
  readonly bytes: Uint8Array
  /** what is short must stand alone */
  readonly isWhole: boolean
}

const WHOLE_BELOW = 6
const latin2 = new TextDecoder('iso-8859-2')

/** @param value as it was decoded; letters in its own case, in capitals, and with one capital */
export function patternsOf(value: string): readonly Pattern[] {
  const isWhole = value.length < WHOLE_BELOW
  const forms = [...new Set([value, value.toUpperCase(), value.charAt(0).toUpperCase() + value.slice(1).toLowerCase()])]
  const isAscii = /^[\x20-\x7e]*$/.test(value)
  const pieces = forms.flatMap((form) => {
    const written = (isAscii ? (['utf-8', 'utf-16le', 'utf-16be'] as const) : WRITTEN).map((encoding) =>
      encode(form, encoding),
    )
    return isAscii ? written : [...written, ...misread(form)]
  })
  const latin = /[а-яё]/i.test(value) ? transliterations(value).filter((one) => one.length >= 5) : []
  return [...pieces, ...latin.map((one) => Buffer.from(one, 'latin1'))].flatMap((bytes) =>
    bytes && bytes.length >= SHORTEST_BYTES ? [{ bytes, isWhole }] : [],
  )
}

function misread(form: string): readonly Uint8Array[] {
  return MISREAD.flatMap((encoding) => {
    const bytes = encode(form, encoding)
    if (!bytes) return []
    const texts = [...TAKEN_FOR.map((taken) => decode(bytes, taken)), latin2.decode(bytes)]
    return texts.filter((text) => !text.includes('\ufffd')).map((text) => Buffer.from(text, 'utf8'))
  })
}
