/** A profile made ready: which rule an attribute gets, by place, in a look-up or two. */
import { createHash } from 'node:crypto'
import { Fault } from '../../base/index.ts'
import {
  attributeType,
  CONFIDENTIALITY_EDITION,
  confidentialityTable,
  dictionaryEntry,
  isPrivate,
  readEdition,
  SAFE_PRIVATE,
  tagOf,
  type ConfidentialityTable,
  type OptionName,
  type Tag,
  type VR,
} from '../../standards/dicom/index.ts'
import { lintProfile } from './lint.ts'
import { parsePath, tagOfWord } from './path.ts'
import type { Action, Rule } from './rule.ts'
import type { RegionRule } from './region-rule.ts'
import type { ProfileRow, ProfileSource, RowAction } from './source.ts'
import { omittedRule, tableRule } from './table-rule.ts'

export interface Profile {
  /** what a report calls it: base, options, number of rows */
  readonly id: string
  /** of edition, options, rows and settings: two profiles with the same hash do the same */
  readonly hash: string
  readonly edition: string
  readonly table: ConfidentialityTable
  readonly source: ProfileSource
  readonly options: ReadonlySet<OptionName>
  /** of instances of one SOP class; remembered */
  of(SOPClassUID: string): InstanceRules
}

export interface PathRule {
  readonly tags: readonly Tag[]
  readonly rule: Rule
}

/** The rules for instances of one SOP class. */
export interface InstanceRules {
  /** the row that sends the whole class to quarantine */
  readonly refused?: Rule
  /** of a standard attribute; `top`: not inside a sequence */
  rule(tag: Tag, vr: VR, top: boolean): Rule
  /** rows by path that end with this attribute; mostly undefined */
  paths(tag: Tag): readonly PathRule[] | undefined
  /** whether any private attribute may stay */
  readonly keepsPrivate: boolean
  /** of a private attribute in its creator's block */
  privateRule(creator: string, group: number, element: number): Rule | undefined
}

/**
 * @returns the profile, the same for the same source
 * @throws Fault 'config-invalid' when it contradicts itself; `lintProfile` says where
 */
export function compileProfile(source: ProfileSource): Profile {
  const known = compiled.get(source)
  if (known) return known
  const [mistake] = lintProfile(source)
  if (mistake) throw new Fault('config-invalid', { at: mistake.path.join('.'), what: mistake.message })
  const { edition = CONFIDENTIALITY_EDITION, options = [], rows = [], wholeWeeks, documents, regions = [] } = source
  // what lint has found no mistake in is a table
  const table = (
    source.table === undefined ? confidentialityTable(edition) : readEdition(edition, source.table).table
  ) as ConfidentialityTable
  const chosen = new Set(options)
  const classes = new Map<string, InstanceRules>()
  const profile: Profile = {
    id: ['basic', ...[...chosen].sort(), ...(rows.length ? [`${rows.length} rows`] : [])].join(' + '),
    hash: createHash('sha256')
      .update(
        JSON.stringify([
          ...[edition, [...chosen].sort(), rows.map((row) => sorted(row))],
          ...(source.table === undefined ? [] : [source.table]),
          ...(wholeWeeks ? ['whole weeks'] : []),
          ...(documents === 'replace' ? ['documents replaced'] : []),
          ...(regions.length ? [regions.map((rule) => sorted(rule))] : []),
        ]),
      )
      .digest('hex')
      .slice(0, 16),
    edition,
    table,
    source,
    options: chosen,
    of: (SOPClassUID) => {
      const made = classes.get(SOPClassUID) ?? instanceRules(SOPClassUID, table, chosen, rows)
      // devices may send any SOP class, so what is remembered is bounded
      if (classes.size < CLASSES_KEPT) classes.set(SOPClassUID, made)
      return made
    },
  }
  compiled.set(source, profile)
  return profile
}

const compiled = new WeakMap<ProfileSource, Profile>()
const CLASSES_KEPT = 1000
const sorted = (row: ProfileRow | RegionRule) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))

const SPECIFIC_CHARACTER_SET = 0x00080005
const PATIENT_NAME = 0x00100010
const PATIENT_ID = 0x00100020
const PATIENT_AGE = tagOf('PatientAge')
const GRAPHIC = new Set([
  tagOf('GraphicAnnotationSequence'),
  tagOf('TextObjectSequence'),
  tagOf('GraphicObjectSequence'),
])
const UNFORMATTED_TEXT = tagOf('UnformattedTextValue')
const TEXT_VALUE = tagOf('TextValue')

function instanceRules(
  SOPClassUID: string,
  table: ConfidentialityTable,
  options: ReadonlySet<OptionName>,
  rows: readonly ProfileRow[],
): InstanceRules {
  const byTag = new Map<Tag, Rule>()
  const byVR = new Map<VR, Rule>()
  const byPath = new Map<Tag, PathRule[]>()
  const byPrivate = new Map<string, Rule>()
  let refused: Rule | undefined
  if (options.has('retain-safe-private'))
    for (const { creator, group, element } of SAFE_PRIVATE)
      byPrivate.set(privateKey(creator, group, element), { action: 'keep', reason: 'retain-safe-private' })
  // rows for one SOP class come last, so that they win over those for all
  const mine = rows
    .map((row, at) => ({ row, reason: `row ${at + 1}` }))
    .filter(({ row }) => !row.sopClass || row.sopClass === SOPClassUID)
  for (const { row, reason } of mine.sort((a, b) => Number(!!a.row.sopClass) - Number(!!b.row.sopClass))) {
    const rule = (vr: VR): Rule => ({ action: rowAction(row.action, vr), reason, row })
    if (row.path !== undefined) {
      const tags = parsePath(row.path) as readonly Tag[]
      const tag = tags[tags.length - 1] as Tag
      byPath.set(tag, [{ tags, rule: rule(vrOf(tag)) }, ...(byPath.get(tag) ?? [])])
    } else if (row.attribute !== undefined) {
      const tag = tagOfWord(row.attribute) as Tag
      byTag.set(tag, rule(vrOf(tag)))
    } else if (row.private)
      byPrivate.set(
        privateKey(
          row.private.creator,
          Number.parseInt(row.private.group, 16),
          row.private.element === undefined ? undefined : Number.parseInt(row.private.element, 16),
        ),
        { action: PRIVATE_ACTIONS[row.action] ?? 'remove', reason, row },
      )
    else if (row.vr !== undefined) byVR.set(row.vr, rule(row.vr))
    else refused = { action: 'quarantine', reason, row }
  }

  const decide = (tag: Tag, vr: VR, top: boolean): Rule => {
    const own = byTag.get(tag)
    // a row speaks of the dictionary's VR; a device that writes another is judged by what it writes
    if (own) return vr === 'SQ' && own.action === 'keep' ? { ...own, action: 'inside' } : own
    const always = alwaysRule(tag, table, options)
    if (always) return always
    const row = table.rows.get(tag)
    if (!row) return byVR.get(vr) ?? omittedRule(tag, vr, options)
    const rule = tableRule(row, vr, options, top ? attributeType(SOPClassUID, tag) : undefined)
    if (tag === PATIENT_AGE && rule.action === 'keep') return { ...rule, action: 'generalise', row: OLDEST }
    return rule
  }
  const remembered = new Map<VR, readonly [Map<Tag, Rule>, Map<Tag, Rule>]>()
  return {
    ...(refused ? { refused } : {}),
    rule: (tag, vr, top) => {
      let tables = remembered.get(vr)
      if (!tables) remembered.set(vr, (tables = [new Map(), new Map()]))
      const one = tables[top ? 1 : 0]
      const known = one.get(tag)
      if (known) return known
      const rule = decide(tag, vr, top)
      if (one.size < ATTRIBUTES_KEPT) one.set(tag, rule)
      return rule
    },
    paths: (tag) => byPath.get(tag),
    keepsPrivate: byPrivate.size > 0,
    privateRule: (creator, group, element) =>
      byPrivate.get(privateKey(creator, group, element)) ?? byPrivate.get(privateKey(creator, group, undefined)),
  }
}

const ATTRIBUTES_KEPT = 10_000

/** 89 and older are few enough to be told apart */
const OLDEST: ProfileRow = { attribute: 'PatientAge', action: 'generalise', to: '090Y' }

const vrOf = (tag: Tag): VR => dictionaryEntry(tag)?.vrs[0] ?? 'UN'
const privateKey = (creator: string, group: number, element: number | undefined) =>
  `${group.toString(16)} ${element === undefined ? '*' : element.toString(16)} ${creator}`

/** what no row and no option touches */
function alwaysRule(tag: Tag, table: ConfidentialityTable, options: ReadonlySet<OptionName>): Rule | undefined {
  const group = tag >>> 16
  if (isPrivate(tag)) return { action: 'remove', reason: 'private' }
  if ((tag & 0xffff) === 0) return { action: 'remove', reason: 'group length' }
  if (group === 0xfffc) return { action: 'remove', reason: 'padding' }
  if (group === 0xfffa) return { action: 'remove', reason: 'digital signature' }
  if (tag === PATIENT_NAME || tag === PATIENT_ID) return { action: 'pseudonym', reason: 'pseudonym' }
  if (tag === SPECIFIC_CHARACTER_SET) return { action: 'remove', reason: 'text is written in UTF-8' }
  const family = group >>> 8
  // curves carry drawings, labels and dates of their own
  if (family === 0x50) return { action: 'remove', reason: 'E.1-1 X' }
  if (family === 0x60) return overlayRule(tag, options)
  if (options.has('clean-graphics')) {
    if (GRAPHIC.has(tag)) return { action: 'inside', reason: 'clean-graphics' }
    if (tag === UNFORMATTED_TEXT) return { action: 'clean', reason: 'clean-graphics' }
  }
  if (tag === TEXT_VALUE && options.has('clean-structured-content'))
    return { action: 'clean', reason: 'clean-structured-content' }
  return undefined
}

/** Overlays: their planes may stay when graphics are cleaned (the gate keeps regions of interest only); their texts go. */
function overlayRule(tag: Tag, options: ReadonlySet<OptionName>): Rule {
  if (!options.has('clean-graphics')) return { action: 'remove', reason: 'E.1-1 X' }
  return { action: OVERLAY_TEXT.has(tag & 0xffff) ? 'remove' : 'overlay', reason: 'clean-graphics' }
}
const OVERLAY_TEXT = new Set([0x0022, 0x1500, 0x4000])

const STANDARD: Readonly<Partial<Record<RowAction, Action>>> = {
  X: 'remove',
  Z: 'empty',
  U: 'uid',
  shift: 'shift',
  generalise: 'generalise',
  pseudonym: 'pseudonym',
  clean: 'clean',
  hash: 'hash',
  keepIfIn: 'keep-if-in',
  quarantine: 'quarantine',
}

/** by the creator's block the VR is only known when the element is met */
const PRIVATE_ACTIONS: Readonly<Partial<Record<RowAction, Action>>> = { ...STANDARD, K: 'keep', C: 'clean' }

function rowAction(action: RowAction, vr: VR): Action {
  if (action === 'K') return vr === 'SQ' ? 'inside' : 'keep'
  if (action === 'D') return vr === 'SQ' ? 'inside' : 'dummy'
  if (action === 'C')
    return vr === 'SQ' ? 'inside' : vr === 'DA' || vr === 'DT' ? 'shift' : vr === 'CS' ? 'code-string' : 'clean'
  return STANDARD[action] ?? 'remove'
}
