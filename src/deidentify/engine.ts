/**
 * De-identifies a data set in one pass over its structure, as a plan of byte ranges: what is kept is copied where it
 * stands, pixel data is never read. Sequences and items are written with undefined lengths, so nothing has to be patched.
 */
import { createHmac } from 'node:crypto'
import { Fault } from '../base/index.ts'
import {
  CONFIDENTIALITY_EDITION,
  DataSetScanner,
  delimiter,
  elementHeader,
  encodeDataSet,
  isUID,
  uidEntry,
  valueBytes,
  type DataSet,
  type DataSetEvent,
  type ElementEvent,
  type NewElement,
  type SequenceEvent,
  type Tag,
  type TransferSyntax,
  type VR,
} from '../standards/dicom/index.ts'
import type { Plan } from './plan.ts'
import { actionFor, type Action, type ProfileOptions } from './profile/actions.ts'
import { CODE_MEANING, CODING_SCHEME_DESIGNATOR, KNOWN_SCHEMES } from './profile/allowed.ts'
import { shiftDates } from './profile/dates.ts'
import { dummyValue } from './profile/dummies.ts'

export interface Person {
  readonly pseudonym: string
  /** added to every date; the same for all of the person's data in the project */
  readonly dateShiftDays: number
}

export interface Counts {
  parsed: number
  kept: number
  changed: number
  removed: number
}

export interface EngineInput {
  readonly options: ProfileOptions
  readonly person: Person
  readonly uidKey: Uint8Array
  /** none of them may stand in a text that is kept */
  readonly words: readonly string[]
}

const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
const UNDEFINED = 0xffffffff
const EMPTY = new Uint8Array()

/** of the UIDs last mapped with a key: those of a study come again with each of its instances */
const mapped = new WeakMap<Uint8Array, Map<string, string>>()
const MAPPED_KEPT = 4096

/** A new UID for one that somebody made: keyed, so that knowing the old one does not give the new one (PS3.5 §B.2). */
export function mapUID(uid: string, key: Uint8Array): string {
  if (uidEntry(uid)) return uid
  let known = mapped.get(key)
  if (!known || known.size >= MAPPED_KEPT) mapped.set(key, (known = new Map<string, string>()))
  const before = known.get(uid)
  if (before !== undefined) return before
  const made = `2.25.${BigInt(`0x${createHmac('sha256', key).update(uid).digest('hex').slice(0, 32)}`)}`
  known.set(uid, made)
  return made
}

/** What says that it was done, and how (PS3.3 §C.12.1.1.1, PS3.15 §E.1.1 step 7). */
function marks(options: ProfileOptions): readonly NewElement[] {
  const codes: readonly (readonly [string, string])[] = [
    ['113100', 'Basic Application Confidentiality Profile'],
    ...(options.dates === 'shifted'
      ? ([['113107', 'Retain Longitudinal Temporal Information Modified Dates Option']] as const)
      : []),
    ...(options.patientCharacteristics ? ([['113108', 'Retain Patient Characteristics Option']] as const) : []),
  ]
  return [
    { tag: 0x00120062, vr: 'CS', value: 'YES' },
    { tag: 0x00120063, vr: 'LO', value: `Sluice, PS3.15 ${CONFIDENTIALITY_EDITION} Basic Profile` },
    {
      tag: 0x00120064,
      vr: 'SQ',
      value: codes.map(([code, meaning]): readonly NewElement[] => [
        { tag: 0x00080100, vr: 'SH', value: code },
        { tag: CODING_SCHEME_DESIGNATOR, vr: 'SH', value: 'DCM' },
        { tag: CODE_MEANING, vr: 'LO', value: meaning },
      ]),
    },
    { tag: 0x00280303, vr: 'CS', value: options.dates === 'shifted' ? 'MODIFIED' : 'REMOVED' },
  ]
}

/** One pass over one data set. */
export class Engine {
  readonly counts: Counts = { parsed: 0, kept: 0, changed: 0, removed: 0 }
  readonly #input: EngineInput
  readonly #syntax: TransferSyntax
  readonly #plan: Plan
  readonly #scanner: DataSetScanner
  /** what must be there at the end, still to be written, in order of tag */
  #inserts: readonly NewElement[]
  /** a removed sequence is being stepped over up to this depth */
  #removing: number | undefined
  /** of the item being read: whether its code comes from a scheme that is known */
  #knownScheme = false

  constructor(instance: DataSet<'identified'>, plan: Plan, input: EngineInput) {
    this.#input = input
    this.#syntax = instance.transferSyntax
    this.#plan = plan
    this.#scanner = new DataSetScanner(instance.source, instance.transferSyntax, {
      startOffset: instance.dataSetOffset,
      keepBytes: 65_536,
    })
    this.#inserts = [
      { tag: 0x00100010, vr: 'PN', value: input.person.pseudonym },
      { tag: 0x00100020, vr: 'LO', value: input.person.pseudonym },
      ...marks(input.options),
    ]
  }

  /** @throws Fault of the scanner, with path and offset; 'not-deidentified' for a value too large to be judged */
  run(): void {
    for (let event = this.#scanner.next(); event; event = this.#scanner.next()) this.#take(event)
    this.#insertBefore(Number.POSITIVE_INFINITY)
  }

  get path(): string {
    return this.#scanner.path
  }

  #take(event: DataSetEvent): void {
    if (this.#removing !== undefined) {
      if (event.kind === 'element' || event.kind === 'sequence' || event.kind === 'fragments') this.#count('removed')
      if (event.kind.startsWith('end-') && event.depth === this.#removing) this.#removing = undefined
      return
    }
    if (event.kind === 'element') this.#element(event)
    else if (event.kind === 'sequence') this.#sequence(event)
    else if (event.kind === 'fragments') {
      if (event.depth === 0) this.#insertBefore(event.tag)
      if (actionFor(event.tag, event.vr, this.#input.options) === 'keep') {
        this.#count('kept')
        this.#plan.copy(event.offset, event.valueOffset - event.offset)
      } else {
        this.#count('removed')
        this.#removing = event.depth
      }
    } else if (event.kind === 'fragment') this.#plan.copy(event.offset, event.valueOffset + event.length - event.offset)
    else if (event.kind === 'end-fragments') this.#plan.copy(event.offset, event.endOffset - event.offset)
    else if (event.kind === 'item') {
      this.#knownScheme = false
      this.#plan.write(delimiter(ITEM, UNDEFINED, this.#syntax))
    } else this.#plan.write(delimiter(event.kind === 'end-item' ? ITEM_DELIMITER : SEQUENCE_DELIMITER, 0, this.#syntax))
  }

  #sequence(event: SequenceEvent): void {
    if (event.depth === 0) this.#insertBefore(event.tag)
    const action = event.vr === 'SQ' ? actionFor(event.tag, event.vr, this.#input.options) : 'remove'
    if (action === 'inside' && !this.#isInserted(event.tag, event.depth)) {
      this.#count('kept')
      this.#plan.write(elementHeader(event.tag, 'SQ', UNDEFINED, this.#syntax))
      return
    }
    if (action === 'empty') {
      this.#count('changed')
      this.#plan.write(elementHeader(event.tag, 'SQ', 0, this.#syntax))
    } else this.#count('removed')
    this.#removing = event.depth
  }

  #element(event: ElementEvent): void {
    if (event.depth === 0) this.#insertBefore(event.tag)
    if (this.#isInserted(event.tag, event.depth)) {
      this.#count('changed')
      return
    }
    const action = actionFor(event.tag, event.vr, this.#input.options)
    const value = this.#value(event, action)
    if (value === 'keep') {
      this.#count('kept')
      this.#plan.copy(event.offset, event.valueOffset + event.length - event.offset)
    } else if (value === 'remove') this.#count('removed')
    else {
      this.#count('changed')
      this.#write(event.tag, event.vr, value)
    }
  }

  #value(event: ElementEvent, action: Action): 'keep' | 'remove' | Uint8Array {
    const { vr, tag } = event
    if (event.length === 0 && action !== 'remove') return 'keep'
    if (tag === CODING_SCHEME_DESIGNATOR) this.#knownScheme = KNOWN_SCHEMES.has(this.#ascii(event).trim())
    if (tag === CODE_MEANING)
      return this.#knownScheme && this.#clean(event) ? 'keep' : valueBytes('LO', 'REMOVED', true)
    switch (action) {
      case 'keep':
        return this.#clean(event) ? 'keep' : 'remove'
      case 'code':
        return /^[A-Z0-9_ \\.+-]*\0?$/.test(this.#ascii(event)) && this.#clean(event) ? 'keep' : 'remove'
      case 'empty':
        return EMPTY
      case 'dummy':
        return valueBytes(vr, dummyValue(vr), true)
      case 'uid':
        return vr === 'UI' ? valueBytes('UI', this.#mapped(event), true) : 'remove'
      case 'shift': {
        const shifted = shiftDates(this.#ascii(event).replace(/[\0 ]+$/, ''), this.#input.person.dateShiftDays)
        return shifted === undefined ? EMPTY : valueBytes(vr, shifted, true)
      }
      // a name or number of the patient inside a sequence: the person is the same
      case 'pseudonym':
        return valueBytes(vr, this.#input.person.pseudonym, true)
      default:
        return 'remove'
    }
  }

  #mapped(event: ElementEvent): string {
    const uids = this.#ascii(event)
      .replace(/[\0 ]+$/, '')
      .split('\\')
    return uids
      .map((uid) => (uid === '' ? '' : isUID(uid) && uidEntry(uid) ? uid : mapUID(uid, this.#input.uidKey)))
      .join('\\')
  }

  /** Text that is kept names nobody. Binary values are not text. */
  #clean(event: ElementEvent): boolean {
    if (BINARY.has(event.vr)) return true
    const value = this.#ascii(event)
    // a short number of a patient is part of many measures; a long one as a whole value is that number
    if (event.vr === 'DS' || event.vr === 'IS')
      return !value.split('\\').some((one) => one.trim().length >= 6 && this.#input.words.includes(one.trim()))
    return !this.#input.words.some((word) => value.includes(word))
  }

  #ascii(event: ElementEvent): string {
    if (!event.value) throw new Fault('not-deidentified', { what: 'value too long', offset: event.offset })
    return Buffer.from(event.value.buffer, event.value.byteOffset, event.value.byteLength).toString('latin1')
  }

  #write(tag: Tag, vr: VR, value: Uint8Array): void {
    this.#plan.write(elementHeader(tag, vr, value.length, this.#syntax))
    this.#plan.write(value)
  }

  #insertBefore(tag: number): void {
    let next = this.#inserts[0]
    while (next && next.tag <= tag) {
      this.#plan.write(encodeDataSet([next], this.#syntax))
      this.#inserts = this.#inserts.slice(1)
      next = this.#inserts[0]
    }
  }

  #isInserted(tag: Tag, depth: number): boolean {
    return depth === 0 && INSERTED.has(tag)
  }

  #count(what: 'kept' | 'changed' | 'removed'): void {
    this.counts.parsed++
    this.counts[what]++
  }
}

const BINARY: ReadonlySet<VR> = new Set([
  'US',
  'SS',
  'UL',
  'SL',
  'SV',
  'UV',
  'FL',
  'FD',
  'AT',
  'OB',
  'OW',
  'OF',
  'OD',
  'OL',
  'OV',
  'UN',
  'SQ',
])
const INSERTED: ReadonlySet<Tag> = new Set([0x00100010, 0x00100020, 0x00120062, 0x00120063, 0x00120064, 0x00280303])
