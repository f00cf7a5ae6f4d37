/**
 * `npm test`: every test of the project on Node's own runner. Peers that are missing are named on the last lines, with
 * the command that brings them; with CI=true a missing peer fails. The last line is `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, mkdirSync, rmSync, statSync } from 'node:fs'

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

/** longer than any one test may take */
const STALLED_MS = 12 * 60_000
const report = '.test-output/report.tap'
rmSync('.test-output', { recursive: true, force: true })
mkdirSync('.test-output', { recursive: true })

const runner = spawn(
  process.execPath,
  [
    '--test',
    '--test-timeout=240000',
    '--test-concurrency=2',
    // what a failed test leaves running does not keep its file from ending
    '--test-force-exit',
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

// a failure is told when it is known: a run that is cut short has named it
let told = 0
const read = () => (existsSync(report) ? readFileSync(report, 'utf8') : '')
function tellFailures(tap: string): void {
  const found = [...failures(tap)]
  for (const failure of found.slice(told)) console.log(failure)
  told = found.length
}
let grown = { bytes: 0, at: Date.now() }
const watch = setInterval(() => {
  const bytes = existsSync(report) ? statSync(report).size : 0
  if (bytes > grown.bytes) {
    grown = { bytes, at: Date.now() }
    tellFailures(read())
  } else if (Date.now() - grown.at > STALLED_MS) {
    console.log(
      `\nno test has ended for ${STALLED_MS / 60_000} minutes; these are ended: ${running().join(', ') || '?'}`,
    )
    runner.kill('SIGTERM')
    grown.at = Date.now()
  }
}, 1000)

runner.on('close', (status) => {
  clearInterval(watch)
  const tap = read()
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0)
  tellFailures(tap)
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

/** The failing tests of a TAP report that are written whole: title, file and message, each once. */
function* failures(tap: string): Generator<string> {
  const lines = tap.split('\n')
  for (const [at, line] of lines.entries()) {
    const title = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1]
    if (!title) continue
    const stop = lines.findIndex((l, index) => index > at && /^\s*\.\.\.$/.test(l))
    if (stop < 0) return
    const body = lines.slice(at + 1, stop)
    if (body.some((l) => /failureType: '?subtestsFailed/.test(l))) continue
    yield [`\nFAILED: ${title}`, ...body.slice(0, 40)].join('\n')
  }
}

/** The files that the runner has open, from the process table. */
function running(): string[] {
  try {
    const children = readFileSync(`/proc/${runner.pid}/task/${runner.pid}/children`, 'utf8').trim().split(' ')
    return children.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2) ?? '')
  } catch {
    return []
  }
}
