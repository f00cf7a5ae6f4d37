/** Each command as a person types it, in a folder of its own. */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { startDemoPacs } from '../../src/app/demo/index.ts'
import { writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, freePort, peerTest, run, temporaryFolder } from '../peers.ts'
import { startSluice } from '../sluice.ts'

const sluice = (cwd: string, ...args: string[]) => run(resolve('bin/sluice'), args, { cwd })

test('version and help answer on every command', async (t) => {
  const cwd = temporaryFolder(t)
  assert.match((await sluice(cwd, 'version')).stdout, /^sluice \d+\.\d+\.\d+ \(Node\.js v24/)
  assert.equal((JSON.parse((await sluice(cwd, 'version', '--json')).stdout) as { name: string }).name, 'sluice')
  for (const command of ['up', 'init', 'check', 'demo', 'doctor', 'deidentify', 'quarantine', 'version']) {
    const help = await sluice(cwd, command, '--help')
    assert.equal(help.status, 0, command)
    assert.match(help.stdout, /Usage: sluice/)
  }
  assert.equal((await sluice(cwd, 'nonsense')).status, 2)
})

test('check names file, line and column of a mistake and exits with 2', async (t) => {
  const cwd = temporaryFolder(t)
  writeFileSync(join(cwd, 'sluice.yaml'), 'version: 1\nwebb: x\n')
  const found = await sluice(cwd, 'check')
  assert.equal(found.status, 2)
  assert.match(found.stdout, /^sluice\.yaml:2:\d+: webb is not a setting/)
  const { mistakes } = JSON.parse((await sluice(cwd, 'check', '--json')).stdout) as { mistakes: unknown[] }
  assert.equal(mistakes.length, 1)
  assert.equal((await sluice(cwd, 'check', '--config', 'missing.yaml')).status, 2)
})

test('a file that is not there, is a folder or may not be read is said in a line, with what to do', async (t) => {
  const cwd = temporaryFolder(t)
  mkdirSync(join(cwd, 'folder'))
  symlinkSync('nowhere', join(cwd, 'folder', 'lost.hl7'))
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['check', '-c', 'folder'], 2, /^sluice: The file could not be read.*\(what EISDIR\)\nCheck /],
    [['up', '-c', 'folder'], 2, /^sluice: The file could not be read.*\(what EISDIR\)\n/],
    [['profile', 'show', 'nowhere'], 2, /^sluice: There is no file or folder of that name\. \(file nowhere\)\n/],
    [['hl7', 'check', 'nowhere'], 2, /^sluice: There is no file or folder of that name\.\n/],
    [['deidentify', 'folder', '/dev/null/out'], 1, /^$/],
    [['init', '--pacs', 'PACS@127.0.0.1:9', '-c', 'nowhere/sluice.yaml'], 1, /^sluice: The system refused .*ENOENT/],
  ]
  for (const [args, status, said] of cases) {
    const { stderr, ...ended } = await sluice(cwd, ...args)
    assert.match(stderr, said, args.join(' '))
    assert.equal(ended.status, status, args.join(' '))
    assert.ok(stderr.split('\n').length <= 3, stderr)
  }
  const { stdout, status } = await sluice(cwd, 'hl7', 'check', '--json', 'folder')
  assert.equal(status, 1)
  assert.deepEqual((JSON.parse(stdout) as { problem: object }).problem, {
    ...{ code: 'file-unreadable', offset: 0, reason: 'ENOENT' },
  })
})

test('init echoes the archive, writes a right configuration and says what to type at the scanner', async (t) => {
  const cwd = temporaryFolder(t)
  const pacs = await startDemoPacs({ port: 0 })
  atEnd(t, () => pacs.close())
  const done = await sluice(cwd, 'init', '--pacs', `PACS@127.0.0.1:${pacs.port}`)
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /PACS answered C-ECHO/)
  assert.match(done.stdout, /port +\d+/)
  assert.equal((await sluice(cwd, 'check')).status, 0)
  assert.match(readFileSync(join(cwd, 'sluice.yaml'), 'utf8'), /^# yaml-language-server: \$schema=/)
  assert.equal(
    (await sluice(cwd, 'init', '--pacs', `PACS@127.0.0.1:${pacs.port}`)).status,
    2,
    'a configuration is not overwritten',
  )
  const doctor = await sluice(cwd, 'doctor', '--json')
  const { findings } = JSON.parse(doctor.stdout) as { findings: { what: string; ok: boolean }[] }
  assert.ok(findings.find(({ what, ok }) => what.startsWith('archive') && ok))
  assert.ok(findings.find(({ what, ok }) => what === 'disk' && ok))
})

test('doctor says that an archive is not there', async (t) => {
  const cwd = temporaryFolder(t)
  writeFileSync(
    join(cwd, 'sluice.yaml'),
    `version: 1\nlinks: [{ name: a, listen: 127.0.0.1:${await freePort()}, upstream: 127.0.0.1:${await freePort()} }]\n`,
  )
  const doctor = await sluice(cwd, 'doctor')
  assert.equal(doctor.status, 1)
  assert.match(doctor.stdout, /(ok|note) +priority: .* before other programs/)
  assert.match(doctor.stdout, /BAD +archive behind a/)
  assert.match(doctor.stdout, /ok +clock, steady/)
  mkdirSync(join(cwd, 'data/clinical/keys'), { recursive: true })
  writeFileSync(join(cwd, 'data/clinical/keys/spool'), Buffer.alloc(32), { mode: 0o644 })
  assert.match((await sluice(cwd, 'doctor')).stdout, /BAD +key of the spool: .* can be read by others/)
})

test('deidentify clears a folder without any server, a line of JSON an instance, and exits with 1 for quarantine', async (t) => {
  const cwd = temporaryFolder(t)
  mkdirSync(join(cwd, 'in'))
  const study = examination(2)
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: study.uid('instance 1'),
  })
  writeFileSync(join(cwd, 'in', 'a.dcm'), Buffer.concat([meta, ctImage(study, 1)]))
  const clean = await sluice(cwd, 'deidentify', 'in', 'out', '--key', 'key')
  assert.equal(clean.status, 0, clean.stderr)
  assert.equal(globSync(join(cwd, 'out/**/*.dcm')).length, 1)
  const first = JSON.parse(clean.stdout) as { outcome: string; output: string }
  assert.equal(first.outcome, 'de-identified')
  const again = JSON.parse((await sluice(cwd, 'deidentify', 'in', 'out', '--key', 'key')).stdout) as { output: string }
  assert.equal(again.output, first.output, 'the same key gives the same names')
  writeFileSync(join(cwd, 'in', 'b.dcm'), 'not DICOM at all'.repeat(20))
  const mixed = await sluice(cwd, 'deidentify', 'in', 'out')
  assert.equal(mixed.status, 1)
  const lines = mixed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { outcome: string; code?: string })
  assert.deepEqual(
    lines.map(({ outcome, code }) => code ?? outcome),
    ['de-identified', 'not-dicom'],
  )
})

test('deidentify refuses an output inside of its input, and says why an output could not be written', async (t) => {
  const cwd = temporaryFolder(t)
  mkdirSync(join(cwd, 'in'))
  assert.match((await sluice(cwd, 'deidentify', 'in', 'out')).stderr, /no file or folder.*a file in the input/)
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: examination(2).uid('instance 1'),
  })
  writeFileSync(join(cwd, 'in', 'a.dcm'), Buffer.concat([meta, ctImage(examination(2), 1)]))
  symlinkSync('in', join(cwd, 'also'))
  for (const output of ['in', 'in/new/deeper', 'also/new']) {
    const refused = await sluice(cwd, 'deidentify', 'in', output)
    assert.equal(refused.status, 2, output)
    assert.match(refused.stderr, /inside of the input/)
  }
  writeFileSync(join(cwd, 'file'), '')
  const failed = await sluice(cwd, 'deidentify', 'in', 'file')
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /^sluice: The output could not be written\. \(what ENOTDIR\)\nCheck /)
})

test(
  'the demo hospital shows selected, de-identified studies within a minute',
  { timeout: 300_000 },
  async (t: TestContext) => {
    const demo = await startSluice(t, { demo: true })
    const { json } = await demo.signIn()
    const studies = await eventually(
      'three studies',
      async () => {
        const found = await json<DicomJson[]>('/dicom-web/studies')
        return found.length >= 3 ? found : undefined
      },
      60_000,
    )
    assert.ok(studies.every((study) => /^HEADCT-/.test(String(study['00100020']?.Value?.[0]))))
    assert.equal(existsSync(join(demo.folder, 'data/clinical/gaps.jsonl')), false)
  },
)

test('hl7 unify shows every result in the unified unit beside what was sent', async (t) => {
  const cwd = temporaryFolder(t)
  const lines = [
    'MSH|^~\\&|BA400||||20260101||ORU^R01|1|P|2.5.1||||||UNICODE UTF-8',
    'OBR|1||7|BIO',
    'OBX|1|NM|2160-0^Креатинин^LN||88,4|мкмоль/л|62-115|N|||F',
  ]
  writeFileSync(join(cwd, 'one.hl7'), lines.join('\r'))
  const shown = await sluice(cwd, 'hl7', 'unify', 'one.hl7')
  assert.equal(shown.status, 0, shown.stderr)
  assert.match(shown.stdout, /OBX\[1\] +creatinine +88,4 мкмоль\/л +→ 0\.0000884 mol\/L +ok/)
  const { reports } = JSON.parse((await sluice(cwd, 'hl7', 'unify', 'one.hl7', '--json')).stdout) as {
    reports: unknown[]
  }
  assert.equal(reports.length, 1)
  writeFileSync(join(cwd, 'open.hl7'), [...lines.slice(0, 2), 'OBX|1|NM|X^Неизвестное||5|Г/л||N|||F'].join('\r'))
  assert.equal((await sluice(cwd, 'hl7', 'unify', 'open.hl7')).status, 1)
})

peerTest(
  'deidentify has a progress bar on a terminal, and none where its output goes elsewhere',
  ['python3'],
  async (t) => {
    const cwd = temporaryFolder(t)
    mkdirSync(join(cwd, 'in'))
    for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, 'in', name), 'not DICOM at all'.repeat(20))
    const command = [process.execPath, join(process.cwd(), 'src/app/main.ts'), 'deidentify', 'in', 'out']
    const piped = await run(command[0] ?? '', command.slice(1), { cwd })
    assert.equal(piped.stderr, '')
    const terminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
    const shown = await run('python3', ['-c', terminal, ...command], { cwd })
    assert.equal(shown.status, 1, 'as without a terminal')
    const bars = [...shown.stdout.matchAll(/\r\x1b\[K\[(#*)(\.*)\] (\d)\/3, (\d) in quarantine/g)].map(
      ([, filled = '', open = '', ...counts]) => [filled.length, open.length, ...counts.map(Number)],
    )
    assert.deepEqual(bars, [
      [10, 20, 1, 1],
      [20, 10, 2, 2],
      [30, 0, 3, 3],
    ])
    const lines = shown.stdout.split(/\r?\n|\r\x1b\[K/).filter((line) => line.startsWith('{'))
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { code: string }).code),
      ['not-dicom', 'not-dicom', 'not-dicom'],
      'every line of JSON stands alone',
    )
  },
)
