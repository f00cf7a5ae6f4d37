/** The gate over files and folders, without any server: what `sluice deidentify` does. */
import {
  closeSync,
  fstatSync,
  fsync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
  writev,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '../base/index.ts'
import { chunks, memorySource, openDataSet, type ByteSource, type DataSet } from '../standards/dicom/index.ts'
import {
  deidentify,
  quarantined,
  type GateOutcome,
  type GateParts,
  type GateProject,
  type InstanceReport,
  type PseudonymKeys,
} from '../deidentify/index.ts'
import { systemCode, cannotRead } from './files.ts'

/** One line of the report: our reference of the input, what became of it, and where; never a value of it. */
export interface FileReport extends Partial<InstanceReport> {
  /** the position among the inputs, from 1; names of files may name patients */
  readonly input: number
  readonly outcome: 'de-identified' | 'quarantined'
  readonly output?: string
  readonly code?: string
  readonly what?: string
  readonly path?: string
  readonly offset?: number
}

// the runtime's own four threads would ask the disk for less at once than it can do; this is read when they are first needed
process.env.UV_THREADPOOL_SIZE ??= '8'
// only what takes its time goes through the pool: to wake a thread costs as much as to open or rename a file
const [writing, syncing] = [promisify(writev), promisify(fsync)]
/**
 * Files on their way to the disk while the next are read: half as many where a profile of its own may ask for pictures, which
 * are whole in memory then; where nobody waits for the disk, few leave less memory in use.
 */
const IN_FLIGHT = { synced: 16, pictures: 8, unsynced: 4 } as const

export interface FilesOptions {
  /** false only to be measured beside tools that do not */
  readonly sync?: boolean
  /** what the gate works with beside its own; it learns nothing from one file for the next, so their order changes nothing */
  readonly parts?: GateParts
}

/**
 * De-identifies files into `output/STUDY/SERIES/INSTANCE.dcm`, named by the new UIDs; a file counts when it is synced
 * (`sync: false` only to be measured beside tools that do not).
 * @returns a report an input, in the order of the inputs; one that cannot be read is quarantined like any other
 * @throws Fault 'output-failed'
 */
export async function* deidentifyFiles(
  files: readonly string[],
  output: string,
  project: GateProject,
  keys: PseudonymKeys,
  { sync = true, parts = {} }: FilesOptions = {},
): AsyncGenerator<FileReport> {
  const running: Promise<FileReport>[] = []
  const folders = new Set<string>()
  const spare: Buffer[] = []
  const inFlight = IN_FLIGHT[!sync ? 'unsynced' : project.profile === 'basic' ? 'synced' : 'pictures']
  const oldest = async () => {
    const report = await running[0]
    void running.shift()
    return report as FileReport
  }
  try {
    for (const [at, file] of files.entries()) {
      const report = one(at + 1, file)
      // it is awaited in its turn; until then a failure is not unheard
      report.catch(() => {})
      running.push(report)
      if (running.length >= inFlight) yield await oldest()
    }
    while (running.length > 0) yield await oldest()
  } finally {
    await Promise.allSettled(running)
    if (sync) await written(syncFolders(output, folders))
  }

  async function one(input: number, file: string): Promise<FileReport> {
    let fd: number
    try {
      fd = openSync(file, 'r')
    } catch (error) {
      return { input, ...quarantined(cannotRead(error)) }
    }
    // memory that was used before costs no page faults
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(WHOLE_BYTES)
    try {
      const source = fileSource(fd, memory)
      const outcome = await clear(source, project, keys, parts)
      if (outcome.outcome === 'quarantined') return { input, ...outcome }
      const inMemory = source.sizeBytes <= WHOLE_BYTES
      const name = await written(write(outcome.dataSet, output, folders, input, { sync, inMemory }))
      return { input, outcome: 'de-identified', output: name, ...outcome.report }
    } catch (error) {
      if (error instanceof Fault && error.code === 'file-unreadable') return { input, ...quarantined(error) }
      throw error
    } finally {
      closeSync(fd)
      spare.push(memory)
    }
  }
}

/** @throws Fault 'output-failed' for what a disk or folder refuses */
async function written<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('output-failed', { what: systemCode(error) }, error)
  }
}

async function clear(
  source: ByteSource,
  project: GateProject,
  keys: PseudonymKeys,
  parts: GateParts,
): Promise<GateOutcome> {
  let opened: DataSet<'identified'>
  try {
    opened = openDataSet(source)
  } catch (error) {
    return quarantined(error)
  }
  return deidentify(opened, project, keys, parts)
}

/** what a scan may keep; a read of more is copied on before the next one */
const KEPT_BYTES = 65_536
/** a file so small is read at once */
const WHOLE_BYTES = 1 << 20
/** so much is sent to the disk at a time while a large file is written */
const EARLY_BYTES = 64 << 20
const shared = Buffer.allocUnsafeSlow(1 << 20)

/** A file as a source. `memory` of WHOLE_BYTES, if given, holds a small file as long as the source is used. All large reads share one buffer, so that memory grows neither with the file nor with their number. */
export function fileSource(fd: number, memory?: Buffer): ByteSource {
  const sizeBytes = fstatSync(fd).size
  if (sizeBytes <= WHOLE_BYTES)
    return memorySource(readAt(fd, memory ?? Buffer.allocUnsafeSlow(sizeBytes), 0, sizeBytes))
  return {
    sizeBytes,
    read: (offset, length) => {
      const into = length > KEPT_BYTES && length <= shared.length ? shared : Buffer.allocUnsafe(length)
      return readAt(fd, into, offset, Math.min(length, sizeBytes - offset))
    },
  }
}

/** @throws Fault 'file-unreadable', also where the file has become shorter than it was */
function readAt(fd: number, into: Buffer, offset: number, length: number): Buffer {
  let bytes: number
  try {
    bytes = readSync(fd, into, 0, length, offset)
  } catch (error) {
    throw cannotRead(error)
  }
  if (bytes < length) throw new Fault('file-unreadable', { offset: offset + bytes })
  return into.subarray(0, bytes)
}

async function write(
  dataSet: DataSet<'de-identified'>,
  output: string,
  folders: Set<string>,
  input: number,
  { sync, inMemory }: { readonly sync: boolean; readonly inMemory: boolean },
): Promise<string> {
  const folder = `${dataSet.StudyInstanceUID}/${dataSet.SeriesInstanceUID}`
  if (!folders.has(folder)) {
    mkdirSync(join(output, folder), { recursive: true })
    folders.add(folder)
  }
  const name = `${folder}/${dataSet.SOPInstanceUID}.dcm`
  // two inputs may be the same instance
  const temporary = `${output}/${folder}/.${dataSet.SOPInstanceUID}.${input}.part`
  const fd = openSync(temporary, 'w')
  try {
    await writeAll(fd, dataSet.source, sync, inMemory)
    if (sync) await syncing(fd)
    renameSync(temporary, `${output}/${name}`)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
  return name
}

/** A file is under its name across a power cut once its folder is synced; each folder once, at the end. */
async function syncFolders(output: string, folders: ReadonlySet<string>): Promise<void> {
  const all = new Set([...folders].flatMap((folder) => [join(output, folder), join(output, dirname(folder))]))
  if (all.size > 0) all.add(output)
  for (const folder of all) {
    const fd = openSync(folder, 'r')
    try {
      await syncing(fd)
    } finally {
      closeSync(fd)
    }
  }
}

/** What stands in memory goes in one call while the next file is read; of what does not, each piece before the next is asked for. */
async function writeAll(fd: number, source: ByteSource, sync: boolean, inMemory: boolean): Promise<void> {
  if (!inMemory) return writePieces(fd, source, sync)
  const pieces = [...chunks(source)]
  const { bytesWritten } = await writing(fd, pieces)
  if (bytesWritten < source.sizeBytes) writeWhole(fd, Buffer.concat(pieces).subarray(bytesWritten))
}

/** The disk is kept at work while more is read; that all of it is there says a last call, when all is written. */
async function writePieces(fd: number, source: ByteSource, sync: boolean): Promise<void> {
  let early: Promise<void> | undefined
  let unsynced = 0
  try {
    for (const chunk of chunks(source)) {
      writeWhole(fd, chunk)
      unsynced += chunk.length
      if (!sync || unsynced < EARLY_BYTES) continue
      // a failure is told to the call that met it alone
      await early
      early = syncing(fd)
      early.catch(() => {})
      unsynced = 0
    }
  } finally {
    // nobody closes the file under it
    await early
  }
}

/** A call may write less than it is given; the next one says why. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(fd, rest))
}
