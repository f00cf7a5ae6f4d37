/**
 * Which encoding the texts of one data set, message or file are in, whatever they declare: ASCII, then UTF-8, then letter
 * pairs over all of them together. A text of a few letters never decides for itself; what stays unsure stays opaque.
 */
import { decode, type Encoding, type SingleByte } from './encodings.ts'
import { CANDIDATES, knownBytes, wide, type KnownBytes, type Scores } from './known-bytes.ts'
import { habitOf, remember, type CharacterSetMemory } from './memory.ts'

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
  /** the same, a character a byte, where it is at hand */
  readonly latin1?: string | undefined
  readonly declared?: Declared | undefined
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

type Candidate = (typeof CANDIDATES)[number]
interface Choice {
  readonly encoding: Candidate
  readonly margin: number
  readonly score: number
}

/**
 * Decides for all texts of one writer together.
 * @param memory what its device wrote before
 */
export function decideTexts(pool: readonly PooledText[], memory: CharacterSetMemory = {}): PoolDecision {
  const known = pool.map(knownBytes)
  const utf8Characters = known.reduce((sum, { shape }) => sum + (typeof shape === 'string' ? 0 : shape.characters), 0)
  const habit = habitOf(memory)
  const isUTF8 = (shape: KnownBytes['shape'], declared: Declared | undefined): boolean => {
    if (typeof shape === 'string') return false
    if (shape.cut > 0 && shape.characters < UTF8_CHARACTERS) return false
    return utf8Characters >= UTF8_CHARACTERS || declared?.encoding === 'utf-8' || habit === 'utf-8'
  }
  const ways = known.map(({ shape }, at) =>
    shape === 'plain' ? 'plain' : isUTF8(shape, pool[at]?.declared) ? 'utf-8' : 'single-byte',
  )
  const together = choose(total(known.filter((_, at) => ways[at] === 'single-byte')), {
    ...{ declared: commonDeclaration(pool), habit },
  })
  const texts = pool.map(({ bytes, declared }, at): TextDecision => {
    if (ways[at] === 'plain') return plain(bytes, declared)
    const one = known[at] as KnownBytes
    return ways[at] === 'utf-8' ? utf8(one, declared) : singleByte(one, declared, together, habit)
  })
  return { texts, memory: learned(memory, texts, pool) }
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

function utf8({ utf8: { text, repair }, shape }: KnownBytes, declared: Declared | undefined): TextDecision {
  if (repair) return { encoding: repair.written, text: repair.text, margin: repair.margin, status: 'repaired' }
  const isCut = typeof shape !== 'string' && shape.cut > 0
  const status = isCut ? 'repaired' : declared?.encoding === 'utf-8' ? 'declared' : 'detected'
  return { encoding: 'utf-8', text, margin: Infinity, status }
}

function singleByte(
  known: KnownBytes,
  declared: Declared | undefined,
  together: Choice | undefined,
  habit: Encoding | undefined,
): TextDecision {
  const { bytes, scores } = known
  // escape sequences, and what the declared set alone can read
  if (declared && bytes.includes(ESC)) return asDeclared(bytes, { decode: declared.decode })
  const found = (encoding: Candidate, margin: number): TextDecision => {
    const status = declared?.encoding === encoding && !declared.byDefault ? 'declared' : 'detected'
    return { encoding, text: known.as(encoding), margin, status }
  }
  const fits = (encoding: Encoding | undefined): encoding is Candidate => {
    const at = CANDIDATES.indexOf(encoding as Candidate)
    return at >= 0 && (scores.sums[at] as number) / scores.bytes >= (scores.bytes < FEWEST_BYTES ? -2 : FLOOR)
  }
  if (scores.bytes >= FEWEST_BYTES) {
    const own = choose(scores, { declared, habit, neighbours: together?.encoding })
    if (own) return found(own.encoding, own.margin)
  }
  if (together && fits(together.encoding)) return found(together.encoding, together.margin)
  if (!together && fits(habit)) return found(habit, 0)
  // nothing that a Russian device would write: then what it says, if it says it and can be read so
  const isUnusual = declared && !declared.encoding
  if (isUnusual || (!together && declared && !declared.byDefault && fits(declared.encoding)))
    return asDeclared(bytes, declared)
  return { margin: 0, status: 'unsure' }
}

function total(all: readonly KnownBytes[]): Scores {
  const sums = CANDIDATES.map(() => 0)
  let bytes = 0
  for (const { scores } of all) {
    bytes += scores.bytes
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (scores.sums[at] as number)
  }
  return { bytes, sums }
}

function choose(
  { sums, bytes }: Scores,
  from: {
    readonly declared?: Declared | undefined
    readonly habit: Encoding | undefined
    readonly neighbours?: SingleByte | undefined
  },
): Choice | undefined {
  if (bytes < FEWEST_BYTES) return undefined
  const declared = from.declared && !from.declared.byDefault ? from.declared.encoding : undefined
  let best: Choice | undefined
  let [most, next] = [-Infinity, -Infinity]
  for (let at = 0; at < CANDIDATES.length; at++) {
    const encoding = CANDIDATES[at] as Candidate
    const score = (sums[at] as number) / bytes
    let withPriors = score + (PRIOR[encoding] ?? 0)
    if (declared === encoding) withPriors += PRIOR_DECLARED
    if (from.habit === encoding || from.neighbours === encoding) withPriors += PRIOR_NEIGHBOURS
    if (withPriors <= most) {
      next = Math.max(next, withPriors)
      continue
    }
    next = most
    most = withPriors
    best = { encoding, score, margin: 0 }
  }
  const margin = most - next
  const isSure = best && margin >= (best.score >= FLOOR ? SURE : VERY_SURE) && best.score >= LOWEST_FLOOR
  return best && isSure ? { ...best, margin } : undefined
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
