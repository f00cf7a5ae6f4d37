/**
 * Looks through the bytes that will be written, without believing their structure, for whatever the instance said of its
 * patient: every name, number, place, date and UID, in every encoding it may stand in.
 */
import { Fault } from '../../base/index.ts'
import {
  formatTag,
  isTerm,
  type Attribute,
  type Attributes,
  type ByteSource,
  type Tag,
} from '../../standards/dicom/index.ts'
import { jpegHead, unpacked } from './containers.ts'
import { digitsIn, ORIGINAL_DATE, type KnownDigits } from './runs.ts'
import { Search } from './search.ts'

/** What the instance said; `PatientContext` of the gate is one of these. */
export interface SaidOfPatient {
  readonly names: readonly string[]
  readonly identifiers: readonly string[]
  readonly places: readonly string[]
  /** YYYYMMDD */
  readonly dates: readonly string[]
  readonly uids: readonly string[]
}

/** What an option of the profile lets through as it was. */
export interface Retained {
  readonly uids?: boolean
  readonly dates?: boolean
}

const PIXELS: ReadonlySet<Tag> = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010])
/** pixel data up to this size is looked through; more is only if asked for, since it costs more than all the rest */
const SHORT_PIXELS = 64 * 1024
/** among pixels shorter values stand by chance */
const FEWEST_AMONG_PIXELS = 6
const CHUNK_BYTES = 1024 * 1024
/** written by the gate of itself */
const OURS: readonly Tag[] = [0x00100010, 0x00100020, 0x00120062, 0x00120063, 0x00120064]

/**
 * @param written the file as it will stand, `attributes` as read from it
 * @throws Fault 'not-deidentified' with the path (or the offset, between attributes) and what kind of thing was found
 */
export function verifyBytes(
  written: ByteSource,
  attributes: Attributes,
  said: SaidOfPatient,
  retained: Retained = {},
  options: { readonly pixels?: boolean } = {},
): void {
  const search = searchOf(said)
  const digits = knownDigits(said, retained)
  const look = (bytes: Uint8Array, offset: number, fewest = 0, isOfStandard = (_place: number) => false): void => {
    let at = search.find(bytes, 0, fewest)
    while (at >= 0 && isOfStandard(offset + at)) at = search.find(bytes, at + 1, fewest)
    if (at >= 0) refuse(attributes, offset + at, 'identifying value')
    // digits among samples are chance
    if (fewest > 0) return
    for (const { at: place, what } of digitsIn(bytes, digits))
      // a date that was shifted may fall on another date of the instance
      if (what !== ORIGINAL_DATE || !DATES.has(holderAt(attributes, offset + place)?.vr ?? ''))
        refuse(attributes, offset + place, what)
  }
  for (const { from, to, isPixels } of rangesOf(written, attributes)) {
    if (isPixels && to - from > SHORT_PIXELS && !options.pixels) continue
    for (let offset = from; offset < to; offset += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES + search.longest, to - offset)
      look(written.read(offset, length), offset, isPixels ? FEWEST_AMONG_PIXELS : 0, (place) =>
        isTermAt(written, attributes, place),
      )
    }
  }
  for (const one of everywhere(attributes)) lookInside(written, one, look)
}

interface Range {
  readonly from: number
  readonly to: number
  readonly isPixels: boolean
}

/** What is not the gate's own, in order; pixel data apart. */
function rangesOf(written: ByteSource, attributes: Attributes): readonly Range[] {
  const cuts: Range[] = []
  const list = [...attributes.byTag.values()]
  for (const [at, { tag, offset, valueOffset, length, fragments }] of list.entries()) {
    const end = list[at + 1]?.offset ?? written.sizeBytes
    if (PIXELS.has(tag) && !fragments) cuts.push({ from: valueOffset, to: valueOffset + length, isPixels: true })
    else if (fragments)
      for (const one of fragments) cuts.push({ from: one.offset, to: one.offset + one.length, isPixels: true })
    else if (OURS.includes(tag)) cuts.push({ from: offset, to: end, isPixels: false })
  }
  const ranges: Range[] = []
  let from = 0
  for (const cut of cuts) {
    if (cut.from > from) ranges.push({ from, to: cut.from, isPixels: false })
    if (cut.isPixels) ranges.push(cut)
    from = cut.to
  }
  if (from < written.sizeBytes) ranges.push({ from, to: written.sizeBytes, isPixels: false })
  return ranges
}

function* everywhere(root: Attributes): Generator<Attribute> {
  const work: Attributes[] = [root]
  for (const { byTag } of work)
    for (const one of byTag.values()) {
      if (one.items) work.push(...one.items)
      else yield one
    }
}

const OPAQUE = new Set(['OB', 'UN', 'UT', 'OW'])

function lookInside(written: ByteSource, one: Attribute, look: (bytes: Uint8Array, offset: number) => void): void {
  for (const { offset, length } of one.fragments?.slice(1) ?? []) {
    const head = jpegHead(written, offset, length)
    if (head) look(head, offset)
  }
  if (!OPAQUE.has(one.vr) || one.length < 16 || PIXELS.has(one.tag)) return
  const start = written.read(one.valueOffset, 1024)
  const isPacked = (start[0] === 0x1f && start[1] === 0x8b) || start[0] === 0x78 || Buffer.from(start).includes('%PDF-')
  if (!isPacked) return
  try {
    for (const inside of unpacked(Buffer.from(written.read(one.valueOffset, one.length)))) look(inside, one.valueOffset)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('not-deidentified', { what: 'compressed stream too large', path: formatTag(one.tag) })
  }
}

/** searches of the patients met last: the instances of a study say the same of their patient, most in the same lists */
const made = new Map<string, Search>()
const MADE_KEPT = 32
const ofLists = new WeakMap<
  readonly string[],
  Pick<SaidOfPatient, 'identifiers' | 'places'> & { readonly search: Search }
>()

function searchOf(said: SaidOfPatient): Search {
  const { names, identifiers, places } = said
  const known = ofLists.get(names)
  if (known?.identifiers === identifiers && known.places === places) return known.search
  const search = searchFor(said)
  ofLists.set(names, { identifiers, places, search })
  return search
}

function searchFor({ names, identifiers, places }: SaidOfPatient): Search {
  const values = [
    ...names.flatMap(wordsOfName),
    ...identifiers.filter((value) => value.length >= 5 && /\d{2}/.test(value)),
    ...places.filter((value) => value.length >= 8),
  ].filter((value) => !NOBODY.test(value))
  const key = values.join('\0')
  const known = made.get(key)
  if (known) return known
  const search = new Search([...new Set(values)])
  if (made.size >= MADE_KEPT) made.delete(made.keys().next().value as string)
  made.set(key, search)
  return search
}

/** Components and words, and the halves of a double surname; what has digits in it is one code, whatever words it is made of. */
const wordsOfName = (name: string): readonly string[] =>
  name
    .split(/[\^=,\s\\]+/)
    .flatMap((word) => (/^[\p{L}'’-]+$/u.test(word) ? [word, ...word.split('-')] : [word]))
    .filter((word) => word.length >= 4)

/** what others, or we, wrote in place of a name */
const NOBODY = /^(removed|anonymi[sz]ed|unknown|none|test|text|patient|phantom)$/i
const FEWEST_DIGITS = 6
/** of the standard, and of UUIDs: they belong to nobody */
const COMMON_ROOTS = /^(1\.2\.840\.10008\.|2\.25\.)/

function knownDigits({ identifiers, dates, uids }: SaidOfPatient, retained: Retained): KnownDigits {
  const numbers = identifiers.map((value) => value.replace(/\D/g, '')).filter((value) => value.length >= FEWEST_DIGITS)
  const made = retained.uids ? [] : uids.filter((uid) => !COMMON_ROOTS.test(uid))
  return {
    numbers: new Set(numbers),
    dates: new Set(retained.dates ? [] : dates),
    uids: new Set(made),
    roots: [...new Set(made.map((uid) => uid.split('.').slice(0, -2).join('.')).filter((root) => root.length >= 12))],
  }
}

function refuse(attributes: Attributes, offset: number, what: string): never {
  const path = pathAt(attributes, offset)
  throw new Fault('not-deidentified', path ? { what, path } : { what, offset })
}

/** Whether the value that stands at this place is a word of the standard's for its attribute. */
function isTermAt(written: ByteSource, attributes: Attributes, place: number): boolean {
  const holder = holderAt(attributes, place)
  if (holder?.vr !== 'CS' || place < holder.valueOffset) return false
  const text = Buffer.from(written.read(holder.valueOffset, holder.length)).toString('latin1')
  const inside = place - holder.valueOffset
  const end = text.indexOf('\\', inside)
  return isTerm(holder.tag, text.slice(text.lastIndexOf('\\', inside) + 1, end < 0 ? undefined : end))
}

const DATES = new Set(['DA', 'DT'])

const holderAt = (root: Attributes, offset: number): Attribute | undefined => holdersAt(root, offset).at(-1)?.one

function pathAt(root: Attributes, offset: number): string {
  return holdersAt(root, offset)
    .map(({ one, index }) => formatTag(one.tag) + (index >= 0 ? `[${index}]` : ''))
    .join('.')
}

/** The attributes around an offset, the outermost first; of a sequence also which item. */
function holdersAt(root: Attributes, offset: number): readonly { readonly one: Attribute; readonly index: number }[] {
  const holders: { readonly one: Attribute; readonly index: number }[] = []
  for (let at: Attributes | undefined = root; at;) {
    const one: Attribute | undefined = [...at.byTag.values()].findLast((other) => other.offset <= offset)
    if (!one) break
    const starts = (item: Attributes): number => item.byTag.values().next().value?.offset ?? Infinity
    const index: number = one.items?.findLastIndex((item) => starts(item) <= offset) ?? -1
    holders.push({ one, index })
    at = one.items?.[index]
  }
  return holders
}
