/** A profile as the table it amounts to, and what two of them do differently: for people who have to answer for it. */
import { dictionaryEntry, formatTag, type Tag, type VR } from '../../standards/dicom/index.ts'
import { ALLOWED_BYTES, ALLOWED_TEXT } from './allowed.ts'
import type { Profile } from './compile.ts'
import { namedRules, type EffectiveRow } from './named-rules.ts'
import { parsePath, tagOfWord } from './path.ts'
import type { ProfileRow } from './source.ts'

/** in place of an IOD of its own: compound codes are read on the safe side */
const ANY_SOP_CLASS = ''
const VRS: readonly VR[] = [
  'AE',
  'AS',
  'CS',
  'DA',
  'DS',
  'DT',
  'IS',
  'LO',
  'LT',
  'OB',
  'PN',
  'SH',
  'SQ',
  'ST',
  'TM',
  'UC',
  'UI',
  'UN',
  'UR',
  'US',
  'UT',
]
/** none of the dictionary's: what a VR gets when nothing else is known */
const UNKNOWN: Tag = 0x0008fffe

/**
 * @param SOPClassUID for which compound codes are resolved; without it they are read on the safe side
 * @returns the named rules and the site's own rows first, then standard attributes by tag, then private ones, then what the VR decides
 */
export function effectiveTable(profile: Profile, SOPClassUID = ANY_SOP_CLASS): readonly EffectiveRow[] {
  const rules = profile.of(SOPClassUID)
  const rows = profile.source.rows ?? []
  const tags = new Set<Tag>([
    ...profile.table.rows.keys(),
    ...ALLOWED_TEXT,
    ...ALLOWED_BYTES,
    ...rows.flatMap(({ attribute }) => (attribute === undefined ? [] : (tagOfWord(attribute) ?? []))),
  ])
  const standard = [...tags]
    .sort((a, b) => a - b)
    .map((tag): EffectiveRow => {
      const entry = dictionaryEntry(tag)
      const { action, reason } = rules.rule(tag, entry?.vrs[0] ?? 'UN', true)
      return { place: formatTag(tag), keyword: entry?.keyword ?? '', action, reason }
    })
  return [
    ...namedRules(profile.source),
    ...rows.flatMap((row, at) => ownRow(row, at)),
    ...standard,
    ...VRS.map((vr): EffectiveRow => {
      const { action, reason } = rules.rule(UNKNOWN, vr, true)
      return { place: `any other ${vr}`, keyword: '', action, reason }
    }),
    { place: 'any other private attribute', keyword: '', action: 'remove', reason: 'private' },
  ]
}

/** rows by path, private attribute, VR and SOP class; those by attribute stand among the attributes */
function ownRow(row: ProfileRow, at: number): EffectiveRow[] {
  const of = row.sopClass ? ` in ${row.sopClass}` : ''
  const line = (place: string, keyword = ''): EffectiveRow[] => [
    { place: place + of, keyword, action: row.action, reason: `row ${at + 1}` },
  ]
  if (row.path !== undefined) {
    const tags = parsePath(row.path)
    return line(typeof tags === 'string' ? row.path : tags.map(formatTag).join('[].'), row.path)
  }
  if (row.private) {
    const { creator, group, element } = row.private
    return line(`(${group.toUpperCase()},xx${element?.toUpperCase() ?? 'xx'}) ${creator}`)
  }
  if (row.attribute !== undefined) return row.sopClass ? line(row.attribute) : []
  return line(row.vr ? `any other ${row.vr}` : 'the whole instance')
}

export type { EffectiveRow } from './named-rules.ts'

export interface ProfileDifference {
  readonly place: string
  readonly keyword: string
  /** undefined: that profile has no line of its own for it */
  readonly before?: string
  readonly after?: string
}

/** @returns the places that two profiles (or two editions under the same profile) treat differently */
export function profileDifference(before: Profile, after: Profile, SOPClassUID?: string): readonly ProfileDifference[] {
  const [old, now] = [before, after].map(
    (one) => new Map(effectiveTable(one, SOPClassUID).map((row) => [row.place, row])),
  ) as [Map<string, EffectiveRow>, Map<string, EffectiveRow>]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((place) => {
    const [one, other] = [old.get(place), now.get(place)]
    if (one?.action === other?.action) return []
    return [
      {
        place,
        keyword: one?.keyword ?? other?.keyword ?? '',
        ...(one ? { before: `${one.action} (${one.reason})` } : {}),
        ...(other ? { after: `${other.action} (${other.reason})` } : {}),
      },
    ]
  })
}
