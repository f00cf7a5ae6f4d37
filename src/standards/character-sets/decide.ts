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
  const known: KnownBytes[] = []
  let utf8Characters = 0
  for (const text of pool) {
    const one = knownBytes(text)
    known.push(one)
    if (typeof one.shape !== 'string') utf8Characters += one.shape.characters
  }
  const habit = habitOf(memory)
  const isUTF8 = (shape: Exclude<KnownBytes['shape'], string>, declared: Declared | undefined): boolean =>
    (shape.cut === 0 || shape.characters >= UTF8_CHARACTERS) &&
    (utf8Characters >= UTF8_CHARACTERS || declared?.encoding === 'utf-8' || habit === 'utf-8')
  const texts: TextDecision[] = []
  /** places of those that are in some encoding of one byte a character */
  let others: number[] | undefined
  for (let at = 0; at < known.length; at++) {
    const one = known[at] as KnownBytes
    const { declared } = pool[at] as PooledText
    if (one.shape === 'plain') texts.push(plain(one.bytes, declared))
    else if (one.shape !== 'single-byte' && isUTF8(one.shape, declared)) texts.push(utf8(one, declared))
    else {
      texts.push(UNSURE)
      ;(others ??= []).push(at)
    }
  }
  if (others) {
    const declared = commonDeclaration(pool)
    const together = choose(total(others.map((at) => known[at] as KnownBytes)), { declared, habit })
    for (const at of others) texts[at] = singleByte(known[at] as KnownBytes, pool[at]?.declared, together, habit)
  }
  return { texts, memory: learned(memory, texts, known) }
}
const UNSURE: TextDecision = { margin: 0, status: 'unsure' }

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
  if (text.includes('\ufffd')) return UNSURE
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
  return UNSURE
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
  known: readonly KnownBytes[],
): CharacterSetMemory {
  let [most, mostBytes] = [undefined as Encoding | undefined, 0]
  let bytes: Partial<Record<Encoding, number>> | undefined
  for (let at = 0; at < texts.length; at++) {
    const { encoding, margin, status } = texts[at] as TextDecision
    if (!encoding || encoding === 'us-ascii' || status === 'repaired' || margin < SURE) continue
    const { length } = (known[at] as KnownBytes).bytes
    if (most === undefined || (encoding === most && !bytes)) {
      // nearly always there is no other
      most = encoding
      mostBytes += length
      continue
    }
    bytes ??= { [most]: mostBytes }
    bytes[encoding] = (bytes[encoding] ?? 0) + length
  }
  if (bytes)
    for (const [encoding, count] of Object.entries(bytes) as [Encoding, number][])
      if (count > mostBytes) [most, mostBytes] = [encoding, count]
  return most && mostBytes >= FEWEST_BYTES ? remember(memory, most) : memory
}
