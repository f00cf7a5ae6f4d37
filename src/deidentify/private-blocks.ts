/**
 * Private attributes that are kept (PS3.5 §7.8): found by their creator, whatever block it took, and written into blocks
 * that are counted anew. An element without a creator belongs to nobody and goes.
 */
import {
  isTextVR,
  type Attribute,
  type Attributes,
  type DataSet,
  type OptionName,
  type Tag,
} from '../standards/dicom/index.ts'
import { ascii } from './actions.ts'
import type { InstanceRules, Profile } from './profile/compile.ts'
import type { Rule } from './profile/rule.ts'
import { omittedRule } from './profile/table-rule.ts'

export interface KeptPrivate {
  readonly attribute: Attribute
  readonly rule: Rule
  /** in its new block */
  readonly tag: Tag
}

export interface PrivateGroup {
  /** new creators, in order of tag */
  readonly creators: readonly { readonly tag: Tag; readonly creator: string; readonly from: Tag }[]
  /** in order of their new tags */
  readonly kept: readonly KeptPrivate[]
}

const FIRST_BLOCK = 0x10

/** @param group odd; its attributes in `holder` are judged together */
export function privateGroup(holder: Attributes, group: number, rules: InstanceRules): PrivateGroup {
  const base = (group << 16) >>> 0
  const blocks = new Map<string, { creator: string; from: Tag; attributes: { attribute: Attribute; rule: Rule }[] }>()
  for (const [tag, attribute] of holder.byTag) {
    if (tag >>> 16 !== group || (tag & 0xffff) < 0x1000) continue
    const creator = holder.byTag.get(base + ((tag >>> 8) & 0xff))?.value
    const name = creator && ascii(creator).trim()
    const rule = name ? rules.privateRule(name, group, tag & 0xff) : undefined
    if (!name || !rule || rule.action === 'remove') continue
    // a creator may take several blocks
    const key = `${(tag >>> 8) & 0xff} ${name}`
    const block = blocks.get(key) ?? { creator: name, from: base + ((tag >>> 8) & 0xff), attributes: [] }
    block.attributes.push({ attribute, rule })
    blocks.set(key, block)
  }
  const named = [...blocks.values()].map((block, at) => ({ ...block, block: FIRST_BLOCK + at }))
  return {
    creators: named.map(({ creator, block, from }) => ({ tag: base + block, creator, from })),
    kept: named.flatMap(({ attributes, block }) =>
      attributes.map(({ attribute, rule }) => ({ attribute, rule, tag: base + (block << 8) + (attribute.tag & 0xff) })),
    ),
  }
}

/** the private groups of a data set or item */
const privateGroups = (holder: Attributes): readonly number[] => [
  ...new Set([...holder.byTag.keys()].map((tag) => tag >>> 16).filter((group) => group & 1)),
]

/** The blocks that stay anywhere in an instance, each once: what (0008,0300) names. */
export function keptBlocks(
  { attributes, SOPClassUID }: DataSet<'identified'>,
  profile: Profile,
): readonly { readonly group: number; readonly creator: string }[] {
  const rules = profile.of(SOPClassUID)
  if (!rules.keepsPrivate) return []
  const found = new Map<string, { group: number; creator: string }>()
  const work = [attributes]
  for (const holder of work) {
    for (const { items } of holder.byTag.values()) if (items) work.push(...items)
    for (const group of privateGroups(holder))
      for (const { creator } of privateGroup(holder, group, rules).creators)
        found.set(`${group} ${creator}`, { group, creator })
  }
  return [...found.values()]
}

/** What a private attribute that stays gets, now that its VR is known: UIDs are mapped and dates shifted here as elsewhere. */
export function privateRuleFor(rule: Rule, { vr, tag }: Attribute, options: ReadonlySet<OptionName>): Rule {
  if (rule.action !== 'keep' && rule.action !== 'clean') return rule
  if (vr === 'SQ') return { ...rule, action: 'inside' }
  if (vr === 'UI' || vr === 'DA' || vr === 'DT' || vr === 'TM')
    return { ...rule, action: omittedRule(tag, vr, options).action }
  return rule.action === 'clean' && !isTextVR(vr) ? { ...rule, action: 'remove' } : rule
}
