/** What can only be asked of the gate itself: its keys, its memory, its accounts, its texts, what it does when a part of it fails. */
import { createHash, createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { deidentifyFiles, type FileReport } from '../../src/app/deidentify-files.ts'
import { ACTIONS } from '../../src/deidentify/actions.ts'
import { temporaryKeys, textsOf, type GateParts, type ProfileSource } from '../../src/deidentify/index.ts'
import { identifyingSpans } from '../../src/deidentify/text/clean.ts'
import { attribute, strings, isOfStandard, type Attributes } from '../../src/standards/dicom/index.ts'
import { hostileFiles } from '../../test/conformance/hostile-files.ts'
import { russianReports, scored } from '../../test/russian-reports.ts'
import { timed, type Figures } from '../measure.ts'
import { shifts } from './dates.ts'
import { leaksOf, type Planted } from './leaks.ts'
import { emptied } from './peers.ts'
import { opened } from './references.ts'

export const PROFILE: ProfileSource = {
  base: 'basic',
  options: [
    ...(['clean-pixel-data', 'clean-graphics', 'clean-structured-content', 'clean-descriptors'] as const),
    ...(['retain-longitudinal-modified-dates', 'retain-patient-characteristics'] as const),
  ],
  documents: 'replace',
}
/** for what has nothing to do with pictures */
const WITHOUT_PICTURES: ProfileSource = {
  ...PROFILE,
  options: PROFILE.options?.filter((option) => option !== 'clean-pixel-data') ?? [],
}

export const keys = (of = 5) => temporaryKeys(new Uint8Array(32).fill(of))

export interface Once {
  readonly profile?: ProfileSource
  readonly project?: string
  readonly key?: number
  readonly parts?: GateParts
}

/** Each file in a run of its own: what is consistent must be so without having seen the others. */
export async function apart(
  files: readonly string[],
  output: string,
  { profile = PROFILE, project: name = 'bench', key, parts = {} }: Once = {},
): Promise<ReadonlyMap<string, FileReport>> {
  const done = new Map<string, FileReport>()
  const folder = mkdtempSync(`${output}-`)
  for (const file of files)
    for await (const report of deidentifyFiles([file], folder, { name, profile }, keys(key), { sync: false, parts })) {
      done.set(basename(file), report)
      // two inputs may be one instance: each keeps its own output, under the name of the input
      if (report.output) renameSync(join(folder, report.output), join(output, basename(file)))
    }
  rmSync(folder, { recursive: true, force: true })
  return done
}

export interface Own {
  readonly name: string
  readonly folder: string
  readonly key: readonly Planted[]
}

export async function own({ name, folder, key }: Own, work: string, figures: Figures): Promise<void> {
  const add = (unit: string, value: number) => figures.add(name, 'Sluice', unit, value)
  const files = readdirSync(folder)
    .sort()
    .map((file) => join(folder, file))
  const outputs = new Map<string, string>()
  const run = async (how: Once, order = files) => {
    const output = emptied(join(work, 'own'))
    const reports = await apart(order, output, { profile: WITHOUT_PICTURES, ...how })
    outputs.clear()
    for (const [file, report] of reports) if (report.output) outputs.set(file, join(output, file))
    return { reports, uids: uidsOf(outputs), bytes: bytesOf(outputs) }
  }
  const first = await run({})
  const audit = files.filter((file) => !isAccounted(file, first.reports.get(basename(file))))
  add('A13 accounts that do not add up', audit.length)
  const again = await run({}, [...files].reverse())
  add('A4 not the same bytes in another order', differing(first.bytes, again.bytes))
  const other = await run({ project: 'other' })
  add('A4 UIDs shared by two projects', shared(first.uids, other.uids))
  add('A5 UIDs that a guess without the key gives', shared(first.uids, guesses(files)))
  add('A5 UIDs shared by two keys', shared(first.uids, (await run({ key: 6 })).uids))
  await run({ profile: { ...WITHOUT_PICTURES, wholeWeeks: true } })
  const moved = [...outputs].flatMap(([file, path]) => {
    const [before, after] = [opened(join(folder, file)), opened(path)]
    return before && after ? [...shifts(before, after).values()] : []
  })
  add('A6 dates moved under whole weeks', moved.length)
  add('A6 not by whole weeks', moved.filter((days) => days % 7 !== 0).length)
  let [injected, leaks] = [0, 0]
  for (const action of Object.keys(ACTIONS)) {
    const fails = () => {
      throw new Error('injected')
    }
    await run({ parts: { actions: { ...ACTIONS, [action]: fails } } })
    injected++
    leaks += leaksOf(key, (file) => outputs.get(file)).leaks
  }
  add('A18 actions made to fail', injected)
  add('A18 identifiers that survive', leaks)
}

const bytesOf = (outputs: ReadonlyMap<string, string>) =>
  new Map([...outputs].map(([file, path]) => [file, readFileSync(path)]))

const differing = (one: ReadonlyMap<string, Buffer>, other: ReadonlyMap<string, Buffer>): number =>
  [...one].filter(([file, bytes]) => !other.get(file)?.equals(bytes)).length + Math.abs(one.size - other.size)

const shared = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].filter((uid) => other.has(uid)).length

function uidsOf(outputs: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...outputs.values()].flatMap((path) => allUIDs(opened(path)?.attributes)))
}

function allUIDs(root: Attributes | undefined): readonly string[] {
  const found: string[] = []
  const work = root ? [root] : []
  for (const at of work)
    for (const { tag, vr, items } of at.byTag.values()) {
      if (items) work.push(...items)
      if (vr === 'UI') found.push(...strings(at, tag).filter((uid) => !isOfStandard(uid)))
    }
  return found
}

/** What tools without a key make of an original UID, and what ours would be under keys that anybody can think of. */
function guesses(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const decimal = (hash: Buffer, bytes: number) => `2.25.${BigInt(`0x${hash.toString('hex', 0, bytes)}`)}`
  const obvious = ['', 'bench', 'sluice', 'Sluice', '\0'.repeat(32)]
  for (const uid of new Set(files.flatMap((file) => allUIDs(opened(file)?.attributes)))) {
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
      for (const salted of [uid, ...obvious.map((salt) => salt + uid)]) {
        const hash = createHash(algorithm).update(salted).digest()
        for (const bytes of [16, hash.length]) found.add(decimal(hash, bytes))
      }
    for (const key of obvious) found.add(decimal(createHmac('sha256', key).update(uid).digest(), 16))
  }
  return found
}

/** parsed = kept + changed + removed, where parsed is counted from the input by a reader of its own */
function isAccounted(file: string, report: FileReport | undefined): boolean {
  if (report?.outcome !== 'de-identified') return report !== undefined
  const { parsed = -1, kept = 0, changed = 0, removed = 0 } = report
  if (parsed !== kept + changed + removed) return false
  // what another encoding holds (UN) is counted once it is read: never fewer than stand there
  const { all, unknown } = counted(opened(file)?.attributes)
  return unknown === 0 ? parsed === all : parsed >= all
}

function counted(root: Attributes | undefined): { readonly all: number; readonly unknown: number } {
  let [all, unknown] = [0, 0]
  const work = root ? [root] : []
  for (const { byTag } of work)
    for (const { vr, items } of byTag.values()) {
      all++
      if (vr === 'UN') unknown++
      if (items) work.push(...items)
    }
  return { all, unknown }
}

/** Hostile files, each alone: one outcome, no crash, and what a bomb of items in items costs a process. */
export async function hostile(work: string, figures: Figures): Promise<void> {
  const add = (unit: string, value: number) => figures.add('hostile files', 'Sluice', unit, value)
  const folder = emptied(join(work, 'hostile'))
  const cases = hostileFiles()
  let [wrong, output] = [0, emptied(join(work, 'hostile-out'))]
  for (const [index, { bytes }] of cases.entries()) {
    const file = join(folder, `${index}.dcm`)
    writeFileSync(file, bytes)
    output = emptied(output)
    try {
      const reports = [...(await apart([file], output)).values()]
      const left = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      const [report] = reports
      if (reports.length !== 1 || left.length !== (report?.outcome === 'de-identified' ? 1 : 0)) wrong++
    } catch {
      wrong++
    }
  }
  add('A13 files', cases.length)
  add('A13 without exactly one outcome', wrong)
  const bombs = emptied(join(work, 'bombs'))
  const [deepest] = cases.filter(({ group }) => group === 'F10').sort((a, b) => b.bytes.length - a.bytes.length)
  if (!deepest) return
  writeFileSync(join(bombs, 'bomb.dcm'), deepest.bytes)
  const child = join(import.meta.dirname, '../gate-child.ts')
  mkdirSync(join(work, 'bombs-out'), { recursive: true })
  const { stdout } = await timed(process.execPath, [child, 'sluice', bombs, join(work, 'bombs-out')])
  const { seconds, peakMb } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { seconds: number; peakMb: number }
  add('A13 depth bomb, s', seconds)
  add('A13 depth bomb, MB peak', peakMb)
}

/** A10: the name as a reader of the data set would have it, of every file whose key says it. */
export function readsNames(folder: string, truths: ReadonlyMap<string, string>): number {
  return [...truths].filter(([file, truth]) => {
    const instance = opened(join(folder, file))
    const value = instance && attribute(instance.attributes, 'PatientName')?.value
    return value !== undefined && instance !== undefined && textsOf(instance).decode(value) === truth
  }).length
}

/** A16: names, numbers, dates, addresses in Russian reports; the names stand in no list of the cleaner's. */
export function texts(figures: Figures, quick: boolean): void {
  const reports = russianReports(quick ? 600 : 2400, 11)
  const sentences = reports.reduce((sum, { text }) => sum + text.split(/(?<=[.!?])\s+|\n/).length, 0)
  const { recall, precision } = scored(
    reports,
    ({ text, patient: { names, identifiers } }) =>
      identifyingSpans(text, { names, identifiers, places: [], strangers: 'replace' }).spans,
  )
  const add = (unit: string, value: number) => figures.add('Russian reports', 'Sluice', unit, value)
  add('A16 sentences', sentences)
  add('A16 recall', recall)
  add('A16 precision', precision)
}
