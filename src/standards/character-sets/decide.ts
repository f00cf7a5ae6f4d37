/**
 * Which encoding the texts of one data set, message or file are in, whatever they declare: ASCII, then UTF-8, then letter
 * pairs over all of them together. A text of a few letters never decides for itself; what stays unsure stays opaque.
 */
import { isAscii } from 'node:buffer'
import { Recent } from '../../base/index.ts'
import { decode, utf8Shape, type Encoding, type SingleByte } from './encodings.ts'
import { habitOf, remember, type CharacterSetMemory } from './memory.ts'
import { repairMojibake, type Repair } from './mojibake.ts'
import { CYRILLIC, latinText, russianBytes } from './score.ts'

/** What a text is said to be in: by (0008,0005) of its item, by MSH-18, by a device's settings. */
export interface Declared {
  /** undefined for sets that are not of Russia or change by escape sequences: `decode` knows them */
  readonly encoding?: Encoding
  /** said by nobody: a default of the standard. It convinces nobody of letters beyond ASCII */
  readonly byDefault?: boolean
  decode(bytes: Uint8Array): string
}

export interface PooledText {
  readonly bytes: Uint8Array
  readonly declared?: Declared
}

export interface TextDecision {
  /** undefined: unsure, or in the declared set that has no name here */
  readonly encoding?: Encoding
  /** undefined when unsure: the bytes are opaque */
  readonly text?: string
  /** by how much the best encoding beats the next, in natural-logarithm units a byte; Infinity where there is no other */
  readonly margin: number
  readonly status: 'declared' | 'detected' | 'repaired' | 'unsure'
}

export interface PoolDecision {
  /** one a text, in their order */
  readonly texts: readonly TextDecision[]
  /** with what this pool taught */
  readonly memory: CharacterSetMemory
}

const ESC = 0x1b
/** below it a text takes the decision of its neighbours */
const FEWEST_BYTES = 5
const SURE = 0.35
/** a text that scores less is no Russian in that encoding, unless nothing else comes near */
const FLOOR = -0.2
const LOWEST_FLOOR = -1.6
const VERY_SURE = 1.2
const UTF8_CHARACTERS = 3
const PRIOR: Readonly<Partial<Record<Encoding, number>>> = { 'windows-1251': 0.15 }
const PRIOR_DECLARED = 0.3
const PRIOR_NEIGHBOURS = 0.5
const CANDIDATES = [...CYRILLIC, 'windows-1252'] as const satisfies readonly SingleByte[]

interface Scores {
  readonly sums: readonly number[]
  readonly bytes: number
}
interface Choice {
  readonly encoding: SingleByte
  readonly margin: number
  readonly score: number
}

/**
 * Decides for all texts of one writer together.
 * @param memory what its device wrote before
 */
export function decideTexts(pool: readonly PooledText[], memory: CharacterSetMemory = {}): PoolDecision {
  const shapes = pool.map(({ bytes }) => (isPlain(bytes) ? 'plain' : (utf8Shape(bytes) ?? 'single-byte')))
  const utf8Characters = shapes.reduce((sum, shape) => sum + (typeof shape === 'string' ? 0 : shape.characters), 0)
  const isUTF8 = pool.map(({ declared }, at) => {
    const shape = shapes[at] as (typeof shapes)[number]
    if (typeof shape === 'string') return false
    if (shape.cut > 0 && shape.characters < UTF8_CHARACTERS) return false
    return declared?.encoding === 'utf-8' || utf8Characters >= UTF8_CHARACTERS || habitOf(memory) === 'utf-8'
  })
  const scores = pool.map(({ bytes }, at) => (shapes[at] === 'plain' || isUTF8[at] ? undefined : scoresOf(bytes)))
  const together = choose(total(scores), { declared: commonDeclaration(pool), memory })
  const texts = pool.map(({ bytes, declared }, at): TextDecision => {
    if (shapes[at] === 'plain') return plain(bytes, declared)
    if (isUTF8[at]) return utf8(bytes, declared, (shapes[at] as { cut: number }).cut)
    return singleByte(bytes, declared, scores[at] as Scores, together, memory)
  })
  return { texts, memory: learned(memory, texts, pool) }
}

const isPlain = (bytes: Uint8Array) => isAscii(bytes) || wide(bytes) !== undefined

/** UTF-16: a byte order mark, or every other byte zero or the one of the Cyrillic block. */
function wide(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 4 || bytes.length % 2 === 1) return undefined
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const high = (from: number) => bytes.every((byte, at) => at % 2 !== from || byte === 0 || byte === 4)
  return high(1) && !high(0) ? 'utf-16le' : high(0) && !high(1) ? 'utf-16be' : undefined
}

function plain(bytes: Uint8Array, declared: Declared | undefined): TextDecision {
  const encoding = wide(bytes)
  if (encoding) {
    const status = declared?.encoding === encoding ? 'declared' : 'detected'
    return { encoding, text: decode(bytes, encoding).replace(/^\ufeff/, ''), margin: Infinity, status }
  }
  // sets of seven bits come with escape sequences
  if (declared && bytes.includes(ESC)) return asDeclared(bytes, { decode: declared.decode })
  return { encoding: 'us-ascii', text: decode(bytes, 'us-ascii'), margin: Infinity, status: 'declared' }
}

function asDeclared(bytes: Uint8Array, declared: Declared): TextDecision {
  const text = declared.decode(bytes)
  if (text.includes('\ufffd')) return { margin: 0, status: 'unsure' }
  return { ...(declared.encoding ? { encoding: declared.encoding } : {}), text, margin: Infinity, status: 'declared' }
}

function utf8(bytes: Uint8Array, declared: Declared | undefined, cut: number): TextDecision {
  const text = decode(bytes.subarray(0, bytes.length - cut), 'utf-8').replace(/^\ufeff/, '')
  const repair = repaired(text)
  if (repair) return { encoding: repair.written, text: repair.text, margin: repair.margin, status: 'repaired' }
  const status = cut > 0 ? 'repaired' : declared?.encoding === 'utf-8' ? 'declared' : 'detected'
  return { encoding: 'utf-8', text, margin: Infinity, status }
}

function singleByte(
  bytes: Uint8Array,
  declared: Declared | undefined,
  scores: Scores,
  together: Choice | undefined,
  memory: CharacterSetMemory,
): TextDecision {
  // escape sequences, and what the declared set alone can read
  if (declared && bytes.includes(ESC)) return asDeclared(bytes, { decode: declared.decode })
  const found = (encoding: SingleByte, margin: number): TextDecision => {
    const status = declared?.encoding === encoding && !declared.byDefault ? 'declared' : 'detected'
    return { encoding, text: decoded(bytes, encoding), margin, status }
  }
  const fits = (encoding: Encoding | undefined): encoding is SingleByte => {
    const at = CANDIDATES.indexOf(encoding as (typeof CANDIDATES)[number])
    return at >= 0 && (scores.sums[at] as number) / scores.bytes >= (scores.bytes < FEWEST_BYTES ? -2 : FLOOR)
  }
  if (scores.bytes >= FEWEST_BYTES) {
    const own = choose(scores, { declared, memory, neighbours: together?.encoding })
    if (own) return found(own.encoding, own.margin)
  }
  if (together && fits(together.encoding)) return found(together.encoding, together.margin)
  const habit = habitOf(memory)
  if (!together && fits(habit)) return found(habit, 0)
  // nothing that a Russian device would write: then what it says, if it says it and can be read so
  const isUnusual = declared && !declared.encoding
  if (isUnusual || (!together && declared && !declared.byDefault && fits(declared.encoding)))
    return asDeclared(bytes, declared)
  return { margin: 0, status: 'unsure' }
}

/** Units, tests and wards come with every message of a device, and short texts are looked up rather than weighed again. */
const SHORT = 48
const WELL_KNOWN = 2000
const scored = new Recent<Scores>(WELL_KNOWN)
const read = new Recent<string>(WELL_KNOWN)
const repairs = new Recent<Repair | 'none'>(WELL_KNOWN)
const keyOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

const scoresOf = (bytes: Uint8Array): Scores =>
  bytes.length > SHORT ? newScores(bytes) : scored.of(keyOf(bytes), () => newScores(bytes))

const decoded = (bytes: Uint8Array, encoding: SingleByte): string =>
  bytes.length > SHORT ? decode(bytes, encoding) : read.of(`${encoding} ${keyOf(bytes)}`, () => decode(bytes, encoding))

function repaired(text: string): Repair | undefined {
  if (text.length > SHORT) return repairMojibake(text)
  const repair = repairs.of(text, () => repairMojibake(text) ?? 'none')
  return repair === 'none' ? undefined : repair
}

function newScores(bytes: Uint8Array): Scores {
  const latin = latinText(decode(bytes, 'windows-1252'))
  const sums = CANDIDATES.map((encoding) => (encoding === 'windows-1252' ? latin : russianBytes(bytes, encoding)))
  return { sums, bytes: bytes.reduce((count, byte) => count + Number(byte >= 0x80), 0) }
}

const total = (all: readonly (Scores | undefined)[]): Scores =>
  all.reduce<Scores>(
    (sum, one) =>
      one ? { bytes: sum.bytes + one.bytes, sums: sum.sums.map((value, at) => value + (one.sums[at] as number)) } : sum,
    { bytes: 0, sums: CANDIDATES.map(() => 0) },
  )

function choose(
  { sums, bytes }: Scores,
  from: { declared?: Declared | undefined; memory: CharacterSetMemory; neighbours?: SingleByte | undefined },
): Choice | undefined {
  if (bytes < FEWEST_BYTES) return undefined
  const habit = habitOf(from.memory)
  const ranked = CANDIDATES.map((encoding, at) => {
    const score = (sums[at] as number) / bytes
    let withPriors = score + (PRIOR[encoding] ?? 0)
    if (from.declared?.encoding === encoding && !from.declared.byDefault) withPriors += PRIOR_DECLARED
    if (habit === encoding || from.neighbours === encoding) withPriors += PRIOR_NEIGHBOURS
    return { encoding, score, withPriors }
  }).sort((a, b) => b.withPriors - a.withPriors)
  const [best, next] = ranked as [(typeof ranked)[number], (typeof ranked)[number]]
  const margin = best.withPriors - next.withPriors
  const isSure = margin >= (best.score >= FLOOR ? SURE : VERY_SURE) && best.score >= LOWEST_FLOOR
  return isSure ? { encoding: best.encoding, score: best.score, margin } : undefined
}

function commonDeclaration(pool: readonly PooledText[]): Declared | undefined {
  const first = pool[0]?.declared
  return pool.every(({ declared }) => declared?.encoding === first?.encoding) ? first : undefined
}

/** A pool teaches the encoding that most of its letters were in, when that was sure. */
function learned(
  memory: CharacterSetMemory,
  texts: readonly TextDecision[],
  pool: readonly PooledText[],
): CharacterSetMemory {
  const letters = new Map<Encoding, number>()
  for (const [at, { encoding, margin, status }] of texts.entries()) {
    if (!encoding || encoding === 'us-ascii' || status === 'repaired' || margin < SURE) continue
    letters.set(encoding, (letters.get(encoding) ?? 0) + (pool[at] as PooledText).bytes.length)
  }
  const most = [...letters].sort(([, a], [, b]) => b - a)[0]
  return most && most[1] >= FEWEST_BYTES ? remember(memory, most[0]) : memory
}
