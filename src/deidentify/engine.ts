/**
 * De-identifies a data set attribute by attribute, as a plan of byte ranges: what is kept is copied where it stands,
 * pixel data is never read. Sequences and items are written with undefined lengths, so nothing has to be patched. An action
 * that fails has its attribute removed; what fails outside of an action leaves the instance to quarantine.
 */
import { Fault } from '../base/index.ts'
import {
  delimiter,
  isBinaryVR,
  isPrivate,
  valueBytes,
  type Attribute,
  type Attributes,
  type DataSet,
  type Tag,
  type TransferSyntax,
} from '../standards/dicom/index.ts'
import { ACTIONS, ascii, type Actions, type Knowledge, type Outcome } from './actions.ts'
import { Decisions, name } from './decisions.ts'
import type { Encoded } from './marks.ts'
import type { Plan } from './plan.ts'
import { privateGroup, privateRuleFor, type KeptPrivate } from './private-blocks.ts'
import type { InstanceRules, Profile } from './profile/compile.ts'
import { CODE_MEANING, CODING_SCHEME_DESIGNATOR, KNOWN_SCHEMES } from './profile/allowed.ts'
import type { Rule } from './profile/rule.ts'
import { unknownAs } from './unknown-vr.ts'

const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
const DELIMITER_BYTES = 8
const UNDEFINED = 0xffffffff

export interface EngineInput extends Knowledge {
  readonly profile: Profile
  /** of what is written: that of the instance, unless its pixels were written anew */
  readonly transferSyntax: TransferSyntax
  /** what must be there at the end, in order of tag; it takes the place of what stands there */
  readonly inserts: readonly Encoded[]
  /** default: ours; others only to see what the engine does when one fails */
  readonly actions?: Actions
}

/** A data set or item on its way: where it is, and whether its bytes are already those that are written. */
interface Place {
  readonly holder: Attributes
  /** `(0008,1115)[].` */
  readonly prefix: string
  /** of the sequences around it */
  readonly tags: readonly Tag[]
  /** false inside what another encoding holds (UN): headers are written anew */
  readonly verbatim: boolean
}

/** One pass over one data set. The depth of items in items is bounded by what read them. */
export class Engine {
  readonly decisions = new Decisions()
  readonly #input: EngineInput
  readonly #rules: InstanceRules
  readonly #actions: Actions
  readonly #syntax: TransferSyntax
  readonly #plan: Plan
  readonly #root: Attributes
  readonly #inserted: ReadonlyMap<Tag, string>
  #nextInsert = 0

  constructor(instance: DataSet<'identified'>, plan: Plan, input: EngineInput) {
    this.#input = input
    this.#rules = input.profile.of(instance.SOPClassUID)
    this.#actions = input.actions ?? ACTIONS
    this.#syntax = input.transferSyntax
    this.#plan = plan
    this.#root = instance.attributes
    this.#inserted = new Map(input.inserts.map(({ tag, reason = 'written by the gate' }) => [tag, reason]))
  }

  /** @throws Fault 'not-deidentified' for a value too large to be judged, or what a row sends to quarantine */
  run(): void {
    this.#dataSet({ holder: this.#root, prefix: '', tags: [], verbatim: true }, true)
    this.#insertBefore(Number.POSITIVE_INFINITY)
  }

  #dataSet(place: Place, top: boolean): void {
    let group = -1
    for (const attribute of place.holder.byTag.values()) {
      const { tag } = attribute
      if (top) this.#insertBefore(tag)
      if (isPrivate(tag)) {
        if (tag >>> 16 !== group) this.#private(place, (group = tag >>> 16))
      } else if (top && this.#inserted.has(tag)) {
        const reason = this.#inserted.get(tag) as string
        this.decisions.take('changed', '', tag, 'dummy', reason)
        this.#removeBelow(attribute, place.prefix, reason)
      } else this.#take(place, attribute, tag, this.#ruleFor(place, attribute, top))
    }
  }

  #ruleFor({ holder, tags }: Place, { tag, vr }: Attribute, top: boolean): Rule {
    const path = this.#rules.paths(tag)?.find((one) => samePath(one.tags, tags, tag))
    if (path) return path.rule
    const rule = this.#rules.rule(tag, vr, top)
    return tag === CODE_MEANING && !top && rule.row === undefined ? this.#meaning(holder, rule) : rule
  }

  /** The meaning of a code passes beside a scheme that is known; elsewhere it is free text. */
  #meaning(holder: Attributes, rule: Rule): Rule {
    const designator = holder.byTag.get(CODING_SCHEME_DESIGNATOR)?.value
    if (designator && KNOWN_SCHEMES.has(ascii(designator).trim())) return rule.action === 'keep' ? rule : KNOWN_CODE
    const { options } = this.#input.profile
    return options.has('clean-descriptors') || options.has('clean-structured-content') ? CLEANED_MEANING : UNKNOWN_CODE
  }

  #take(place: Place, attribute: Attribute, tag: Tag, rule: Rule): void {
    if (attribute.vr === 'UN') {
      const known = unknownAs(attribute, this.#syntax)
      const inside = { ...place, verbatim: false }
      if (known) return this.#take(inside, known, tag, this.#ruleFor(inside, known, place.tags.length === 0))
    }
    if (rule.action === 'quarantine')
      throw new Fault('not-deidentified', { what: rule.reason, path: place.prefix + name(tag) })
    if (attribute.items) this.#sequence(place, attribute, attribute.items, tag, rule)
    else if (attribute.fragments) this.#fragments(place, attribute, attribute.fragments, tag, rule)
    else this.#element(place, attribute, tag, rule)
  }

  #sequence(place: Place, attribute: Attribute, items: readonly Attributes[], tag: Tag, rule: Rule): void {
    const { action, reason } = rule
    const { prefix, tags, verbatim } = place
    if (attribute.vr !== 'SQ' || (action !== 'inside' && action !== 'empty')) {
      this.decisions.take('removed', prefix, tag, action === 'remove' ? action : 'remove', reason)
      return this.#removeBelow(attribute, prefix, reason)
    }
    this.decisions.take(action === 'inside' ? 'kept' : 'changed', prefix, tag, action, reason)
    if (action === 'empty') {
      this.#plan.header(tag, 'SQ', 0, this.#syntax)
      return this.#removeBelow(attribute, prefix, reason)
    }
    this.#plan.header(tag, 'SQ', UNDEFINED, this.#syntax)
    const inside = { prefix: `${prefix}${name(tag)}[].`, tags: [...tags, tag], verbatim }
    for (const holder of items) {
      this.#plan.write(delimiter(ITEM, UNDEFINED, this.#syntax))
      this.#dataSet({ holder, ...inside }, false)
      this.#plan.write(delimiter(ITEM_DELIMITER, 0, this.#syntax))
    }
    this.#plan.write(delimiter(SEQUENCE_DELIMITER, 0, this.#syntax))
  }

  #fragments(
    { prefix }: Place,
    { vr, offset, valueOffset, tag: from }: Attribute,
    fragments: NonNullable<Attribute['fragments']>,
    tag: Tag,
    { action, reason }: Rule,
  ): void {
    if (action !== 'keep') return this.decisions.take('removed', prefix, tag, 'remove', reason)
    this.decisions.take('kept', prefix, tag, action, reason)
    const last = fragments[fragments.length - 1]
    const end = (last ? last.offset + last.length : valueOffset) + DELIMITER_BYTES
    if (tag !== from) this.#plan.header(tag, vr, UNDEFINED, this.#syntax)
    this.#plan.copy(tag === from ? offset : valueOffset, end - (tag === from ? offset : valueOffset))
  }

  #element(place: Place, attribute: Attribute, tag: Tag, rule: Rule): void {
    this.#write(place, attribute, tag, rule, this.#outcome(place, attribute, tag, rule))
  }

  #write(
    place: Place,
    { tag: from, vr, offset, valueOffset, length, value }: Attribute,
    tag: Tag,
    { action, reason }: Rule,
    outcome: Outcome,
  ): void {
    if (outcome === 'quarantine') throw new Fault('not-deidentified', { what: reason, path: place.prefix + name(tag) })
    const fate = outcome === 'keep' ? 'kept' : outcome === 'remove' ? 'removed' : 'changed'
    this.decisions.take(fate, place.prefix, tag, fate === 'removed' ? 'remove' : action, reason)
    if (outcome === 'remove') return
    if (outcome === 'keep' && place.verbatim && tag === from)
      return this.#plan.copy(offset, valueOffset + length - offset)
    const bytes = outcome === 'keep' ? value : outcome
    this.#plan.header(tag, vr, bytes?.length ?? length, this.#syntax)
    if (bytes) this.#plan.write(bytes)
    else this.#plan.copy(valueOffset, length)
  }

  /** What the action says; when it fails the attribute goes, and the report says that it did. */
  #outcome({ prefix, holder }: Place, { vr, value, length, offset }: Attribute, tag: Tag, rule: Rule): Outcome {
    if (rule.action === 'remove') return 'remove'
    if (length === 0) return 'keep'
    if (!value && isBinaryVR(vr)) return rule.action === 'keep' ? 'keep' : 'remove'
    if (!value) throw new Fault('not-deidentified', { what: 'value too long', path: prefix + name(tag), offset })
    try {
      const outcome = this.#actions[rule.action]({ tag, vr, value, rule, holder }, this.#input)
      if (outcome !== 'remove') return outcome
      if (EMPTIED.has(tag)) return EMPTY
      if (!NEEDED.has(tag)) return 'remove'
    } catch {
      this.decisions.warn(prefix, tag, `${rule.action} failed`)
      return 'remove'
    }
    return this.#actions.dummy({ tag, vr, value, rule: { action: 'dummy', reason: rule.reason }, holder }, this.#input)
  }

  #private(place: Place, group: number): void {
    const { creators, kept } = privateGroup(place.holder, group, this.#rules)
    const judged = kept.map((one) => this.#judged(place, one))
    const blocks = new Set(judged.filter(({ outcome }) => outcome !== 'remove').map(({ tag }) => (tag >>> 8) & 0xff))
    const staying = creators.filter(({ tag }) => blocks.has(tag & 0xff))
    const accounted = new Set([...kept.map(({ attribute }) => attribute.tag), ...staying.map(({ from }) => from)])
    for (const attribute of place.holder.byTag.values()) {
      if (attribute.tag >>> 16 !== group || accounted.has(attribute.tag)) continue
      this.decisions.take('removed', place.prefix, attribute.tag, 'remove', 'private')
      this.#removeBelow(attribute, place.prefix, 'private')
    }
    for (const { tag, creator } of staying) {
      const bytes = valueBytes('LO', creator, true)
      this.decisions.take('kept', place.prefix, tag, 'keep', 'private creator')
      this.#plan.header(tag, 'LO', bytes.length, this.#syntax)
      this.#plan.write(bytes)
    }
    for (const { at, attribute, tag, rule, outcome } of judged)
      if (outcome === undefined) this.#take(at, attribute, tag, rule)
      else this.#write(at, attribute, tag, rule, outcome)
  }

  /** A private attribute under its rule; the outcome of a sequence is only known inside. */
  #judged(place: Place, { attribute: met, rule: given, tag }: KeptPrivate) {
    const known = unknownAs(met, this.#syntax)
    const attribute = known ?? met
    const at = known ? { ...place, verbatim: false } : place
    const rule = privateRuleFor(given, attribute, this.#input.profile.options)
    const isSimple = !attribute.items && !attribute.fragments
    return { at, attribute, tag, rule, outcome: isSimple ? this.#outcome(at, attribute, tag, rule) : undefined }
  }

  #insertBefore(tag: number): void {
    const { inserts } = this.#input
    for (let next = inserts[this.#nextInsert]; next && next.tag <= tag; next = inserts[++this.#nextInsert])
      this.#plan.write(next.bytes)
  }

  /** Counts what goes with a sequence. */
  #removeBelow({ items = [], tag }: Attribute, prefix: string, reason: string): void {
    for (const { byTag } of items)
      for (const inside of byTag.values()) {
        this.decisions.take('removed', `${prefix}${name(tag)}[].`, inside.tag, 'remove', reason)
        this.#removeBelow(inside, `${prefix}${name(tag)}[].`, reason)
      }
  }
}

const samePath = (path: readonly Tag[], around: readonly Tag[], tag: Tag) =>
  path.length === around.length + 1 && path[around.length] === tag && around.every((one, at) => one === path[at])

const KNOWN_CODE: Rule = { action: 'keep', reason: 'known coding scheme' }
const UNKNOWN_CODE: Rule = { action: 'dummy', reason: 'unknown coding scheme' }
const CLEANED_MEANING: Rule = { action: 'clean', reason: 'unknown coding scheme' }

/** of type 1 wherever they stand: what cannot stay is replaced, not removed */
const NEEDED: ReadonlySet<Tag> = new Set([CODE_MEANING, 0x0040a160, 0x00700006, 0x00620005])

/** of type 2 in modules that have them: ContentDescription, PatientSex, BodyPartExamined, SeriesNumber, InstanceNumber */
const EMPTIED: ReadonlySet<Tag> = new Set([0x00700081, 0x00100040, 0x00180015, 0x00200011, 0x00200013])
const EMPTY = new Uint8Array()
