/**
 * Required actions that were done, in the manner of the MIDI-B benchmark: removed, shifted, mapped, mapped alike, one
 * pseudonym a person, text and attributes kept, text on pixels hidden, pixels kept. Two of its weaknesses are mended: an
 * absent output fails everything that was asked of it, and a shifted date must be a date that moved with its person's others.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { strings, tagOf } from '../../src/standards/dicom/index.ts'
import { mostFrequent, shifts } from './dates.ts'
import { leaksOf, type Planted } from './leaks.ts'
import { samePixels, type PictureScore } from './pictures.ts'
import { references, type Pair } from './references.ts'

export interface Score {
  readonly required: number
  readonly done: number
  /** by kind, where any failed */
  readonly failed: Readonly<Record<string, readonly [failed: number, required: number]>>
}

export function score(key: readonly Planted[], pairs: readonly Pair[], output: string, pictures: PictureScore): Score {
  const kinds = new Map<string, [failed: number, required: number]>()
  const ask = (kind: string, isDone: boolean) => {
    const count = kinds.get(kind) ?? [0, 0]
    kinds.set(kind, [count[0] + Number(!isDone), count[1] + 1])
  }
  const byFile = new Map(pairs.map((pair) => [pair.file, pair]))
  const leaks = leaksOf(key, (file) => join(output, file))
  const leaked = new Set(leaks.leaked)
  const keptPhrases = new Set(leaks.kept)
  const usual = usualShifts(pairs)
  for (const one of key) {
    const { before, after } = byFile.get(one.file) ?? {}
    const isThere = after !== undefined
    switch (one.expect) {
      case 'removed':
        if (one.kind !== 'QI') ask('removed', isThere && !leaked.has(one))
        break
      case 'remapped':
      case 'remapped-consistent':
        ask('uid changed', isThere && !leaked.has(one))
        break
      case 'shifted':
        ask('date shifted', isThere && !leaked.has(one) && movedAsUsual(one, before, after, usual))
        break
      case 'kept-if-clean-descriptors':
      case 'kept-if-clean-structured':
        ask('text kept', isThere && keptPhrases.has(one))
        break
      case 'pixels-hidden': {
        const hidden = pictures.hidden.get(`${one.file} ${one.value}`)
        if (hidden !== undefined) ask('pixels hidden', hidden)
        break
      }
      case 'kept':
        if (one.value === '') break
        if (one.kind === 'KEEP_PIXELS') ask('pixels kept', isThere && pictures.rest.get(one.file) === true)
        else ask('attribute kept', isThere && strings(after.attributes, one.where)[0] === one.value)
    }
  }
  const burned = new Set(key.filter(({ kind }) => kind === 'BURNED_IN').map(({ file }) => file))
  for (const { file, before, after } of pairs) {
    if (!before) continue
    if (before.attributes.byTag.has(0x7fe00010) && !burned.has(file) && !pictures.unlisted.has(file))
      ask('pixels kept', after !== undefined && samePicture(before, after))
  }
  const persons = pseudonyms(pairs)
  for (const { before, after } of pairs)
    if (before) {
      const id = personOf(before)
      const now = after && strings(after.attributes, 'PatientID')[0]
      ask('one pseudonym a person', now !== undefined && persons.get(id)?.size === 1 && now !== id)
    }
  const graph = references(pairs)
  for (let at = 0; at < graph.references; at++) ask('reference kept', at >= graph.broken)
  const all = [...kinds.entries()]
  return {
    required: all.reduce((sum, [, [, required]]) => sum + required, 0),
    done: all.reduce((sum, [, [failed, required]]) => sum + required - failed, 0),
    failed: Object.fromEntries(all.filter(([, [failed]]) => failed > 0)),
  }
}

type Instance = NonNullable<Pair['before']>

const samePicture = (before: Instance, after: Instance): boolean =>
  samePixels(before, after) || sameEntropy(before, after)

/** what stands beside a compressed picture is taken out of its stream; the coded picture itself must be the same */
function sameEntropy(before: Instance, after: Instance): boolean {
  const digest = ({ attributes, source }: Instance) => {
    const fragments = attributes.byTag.get(0x7fe00010)?.fragments?.slice(1) ?? []
    const bytes = Buffer.concat(fragments.map(({ offset, length }) => source.read(offset, length)))
    const scan = bytes.indexOf(Buffer.from([0xff, 0xda]))
    const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]))
    return scan < 0 ? '' : createHash('sha256').update(bytes.subarray(scan, end)).digest('hex')
  }
  const [was, is] = [digest(before), digest(after)]
  return was !== '' && was === is
}

/** without a Patient ID nobody knows that two studies are of one person */
const personOf = ({ attributes }: Instance): string =>
  strings(attributes, 'PatientID')[0] ?? `study ${strings(attributes, 'StudyInstanceUID')[0] ?? ''}`

function pseudonyms(pairs: readonly Pair[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { before, after } of pairs) {
    if (!before || !after) continue
    const id = personOf(before)
    found.set(id, (found.get(id) ?? new Set()).add(strings(after.attributes, 'PatientID')[0] ?? ''))
  }
  return found
}

function usualShifts(pairs: readonly Pair[]): ReadonlyMap<string, number | undefined> {
  const byPerson = new Map<string, number[]>()
  for (const { before, after } of pairs) {
    if (!before || !after) continue
    const id = strings(before.attributes, 'PatientID')[0] ?? ''
    byPerson.set(id, [...(byPerson.get(id) ?? []), ...shifts(before, after).values()])
  }
  return new Map([...byPerson].map(([id, days]) => [id, mostFrequent(days)]))
}

function movedAsUsual(
  { where }: Planted,
  before: Instance | undefined,
  after: Instance | undefined,
  usual: ReadonlyMap<string, number | undefined>,
): boolean {
  if (!before || !after) return false
  const tag = tagOf(where)
  // a date inside a text or a sequence: the checks of texts and of intervals look there
  if (tag === undefined || !before.attributes.byTag.has(tag)) return true
  const moved = shifts(before, after).get(`${tag}.0`)
  return moved !== undefined && moved !== 0 && moved === usual.get(strings(before.attributes, 'PatientID')[0] ?? '')
}
