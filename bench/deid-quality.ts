/**
 * How well the gate de-identifies, beside other programs on the same files: planted identifiers of a corpus and real files
 * (where they stand) and files of our own generator, one instance at a time, as a proxy meets them. A quarantined instance is
 * a missing output, and a missing output fails everything that was asked of it.
 */
import { copyFileSync, existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { judge, type FileSet } from './deid/judge.ts'
import { readKey } from './deid/leaks.ts'
import { names } from './deid/names.ts'
import { apart, hostile, own, texts } from './deid/own.ts'
import { emptied, PEERS, type Peer } from './deid/peers.ts'
import { plant, plantPictures } from './deid/planted.ts'
import { spoken, vault } from './deid/silence.ts'
import { Figures, result, versionOf, type Options, type Result, type Target } from './measure.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom')
const SEEDS = [11, 12, 13]

export async function run(options: Options): Promise<readonly Result[]> {
  const work = mkdtempSync(join(tmpdir(), 'deid-quality-'))
  const figures = new Figures()
  const peers = PEERS.filter((peer) => peer.present())
  const notes = [
    'A2 and A3 of real files: strings and references of files that have an output',
    'A6 and A17 ask for shifted dates and cleaned texts; a tool without such an option fails them',
  ]
  try {
    const sets = fileSets(work, options, notes)
    const missing = PEERS.filter((peer) => !peers.includes(peer))
    if (missing.length) notes.push(`not installed: ${missing.map(({ name }) => name).join(', ')}`)
    for (const set of sets)
      for (const target of [SLUICE, ...peers]) await judge(set, target, emptied(join(work, `${set.name}-out`)), figures)
    for (const { name, folder, key } of sets) if (key) await own({ name, folder, key }, work, figures)
    const [first] = sets
    if (first?.key) spoken(first.folder, first.key, work, figures)
    names(work, figures)
    texts(figures, options.quick)
    await hostile(work, figures)
    await vault(work, figures)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const versions = {
    ...Object.fromEntries(peers.flatMap(({ name, version }) => (version ? [[name, version()]] : []))),
    dcmdump: versionOf('dcmdump'),
  }
  return [
    result(
      'deid-quality',
      { ...options, rounds: 1 },
      { rows: figures.rows, ratios: {}, targets: targets(figures), notes, versions },
    ),
  ]
}

const SLUICE: Peer = {
  name: 'Sluice',
  present: () => true,
  run: async (input, files, output) => {
    await apart(
      files.map((file) => join(input, file)),
      output,
    )
  },
}

function fileSets(work: string, { quick }: Options, notes: string[]): readonly FileSet[] {
  const sets: FileSet[] = []
  const copied = (name: string, files: readonly string[]) => {
    const folder = emptied(join(work, name))
    for (const [index, file] of files.entries())
      copyFileSync(file, join(folder, name === 'real' ? `${index}.dcm` : basename(file)))
    return folder
  }
  if (existsSync(join(CORPUS, 'answer_key.jsonl'))) {
    const folder = copied('corpus', globSync(join(CORPUS, 'synth/*.dcm')))
    sets.push({ name: 'corpus', folder, key: readKey(join(CORPUS, 'answer_key.jsonl')) })
  } else notes.push('the corpus is not here: generated files only')
  const folder = emptied(join(work, 'generated'))
  const key = SEEDS.slice(0, quick ? 1 : undefined).flatMap((seed) => [
    ...plant(folder, seed, quick ? 10 : 21),
    ...plantPictures(folder, seed, quick ? 3 : 6),
  ])
  sets.push({ name: 'generated', folder, key })
  const real = globSync(join(CORPUS, 'real/**/*'))
    .filter((path) => statSync(path).isFile())
    .sort()
  if (real.length)
    sets.push({ name: 'real', folder: copied('real', quick ? real.filter((_, at) => at % 8 === 0) : real) })
  return sets
}

/** check · row · goal; `=` exactly, `>` at least, `<` at most */
const GOALS = `
A1 planted identifiers that survive       | A1 leaks                                        | = 0
A2 strings of real files that survive     | A2 strings left                                 | = 0
A3 references broken                      | A3 references broken                            | = 0
A4 other bytes in another order           | A4 not the same bytes in another order          | = 0
A4 UIDs shared by two projects            | A4 UIDs shared by two projects                  | = 0
A5 UIDs guessed without the key           | A5 UIDs that a guess without the key gives      | = 0
A5 UIDs shared by two keys                | A5 UIDs shared by two keys                      | = 0
A6 dates not valid                        | A6 dates invalid                                | = 0
A6 dates not by whole weeks               | A6 not by whole weeks                           | = 0
A8 new errors of dciodvfy                 | A8 new errors                                   | = 0
A9 dcmdump reads %                        | A9 dcmdump reads %                              | > 100
A9 pydicom reads %                        | A9 pydicom reads %                              | > 100
A9 gdcminfo reads %                       | A9 gdcminfo reads %                             | > 100
A9 dcmjs reads %                          | A9 dcmjs reads %                                | > 100
A10 names read right                      | A10 names read right                            | > 12
A11 harmless phrases kept %               | A11 phrases kept %                              | > 90
A12 technical attributes kept %           | A12 technical kept %                            | > 99
A13 accounts that do not add up           | A13 accounts that do not add up                 | = 0
A13 hostile files without one outcome     | A13 without exactly one outcome                 | = 0
A13 depth bomb, seconds                   | A13 depth bomb, s                               | < 2
A14 texts that can be read on pictures    | A14 texts that can be read                      | = 0
A14 pictures changed elsewhere            | A14 rest of the picture changed                 | = 0
A15 marked %                              | A15 marked %                                    | > 100
A15 false claims of no text               | A15 claims of no text that are false            | = 0
A16 recall                                | A16 recall                                      | > 0.99
A16 precision                             | A16 precision                                   | > 0.98
A17 required actions done %               | A17 required actions done %                     | > 99.9
A18 identifiers after injected failures   | A18 identifiers that survive                    | = 0
A19 values said or left behind            | A19 values said                                 | = 0
A20 answered to one person                | A20 answered to one person                      | = 0
A20 answered to two                       | A20 answered to two                             | > 20
A20 numbers in the vault’s database       | A20 numbers that stand in the vault’s database  | = 0
A20 opened under another key              | A20 opened under another key                    | = 0
`

function targets(figures: Figures): Readonly<Record<string, Target>> {
  const found: Record<string, Target> = {}
  for (const line of GOALS.trim().split('\n')) {
    const [check = '', unit, goal = ''] = line.split('|').map((cell) => cell.trim())
    const [how, number] = goal.split(' ')
    for (const { workload, target, unit: of, values } of figures.rows) {
      if (target !== 'Sluice' || of !== unit) continue
      const [measured = Number.NaN] = values
      const wanted = Number(number)
      const reached = how === '=' ? measured === wanted : how === '>' ? measured >= wanted : measured <= wanted
      const words = how === '=' ? `${wanted}` : how === '>' ? `>= ${wanted}` : `<= ${wanted}`
      found[`${check} (${workload})`] = { goal: words, measured, reached }
    }
  }
  return found
}
