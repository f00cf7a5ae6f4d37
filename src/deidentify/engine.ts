/**
 * De-identifies a data set attribute by attribute, as a plan of byte ranges: what is kept is copied where it stands,
 * pixel data is never read. Sequences and items are written with undefined lengths, so nothing has to be patched.
 */
import { Fault } from '../base/index.ts'
import {
  delimiter,
  elementHeader,
  isBinaryVR,
  isUID,
  uidEntry,
  valueBytes,
  type Attribute,
  type Attributes,
  type DataSet,
  type Tag,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { encoded, marks, type Encoded } from './marks.ts'
import type { Plan } from './plan.ts'
import { actionFor, type Action, type ProfileOptions } from './profile/actions.ts'
import { CODE_MEANING, CODING_SCHEME_DESIGNATOR, KNOWN_SCHEMES } from './profile/allowed.ts'
import { shiftDates } from './profile/dates.ts'
import { dummyValue } from './profile/dummies.ts'
import { mapUID } from './uids.ts'

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
const DELIMITER_BYTES = 8
const UNDEFINED = 0xffffffff
const EMPTY = new Uint8Array()

/** One pass over one data set. */
export class Engine {
  readonly counts: Counts = { parsed: 0, kept: 0, changed: 0, removed: 0 }
  readonly #instance: DataSet<'identified'>
  readonly #input: EngineInput
  readonly #syntax: TransferSyntax
  readonly #plan: Plan
  /** what must be there at the end, in order of tag */
  readonly #inserts: readonly Encoded[]
  #inserted = 0
  /** of the item being read: whether its code comes from a scheme that is known */
  #knownScheme = false

  constructor(instance: DataSet<'identified'>, plan: Plan, input: EngineInput) {
    this.#instance = instance
    this.#input = input
    this.#syntax = instance.transferSyntax
    this.#plan = plan
    this.#inserts = [
      encoded({ tag: 0x00100010, vr: 'PN', value: input.person.pseudonym }, this.#syntax),
      encoded({ tag: 0x00100020, vr: 'LO', value: input.person.pseudonym }, this.#syntax),
      ...marks(input.options, this.#syntax),
    ]
  }

  /** @throws Fault 'not-deidentified' for a value too large to be judged */
  run(): void {
    for (const attribute of this.#instance.attributes.byTag.values()) {
      this.#insertBefore(attribute.tag)
      if (INSERTED.has(attribute.tag)) {
        this.#count('changed')
        this.#removeBelow(attribute)
      } else this.#take(attribute)
    }
    this.#insertBefore(Number.POSITIVE_INFINITY)
  }

  #take(attribute: Attribute): void {
    if (attribute.items) this.#sequence(attribute, attribute.items)
    else if (attribute.fragments) this.#fragments(attribute, attribute.fragments)
    else this.#element(attribute)
  }

  /** The depth of items in items is bounded by what read them. */
  #sequence(attribute: Attribute, items: readonly Attributes[]): void {
    const { tag, vr } = attribute
    const action = vr === 'SQ' ? actionFor(tag, vr, this.#input.options) : 'remove'
    if (action === 'inside') {
      this.#count('kept')
      this.#plan.write(elementHeader(tag, 'SQ', UNDEFINED, this.#syntax))
      for (const { byTag } of items) {
        this.#knownScheme = false
        this.#plan.write(delimiter(ITEM, UNDEFINED, this.#syntax))
        for (const inside of byTag.values()) this.#take(inside)
        this.#plan.write(delimiter(ITEM_DELIMITER, 0, this.#syntax))
      }
      this.#plan.write(delimiter(SEQUENCE_DELIMITER, 0, this.#syntax))
      return
    }
    this.#count(action === 'empty' ? 'changed' : 'removed')
    if (action === 'empty') this.#plan.write(elementHeader(tag, 'SQ', 0, this.#syntax))
    this.#removeBelow(attribute)
  }

  #fragments({ tag, vr, offset, valueOffset }: Attribute, fragments: NonNullable<Attribute['fragments']>): void {
    if (actionFor(tag, vr, this.#input.options) !== 'keep') return this.#count('removed')
    this.#count('kept')
    const last = fragments[fragments.length - 1]
    const end = (last ? last.offset + last.length : valueOffset) + DELIMITER_BYTES
    this.#plan.copy(offset, end - offset)
  }

  #element(attribute: Attribute): void {
    const value = this.#value(attribute, actionFor(attribute.tag, attribute.vr, this.#input.options))
    if (value === 'keep') {
      this.#count('kept')
      this.#plan.copy(attribute.offset, attribute.valueOffset + attribute.length - attribute.offset)
    } else if (value === 'remove') this.#count('removed')
    else {
      this.#count('changed')
      this.#plan.write(elementHeader(attribute.tag, attribute.vr, value.length, this.#syntax))
      this.#plan.write(value)
    }
  }

  #value(attribute: Attribute, action: Action): 'keep' | 'remove' | Uint8Array {
    const { vr, tag } = attribute
    if (attribute.length === 0 && action !== 'remove') return 'keep'
    if (tag === CODING_SCHEME_DESIGNATOR) this.#knownScheme = KNOWN_SCHEMES.has(this.#ascii(attribute).trim())
    if (tag === CODE_MEANING)
      return this.#knownScheme && this.#clean(attribute) ? 'keep' : valueBytes('LO', 'REMOVED', true)
    switch (action) {
      case 'keep':
        return this.#clean(attribute) ? 'keep' : 'remove'
      case 'code':
        return /^[A-Z0-9_ \\.+-]*\0?$/.test(this.#ascii(attribute)) && this.#clean(attribute) ? 'keep' : 'remove'
      case 'empty':
        return EMPTY
      case 'dummy':
        return valueBytes(vr, dummyValue(vr), true)
      case 'uid':
        return vr === 'UI' ? valueBytes('UI', this.#mapped(attribute), true) : 'remove'
      case 'shift': {
        const shifted = shiftDates(this.#ascii(attribute).replace(/[\0 ]+$/, ''), this.#input.person.dateShiftDays)
        return shifted === undefined ? EMPTY : valueBytes(vr, shifted, true)
      }
      // a name or number of the patient inside a sequence: the person is the same
      case 'pseudonym':
        return valueBytes(vr, this.#input.person.pseudonym, true)
      default:
        return 'remove'
    }
  }

  #mapped(attribute: Attribute): string {
    const uids = this.#ascii(attribute)
      .replace(/[\0 ]+$/, '')
      .split('\\')
    return uids
      .map((uid) => (uid === '' ? '' : isUID(uid) && uidEntry(uid) ? uid : mapUID(uid, this.#input.uidKey)))
      .join('\\')
  }

  /** Text that is kept names nobody. Binary values are not text. */
  #clean(attribute: Attribute): boolean {
    if (isBinaryVR(attribute.vr)) return true
    const value = this.#ascii(attribute)
    // a short number of a patient is part of many measures; a long one as a whole value is that number
    if (attribute.vr === 'DS' || attribute.vr === 'IS')
      return !value.split('\\').some((one) => one.trim().length >= 6 && this.#input.words.includes(one.trim()))
    return !this.#input.words.some((word) => value.includes(word))
  }

  #ascii(attribute: Attribute): string {
    if (!attribute.value) throw new Fault('not-deidentified', { what: 'value too long', offset: attribute.offset })
    return Buffer.from(attribute.value.buffer, attribute.value.byteOffset, attribute.value.byteLength).toString(
      'latin1',
    )
  }

  #insertBefore(tag: number): void {
    for (let next = this.#inserts[this.#inserted]; next && next.tag <= tag; next = this.#inserts[++this.#inserted])
      this.#plan.write(next.bytes)
  }

  /** Counts what goes with a sequence. */
  #removeBelow({ items = [] }: Attribute): void {
    for (const { byTag } of items)
      for (const inside of byTag.values()) {
        this.#count('removed')
        this.#removeBelow(inside)
      }
  }

  #count(what: 'kept' | 'changed' | 'removed'): void {
    this.counts.parsed++
    this.counts[what]++
  }
}

const INSERTED: ReadonlySet<Tag> = new Set([0x00100010, 0x00100020, 0x00120062, 0x00120063, 0x00120064, 0x00280303])
