/** Reads what will be written, as anybody would, and looks for what must not be there. */
import { Fault } from '../base/index.ts'
import {
  formatTag,
  isPrivate,
  isTextVR,
  readAttributes,
  strings,
  isOfStandard,
  type Attributes,
  type ByteSource,
  type Tag,
  type TransferSyntax,
  type VR,
} from '../standards/dicom/index.ts'
import { beyondTerms, names } from './actions.ts'
import type { InstanceRules, Profile } from './profile/compile.ts'

export interface Expected {
  readonly profile: Profile
  readonly SOPClassUID: string
  /** in capitals: none of them may stand in a text */
  readonly words: readonly string[]
  readonly originalUIDs: readonly string[]
  /** what describes pixels that were changed, in place of what the profile removes */
  readonly written: ReadonlySet<Tag>
}

/**
 * @returns the attributes as they will be written
 * @throws Fault 'not-deidentified' with the path of what was found
 */
export function verified(
  plan: ByteSource,
  syntax: TransferSyntax,
  dataSetOffset: number,
  { profile, SOPClassUID, words, originalUIDs, written }: Expected,
): Attributes {
  const attributes = readAttributes(plan, syntax, { startOffset: dataSetOffset })
  const rules = profile.of(SOPClassUID)
  const originals = profile.options.has('retain-uids') ? undefined : new Set(originalUIDs)
  const work: { readonly at: Attributes; readonly path: string }[] = [{ at: attributes, path: '' }]
  for (const { at, path } of work) {
    for (const [tag, found] of at.byTag) {
      const refuse = (what: string): never => {
        throw new Fault('not-deidentified', { what, path: path + formatTag(tag) })
      }
      if (isPrivate(tag) && !isKept(at, tag, rules)) refuse('private attribute')
      if (path === '' && !WRITTEN.has(tag) && !written.has(tag) && isRemoved(tag, found.vr, rules))
        refuse('attribute that the profile removes')
      if (found.vr === 'UI' && originals)
        for (const uid of strings(at, tag))
          if (originals.has(uid) || (!uid.startsWith('2.25.') && !isOfStandard(uid))) refuse('UID')
      if (OURS.has(tag) && path === '') continue
      if (found.value?.length && (isTextVR(found.vr) || found.vr === 'CS' || found.vr === 'AE'))
        if (strings(at, tag).some((value) => names(beyondTerms(tag, found.vr, value), words)))
          refuse('identifying word')
      for (const [index, item] of (found.items ?? []).entries())
        work.push({ at: item, path: `${path}${formatTag(tag)}[${index}].` })
    }
  }
  return attributes
}

/** said by the gate of itself: patients may be called Profile or Patient */
const OURS: ReadonlySet<Tag> = new Set([0x00100010, 0x00100020, 0x00120062, 0x00120063, 0x00120064])

/** what the gate writes whatever the profile does with the original */
const WRITTEN: ReadonlySet<Tag> = new Set([...OURS, 0x00080005, 0x00080300, 0x00280301, 0x00280302, 0x00280303])

/** whether no row by path speaks of it and its rule leaves nothing of it */
const isRemoved = (tag: Tag, vr: VR, rules: InstanceRules): boolean =>
  !isPrivate(tag) && rules.paths(tag) === undefined && rules.rule(tag, vr, true).action === 'remove'

/** whether a rule keeps this private attribute, or one of its creator's */
function isKept(at: Attributes, tag: Tag, rules: InstanceRules): boolean {
  if (!rules.keepsPrivate) return false
  const element = tag & 0xffff
  if (element < 0x100) return true
  const creator = strings(at, ((tag & 0xffff0000) >>> 0) + (element >>> 8))[0]
  return creator !== undefined && rules.privateRule(creator, tag >>> 16, element & 0xff) !== undefined
}
