/** The gate against planted identifiers, other people's readers, and the compiler. */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { deidentifyFiles, type FileReport } from '../../src/app/deidentify-files.ts'
import { filesBelow } from '../../src/app/files.ts'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { temporaryKeys, type GateProject } from '../../src/deidentify/index.ts'
import { writeFileMeta } from '../../src/standards/dicom/index.ts'
import { peerTest, run, temporaryFolder } from '../peers.ts'

const project: GateProject = {
  name: 'head-ct',
  profile: 'basic',
  options: { dates: 'removed', patientCharacteristics: false },
}
const SYNTH = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'dicom')

const all = async (input: string, output: string): Promise<{ file: string; report: FileReport }[]> => {
  const files = filesBelow(input)
  const done: { file: string; report: FileReport }[] = []
  for await (const report of deidentifyFiles(files, output, project, temporaryKeys(new Uint8Array(32))))
    done.push({ file: files[report.input - 1] ?? '', report })
  return done
}

interface Planted {
  readonly file: string
  readonly kind: string
  readonly expect: string
  readonly hex: string
  readonly value: string
}

test(
  'no planted identifier survives the gate',
  { skip: existsSync(join(SYNTH, 'answer_key.jsonl')) ? false : 'needs the corpus' },
  async (t) => {
    const output = temporaryFolder(t)
    const done = await all(join(SYNTH, 'synth'), output)
    const planted = readFileSync(join(SYNTH, 'answer_key.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Planted)
    let checks = 0
    const leaks: string[] = []
    for (const { file, kind, expect, hex, value } of planted) {
      if (['BURNED_IN', 'KEEP_PIXELS', 'QI', 'KEEP_OR_DROP'].includes(kind) || expect.startsWith('kept')) continue
      const report = done.find((one) => one.file.endsWith(file))?.report
      assert.ok(report, `${file} has no outcome`)
      if (!report.output) continue
      checks++
      const bytes = readFileSync(join(output, report.output))
      const forms = [Buffer.from(hex.replace(/(00|20)+$/, ''), 'hex'), Buffer.from(value ?? '')].filter(
        ({ length }) => length >= 4,
      )
      if (forms.some((form) => bytes.includes(form))) leaks.push(`${file} ${kind}`)
    }
    t.diagnostic(
      `${checks} checks, ${leaks.length} leaks, ${done.filter(({ report }) => report.outcome === 'quarantined').length} of ${done.length} in quarantine`,
    )
    assert.deepEqual(leaks, [])
  },
)

test(
  'every real file of the corpus is cleared or in quarantine, and nothing throws',
  { skip: existsSync(join(SYNTH, 'real')) ? false : 'needs the corpus' },
  async (t) => {
    const done = await all(join(SYNTH, 'real'), temporaryFolder(t))
    const cleared = done.filter(({ report }) => report.outcome === 'de-identified')
    t.diagnostic(`${cleared.length} of ${done.length} cleared`)
    assert.ok(cleared.length > done.length / 3)
    for (const { report } of done) if (report.outcome === 'quarantined') assert.notEqual(report.code, 'internal')
  },
)

peerTest(
  'cleared images are read by dcmdump and pydicom, and dciodvfy finds no new error',
  ['dcmdump', 'dciodvfy'],
  async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'in'))
    const file = join(folder, 'in', 'a.dcm')
    const study = examination(2)
    const meta = writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      mediaStorageSOPInstanceUID: study.uid('instance 5'),
    })
    writeFileSync(file, Buffer.concat([meta, ctImage(study, 5)]))
    const [done] = await all(join(folder, 'in'), join(folder, 'out'))
    const [written = ''] = globSync(join(folder, 'out/**/*.dcm'))
    assert.equal(done?.report.outcome, 'de-identified')
    assert.equal((await run('dcmdump', [written])).status, 0)
    const python = await run('/usr/bin/python3', [
      '-c',
      `import pydicom; d = pydicom.dcmread(${JSON.stringify(written)}); print(d.PatientIdentityRemoved, len(d.PixelData), d.PatientName)`,
    ])
    assert.match(python.stdout, /^YES 524288 HEADCT-/)
    const errors = async (path: string) =>
      [...(await run('dciodvfy', [path])).stderr.matchAll(/^Error - .*$/gm)].map(([line]) => line)
    assert.deepEqual(await errors(written), await errors(file))
  },
)

test('a data set that is still identified cannot be stored: it does not compile', () => {
  const host = ts.createCompilerHost({})
  const source = (zone: string) => `import type { DataSet } from '../../src/standards/dicom/index.ts'
declare function store(instance: DataSet<'de-identified'>): void
declare const instance: DataSet<'${zone}'>
store(instance)
`
  const problems = (zone: string): readonly ts.Diagnostic[] => {
    const name = join(import.meta.dirname, 'zone-snippet.ts')
    const options = {
      noEmit: true,
      strict: true,
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ['node'],
    }
    const program = ts.createProgram([name], options, {
      ...host,
      getSourceFile: (file, ...rest) =>
        file === name
          ? ts.createSourceFile(file, source(zone), ts.ScriptTarget.ES2024)
          : host.getSourceFile(file, ...rest),
      fileExists: (file) => file === name || host.fileExists(file),
    })
    return program.getSemanticDiagnostics(program.getSourceFile(name))
  }
  assert.deepEqual(
    problems('de-identified').map(({ messageText }) => messageText),
    [],
  )
  const [problem] = problems('identified')
  assert.match(ts.flattenDiagnosticMessageText(problem?.messageText ?? '', ' '), /not assignable/)
})
