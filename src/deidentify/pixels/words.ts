/** What a word read off a picture is: somebody's, harmless, or a word that nobody vouches for. */
import type { PatientContext } from '../patient-context.ts'
import { digits, folded, resembles, transliterated } from './letters.ts'

export type Verdict =
  /** of this patient or study */
  | 'own'
  /** a date, a number, initials: what names people in general */
  | 'recognised'
  | 'harmless'
  /** words that may be anything, a hospital's name too */
  | 'unknown'
  /** no text: a shape that resembles a letter or two */
  | 'none'

/** Judges words of one instance's pictures. */
export type Judge = (text: string) => Verdict

const SHORTEST_NAME = 3
const SHORTEST_NUMBER = 4

export function judgeFor({ names, identifiers, places, dates }: PatientContext): Judge {
  const own = new Set<string>()
  for (const text of [...names, ...identifiers, ...places])
    for (const word of text.split(/[\^=,;\s"«»()]+/))
      for (const form of [folded(word), folded(transliterated(word))]) if (form.length >= SHORTEST_NAME) own.add(form)
  const numbers = new Set(
    [
      ...identifiers.map(digits),
      ...dates,
      ...dates.map((date) => date.slice(6) + date.slice(4, 6) + date.slice(0, 4)),
    ].filter((number) => number.length >= SHORTEST_NUMBER),
  )
  const isOwn = (text: string): boolean => {
    const read = folded(text)
    const number = digits(text)
    return (
      [...own].some((word) => resembles(read, word)) ||
      (/\d{2}/.test(text) && [...numbers].some((known) => resembles(number, known)))
    )
  }
  return (text) => {
    const harmless = isHarmless(text)
    // a unit or a side is not a name, even where somebody is called Cm
    if (harmless && folded(text).length <= SHORTEST_NAME) return 'harmless'
    if (isOwn(text)) return 'own'
    if (harmless) return 'harmless'
    if (RECOGNISED.some((pattern) => pattern.test(text))) return 'recognised'
    return letters(text) >= SHORTEST_NAME ? 'unknown' : 'none'
  }
}

const letters = (text: string) => [...text].filter((letter) => /[\p{L}\p{N}]/u.test(letter)).length

const RECOGNISED: readonly RegExp[] = [
  /\d{1,4}[./-]\d{1,2}[./-]\d{2,4}/,
  /\d{1,2}:\d{2}/,
  /\d{4,}/,
  /\d{2,}[-/]\d{2,}/,
  /\p{Lu}\.\s?\p{Lu}\./u,
  /@|www\./i,
]

const UNITS =
  `cm mm m см мм kV kVp кВ mA mAs мА мАс ms s с мс Hz kHz MHz МГц Гц dB дБ % fps к/с ° °C bpm уд/мин cm/s m/s см/с м/с mmHg
  ml мл cc mGy мГр mSv мЗв mGycm mGy*cm HU mW x X`.split(/\s+/)
const WORDS = `L R A P H F I S LR RL AP PA LAO RAO LPO RPO LAT LL RLAT LLAT ERECT SUPINE PRONE UPRIGHT PORTABLE
  Л П Лев Прав ЛЕВ ПРАВ СТОЯ ЛЕЖА MI TI TIS TIB TIC FR DR AF FA GN Gain Depth Zoom Freq Pwr Power Map Filter Persist
  WW WL W C Im Se Im: Se: SL ST TR TE TI FOV NEX kV mA mAs CTDIvol DLP Scan Total Series Slice Thk Tilt Mag Frame DFOV
  B-Mode M-Mode PW CW CF CFM PRF WF SV HR ЧСС Глубина Усиление Частота Penetration Harmonic THI CHI`.split(/\s+/)

/** cm, as a reader of two alphabets reads it */
const MISREAD = ['ст', 'ет', 'cм', 'сm']
const unit = [...UNITS, ...MISREAD].map((one) => one.replace('*', '\\*')).join('|')
/** a measure: a side, up to four digits with a fraction and a unit; numbers of a ruler have up to three */
const MEASURE = new RegExp(`^[LRЛП<>~=+-]?(\\d{1,4}([.,]\\d{1,3})?(${unit})|\\d{1,3}([.,]\\d{1,3})?)$`, 'iu')
/** a number without a unit may be part of something else */
export const isBareNumber = (text: string): boolean => /^\d[\d.,:/-]*$/.test(text)

const KNOWN = new Set([...WORDS, ...UNITS].map((word) => word.toUpperCase()))

const isHarmless = (text: string): boolean => {
  const bare = text.replace(/^[\s.,:;()[\]|'"‚`-]+|[\s.,:;()[\]|'"‚`-]+$/g, '')
  return bare !== '' && (MEASURE.test(bare) || KNOWN.has(bare.toUpperCase()))
}
