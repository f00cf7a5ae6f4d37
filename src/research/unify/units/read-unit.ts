/**
 * Reads a unit as somebody wrote it, in Russian or international notation, into UCUM. What means several things is
 * ambiguous and lists its meanings; what is not known is refused; nothing is guessed.
 */
import { asCyrillic, asLatin } from './homoglyphs.ts'
import { AMBIGUOUS, ANNOTATION_SPELLINGS, compact, FOLDED_WORDS, PHRASES, WORDS } from './spellings.ts'
import { measureOf } from './ucum.ts'

export type UnitReading =
  | { readonly status: 'ok'; readonly ucum: string; readonly rule: UnitRule }
  | { readonly status: 'ambiguous'; readonly readings: readonly string[] }
  | { readonly status: 'refused' }

/** ucum: as written it is UCUM. spelling: by the table. homoglyph: by look-alike letters of the other alphabet. */
export type UnitRule = 'unit.ucum' | 'unit.spelling' | 'unit.homoglyph'

const REFUSED: UnitReading = { status: 'refused' }
const MAX_LENGTH = 60
const MEMO_LIMIT = 5000
const memo = new Map<string, UnitReading>()

/**
 * @param text as written; `10^9/L` that HL7 separators tore apart is joined before (`joinedUnit`)
 * @returns a reading whose `ucum` is a UCUM code over the atoms of this module
 */
export function readUnit(text: string): UnitReading {
  const known = memo.get(text)
  if (known) return known
  if (memo.size > MEMO_LIMIT) memo.clear()
  const reading = text.length > MAX_LENGTH ? REFUSED : read(text)
  memo.set(text, reading)
  return reading
}

/** OBX-6 of devices that write `10^9/L`: the component separator tore it into `10` and `9/L` (HL7 v2.5.1 §7.4.2.6). */
export function joinedUnit(components: readonly string[]): string {
  const [first = '', second = ''] = components
  return /^[x×хХX*]?\s?10$/.test(first.trim()) && /^\d{1,2}\s*(\/|$)/.test(second.trim()) ? `${first}^${second}` : first
}

function read(text: string): UnitReading {
  const written = uniform(text)
  if (written === '') return REFUSED
  const meanings = AMBIGUOUS.get(compact(written))
  if (meanings) return { status: 'ambiguous', readings: meanings }
  // a word of practice comes first: `K/uL` is thousands, though UCUM could read kelvins
  const phrase = PHRASES.get(compact(written)) ?? bodySurface(written)
  if (phrase) return { status: 'ok', ucum: phrase, rule: 'unit.spelling' }
  // a number alone is a value that lost its way
  if (/^\d+$/.test(written) && written !== '1') return REFUSED
  if (written === text && !SMALL_LITRE.test(text) && measureOf(text))
    return { status: 'ok', ucum: text, rule: 'unit.ucum' }
  const direct = fraction(written, (word) => WORDS.get(word) ?? FOLDED_WORDS.get(word.toLowerCase()))
  if (direct) return { status: 'ok', ucum: direct, rule: 'unit.spelling' }
  for (const other of [asCyrillic, asLatin]) {
    const twin = fraction(written, (word) => lookedAlike(word, other))
    if (twin) return { status: 'ok', ucum: twin, rule: 'unit.homoglyph' }
  }
  return REFUSED
}

function lookedAlike(word: string, other: (text: string) => string): string | undefined {
  const own = WORDS.get(word) ?? FOLDED_WORDS.get(word.toLowerCase())
  const twin = other(word)
  return own ?? WORDS.get(twin) ?? FOLDED_WORDS.get(twin.toLowerCase())
}

/** UCUM has both, and one is enough */
const SMALL_LITRE = /(^|[./(])[dcmunpf]?l(?![a-z])/
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** one form for signs that only look different: superscripts, slashes, multiplication, micro, blanks */
function uniform(text: string): string {
  return text
    .replaceAll(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (run) => `^${[...run].map((digit) => SUPERSCRIPTS.indexOf(digit)).join('')}`)
    .normalize('NFKC')
    .replaceAll(/[μµ]/g, 'µ')
    .replaceAll(/[∕⁄]/g, '/')
    .replaceAll(/[·∙⋅×]/g, '*')
    .replaceAll('**', '^')
    .replaceAll(/\s*([/^*])\s*/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^1 (?=в )/, '')
}

/** clearance by body surface, torn or whole: `мл/мин/1,73м^2`, `ml/min/1.73 m2`, `mL/min/{1.73_m2}` */
function bodySurface(written: string): string | undefined {
  return /^(мл|ml)\/(мин|min)\/[({[]?1[.,]73[ _]?(кв)?[. ]?[мm]?[\^*]?2?[)}\]]?$/i.test(written)
    ? 'mL/min/{1.73_m2}'
    : undefined
}

type LookUp = (word: string) => string | undefined

function fraction(written: string, look: LookUp): string | undefined {
  const [numerator = '', ...denominators] = written.replace(/ (в|in|per) /, '/').split('/')
  if (denominators.length > 3) return undefined
  const above = numerator === '' || numerator === '1' ? '' : product(numerator, look)
  const below = denominators.map((part) => divisor(part, look))
  if (above === undefined || below.includes(undefined)) return undefined
  if (above === '' && below.length === 0) return undefined
  // a bare number of things: `10*9/L`, never `10*9.1/L`
  const ucum = `${above === '1' && below.length ? '' : above}${below.map((part) => `/${part}`).join('')}`
  return measureOf(ucum) ? ucum : undefined
}

const POWER = /^(?:[xхXХ*] ?)?10(?:[\^*]|[eеEЕ]| (?=(?:3|6|9|12)$))(\d{1,2})|^(?:[xхXХ*] ?)?10\((\d{1,2})\)/

/** a power of ten, a number, words; `10^6 копий`, `нмоль*мин`, `тыс. кл` */
function product(text: string, look: LookUp): string | undefined {
  const power = POWER.exec(text)
  const rest = (power ? text.slice(power[0].length) : text).replace(/^[ *.]+/, '')
  const factors = power ? [`10*${Number(power[1] ?? power[2])}`] : []
  if (rest === '') return factors[0]
  const whole = word(rest, look)
  if (whole) return [...factors, whole].join('.')
  // a blank multiplies only after a count (`тыс. кл`): elsewhere it is no sign of anything
  const [count, ...counted] = rest.split(' ').map((part) => word(part, look))
  if (count?.startsWith('10*') && counted.length === 1 && counted[0]) return `${count}.${counted[0]}`
  const parts = rest.split('*').map((part) => word(part, look))
  return parts.length === 2 && !parts.includes(undefined) ? [...factors, ...parts].join('.') : undefined
}

/** what stands below the stroke: a unit, a number of units, a unit of something */
function divisor(text: string, look: LookUp): string | undefined {
  const several = /^\(([^()]+)\*([^()]+)\)$/.exec(text)
  if (several) {
    const parts = several.slice(1).map((part) => word(part, look))
    return parts.includes(undefined) ? undefined : `(${parts.join('.')})`
  }
  const whole = word(text, look)
  if (whole) return whole
  const power = POWER.exec(text)
  const [head = '', ...tail] = (power ? text.slice(power[0].length) : text).trim().split(' ')
  const annotation = ANNOTATION_SPELLINGS.get(compact(tail.join('') || (power ? head : '')))
  if (power) return `10*${Number(power[1] ?? power[2])}${annotation ?? ''}`
  const count = /^(\d{1,4}) ?(\D+)$/.exec(text)
  if (count) {
    const counted = ANNOTATION_SPELLINGS.get(compact(count[2] ?? '')) ?? word(count[2] ?? '', look)
    return counted && (count[1] === '1' ? counted : `(${count[1]}.${counted})`)
  }
  const unit = word(head, look)
  return unit && annotation ? `${unit}${annotation}` : undefined
}

/** one unit with its exponent: `см2`, `м^3`, `мкл` */
function word(text: string, look: LookUp): string | undefined {
  const plain = compact(text)
  const known = look(plain)
  if (known) return known
  const [, base = '', exponent = ''] = /^(\D+)\^?([23])$/.exec(plain.replace('^', '')) ?? []
  const length = base && look(base)
  return length && /^[kdcmun]?m$/.test(length) ? `${length}${exponent}` : undefined
}
