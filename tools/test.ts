/**
 * `npm test`: every test of the project on Node's own runner. Peers that are missing are named on the last lines, with
 * the command that brings them; with CI=true a missing peer fails. The last line is `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, mkdirSync, rmSync } from 'node:fs'

/** what the tests talk to: a probe of its presence, and the Debian package that brings it */
const PEERS: readonly { name: string; package: string; present: () => boolean }[] = [
  { name: 'DCMTK', package: 'dcmtk', present: () => onPath('storescu') },
  { name: 'Orthanc', package: 'orthanc', present: () => onPath('Orthanc') },
  {
    name: "Orthanc's DICOMweb plug-in",
    package: 'orthanc-dicomweb',
    present: () => existsSync('/usr/share/orthanc/plugins/libOrthancDicomWeb.so'),
  },
  { name: 'dciodvfy', package: 'dicom3tools', present: () => onPath('dciodvfy') },
  {
    name: 'pydicom',
    package: 'python3-pydicom',
    present: () => spawnSync('/usr/bin/python3', ['-c', 'import pydicom']).status === 0,
  },
  {
    name: 'tesseract with Russian',
    package: 'tesseract-ocr tesseract-ocr-rus',
    present: () => /^rus$/m.test(spawnSync('tesseract', ['--list-langs'], { encoding: 'utf8' }).stdout ?? ''),
  },
  { name: 'openssl', package: 'openssl', present: () => onPath('openssl') },
  { name: 'ss', package: 'iproute2', present: () => onPath('ss') },
  { name: 'Chromium', package: 'chromium', present: () => existsSync('/usr/bin/chromium') },
]

const onPath = (program: string) =>
  (process.env.PATH + ':/usr/sbin').split(':').some((folder) => existsSync(`${folder}/${program}`))

const wanted = process.argv.slice(2)
const files = (
  wanted.length
    ? wanted.flatMap((w) => (w.endsWith('.ts') ? [w] : globSync(`${w}/**/*.test.ts`)))
    : ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'examples/**/*.test.ts'].flatMap((g) =>
        globSync(g),
      )
).sort()

if (files.length === 0) {
  console.error(`no test file below: ${wanted.join(' ')}`)
  process.exit(2)
}

const report = '.test-output/report.tap'
rmSync('.test-output', { recursive: true, force: true })
mkdirSync('.test-output', { recursive: true })

const runner = spawn(
  process.execPath,
  [
    '--test',
    '--test-timeout=240000',
    '--test-concurrency=2',
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
    ...files,
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1', SLUICE_LOG: process.env.SLUICE_LOG ?? 'silent' },
  },
)

runner.on('close', (status) => {
  const tap = existsSync(report) ? readFileSync(report, 'utf8') : ''
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0)
  for (const line of failures(tap)) console.log(line)
  const missing = PEERS.filter((peer) => !peer.present())
  let failed = count('fail') + count('cancelled')
  if (missing.length) {
    console.log(`skipped ${count('skipped')} tests that talk to: ${missing.map((p) => p.name).join(', ')}`)
    console.log(`to run them too: apt-get install ${missing.map((p) => p.package).join(' ')}`)
    if (process.env.CI === 'true') failed += missing.length
  } else if (count('skipped')) console.log(`skipped ${count('skipped')} tests`)
  if (status !== 0 && failed === 0) failed = 1
  console.log(`${count('pass')} passed, ${failed} failed`)
  process.exitCode = failed ? 1 : 0
})

/** The failing tests of a TAP report: title, file and message, each once. */
function* failures(tap: string): Generator<string> {
  const lines = tap.split('\n')
  for (const [at, line] of lines.entries()) {
    const title = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1]
    if (!title) continue
    const detail = lines.slice(at + 1, at + 60)
    const stop = detail.findIndex((l) => /^\s*\.\.\.$/.test(l))
    const body = detail.slice(0, stop < 0 ? 30 : stop)
    if (body.some((l) => /failureType: '?subtestsFailed/.test(l))) continue
    yield `\nFAILED: ${title}`
    yield* body.slice(0, 40)
  }
}
