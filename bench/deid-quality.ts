/**
 * How well the gate de-identifies, beside other programs on the same files: planted identifiers of a corpus (where it stands)
 * and of our own generator, references, validity, pixels, harmless text. A quarantined instance is a missing output, and said.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { deidentifyFiles } from '../src/app/deidentify-files.ts'
import { temporaryKeys, type ProfileSource } from '../src/deidentify/index.ts'
import { attribute, memorySource, openDataSet, strings, uidEntry, type DataSet } from '../src/standards/dicom/index.ts'
import { leaksOf, readKey, type Planted } from './deid/leaks.ts'
import { emptied, PEERS, type Peer } from './deid/peers.ts'
import { opened, references } from './deid/references.ts'
import { plant } from './deid/planted.ts'
import { Figures, result, versionOf, type Options, type Result } from './measure.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom')
const SEEDS = [11, 12, 13]
const PROFILE: ProfileSource = {
  base: 'basic',
  options: [
    ...(['clean-pixel-data', 'clean-graphics', 'clean-structured-content', 'clean-descriptors'] as const),
    ...(['retain-longitudinal-modified-dates', 'retain-patient-characteristics'] as const),
  ],
}

export async function run(options: Options): Promise<readonly Result[]> {
  const work = mkdtempSync(join(tmpdir(), 'deid-quality-'))
  const figures = new Figures()
  const notes = ['dicom-curate is not in the npm registry, so it was not run']
  try {
    const sets: { name: string; folder: string; key: readonly Planted[] }[] = []
    if (existsSync(join(CORPUS, 'answer_key.jsonl'))) {
      const folder = emptied(join(work, 'corpus'))
      for (const file of globSync(join(CORPUS, 'synth/*.dcm'))) copyFileSync(file, join(folder, basename(file)))
      sets.push({ name: 'corpus', folder, key: readKey(join(CORPUS, 'answer_key.jsonl')) })
    } else notes.push('the corpus is not here: generated files only')
    const generated = emptied(join(work, 'generated'))
    const key = SEEDS.slice(0, options.quick ? 1 : undefined).flatMap((seed) =>
      plant(generated, seed, options.quick ? 10 : 21),
    )
    sets.push({ name: 'generated', folder: generated, key })
    const missing = PEERS.filter((peer) => !peer.present())
    if (missing.length) notes.push(`not installed: ${missing.map(({ name }) => name).join(', ')}`)
    for (const { name, folder, key } of sets)
      for (const target of [SLUICE, ...PEERS.filter((peer) => peer.present())])
        await judge(name, target, folder, key, emptied(join(work, `${name}-out`)), figures)
    if (sets[0]?.name === 'corpus') await repeated(sets[0].folder, work, figures)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const measured = (workload: string, what: string) => figures.values(workload, 'Sluice', what)[0] ?? Number.NaN
  const workloads = [...new Set(figures.rows.map(({ workload }) => workload))]
  const targets = Object.fromEntries(
    workloads.flatMap((workload) => [
      [
        `A1 ${workload}`,
        {
          goal: '0 planted identifiers survive',
          measured: measured(workload, 'A1 leaks'),
          reached: measured(workload, 'A1 leaks') === 0,
        },
      ],
      [
        `A11 ${workload}`,
        {
          goal: 'at least 90 % of harmless phrases',
          measured: measured(workload, 'A11 phrases kept %'),
          reached: measured(workload, 'A11 phrases kept %') >= 90,
        },
      ],
      [
        `A8 ${workload}`,
        {
          goal: '0 new dciodvfy errors',
          measured: measured(workload, 'A8 new errors'),
          reached: measured(workload, 'A8 new errors') === 0,
        },
      ],
      [
        `A3 ${workload}`,
        {
          goal: '0 references broken',
          measured: measured(workload, 'A3 references broken'),
          reached: measured(workload, 'A3 references broken') === 0,
        },
      ],
    ]),
  )
  const versions = { gdcmanon: versionOf('gdcmanon'), Orthanc: versionOf('Orthanc'), dcmdump: versionOf('dcmdump') }
  return [
    result('deid-quality', { ...options, rounds: 1 }, { rows: figures.rows, ratios: {}, targets, notes, versions }),
  ]
}

const ourKeys = () => temporaryKeys(new Uint8Array(32).fill(5))

const SLUICE: Peer = {
  name: 'Sluice',
  present: () => true,
  run: async (input, files, output) => {
    const out = mkdtempSync(join(tmpdir(), 'deid-sluice-'))
    const paths = files.map((file) => join(input, file))
    // one call a file: what is consistent must be so without having seen the others
    for (const path of paths)
      for await (const report of deidentifyFiles([path], out, { name: 'bench', profile: PROFILE }, ourKeys(), {
        sync: false,
      }))
        if (report.output) copyFileSync(join(out, report.output), join(output, basename(path)))
    rmSync(out, { recursive: true, force: true })
  },
}

async function judge(
  set: string,
  target: Peer,
  folder: string,
  key: readonly Planted[],
  output: string,
  figures: Figures,
): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.dcm'))
    .sort()
  const startedAt = performance.now()
  await target.run(folder, files, output)
  const seconds = (performance.now() - startedAt) / 1000
  const add = (unit: string, value: number) => figures.add(set, target.name, unit, value)
  const made = files.filter((file) => existsSync(join(output, file)))
  const leaks = leaksOf(key, (file) => join(output, file))
  add('inputs', files.length)
  add('outputs', made.length)
  add('A1 checks', leaks.checks)
  add('A1 leaks', leaks.leaks)
  for (const [kind, [leaked, checks]] of Object.entries(leaks.byKind))
    if (leaked) add(`A1 ${kind} of ${checks}`, leaked)
  add('A11 phrases kept %', percent(leaks.keptPhrases, leaks.phrases))
  const required = key.filter(
    ({ expect, kind }) =>
      !expect.startsWith('kept') && !['BURNED_IN', 'KEEP_PIXELS', 'QI', 'KEEP_OR_DROP'].includes(kind),
  )
  // a missing output fails everything that was asked of it
  add('A17 required actions %', percent(leaks.checks - leaks.leaks, required.length))
  const pairs = made.map((file) => ({ file, before: opened(join(folder, file)), after: opened(join(output, file)) }))
  const graph = references(pairs)
  add('A3 references', graph.references)
  add('A3 references broken', graph.broken)
  const same = pairs.filter(({ before, after }) => before && after && samePixels(before, after)).length
  add('A7 pixels identical', same)
  add('A7 with pixels', pairs.filter(({ before }) => before && attribute(before.attributes, 'PixelData')).length)
  add(
    'A8 new errors',
    made.reduce((sum, file) => sum + newErrors(join(folder, file), join(output, file)), 0),
  )
  for (const [reader, reads] of READERS)
    add(`A9 ${reader} reads`, made.filter((file) => reads(join(output, file))).length)
  const technical = pairs.reduce((sum, { before, after }) => addCounts(sum, technicalKept(before, after)), {
    kept: 0,
    all: 0,
  })
  add('A12 technical kept %', percent(technical.kept, technical.all))
  add('A15 marked', pairs.filter(({ after }) => after && isMarked(after)).length)
  add('A21 ms each', (seconds * 1000) / files.length)
}

const percent = (part: number, whole: number) => (whole ? (100 * part) / whole : Number.NaN)
const addCounts = (a: { kept: number; all: number }, b: { kept: number; all: number }) => ({
  kept: a.kept + b.kept,
  all: a.all + b.all,
})

function samePixels(before: DataSet<'identified'>, after: DataSet<'identified'>): boolean {
  const [was, is] = [before, after].map(({ attributes, source }) => {
    const pixels = attribute(attributes, 'PixelData')
    if (!pixels) return undefined
    const ranges = pixels.fragments?.slice(1) ?? [{ offset: pixels.valueOffset, length: pixels.length }]
    return Buffer.concat(ranges.map(({ offset, length }) => source.read(offset, length)))
  })
  return was !== undefined && is !== undefined && was.equals(is)
}

/** kinds of error that the output has and the input had not */
function newErrors(before: string, after: string): number {
  const errors = (path: string) =>
    new Set(
      [...spawnSync('dciodvfy', [path], { encoding: 'utf8' }).stderr.matchAll(/^Error - (.*)$/gm)].map(
        ([, line = '']) => line.replaceAll(/<[^>]*>|\d+/g, '#'),
      ),
    )
  const known = errors(before)
  return [...errors(after)].filter((error) => !known.has(error)).length
}

const READERS: readonly (readonly [string, (path: string) => boolean])[] = [
  ['dcmdump', (path) => spawnSync('dcmdump', ['-q', path], { stdio: 'ignore' }).status === 0],
  ['gdcminfo', (path) => spawnSync('gdcminfo', [path], { stdio: 'ignore' }).status === 0],
]

/** numbers and codes of groups 0018, 0020 and 0028 at the top: how the image was made, not of whom */
function technicalKept(before?: DataSet<'identified'>, after?: DataSet<'identified'>): { kept: number; all: number } {
  const technical = [...(before?.attributes.byTag.values() ?? [])].filter(
    ({ tag, vr, length }) =>
      [0x18, 0x20, 0x28].includes(tag >>> 16) &&
      ['DS', 'IS', 'US', 'SS', 'FD', 'FL', 'CS'].includes(vr) &&
      length > 0 &&
      ![0x00280301].includes(tag),
  )
  const kept = technical.filter(({ tag }) => after && attribute(after.attributes, tag)?.length !== undefined)
  return { kept: kept.length, all: technical.length }
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

/** A4: the same project twice gives the same bytes; two projects share no UID and no pseudonym. */
async function repeated(folder: string, work: string, figures: Figures): Promise<void> {
  const files = globSync(join(folder, '*.dcm')).sort()
  const outputs: Map<string, Buffer>[] = []
  for (const project of ['one', 'one', 'two']) {
    const out = emptied(join(work, 'repeated'))
    const made = new Map<string, Buffer>()
    for await (const report of deidentifyFiles(
      project === 'one' && outputs.length ? [...files].reverse() : files,
      out,
      { name: project, profile: PROFILE },
      ourKeys(),
      { sync: false },
    ))
      if (report.output)
        made.set(
          basename((project === 'one' && outputs.length ? [...files].reverse() : files)[report.input - 1] ?? ''),
          readFileSync(join(out, report.output)),
        )
    outputs.push(made)
  }
  const [first, again, other] = outputs as [Map<string, Buffer>, Map<string, Buffer>, Map<string, Buffer>]
  figures.add(
    'corpus',
    'Sluice',
    'A4 byte-identical, other order',
    [...first].filter(([file, bytes]) => again.get(file)?.equals(bytes)).length,
  )
  const uids = (made: Map<string, Buffer>) =>
    new Set(
      [...made.values()].flatMap((bytes) =>
        [...openDataSet(memorySource(bytes)).attributes.byTag.values()]
          .flatMap(({ tag, vr }) => (vr === 'UI' ? strings(openDataSet(memorySource(bytes)).attributes, tag) : []))
          .filter((uid) => !uidEntry(uid)),
      ),
    )
  const mine = uids(first)
  figures.add(
    'corpus',
    'Sluice',
    'A4 UIDs shared by two projects',
    [...uids(other)].filter((uid) => mine.has(uid)).length,
  )
}
