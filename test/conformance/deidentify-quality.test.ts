/** What the gate leaves behind, on instances of our own making and on the corpus where it stands. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { leaksOf, readKey } from '../../bench/deid/leaks.ts'
import { plant } from '../../bench/deid/planted.ts'
import { opened, references } from '../../bench/deid/references.ts'
import { ActTally } from '../../src/app/act/facts.ts'
import { actHTML } from '../../src/app/act/html.ts'
import { deidentifyFiles, type FileReport } from '../../src/app/deidentify-files.ts'
import { temporaryKeys, type ProfileSource } from '../../src/deidentify/index.ts'
import { strings, uidEntry } from '../../src/standards/dicom/index.ts'
import { temporaryFolder } from '../peers.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom')
const hasCorpus = existsSync(join(CORPUS, 'answer_key.jsonl'))
const profile: ProfileSource = {
  base: 'basic',
  options: [
    ...(['clean-graphics', 'clean-structured-content', 'clean-descriptors'] as const),
    ...(['retain-longitudinal-modified-dates', 'retain-patient-characteristics'] as const),
  ],
}

/** each file in a run of its own, as after a restart */
async function apart(files: readonly string[], output: string, name = 'head-ct') {
  const done = new Map<string, FileReport>()
  const keys = () => temporaryKeys(new Uint8Array(32).fill(9))
  for (const file of files)
    for await (const report of deidentifyFiles([file], output, { name, profile }, keys(), { sync: false }))
      done.set(basename(file), report)
  const outputOf = (file: string) => {
    const made = done.get(file)?.output
    return made === undefined ? undefined : join(output, made)
  }
  return { done, outputOf }
}

test('no planted identifier survives, whatever it was encoded in, and harmless phrases stay', async (t) => {
  const input = temporaryFolder(t)
  const key = plant(input, 7, 14)
  const { outputOf, done } = await apart(globSync(join(input, '*.dcm')).sort(), temporaryFolder(t))
  const found = leaksOf(key, outputOf)
  t.diagnostic(`${found.checks} checks, ${found.leaks} leaks, ${found.keptPhrases} of ${found.phrases} phrases kept`)
  assert.deepEqual(found.leaked, [])
  assert.deepEqual(found.missing, [])
  assert.ok(found.checks > 150)
  assert.ok(found.keptPhrases >= 0.9 * found.phrases)
  for (const { parsed, kept = 0, changed = 0, removed = 0 } of done.values())
    assert.equal(parsed, kept + changed + removed)
})

test('the same project gives the same bytes in any order; two projects share no UID and no pseudonym', async (t) => {
  const input = temporaryFolder(t)
  plant(input, 8, 5)
  const files = globSync(join(input, '*.dcm')).sort()
  const one = await apart(files, temporaryFolder(t))
  const again = await apart([...files].reverse(), temporaryFolder(t))
  const other = await apart(files, temporaryFolder(t), 'stroke')
  const made = (of: typeof one, file: string) => of.outputOf(basename(file)) ?? ''
  const said = (path: string) => {
    const { attributes } = opened(path) ?? assert.fail('no output')
    const uids = [...attributes.byTag.values()]
      .filter(({ vr }) => vr === 'UI')
      .flatMap(({ tag }) => strings(attributes, tag))
    return [...uids.filter((uid) => !uidEntry(uid)), ...strings(attributes, 'PatientID')]
  }
  for (const file of files) {
    assert.deepEqual(readFileSync(made(one, file)), readFileSync(made(again, file)))
    const mine = new Set(said(made(one, file)))
    assert.ok(mine.size > 3)
    assert.deepEqual(
      said(made(other, file)).filter((value) => mine.has(value)),
      [],
    )
  }
})

test(
  'references between instances hold, each de-identified after a restart and in the wrong order',
  { skip: hasCorpus ? false : 'needs the corpus' },
  async (t) => {
    const files = globSync(join(CORPUS, 'synth/*.dcm')).sort().reverse()
    const { outputOf } = await apart(files, temporaryFolder(t))
    const pairs = files.map((path) => ({
      file: basename(path),
      before: opened(path),
      after: opened(outputOf(basename(path)) ?? ''),
    }))
    const graph = references(pairs)
    t.diagnostic(`${graph.references} references, ${graph.broken} broken`)
    assert.ok(graph.references > 0)
    assert.equal(graph.broken, 0)
    const found = leaksOf(readKey(join(CORPUS, 'answer_key.jsonl')), outputOf)
    assert.deepEqual(found.leaked, [])
    assert.ok(found.keptPhrases >= 0.9 * found.phrases)
  },
)

test('an act says methods, kinds and counts in both languages, and nothing of a patient', async (t) => {
  const input = temporaryFolder(t)
  const key = plant(input, 9, 3)
  const { done } = await apart(globSync(join(input, '*.dcm')).sort(), temporaryFolder(t))
  const tally = new ActTally()
  for (const report of done.values()) tally.add({ report: JSON.stringify(report), study_uid: '2.25.1' })
  tally.add({ report: JSON.stringify({ profile: 'basic', edition: '2024b' }), study_uid: '2.25.2' })
  const period = { from: '2026-01-01', to: '2026-01-31', madeAt: '2026-02-01T10:00:00Z' }
  const facts = tally.facts({ project: 'head-ct', title: 'Head <CT>', ...period })
  assert.equal(facts.instances, 4)
  assert.equal(facts.studies, 2)
  assert.equal(facts.verified, 3)
  assert.deepEqual(facts.methods, ['identifiers', 'composition', 'distortion', 'decomposition'])
  assert.ok(facts.options.some((option) => option.includes('113107')))
  const [russian, english] = [actHTML(facts, 'ru'), actHTML(facts, 'en')]
  assert.match(russian, /Введение идентификаторов/)
  assert.match(english, /Introduction of identifiers/)
  for (const page of [russian, english]) {
    assert.match(page, /Head &lt;CT&gt;/)
    for (const { value, expect } of key) if (!expect.startsWith('kept')) assert.equal(page.includes(value), false)
  }
})
