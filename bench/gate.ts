/**
 * The gate over files: half-megabyte CT slices beside other tools, and one object of 200 MB. Ours verifies every result;
 * no other does. Beside the copy, which syncs, it syncs; beside the tools, which do not, it does not. Start-up of
 * interpreters is not counted, of dcmodify it is.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ctImage,
  CT_IMAGE_STORAGE,
  examination,
  EXPLICIT_LITTLE_ENDIAN,
  SLICES,
  type Examination,
} from '../src/app/demo/images.ts'
import { writeFileMeta } from '../src/standards/dicom/index.ts'
import { freePort, portAnswers } from '../test/peers.ts'
import { BATCH_FILES, emptyFiles } from './gate-batches.ts'
import { actionTable } from './gate-project.ts'
import { ownDisk } from './own-disk.ts'
import { ended, Figures, result, timed, versionOf, type Options, type Result, type Target } from './measure.ts'

const SMALL = 'CT slices of 0.5 MB'
const LARGE = 'one object of 200 MB'
const PIXEL_BYTES = 512 * 512 * 2
const PYDICOM = join(import.meta.dirname, 'pydicom-basic.py')
const DISK_GIGABYTES = 6
const NO_DISK = 'no file system of its own: mounting is not permitted here'

interface Pass {
  readonly done: number
  readonly seconds: number
  /** of the first batch, while the runtime still compiles; of those that are warmed up only */
  readonly firstSeconds?: number
  readonly peakMb: number
}

/** @returns files a second and highest memory, interleaved round by round, with the targets of the issue */
export async function run(options: Options): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-gate-'))
  const disk = ownDisk(folder, DISK_GIGABYTES)
  try {
    return [await measured(disk?.folder ?? folder, options, disk ? [] : [NO_DISK])]
  } finally {
    disk?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(folder: string, options: Options, notes: string[]): Promise<Result> {
  const small = join(folder, 'small')
  const large = join(folder, 'large')
  const names = slices(small, options.quick ? 4 : 64)
  object(large, options.quick ? 40 : 400)
  const table = join(folder, 'table.json')
  writeFileSync(table, JSON.stringify(actionTable(CT_IMAGE_STORAGE)))
  const figures = new Figures()
  const stops: (() => unknown)[] = []
  const orthanc = await anonymizer(folder, small, names, stops)
  // those that sync at one end: who comes after them finds a disk at work
  const passes = [
    ['sluice', (output: string) => child('sluice', small, output)],
    ['copy', (output: string) => child('copy', small, output)],
    ['orthanc', orthanc],
    ['dcmjs', (output: string) => child('dcmjs', small, output)],
    ['sluice, not synced', (output: string) => child('sluice-unsynced', small, output)],
    ['dcmodify', (output: string) => dcmodify(small, names, output)],
    ['pydicom', (output: string) => parsed('/usr/bin/python3', [PYDICOM, table, small, output])],
  ] as const
  for (let round = 0; round < options.rounds; round++) {
    for (const [target, pass] of round % 2 ? [...passes].reverse() : passes) {
      const done = await fresh(folder, pass)
      if (done && (done.done === names.length || target === 'orthanc'))
        figures.add(SMALL, target, 'files/s', done.done / done.seconds)
      else if (round === 0) notes.push(`${target} did not do it`)
      if (done?.firstSeconds) figures.add(SMALL, target, 'files/s of the first 384', BATCH_FILES / done.firstSeconds)
    }
    for (const target of ['sluice', 'copy'] as const) {
      const done = await fresh(folder, (output) => child(target, large, output))
      if (done?.done !== 1) continue
      figures.add(LARGE, target, 'files/s', 1 / done.seconds)
      if (target === 'sluice') figures.add(LARGE, target, 'MB peak', done.peakMb)
    }
  }
  for (const stop of stops) await stop()
  const others = { dcmodify: 3, dcmjs: 5, pydicom: 5, orthanc: 15, copy: 0.6 }
  const quotients = Object.keys(others).map(
    (other) =>
      [other, figures.ratio(SMALL, other === 'copy' ? 'sluice' : 'sluice, not synced', other, 'files/s')] as const,
  )
  const whole = figures.ratio(LARGE, 'sluice', 'copy', 'files/s')
  const peak = Math.max(...figures.values(LARGE, 'sluice', 'MB peak'))
  const targets: Record<string, Target> = {}
  for (const [other, goal] of Object.entries(others)) {
    const median = quotients.find(([name]) => name === other)?.[1]?.median
    if (median !== undefined)
      targets[`files/s over ${other}`] = { reached: median >= goal, goal: `>= ${goal}`, measured: median }
  }
  if (whole) targets['200 MB over copy'] = { reached: whole.median >= 0.75, goal: '>= 0.75', measured: whole.median }
  targets['200 MB, highest memory in MB'] = { reached: peak <= 80, goal: '<= 80', measured: peak }
  const known = [
    ...quotients.map(([other, ratio]) => [`sluice/${other}`, ratio] as const),
    ['200 MB sluice/copy', whole] as const,
  ]
  return result('gate', options, {
    rows: figures.rows,
    ratios: Object.fromEntries(known.flatMap(([name, ratio]) => (ratio ? [[name, ratio]] : []))),
    targets,
    notes,
    versions: { dcmodify: versionOf('dcmodify'), orthanc: versionOf('Orthanc') },
  })
}

function slices(folder: string, studies: number): readonly string[] {
  mkdirSync(folder)
  return Array.from({ length: studies }, (_, number) => examination(number + 1)).flatMap((study, number) =>
    Array.from({ length: SLICES }, (_, index) => {
      const name = `${number}-${index}.dcm`
      writeFileSync(join(folder, name), file(study, index))
      return name
    }),
  )
}

function file(study: Examination, index: number): Buffer {
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
  })
  return Buffer.concat([meta, ctImage(study, index)])
}

/** a slice whose pixel data, its last attribute, is repeated */
function object(folder: string, times: number): void {
  mkdirSync(folder)
  const one = file(examination(1), 0)
  const header = one.subarray(0, one.length - PIXEL_BYTES)
  header.writeUInt32LE(PIXEL_BYTES * times, header.length - 4)
  const pixels = one.subarray(header.length)
  writeFileSync(join(folder, 'large.dcm'), Buffer.concat([header, ...Array.from({ length: times }, () => pixels)]))
}

async function fresh(folder: string, pass: (output: string) => Promise<Pass | undefined>): Promise<Pass | undefined> {
  const output = mkdtempSync(join(folder, 'out-'))
  try {
    return await pass(output)
  } finally {
    emptyFiles(output)
  }
}

const child = (target: string, input: string, output: string) =>
  parsed(process.execPath, [join(import.meta.dirname, 'gate-child.ts'), target, input, output])

async function parsed(program: string, args: readonly string[]): Promise<Pass | undefined> {
  const { stdout } = await timed(program, args)
  const line = stdout.trim().split('\n').at(-1)
  return line?.startsWith('{') ? (JSON.parse(line) as Pass) : undefined
}

/** Orthanc over HTTP, four at a time, on the first slices: what it answers is the de-identified file, not stored */
async function anonymizer(
  folder: string,
  input: string,
  names: readonly string[],
  stops: (() => unknown)[],
): Promise<() => Promise<Pass | undefined>> {
  const port = await freePort()
  const storage = join(folder, 'orthanc')
  mkdirSync(storage)
  const configuration = {
    ...{
      Name: 'bench',
      StorageDirectory: storage,
      IndexDirectory: storage,
      HttpPort: port,
      DicomPort: await freePort(),
    },
    ...{ RemoteAccessAllowed: false, AuthenticationEnabled: false, KeepAlive: true, TcpNoDelay: true },
  }
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(configuration))
  const orthanc = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore' }).on('error', () => {})
  stops.push(() => ended(orthanc))
  const base = `http://127.0.0.1:${port}/instances`
  const ids: string[] = []
  try {
    await portAnswers(port)
    for (const name of names.slice(0, SLICES)) {
      const answer = await fetch(base, { method: 'POST', body: new Uint8Array(readFileSync(join(input, name))) })
      ids.push(((await answer.json()) as { ID: string }).ID)
    }
  } catch {
    return () => Promise.resolve(undefined)
  }
  return async () => {
    const startedAt = performance.now()
    let done = 0
    const waiting = [...ids]
    const one = async () => {
      for (let id = waiting.pop(); id; id = waiting.pop()) {
        const answer = await fetch(`${base}/${id}/anonymize`, { method: 'POST', body: '{}' })
        if (answer.ok && (await answer.arrayBuffer()).byteLength > PIXEL_BYTES) done++
      }
    }
    await Promise.all([one(), one(), one(), one()])
    return { done, seconds: (performance.now() - startedAt) / 1000, peakMb: 0 }
  }
}

/** with those above and three new UIDs 15 edits and the private attributes: a third of what the profile asks of a slice */
const EMPTIED = [
  ...['PatientBirthDate', 'InstitutionName', 'ReferringPhysicianName', 'StationName', 'StudyDescription'],
  ...['SeriesDescription', 'DeviceSerialNumber', 'ProtocolName'],
]

/** dcmodify changes files where they stand, so it gets copies, made before the clock starts */
async function dcmodify(input: string, names: readonly string[], output: string): Promise<Pass> {
  let [done, seconds] = [0, 0]
  for (let at = 0; at < names.length; at += BATCH_FILES) {
    const copies = names.slice(at, at + BATCH_FILES).map((name) => {
      copyFileSync(join(input, name), join(output, name))
      return join(output, name)
    })
    const run = await timed('dcmodify', [...EDITS, ...copies])
    if (run.status === 0) done += copies.length
    seconds += run.seconds
    emptyFiles(output)
  }
  return { done, seconds, peakMb: 0 }
}

const EDITS = [
  ...['-nb', '-ie', '-imt', '-ep', '-gst', '-gse', '-gin'],
  ...['PatientName', 'PatientID', 'StudyID', 'AccessionNumber'].flatMap((keyword) => ['-ma', `${keyword}=X`]),
  ...EMPTIED.flatMap((keyword) => ['-ea', keyword]),
]
