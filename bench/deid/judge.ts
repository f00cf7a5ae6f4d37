/** One tool over one set of files: what is left of the patient, what is left of the image, what others make of it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attribute, strings, type DataSet } from '../../src/standards/dicom/index.ts'
import type { Figures } from '../measure.ts'
import { intervals } from './dates.ts'
import { leaksOf, type Planted } from './leaks.ts'
import type { Peer } from './peers.ts'
import { hiddenTexts, samePixels } from './pictures.ts'
import { opened, references, type Pair } from './references.ts'
import { identifiersLeft } from './strings-left.ts'
import { score } from './score.ts'

export interface FileSet {
  readonly name: string
  readonly folder: string
  /** what was planted and what must become of it; without one the set is of real files */
  readonly key?: readonly Planted[]
}

export async function judge({ name, folder, key }: FileSet, target: Peer, output: string, figures: Figures) {
  const files = readdirSync(folder).sort()
  const add = (unit: string, value: number) => figures.add(name, target.name, unit, value)
  const startedAt = performance.now()
  await target.run(folder, files, output)
  const milliseconds = performance.now() - startedAt
  const made = files.filter((file) => existsSync(join(output, file)))
  add('inputs', files.length)
  add('outputs', made.length)
  const pairs: readonly Pair[] = files.map((file) => ({
    file,
    before: opened(join(folder, file)),
    after: opened(join(output, file)),
  }))
  if (key) await judgePlanted(key, pairs, output, add)
  else {
    const left = identifiersLeft(pairs, output)
    add('A2 strings', left.strings)
    add('A2 strings left', left.left)
  }
  const graph = references(pairs)
  add('A3 references', graph.references)
  add('A3 references removed', graph.removed)
  add('A3 references broken', graph.broken)
  const dates = intervals(pairs)
  add('A6 dates', dates.dates)
  add('A6 dates kept as intervals %', percent(dates.kept, dates.dates))
  add('A6 dates invalid', dates.invalid)
  add('A7 pixels', pairs.filter(({ before, after }) => after && before && hasPixels(before)).length)
  add('A7 pixels identical', pairs.filter(({ before, after }) => before && after && samePixels(before, after)).length)
  const errors = made.map((file) => newErrors(join(folder, file), join(output, file)))
  add(
    'A8 new errors',
    errors.reduce((sum, { real }) => sum + real, 0),
  )
  add(
    'A8 bytes taken for characters',
    errors.reduce((sum, { lengths }) => sum + lengths, 0),
  )
  // what a reader cannot read before it need not read after
  for (const [reader, read] of READERS) {
    const before = read(made.map((file) => join(folder, file)))
    const asked = made.filter((_, at) => before[at])
    const after = read(asked.map((file) => join(output, file)))
    add(`A9 ${reader} reads %`, percent(after.filter(Boolean).length, asked.length))
  }
  const technical = pairs.map(({ before, after }) => technicalKept(before, after))
  add('A12 technical kept %', percent(sum(technical, 'kept'), sum(technical, 'all')))
  add('A15 marked %', percent(pairs.filter(({ after }) => after && isMarked(after)).length, made.length))
  add('A21 ms each', milliseconds / files.length)
}

async function judgePlanted(
  key: readonly Planted[],
  pairs: readonly Pair[],
  output: string,
  add: (unit: string, value: number) => void,
) {
  const leaks = leaksOf(key, (file) => join(output, file))
  add('A1 checks', leaks.checks)
  add('A1 leaks', leaks.leaks)
  for (const [kind, [leaked, checks]] of Object.entries(leaks.byKind))
    if (leaked) add(`A1 ${kind} of ${checks}`, leaked)
  add('A11 phrases', leaks.phrases)
  add('A11 phrases kept %', percent(leaks.keptPhrases, leaks.phrases))
  const pictures = await hiddenTexts(key, pairs)
  add('A14 texts on pictures', pictures.texts)
  add('A14 texts that can be read', pictures.readable)
  add('A14 rest of the picture changed', pictures.changedRest)
  add('A15 claims of no text that are false', pictures.falseClaims)
  const scored = score(key, pairs, output, pictures)
  add('A17 required actions', scored.required)
  add('A17 required actions done %', percent(scored.done, scored.required))
  for (const [kind, [failed, required]] of Object.entries(scored.failed))
    add(`A17 failed ${kind} of ${required}`, failed)
}

export const percent = (part: number, whole: number) => (whole ? (100 * part) / whole : Number.NaN)
const sum = <Key extends string>(of: readonly Readonly<Record<Key, number>>[], key: Key) =>
  of.reduce((total, one) => total + one[key], 0)

const hasPixels = ({ attributes }: DataSet<'identified'>) => attribute(attributes, 'PixelData') !== undefined

const LENGTH = 'Length invalid'

/**
 * Kinds of error that the output has and the input had not. dciodvfy counts the bytes of a value where PS3.5 §6.2 counts
 * characters, so a complaint of length is heard again on a copy in a character set of one byte a letter (ISO_IR 144).
 */
function newErrors(before: string, after: string): { readonly real: number; readonly lengths: number } {
  const known = new Set(errorsOf(before))
  const fresh = errorsOf(after).filter((error) => !known.has(error))
  if (!fresh.some((error) => error.includes(LENGTH))) return { real: fresh.length, lengths: 0 }
  const folder = mkdtempSync(join(tmpdir(), 'deid-verify-'))
  try {
    const copy = join(folder, 'copy.dcm')
    const converted = spawnSync('dcmconv', ['+C', 'ISO_IR 144', after, copy], { stdio: 'ignore' }).status === 0
    const still = new Set(converted ? errorsOf(copy) : fresh)
    const lengths = fresh.filter((error) => error.includes(LENGTH) && !still.has(error)).length
    return { real: fresh.length - lengths, lengths }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const errorsOf = (path: string): readonly string[] => [
  ...new Set(
    [...spawnSync('dciodvfy', [path], { encoding: 'utf8' }).stderr.matchAll(/^Error - (.*)$/gm)].map(([, line = '']) =>
      line.replaceAll(/<[^>]*>|\d+(\.\d+)*/g, '#'),
    ),
  ),
]

const PYDICOM = `
import sys, pydicom
for path in sys.stdin.read().splitlines():
    try:
        for element in pydicom.dcmread(path).iterall(): element.value
        print('1')
    except Exception: print('0')
`
const DCMJS = `
import dcmjs from 'dcmjs'
import { readFileSync } from 'node:fs'
for (const say of ['log', 'warn', 'error']) console[say] = () => {}
for (const path of readFileSync(0, 'utf8').split('\\n').filter(Boolean))
  try { const { buffer, byteOffset, length } = readFileSync(path)
    dcmjs.data.DicomMessage.readFile(buffer.slice(byteOffset, byteOffset + length)); process.stdout.write('1\\n')
  } catch { process.stdout.write('0\\n') }
`
const REPOSITORY = join(import.meta.dirname, '../..')

type Reads = (paths: readonly string[]) => readonly boolean[]
const eachBy =
  (program: string): Reads =>
  (paths) =>
    paths.map((path) => spawnSync(program, [path], { stdio: 'ignore' }).status === 0)
const togetherBy = (program: string, args: readonly string[]): Reads => {
  const reads: Reads = (paths) => {
    const { stdout } = spawnSync(program, args, { input: paths.join('\n'), encoding: 'utf8', cwd: REPOSITORY })
    const said = stdout.split('\n', paths.length).filter(Boolean)
    const read = said.map((line) => line === '1')
    // a reader that ended at a file has not read it, and goes on with the next
    return said.length < paths.length ? [...read, false, ...reads(paths.slice(said.length + 1))] : read
  }
  return reads
}

/** whether each of four other programs reads a file to the end */
const READERS: readonly (readonly [name: string, reads: Reads])[] = [
  ['dcmdump', eachBy('dcmdump')],
  ['gdcminfo', eachBy('gdcminfo')],
  ['pydicom', togetherBy('/usr/bin/python3', ['-c', PYDICOM])],
  ['dcmjs', togetherBy(process.execPath, ['--max-old-space-size=512', '--input-type=module', '-e', DCMJS])],
]

/** numbers and codes of groups 0018, 0020 and 0028 at the top: how the image was made, not of whom */
function technicalKept(before?: DataSet<'identified'>, after?: DataSet<'identified'>): { kept: number; all: number } {
  // what has no output is counted by A13 and A17
  if (!before || !after) return { kept: 0, all: 0 }
  const technical = [...before.attributes.byTag.values()].filter(
    ({ tag, vr, length }) =>
      [0x18, 0x20, 0x28].includes(tag >>> 16) &&
      ['DS', 'IS', 'US', 'SS', 'FD', 'FL', 'CS'].includes(vr) &&
      length > 0 &&
      ![0x00280301].includes(tag),
  )
  return {
    kept: technical.filter(({ tag }) => attribute(after.attributes, tag)?.length !== undefined).length,
    all: technical.length,
  }
}

function isMarked({ attributes, source }: DataSet<'identified'>): boolean {
  const preamble = source.read(0, 128)
  return (
    strings(attributes, 'PatientIdentityRemoved')[0] === 'YES' &&
    (attribute(attributes, 'DeidentificationMethodCodeSequence')?.items?.length ?? 0) > 0 &&
    strings(attributes, 'LongitudinalTemporalInformationModified').length === 1 &&
    preamble.every((byte) => byte === 0)
  )
}
