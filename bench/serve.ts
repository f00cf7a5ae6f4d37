/**
 * DICOMweb over a catalogue of 1,000,000 instances, asked by HTTP, and frames beside Orthanc's DICOMweb plug-in. The
 * rows are made by the database, their metadata is that of one instance which really went through the gate.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ctImage, CT_IMAGE_STORAGE, examination, EXPLICIT_LITTLE_ENDIAN, SLICES } from '../src/app/demo/images.ts'
import { startPostgres } from '../src/app/postgres/index.ts'
import { deidentify, temporaryKeys } from '../src/deidentify/index.ts'
import { openArchive } from '../src/research/archive/index.ts'
import { memorySource, openDataSet, writeFileMeta } from '../src/standards/dicom/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { ended, Figures, result, timed, versionOf, type Options, type Result, type Target } from './measure.ts'

const STUDIES = 2000
const SERIES = 5
const PROJECT = {
  name: 'head-ct',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
} as const
const FRAME = 'multipart/related; type="application/octet-stream"'
const ORTHANC_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'

export async function run(options: Options): Promise<readonly Result[]> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-bench-serve-'))
  chmodSync(home, 0o755)
  const stops: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
  try {
    return [await measured(home, options, stops)]
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

interface Place {
  readonly study: string
  readonly series: string
  readonly instance: string
}

async function measured(home: string, options: Options, stops: (() => unknown)[]): Promise<Result> {
  const figures = new Figures()
  const notes: string[] = []
  const postgres = await startPostgres({ home })
  stops.push(() => postgres.stop())
  const connection = await postgres.createDatabase('catalogue')
  const files = Array.from({ length: SLICES }, (_, index) => file(index))
  const places = await fill(home, connection, files)
  const instances = options.quick ? 10 : 100
  await multiply(connection, instances)

  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'serve-child.ts'), JSON.stringify(connection), home],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  stops.push(() => ended(child, 'SIGTERM'))
  const line = await new Promise<string>((done) => child.stdout.once('data', (text: Buffer) => done(text.toString())))
  const { port, token } = JSON.parse(line) as { port: number; token: string }
  const base = `http://127.0.0.1:${port}`
  const signed = await fetch(`${base}/api/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'bench', password: 'correct horse' }),
  })
  const secret = /sluice_research=([^;]+)/.exec(signed.headers.get('set-cookie') ?? '')?.[1] ?? ''

  const total = STUDIES * SERIES * instances
  const workload = `QIDO over ${total} instances`
  for (let round = 0; round < options.rounds; round++)
    for (const [kind, path] of Object.entries(QUESTIONS)) {
      const times: number[] = []
      for (let number = 0; number < (options.quick ? 20 : 100); number++) {
        const startedAt = performance.now()
        const { status, bytes } = await ask(port, `/dicom-web/${path((number * 37 + round) % STUDIES)}`, secret)
        if (status !== 200 || bytes < 10) throw new Error(`${kind}: ${status}`)
        times.push(performance.now() - startedAt)
      }
      times.sort((a, b) => a - b)
      figures.add(workload, kind, 'ms at p95', times[Math.floor(times.length * 0.95)] ?? NaN)
    }

  const orthanc = await startOrthanc(home, files, stops)
  if (!orthanc) notes.push('Orthanc with its DICOMweb plug-in did not start')
  for (let round = 0; round < options.rounds; round++)
    for (const [target, url, headers] of [
      ['sluice', `${base}/dicom-web`, [`Authorization: Bearer ${secret}`]],
      ['orthanc', `${orthanc?.base}/dicom-web`, []],
    ] as const) {
      if (target === 'orthanc' && !orthanc) continue
      const from = target === 'sluice' ? places : (orthanc?.places ?? [])
      const persecond = await frames(home, url, from, headers, 960)
      if (persecond) figures.add('WADO-RS, frames of 0.5 MB', target, 'frames/s', persecond)
      else if (round === 0) notes.push(`${target} did not give all frames`)
    }

  const worst = Math.max(...figures.rows.filter(({ unit }) => unit === 'ms at p95').map(({ spread }) => spread.median))
  const ratio = figures.ratio('WADO-RS, frames of 0.5 MB', 'sluice', 'orthanc', 'frames/s')
  const targets: Record<string, Target> = {
    [`${workload}, p95 in ms, slowest question`]: { goal: '<= 50', measured: worst, reached: worst <= 50 },
  }
  if (ratio) targets['frames over Orthanc'] = { goal: '>= 2', measured: ratio.median, reached: ratio.median >= 2 }
  return result('serve', options, {
    ...{ rows: figures.rows, targets, notes, ratios: ratio ? { 'frames: sluice / orthanc': ratio } : {} },
    versions: { orthanc: versionOf('Orthanc') },
  })
}

const pad = (number: number) => String(number).padStart(6, '0')
const QUESTIONS: Readonly<Record<string, (number: number) => string>> = {
  'studies of a patient': (number) => `studies?PatientID=BENCH-${pad(number)}`,
  'studies by name': (number) => `studies?PatientName=BENCH-${pad(number).slice(0, 5)}*&limit=50`,
  'studies of a week': (number) => `studies?StudyDate=${day(number)}-${day(number + 7)}&limit=50`,
  'studies by modality': () => 'studies?ModalitiesInStudy=CT&limit=50',
  'newest studies': () => 'studies?limit=100',
  'series of a study': (number) => `studies/2.25.1${pad(number)}/series`,
  'instances of a series': (number) => `studies/2.25.1${pad(number)}/series/2.25.2${pad(number)}3/instances`,
  'one instance': (number) => `instances?SOPInstanceUID=2.25.3${pad(number)}3007`,
  'series by modality': () => 'series?Modality=CT&limit=50',
}

function day(number: number): string {
  return new Date(Date.UTC(2020, 0, 1) + number * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

function file(index: number): Buffer {
  const study = examination(1)
  const meta = {
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
  }
  return Buffer.concat([writeFileMeta(meta), ctImage(study, index)])
}

async function fill(home: string, connection: pg.PoolConfig, files: readonly Buffer[]): Promise<readonly Place[]> {
  const archive = await openArchive({ connection, blobs: join(home, 'blobs') })
  const keys = temporaryKeys()
  const places: Place[] = []
  for (const one of files) {
    const gate = await deidentify(openDataSet(memorySource(one)), PROJECT, keys)
    if (gate.outcome !== 'de-identified') throw new Error(gate.code)
    await archive.store(gate.dataSet, { project: PROJECT.name, rule: 'bench', report: '{}' })
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = gate.dataSet
    places.push({ study: StudyInstanceUID, series: SeriesInstanceUID, instance: SOPInstanceUID })
  }
  await archive.close()
  return places
}

/** rows by the database itself: studies 2.25.1NNNNNN, series 2.25.2NNNNNNs, instances 2.25.3NNNNNNsiii */
async function multiply(connection: pg.PoolConfig, instances: number): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  const n = (of: string) => `lpad(${of}::text, 6, '0')`
  await client.query(`insert into study (uid, project, patient_id, patient_name, study_date, study_time, study_description,
      modalities, series_count, instance_count)
    select '2.25.1' || ${n('s')}, 'head-ct', 'BENCH-' || ${n('s')}, 'BENCH-' || ${n('s')},
      to_char(date '2020-01-01' + s, 'YYYYMMDD'), '120000', 'Head', array['CT'], ${SERIES}, ${SERIES * instances}
    from generate_series(0, ${STUDIES - 1}) s`)
  await client.query(`insert into series (uid, study_uid, modality, series_number, series_description, instance_count)
    select '2.25.2' || ${n('s')} || k, '2.25.1' || ${n('s')}, 'CT', k, 'Series', ${instances}
    from generate_series(0, ${STUDIES - 1}) s, generate_series(0, ${SERIES - 1}) k`)
  await client.query(`insert into instance (uid, series_uid, study_uid, sop_class_uid, transfer_syntax_uid,
      instance_number, rows, columns, bits_allocated, sha256, size_bytes, metadata, rule, report)
    select '2.25.3' || ${n('s')} || k || lpad(i::text, 3, '0'), '2.25.2' || ${n('s')} || k, '2.25.1' || ${n('s')},
      one.sop_class_uid, one.transfer_syntax_uid, i, one.rows, one.columns, one.bits_allocated, one.sha256, one.size_bytes, one.metadata,
      one.rule, one.report
    from generate_series(0, ${STUDIES - 1}) s, generate_series(0, ${SERIES - 1}) k, generate_series(0, ${instances - 1}) i,
      (select * from instance limit 1) one`)
  await client.query('vacuum analyze')
  await client.end()
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function ask(port: number, path: string, secret: string): Promise<{ readonly status: number; readonly bytes: number }> {
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${secret}`, accept: 'application/dicom+json' }
    request({ host: '127.0.0.1', port, path, agent, headers }, (answer) => {
      let bytes = 0
      answer.on('data', (piece: Buffer) => (bytes += piece.length))
      answer.on('end', () => done({ status: answer.statusCode ?? 0, bytes }))
    })
      .on('error', fail)
      .end()
  })
}

/** curl, four at a time, connections kept. @returns undefined when an answer was not a whole frame */
async function frames(
  home: string,
  base: string,
  places: readonly Place[],
  headers: readonly string[],
  count: number,
): Promise<number | undefined> {
  const asked = join(home, 'asked')
  const lines = Array.from({ length: count }, (_, at) => {
    const { study, series, instance } = places[at % places.length] as Place
    return `url="${base}/studies/${study}/series/${series}/instances/${instance}/frames/1"\noutput=/dev/null`
  })
  writeFileSync(asked, lines.join('\n'))
  const arguments_ = ['-s', '-Z', '--parallel-max', '4', '-w', '%{http_code} %{size_download}\n', '-K', asked]
  const done = await timed('curl', [...arguments_, ...[`Accept: ${FRAME}`, ...headers].flatMap((one) => ['-H', one])])
  const answers = done.stdout.trim().split('\n')
  const whole = answers.filter((one) => one.startsWith('200 ') && Number(one.split(' ')[1]) >= 512 * 512 * 2)
  return whole.length === count ? count / done.seconds : undefined
}

async function startOrthanc(
  home: string,
  files: readonly Buffer[],
  stops: (() => unknown)[],
): Promise<{ readonly base: string; readonly places: readonly Place[] } | undefined> {
  const port = await freePort()
  const folder = join(home, 'orthanc')
  mkdirSync(folder)
  const configuration = {
    ...{ Name: 'bench', StorageDirectory: folder, IndexDirectory: folder, Plugins: [ORTHANC_PLUGIN] },
    ...{ HttpPort: port, DicomPort: await freePort(), RemoteAccessAllowed: false, AuthenticationEnabled: false },
    ...{ KeepAlive: true, TcpNoDelay: true, HttpThreadsCount: 8 },
  }
  writeFileSync(join(home, 'orthanc.json'), JSON.stringify(configuration))
  const orthanc = spawn('Orthanc', [join(home, 'orthanc.json')], { stdio: 'ignore' }).on('error', () => {})
  stops.push(() => ended(orthanc))
  const base = `http://127.0.0.1:${port}`
  try {
    await portAnswers(port)
    const places: Place[] = []
    for (const one of files) {
      await fetch(`${base}/instances`, { method: 'POST', body: new Uint8Array(one) })
      const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = openDataSet(memorySource(one))
      places.push({ study: StudyInstanceUID, series: SeriesInstanceUID, instance: SOPInstanceUID })
    }
    return { base, places }
  } catch {
    return undefined
  }
}
